//! The register of copies, and fetching one: by the borrower whose it is, or by a steward who hands it over.

use super::keyed::open_copy;
use super::place::borrower_of;
use super::season::Season;
use super::table;
use crate::context::App;
use crate::journal::enter;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use crate::second::{Act, enter_with, second_person};
use hustings_domain::access::{Action, Actor};
use hustings_domain::borrower::Borrower;
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::copy::CopyRecord;
use hustings_domain::guarded::Guarded;
use hustings_domain::ids::{CopyNumber, LoanNumber};
use hustings_policy::{is_theirs, permit};
use hustings_store::Tx;
use hustings_store::records::ErasureNotice;
use jiff::Timestamp;
use serde_json::json;

/// One copy as its page tells it. Its rows are not here: nobody reads them but who fetches the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyView {
    /// What is known of it.
    pub copy: CopyRecord,
    /// The loan that it belongs to.
    pub loan: LoanNumber,
    /// Who got it.
    pub borrower: Borrower,
    /// When it was first fetched.
    pub fetched: Option<Timestamp>,
    /// Whether the file is still held here.
    pub held: bool,
    /// Whether it must have been erased by now.
    pub expired: bool,
    /// Rows that the borrower was told to erase, oldest first.
    pub notices: Vec<ErasureNotice>,
    /// The commitment to the key of its seeds, as its entry in the ledger has it.
    pub seed_commitment: ContentHash,
}

/// Copies by number: a borrower's people see their own.
pub fn copies(app: &App, actor: &Actor) -> Result<Vec<CopyRecord>> {
    permit(actor, read_action(actor))?;
    let is_visible = |copy: &CopyRecord| is_theirs(actor, copy.borrower);
    app.store.read(|tx| Ok(tx.copies()?.into_iter().filter(is_visible).collect()))
}

/// One copy.
pub fn copy_view(app: &App, actor: &Actor, number: CopyNumber) -> Result<CopyView> {
    permit(actor, read_action(actor))?;
    let now = app.now();
    app.store.read(|tx| {
        let copy = copy_numbered(tx, actor, number)?;
        let loan = tx.loan(copy.loan)?.ok_or_else(|| Refusal::internal("a copy's loan is not kept"))?;
        let notices = tx.erasure_notices(Some(copy.borrower))?;
        let season = Season::of(app, &charter_in(tx)?);
        Ok(CopyView {
            loan: loan.number,
            borrower: borrower_of(tx, &loan)?,
            fetched: fetched_at(tx, number)?,
            held: tx.copy_file(number)?.is_some(),
            expired: now >= copy.expires,
            notices: notices.into_iter().filter(|notice| notice.copy == number).collect(),
            seed_commitment: season.seed_commitment(),
            copy,
        })
    })
}

fn read_action(actor: &Actor) -> Action {
    if actor.borrower.is_some() { Action::FetchOwnCopy } else { Action::ReadCopies }
}

/// The copy of this number, if `actor` may know of it: another borrower's is as one that does not exist.
pub(super) fn copy_numbered(tx: &mut dyn Tx, actor: &Actor, number: CopyNumber) -> Result<CopyRecord> {
    let is_visible = |copy: &CopyRecord| is_theirs(actor, copy.borrower);
    tx.copy(number)?.filter(is_visible).ok_or_else(|| {
        Refusal::not_found("copy.unknown", format!("there is no copy `{number}`"))
            .hint("`hustings copy list` names them all")
    })
}

fn fetched_key(number: CopyNumber) -> String {
    format!("copy-fetched/{number}")
}

/// When a copy first left.
pub(crate) fn fetched_at(tx: &mut dyn Tx, number: CopyNumber) -> Result<Option<Timestamp>> {
    Ok(tx.meta(&fetched_key(number))?.and_then(|text| text.parse().ok()))
}

/// What a second person grants when one of the owner's own people takes a copy's file out.
pub fn act_of_fetching(number: CopyNumber) -> Act {
    Act::new(Guarded::FetchCopy).with("copy", number.to_string())
}

/// Hands a copy's file over, without the rows that their people have taken back since it was made.
pub fn fetch_copy(app: &App, actor: &Actor, number: CopyNumber) -> Result<Vec<u8>> {
    hand_over(app, actor, number, true)
}

/// The same for a program, which is refused a copy that has left before unless it says that it means to: whoever asks
/// twice has lost a file, or is somebody else with the same token.
pub fn fetch_copy_by_program(app: &App, actor: &Actor, number: CopyNumber, again: bool) -> Result<Vec<u8>> {
    hand_over(app, actor, number, again)
}

fn hand_over(app: &App, actor: &Actor, number: CopyNumber, again: bool) -> Result<Vec<u8>> {
    permit(actor, if actor.borrower.is_some() { Action::FetchOwnCopy } else { Action::ExportCopy })?;
    let now = app.now();
    app.store.write(|tx| {
        let copy = copy_numbered(tx, actor, number)?;
        if now >= copy.expires {
            return Err(Refusal::conflict(
                "copy.expired",
                format!("copy `{number}` had to be erased by {}", copy.expires),
            )
            .hint("whoever still holds it must erase it"));
        }
        if let Some(before) = fetched_at(tx, number)?.filter(|_| !again) {
            return Err(Refusal::conflict(
                "copy.fetched-before",
                format!("copy `{number}` was fetched before, first at {before}"),
            )
            .because("a copy is handed to a program once, unless it says that it asks again")
            .hint("if the file was lost, send `{\"again\": true}`: it is entered in the ledger again")
            .hint("if it was not you, revoke the token on the desk, under `Tokens for programs`"));
        }
        let sealed = tx.copy_file(number)?.ok_or_else(|| {
            Refusal::conflict("copy.dropped", format!("the file of copy `{number}` is no longer held"))
                .hint("somebody in it was erased; a new copy holds those who are not introduced yet")
        })?;
        let file = open_copy(app, number, &sealed)?;
        if ContentHash(sha256(&file)) != copy.file_hash {
            return Err(Refusal::internal(format!(
                "the file of copy `{number}` is not the one that was made"
            )));
        }
        let notices = tx.erasure_notices(Some(copy.borrower))?;
        let gone: Vec<String> = notices
            .into_iter()
            .filter(|notice| notice.copy == number)
            .map(|notice| notice.reference)
            .collect();
        let file = if gone.is_empty() { file } else { table::without(&file, &gone)? };
        if fetched_at(tx, number)?.is_none() {
            tx.set_meta(&fetched_key(number), &now.to_string())?;
        }
        let body = json!({"copy": number, "borrower": copy.borrower, "rows_taken_back": gone.len(),
            "sha256": ContentHash(sha256(&file))});
        // A borrower fetches what the board let out to it. Whoever fetches it for them takes people's names away.
        if actor.borrower.is_some() {
            enter(tx, now, actor, "copy.fetched", body)?;
        } else {
            let second = second_person(tx, now, actor, &act_of_fetching(number))?;
            enter_with(tx, now, actor, "copy.fetched", body, second)?;
        }
        Ok(file)
    })
}
