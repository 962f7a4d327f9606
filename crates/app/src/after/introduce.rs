//! Introduction: those who said yes, with the fields that each left ticked, in a numbered and seeded copy.

use super::duties::stopped_by_mark;
use super::keyed::{keyed_hash, seal_copy};
use super::place::{days_after, expect_open, offered};
use super::season::Season;
use super::stops;
use super::table::{self, Row};
use super::trace_key::seal_seeds;
use crate::context::App;
use crate::journal::enter;
use crate::lend::{charter_in, loan_numbered};
use crate::people::open_in;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::charter::MarkStops;
use hustings_domain::copy::CopyRecord;
use hustings_domain::ids::{CopyNumber, LoanNumber, Ordinal};
use hustings_domain::loan::Loan;
use hustings_domain::response::ResponseKind;
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_trace::{Decoy, decoy, plan};
use hustings_vault::{Field, Identity};
use serde_json::json;
use std::collections::BTreeSet;

/// Makes a loan's next copy: everybody who said yes and is in no copy of it yet.
///
/// INVARIANT (promise 6): the number, the seeds and the ledger's entry are written by the transaction that keeps
/// the file, before anybody can fetch it.
pub fn export_copy(app: &App, actor: &Actor, number: LoanNumber) -> Result<CopyRecord> {
    permit(actor, Action::ExportCopy)?;
    let now = app.now();
    app.store.write(|tx| {
        let charter = charter_in(tx)?;
        let loan = loan_numbered(tx, actor, number)?;
        expect_open(&charter, &loan, now)?;
        if let Some(why) = stopped_by_mark(tx, &charter, loan.terms.borrower, MarkStops::Copies, now)? {
            return Err(Refusal::conflict("copy.marked", "no new copy is made for this borrower").because(why).hint(
                "its people acknowledge what they owe on the desk, or with `hustings duty acknowledge`; copies that \
                 were made stay where they are",
            ));
        }
        let columns = offered(&loan);
        if !columns.contains(&Field::Email) {
            return Err(Refusal::conflict(
                "copy.no-email",
                "a copy without e-mail addresses cannot be seeded",
            )
            .hint("ask for a loan that offers `email` among its fields"));
        }
        let copy = tx.next_copy_number()?;
        let mut rows = introduced(app, tx, &loan, &columns, copy)?;
        let made = tx.copies()?.into_iter().rev().find(|made| made.loan == loan.id);
        if let Some(made) = made.filter(|_| rows.is_empty()) {
            return Err(asked_twice(tx, &loan, &made)?);
        }
        if rows.is_empty() {
            return Err(Refusal::conflict(
                "copy.nobody",
                format!("nobody waits for an introduction under loan `{number}`"),
            )
            .hint("a copy holds those who said yes and are in no copy of this loan yet"));
        }
        let people = rows.len();
        let season = Season::of(app, &charter);
        let mut record = CopyRecord {
            number: copy,
            loan: loan.id,
            borrower: loan.terms.borrower,
            people: u32::try_from(people).unwrap_or(u32::MAX),
            seeds: 0,
            fields: columns.iter().filter_map(|field| field.as_str().parse().ok()).collect(),
            file_hash: ContentHash([0; 32]),
            made: now,
            expires: days_after(now, charter.retention.copy_days)?,
        };
        // Their key is kept for the trustees alone, and known here no longer than the file is written.
        let sealed = seal_seeds(app, tx, &season, &record)?;
        let hidden = sealed.as_ref().map_or_else(Vec::new, |sealed| sealed.decoys(&season.domain));
        let planted = seeds(app, &season, &loan, &columns, copy, &rows, &hidden);
        rows.extend(planted);
        let planted = rows.len() - people;
        let (file, kept) = table::write(copy, &columns, rows)?;
        record.seeds = u32::try_from(planted).unwrap_or(u32::MAX);
        record.file_hash = ContentHash(sha256(&file));
        tx.add_copy(&record, &kept, &seal_copy(app, copy, &file)?)?;
        let mut body = json!({"copy": copy, "loan": number, "borrower": record.borrower, "people": people,
            "seeds": planted, "fields": record.fields, "sha256": record.file_hash,
            "expires": record.expires.to_string(), "season": season.name,
            "seed_commitment": season.seed_commitment()});
        if let (Some(sealed), Some(members)) = (&sealed, body.as_object_mut()) {
            members.insert("sealed_seeds".to_owned(), json!(sealed.slots));
            members.insert("sealed_commitment".to_owned(), json!(ContentHash(sealed.commitment())));
        }
        enter(tx, now, actor, "copy.made", body)?;
        Ok(record)
    })
}

/// Everybody who said yes is in a copy that was made: that one is fetched again, as often as it is needed.
fn asked_twice(tx: &mut dyn Tx, loan: &Loan, made: &CopyRecord) -> Result<Refusal> {
    let (number, made) = (loan.number, made.number);
    let refusal = Refusal::conflict(
        "copy.made-already",
        format!("nobody has said yes to loan `{number}` since copy `{made}` was made"),
    );
    Ok(if tx.copy_file(made)?.is_some() {
        refusal.hint(format!(
            "fetch copy {made} again: `hustings copy export {made} --to FILE`, or on the desk; it has the same number"
        ))
    } else {
        refusal.hint(format!("the file of copy {made} is no longer held, because somebody in it was erased"))
    }
    .hint("a new copy is made for those who say yes from here on"))
}

// INVARIANT (promise 1): a row is made from the person's own yes to this loan, and a cell is filled only when the
// yes names its field. Whoever said anything else, or nothing, is never looked at.
fn introduced(
    app: &App,
    tx: &mut dyn Tx,
    loan: &Loan,
    columns: &[Field],
    copy: CopyNumber,
) -> Result<Vec<Row>> {
    let done = settled(tx, loan)?;
    let mut rows = Vec::new();
    for response in tx.responses(loan.id)? {
        if response.kind != ResponseKind::Yes || done.contains(&response.ordinal) {
            continue;
        }
        let Some((record, identity)) = open_in(app, tx, response.ordinal)? else { continue };
        let stops = stops::stops_of(tx, &stops::keys_of(app, &record, &identity))?;
        if !stops::yes_stands(&stops, loan.terms.borrower, response.at) {
            continue;
        }
        let ticked = |field: &Field| response.fields.iter().any(|name| name.as_str() == field.as_str());
        let cells: Vec<String> = columns.iter().map(|field| cell(&identity, *field, ticked(field))).collect();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        let place = place(app, copy, b"person", &response.ordinal.0.to_be_bytes());
        rows.push(Row { ordinal: Some(response.ordinal), cells, place });
    }
    Ok(rows)
}

fn cell(identity: &Identity, field: Field, ticked: bool) -> String {
    if ticked { identity.get(field).unwrap_or_default().to_owned() } else { String::new() }
}

/// Who has been introduced under this loan or took it back. A copy whose file was dropped before anybody fetched
/// it (a person in it was erased) introduced nobody.
fn settled(tx: &mut dyn Tx, loan: &Loan) -> Result<BTreeSet<Ordinal>> {
    let mut done = BTreeSet::new();
    for copy in tx.copies()?.into_iter().filter(|copy| copy.loan == loan.id) {
        let left =
            tx.copy_file(copy.number)?.is_some() || super::copies::fetched_at(tx, copy.number)?.is_some();
        let notices = tx.erasure_notices(Some(copy.borrower))?;
        for row in tx.copy_rows(copy.number)? {
            let taken_back =
                notices.iter().any(|notice| notice.copy == copy.number && notice.reference == row.reference);
            done.extend(row.ordinal.filter(|_| left || taken_back));
        }
    }
    Ok(done)
}

/// The seeds of the borrower's plan, and the sealed ones, as rows among the others: of the columns only what makes
/// them at home there.
fn seeds(
    app: &App,
    season: &Season,
    loan: &Loan,
    columns: &[Field],
    copy: CopyNumber,
    people: &[Row],
    hidden: &[Decoy],
) -> Vec<Row> {
    let count = u64::try_from(people.len()).unwrap_or(u64::MAX);
    let planned = plan(&season.seeds, &season.name, loan.terms.borrower, count);
    let planned = planned.into_iter().map(|seed| {
        let parts = [seed.slot.to_be_bytes().as_slice(), &seed.symbol.to_be_bytes()].concat();
        let person = decoy(&season.seeds, seed.slot, seed.symbol, &season.domain);
        (person, place(app, copy, b"seed", &parts))
    });
    // Where a sealed one stands must not be known from the list's keys either: its own chance places it.
    let hidden = hidden.iter().map(|person| (person.clone(), sha256(&person.chance.to_be_bytes())));
    let rows = planned.chain(hidden).map(|(person, place)| {
        let neighbour = person.pick(people).map(|row| row.cells.as_slice()).unwrap_or_default();
        let cells = columns.iter().enumerate().map(|(column, field)| {
            let beside = neighbour.get(column).map(String::as_str).unwrap_or_default();
            decoy_cell(&person, *field, beside)
        });
        Row { ordinal: None, cells: cells.collect(), place }
    });
    rows.collect()
}

/// A decoy ticks what its neighbour in the copy ticked and lives where the neighbour does; it has no street and
/// no telephone, which would be somebody else's.
fn decoy_cell(person: &Decoy, field: Field, neighbour: &str) -> String {
    match field {
        Field::Email => person.email.clone(),
        Field::Phone | Field::Street => String::new(),
        _ if neighbour.is_empty() => String::new(),
        Field::GivenName => person.given_name.clone(),
        Field::FamilyName => person.family_name.clone(),
        Field::City | Field::PostalCode => neighbour.to_owned(),
    }
}

fn place(app: &App, copy: CopyNumber, kind: &[u8], who: &[u8]) -> [u8; 32] {
    keyed_hash(app, "copy-order", &[&copy.0.to_be_bytes(), kind, who])
}
