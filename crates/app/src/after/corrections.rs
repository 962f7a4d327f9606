//! Borrowers are told what was put right in rows that they got (GDPR, article 19), and take the new values under the
//! number of the copy and the row. That it is put right they acknowledge like everything that they owe.

use super::duties::{self, Owed, owe};
use super::table;
use crate::context::App;
use crate::journal::enter;
use crate::lend::charter_in;
use crate::people::open_in;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::duty::{Duty, DutyKind};
use hustings_domain::ids::{CopyNumber, Ordinal};
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

/// Tells every borrower that holds one of these fields of a person; returns how many rows that are. What the person
/// took back, and copies whose time is over, are not told of: those rows must be gone.
pub(crate) fn tell_of_correction(
    app: &App,
    tx: &mut dyn Tx,
    ordinal: Ordinal,
    fields: &[Field],
    now: Timestamp,
) -> Result<usize> {
    let rules = charter_in(tx)?.duties;
    let mut rng = app.rng("correction-notice");
    let mut told = 0;
    for (copy, row) in tx.copies_with(ordinal)? {
        let passed: Vec<Slug> = row
            .fields
            .into_iter()
            .filter(|name| fields.iter().any(|field| field.as_str() == name.as_str()))
            .collect();
        let duties = tx.duties(Some(copy.borrower))?;
        let of_row = |duty: &Duty| {
            duty.copy == copy.number && duty.reference.as_deref() == Some(row.reference.as_str())
        };
        let gone = duties.iter().any(|duty| duty.kind.erases_a_row() && of_row(duty));
        if passed.is_empty() || gone || copy.expires <= now {
            continue;
        }
        // What was never taken is said once, with everything that changed since, and is due when it was.
        let waiting = duties.into_iter().find(|duty| {
            duty.kind == DutyKind::Correction && duty.is_open() && duty.taken.is_none() && of_row(duty)
        });
        if let Some(mut duty) = waiting {
            for name in passed {
                if !duty.fields.contains(&name) {
                    duty.fields.push(name);
                }
            }
            duty.told = now.min(duty.due);
            tx.put_duty(&duty)?;
        } else {
            let (kind, reference) = (DutyKind::Correction, Some(row.reference));
            let owed = Owed { copy: &copy, kind, reference, fields: passed, due: None };
            owe(tx, &rules, owed, now, &mut *rng)?;
        }
        told += 1;
    }
    Ok(told)
}

/// What one's own borrower was told to put right and has not said to be, oldest first.
pub fn corrections(app: &App, actor: &Actor) -> Result<Vec<CorrectionNotice>> {
    permit(actor, Action::FetchOwnCopy)?;
    let borrower = duties::own(actor)?;
    let notice = |duty: Duty| {
        Some(CorrectionNotice {
            id: duty.id,
            copy: duty.copy,
            reference: duty.reference?,
            fields: duty.fields,
            told: duty.told,
            taken: duty.taken,
        })
    };
    app.store.read(|tx| {
        let owed = tx.duties(Some(borrower))?.into_iter();
        Ok(owed
            .filter(|duty| duty.kind == DutyKind::Correction && duty.is_open())
            .filter_map(notice)
            .collect())
    })
}

// INVARIANT (promise 1): what is handed over are fields that this person's own yes passed to this borrower in this
// row, and no other; (promise 5) it is in the ledger before it leaves; (promise 6) under the copy's number.
/// The new values of one row as a table with the columns that changed.
pub fn take_correction(app: &App, actor: &Actor, id: Uuid) -> Result<Vec<u8>> {
    permit(actor, Action::FetchOwnCopy)?;
    let borrower = duties::own(actor)?;
    let now = app.now();
    app.store.write(|tx| {
        let unknown = || Refusal::not_found("correction.unknown", "there is no such notice");
        let duty = tx
            .duty(id)?
            .filter(|duty| duty.borrower == borrower && duty.kind == DutyKind::Correction)
            .ok_or_else(unknown)?;
        let reference = duty.reference.clone().ok_or_else(unknown)?;
        let erase = || {
            Refusal::conflict(
                "correction.erased",
                format!("row {reference} of copy {} must be erased instead", duty.copy),
            )
            .hint("the desk lists it among the rows to erase")
        };
        let copy = tx.copy(duty.copy)?.filter(|copy| copy.borrower == borrower).ok_or_else(unknown)?;
        let told = tx.erasure_notices(Some(borrower))?;
        let gone = told.iter().any(|gone| gone.copy == duty.copy && gone.reference == reference);
        let rows = tx.copy_rows(duty.copy)?;
        let row = rows.into_iter().find(|row| row.reference == reference).ok_or_else(unknown)?;
        let ordinal = row.ordinal.filter(|_| !gone).ok_or_else(erase)?;
        if copy.expires <= now {
            return Err(erase());
        }
        let (_, identity) = open_in(app, tx, ordinal)?.ok_or_else(erase)?;
        let fields: Vec<Field> = duty
            .fields
            .iter()
            .filter(|name| row.fields.contains(name))
            .filter_map(|name| name.as_str().parse().ok())
            .collect();
        let file = table::corrected(&reference, &fields, &identity)?;
        let body = json!({"copy": duty.copy, "borrower": borrower, "fields": fields, "rows": 1});
        tx.put_duty(&Duty { taken: Some(now), ..duty.clone() })?;
        enter(tx, now, actor, "correction.taken", body)?;
        Ok(file)
    })
}
