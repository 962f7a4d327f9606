//! How long a trace of a large leak takes, through the reader of leaked files, the lookup in the store and the verdict:
//! `cargo run --release -p hustings-bench --bin trace -- [ROWS [BORROWERS [AUDIENCE [COPY]]]]`.
//!
//! A list of ROWS people in SQLite; every borrower was sent to AUDIENCE of them, drawn anew, and holds a copy of COPY.
//! Two leaks of ROWS rows each: one copy among strangers, and the whole list. People's sealed records are filler of
//! the usual length: a trace never opens them. How often a leaker is named is measured by
//! `cargo run --release -p hustings-trace --example trace_bench`.

use hustings_app::after::trace;
use hustings_app::folder::init;
use hustings_app::lend::{NewBorrower, RequestFile, Requested, add_borrower, request, verify_borrower};
use hustings_app::send::freeze::hold_back_key;
use hustings_app::{App, Refusal};
use hustings_bench::{keep, load_average, new_list};
use hustings_domain::access::Actor;
use hustings_domain::borrower::BorrowerKind;
use hustings_domain::canonical::ContentHash;
use hustings_domain::chance::{Rng as _, SeededRng};
use hustings_domain::copy::CopyRecord;
use hustings_domain::ids::{CopyNumber, Ordinal, SupporterId};
use hustings_domain::loan::{Loan, LoanState};
use hustings_store::records::{CopyRow, SendRecord, SupporterRecord};
use hustings_trace::hold_back::{Draw, Share};
use hustings_vault::blind::BlindColumn;
use hustings_vault::{EmailAddress, RootSecret};
use serde_json::json;
use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

type Failure = Box<dyn Error + Send + Sync>;

const BATCH: u32 = 50_000;

#[expect(clippy::disallowed_methods, reason = "it measures")]
fn now() -> Instant {
    Instant::now()
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |usual: u32| arguments.next().map_or(Ok(usual), |text| text.parse::<u32>());
    let (rows, borrowers, audience, copy) =
        (number(1_000_000)?, number(500)?, number(20_000)?, number(10_000)?);
    let mut out = std::io::stdout().lock();
    let folder = tempfile::tempdir()?;
    let list = folder.path().join("list");
    let root = RootSecret::data_key([7; 32]);
    let app = init(new_list(&list, &root)).map_err(|refusal| refusal.message)?;
    let begun = now();
    fill(&app, rows).map_err(|refusal| format!("{refusal:?}"))?;
    let first = lend(&app, rows, borrowers, audience, copy).map_err(|refusal| format!("{refusal:?}"))?;
    writeln!(
        out,
        "{rows} people, {borrowers} borrowers with {copy} people each of {audience}: made in {:.0} s; load {}",
        begun.elapsed().as_secs_f64(),
        load_average()
    )?;
    let mut one = String::from("mail;name\n");
    for person in &first {
        line(&mut one, *person);
    }
    for stranger in u32::try_from(first.len())?..rows {
        let _unfailing = writeln!(one, "x{stranger}@elsewhere.example;Somebody {stranger}");
    }
    let mut whole = String::from("mail;name\n");
    (0..rows).for_each(|person| line(&mut whole, person));
    let among = measure(&app, &one, &mut out, "one copy among strangers")?;
    let all = measure(&app, &whole, &mut out, "the whole list")?;
    if among.1 != 1 || all.1 != 0 {
        return Err(format!("{} and {} borrowers were named, where 1 and 0 were due", among.1, all.1).into());
    }
    let run = json!({"rows": rows, "borrowers": borrowers, "audience": audience, "copy": copy,
        "one_copy_among_strangers_s": among.0.as_secs_f64(), "whole_list_s": all.0.as_secs_f64(),
        "optimised": !cfg!(debug_assertions), "load": load_average()});
    keep("bench/trace-time.json", "rows", run).map_err(|error| error.to_string())?;
    Ok(())
}

fn measure(
    app: &App,
    leak: &str,
    out: &mut impl std::io::Write,
    what: &str,
) -> Result<(Duration, usize), Failure> {
    let begun = now();
    let report = trace(app, &Actor::operator(), leak.as_bytes()).map_err(|refusal| format!("{refusal:?}"))?;
    let took = begun.elapsed();
    writeln!(
        out,
        "{what}: {} rows, {} of the list, {} named, in {:.2} s; {} bytes of report",
        report.rows,
        report.matched,
        report.accused.len(),
        took.as_secs_f64(),
        report.text().len()
    )?;
    Ok((took, report.accused.len()))
}

fn line(text: &mut String, person: u32) {
    let _unfailing = writeln!(text, "{};Somebody {person}", address(person));
}

fn address(person: u32) -> String {
    format!("person{person}@people.example")
}

fn id(person: u32) -> SupporterId {
    SupporterId(uuid::Uuid::from_u128(
        u128::from(person).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835),
    ))
}

fn fill(app: &App, people: u32) -> Result<(), Refusal> {
    for from in (0..people).step_by(BATCH as usize) {
        let batch = from..people.min(from + BATCH);
        let joined = app.now();
        let mut records = Vec::new();
        let mut emails = Vec::new();
        for person in batch {
            let email = EmailAddress::parse(&address(person))
                .map_err(|error| Refusal::internal("an address that is none").because(error))?;
            let mail_key = Some(app.vault().suppress_email(&email));
            let (ordinal, sealed) = (Ordinal(person), vec![0x5a; 220]);
            records.push(SupporterRecord { ordinal, id: id(person), joined, sealed, version: 1, mail_key });
            emails.push((app.vault().blind_email(&email), ordinal));
        }
        app.store().write(|tx| {
            tx.insert_supporters(&records)?;
            tx.insert_blind(BlindColumn::Email, &emails)?;
            Ok::<_, Refusal>(())
        })?;
    }
    Ok(())
}

/// Registers the borrowers, sends to each and hands each a copy; gives the people of the first copy.
fn lend(app: &App, people: u32, borrowers: u32, audience: u32, copy: u32) -> Result<Vec<u32>, Refusal> {
    let season = app.charter()?.estimates.season;
    let key = hold_back_key(app, &season);
    let mut rng = SeededRng::new(42);
    let mut first = Vec::new();
    let operator = Actor::operator();
    for number in 0..borrowers {
        let borrower = add_borrower(app, &operator, newcomer(number)?)?;
        let borrower = verify_borrower(app, &operator, borrower.id)?;
        let file = format!(
            "borrower = \"{}\"\narea = \"{}\"\nask = \"volunteer\"\nissues = [\"housing\"]\n\
             closes = \"2030-11-01T00:00:00Z\"\nfields = [\"email\"]\n[appeal]\nsubject = \"Homes\"\n\
             paid_for_by = \"Paid for by {}.\"\nbody = \"Dear friend, I am **standing**.\"\n",
            borrower.name, borrower.area, borrower.name
        );
        let asked = request(app, &operator, RequestFile::parse(&file)?)?;
        let Requested::Accepted { loan, .. } = asked else {
            return Err(Refusal::internal(format!(
                "the request of borrower {number} was refused: {asked:?}"
            )));
        };
        let loan = Loan { state: LoanState::Sent, ..*loan };
        let share = Share::for_audience(u64::from(audience));
        let draw = Draw::new(&key, season.as_str(), borrower.id, share);
        let mut chosen = BTreeSet::new();
        while chosen.len() < audience as usize {
            chosen.insert(u32::try_from(rng.below(u64::from(people))).unwrap_or(0));
        }
        let (held, planned): (Vec<Ordinal>, Vec<Ordinal>) =
            chosen.into_iter().map(Ordinal).partition(|person| draw.held_back(id(person.0)));
        let rows: Vec<CopyRow> = planned
            .iter()
            .take(copy as usize)
            .zip(1_u32..)
            .map(|(person, row)| CopyRow {
                reference: format!("C-{}-{row:06}", number + 1),
                ordinal: Some(*person),
                fields: Vec::new(),
            })
            .collect();
        if number == 0 {
            first = rows.iter().filter_map(|row| row.ordinal).map(|person| person.0).collect();
        }
        let now = app.now();
        let (held_back, mailed) = (count(&held), count(&planned));
        let send = SendRecord {
            loan: loan.id,
            content: ContentHash([0; 32]),
            frozen: now,
            as_of: 0,
            selected: audience,
            tired: 0,
            stopped: 0,
            held_back,
            planned: mailed,
            pilot: mailed,
            released: mailed,
            hold_back_per_mille: u32::from(share.per_mille()),
            money: false,
            pilot_done: Some(now),
        };
        let record = CopyRecord {
            number: CopyNumber(number + 1),
            loan: loan.id,
            borrower: borrower.id,
            people: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            seeds: 0,
            fields: Vec::new(),
            file_hash: ContentHash([0; 32]),
            made: now,
            expires: now,
        };
        app.store().write(|tx| {
            tx.put_loan(&loan)?;
            tx.insert_deliveries(loan.id, &planned, now)?;
            tx.insert_held_back(loan.id, &held)?;
            tx.put_send(&send)?;
            tx.add_copy(&record, &rows, b"")?;
            Ok::<_, Refusal>(())
        })?;
    }
    Ok(first)
}

fn count(people: &[Ordinal]) -> u32 {
    u32::try_from(people.len()).unwrap_or(u32::MAX)
}

fn newcomer(number: u32) -> Result<NewBorrower, Refusal> {
    let wrong = || Refusal::internal("a word of the charter is none");
    Ok(NewBorrower {
        name: format!("Borrower {number}"),
        kind: BorrowerKind::Candidate,
        office: "State House, District 4".to_owned(),
        area: "ocd-division/country:us/state:vt/sldl:4".parse().map_err(|_| wrong())?,
        positions: vec!["housing".parse().map_err(|_| wrong())?],
        contact_email: "desk@borrower.example".to_owned(),
        treasurer: "R. Lind".to_owned(),
    })
}
