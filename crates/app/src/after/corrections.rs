//! Borrowers are told what was put right in rows that they got (GDPR, article 19), and take the new values under the
//! number of the copy and the row. Notices are kept by borrower, without personal data.

use super::table;
use crate::context::App;
use crate::journal::enter;
use crate::people::open_in;
use crate::refusal::{Kind, Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::{BorrowerId, CopyNumber, Ordinal, uuid_v7};
use hustings_domain::words::Slug;
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_vault::Field;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// A borrower is told that fields of one row of one copy say something else now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionNotice {
    /// Its id.
    pub id: Uuid,
    /// In which copy.
    pub copy: CopyNumber,
    /// Which row.
    pub reference: String,
    /// Which fields, of those that passed.
    pub fields: Vec<Slug>,
    /// When the borrower was told.
    pub told: Timestamp,
    /// When the borrower took the new values.
    pub taken: Option<Timestamp>,
}

fn key(borrower: BorrowerId) -> String {
    format!("corrections/{borrower}")
}

fn kept(tx: &mut dyn Tx, borrower: BorrowerId) -> Result<Vec<CorrectionNotice>> {
    let Some(text) = tx.meta(&key(borrower))? else { return Ok(Vec::new()) };
    serde_json::from_str(&text)
        .map_err(|error| Refusal::internal("the notices of corrections do not read back").because(error))
}

fn keep(tx: &mut dyn Tx, borrower: BorrowerId, notices: &[CorrectionNotice]) -> Result<()> {
    let text = serde_json::to_string(notices)
        .map_err(|error| Refusal::internal("a notice of a correction cannot be written").because(error))?;
    Ok(tx.set_meta(&key(borrower), &text)?)
}

/// Tells every borrower that holds one of these fields of a person; returns how many rows that are. What the person
/// took back, and copies whose time is over, are not told of: those rows must be gone.
pub(crate) fn tell_of_correction(
    app: &App,
    tx: &mut dyn Tx,
    ordinal: Ordinal,
    fields: &[Field],
    now: Timestamp,
) -> Result<usize> {
    let mut rng = app.rng("correction-notice");
    let mut told = 0;
    for (copy, row) in tx.copies_with(ordinal)? {
        let passed: Vec<Slug> = row
            .fields
            .into_iter()
            .filter(|name| fields.iter().any(|field| field.as_str() == name.as_str()))
            .collect();
        let erased = tx.erasure_notices(Some(copy.borrower))?;
        let gone =
            erased.iter().any(|notice| notice.copy == copy.number && notice.reference == row.reference);
        if passed.is_empty() || gone || copy.expires <= now {
            continue;
        }
        let mut notices = kept(tx, copy.borrower)?;
        // What was never taken is said once, with everything that changed since.
        let waiting = notices.iter_mut().find(|notice| {
            notice.taken.is_none() && notice.copy == copy.number && notice.reference == row.reference
        });
        match waiting {
            Some(notice) => {
                for name in passed {
                    if !notice.fields.contains(&name) {
                        notice.fields.push(name);
                    }
                }
                notice.told = now;
            }
            None => notices.push(CorrectionNotice {
                id: uuid_v7(now, &mut *rng),
                copy: copy.number,
                reference: row.reference,
                fields: passed,
                told: now,
                taken: None,
            }),
        }
        keep(tx, copy.borrower, &notices)?;
        told += 1;
    }
    Ok(told)
}

/// What one's own borrower was told to put right, oldest first.
pub fn corrections(app: &App, actor: &Actor) -> Result<Vec<CorrectionNotice>> {
    permit(actor, Action::FetchOwnCopy)?;
    let borrower = own(actor)?;
    app.store.read(|tx| kept(tx, borrower))
}

fn own(actor: &Actor) -> Result<BorrowerId> {
    actor.borrower.ok_or_else(|| {
        Refusal::new(
            Kind::Denied,
            "correction.no-borrower",
            "only somebody who acts for a borrower is told of corrections",
        )
    })
}

// INVARIANT (promise 1): what is handed over are fields that this person's own yes passed to this borrower in this
// row, and no other; (promise 5) it is in the ledger before it leaves; (promise 6) under the copy's number.
/// The new values of one row as a table with the columns that changed.
pub fn take_correction(app: &App, actor: &Actor, id: Uuid) -> Result<Vec<u8>> {
    permit(actor, Action::FetchOwnCopy)?;
    let borrower = own(actor)?;
    let now = app.now();
    app.store.write(|tx| {
        let mut notices = kept(tx, borrower)?;
        let unknown = || Refusal::not_found("correction.unknown", "there is no such notice");
        let notice = notices.iter_mut().find(|notice| notice.id == id).ok_or_else(unknown)?;
        let erase = || {
            Refusal::conflict(
                "correction.erased",
                format!("row {} of copy {} must be erased instead", notice.reference, notice.copy),
            )
            .hint("the desk lists it among the rows to erase")
        };
        let copy = tx.copy(notice.copy)?.filter(|copy| copy.borrower == borrower).ok_or_else(unknown)?;
        let told = tx.erasure_notices(Some(borrower))?;
        let gone = told.iter().any(|gone| gone.copy == notice.copy && gone.reference == notice.reference);
        let rows = tx.copy_rows(notice.copy)?;
        let row = rows.into_iter().find(|row| row.reference == notice.reference).ok_or_else(unknown)?;
        let ordinal = row.ordinal.filter(|_| !gone).ok_or_else(erase)?;
        if copy.expires <= now {
            return Err(erase());
        }
        let (_, identity) = open_in(app, tx, ordinal)?.ok_or_else(erase)?;
        let fields: Vec<Field> = notice
            .fields
            .iter()
            .filter(|name| row.fields.contains(name))
            .filter_map(|name| name.as_str().parse().ok())
            .collect();
        let file = table::corrected(&notice.reference, &fields, &identity)?;
        notice.taken = Some(now);
        let body = json!({"copy": notice.copy, "borrower": borrower, "fields": fields, "rows": 1});
        keep(tx, borrower, &notices)?;
        enter(tx, now, actor, "correction.taken", body)?;
        Ok(file)
    })
}
