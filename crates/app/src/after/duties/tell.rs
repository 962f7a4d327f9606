//! Telling a borrower that it owes something, inside the transaction that brings it about.

use crate::after::copies::fetched_at;
use crate::after::place::days_after;
use crate::refusal::Result;
use hustings_domain::access::Actor;
use hustings_domain::chance::Rng;
use hustings_domain::charter::DutyRules;
use hustings_domain::copy::CopyRecord;
use hustings_domain::duty::{Acknowledgement, DoneWith, Duty, DutyKind};
use hustings_domain::ids::uuid_v7;
use hustings_domain::words::Slug;
use hustings_store::Tx;
use jiff::Timestamp;

/// What is owed of a copy.
pub(crate) struct Owed<'a> {
    pub(crate) copy: &'a CopyRecord,
    pub(crate) kind: DutyKind,
    pub(crate) reference: Option<String>,
    pub(crate) fields: Vec<Slug>,
    /// When it is due; as the charter says when left out.
    pub(crate) due: Option<Timestamp>,
}

/// Tells it. Of a copy that never left nobody has to do anything, which is said at once; and what must be erased is not
/// put right any more.
pub(crate) fn owe(
    tx: &mut dyn Tx,
    rules: &DutyRules,
    owed: Owed<'_>,
    now: Timestamp,
    rng: &mut dyn Rng,
) -> Result<Duty> {
    let copy = owed.copy;
    let by_machine =
        |done| Acknowledgement { at: now, by: Actor::machine().reference(), done, processors: 0 };
    let left = fetched_at(tx, copy.number)?.is_some();
    let due = match owed.due {
        Some(due) => due,
        None => days_after(now, rules.answer_days)?,
    };
    let mut duty = Duty {
        id: uuid_v7(now, rng),
        borrower: copy.borrower,
        copy: copy.number,
        kind: owed.kind,
        reference: owed.reference,
        fields: owed.fields,
        told: now,
        due,
        taken: None,
        marked: None,
        acknowledged: (!left).then(|| by_machine(DoneWith::NeverLeft)),
    };
    if duty.kind.erases_a_row() {
        for other in tx.duties(Some(copy.borrower))?.into_iter().filter(|other| other.copy == duty.copy) {
            let same = other.reference == duty.reference;
            // A row goes once: whoever owes it already owes nothing more, and whoever said that it is gone has said so.
            if same && other.kind.erases_a_row() && other.is_open() {
                return Ok(other);
            }
            if same && other.kind.erases_a_row() || other.kind == DutyKind::Expiry {
                duty.acknowledged = duty.acknowledged.or(other.acknowledged);
                continue;
            }
            if same && other.is_open() && other.kind == DutyKind::Correction {
                let acknowledged = Some(by_machine(DoneWith::Superseded));
                tx.put_duty(&Duty { acknowledged, ..other })?;
            }
        }
    }
    tx.add_duty(&duty)?;
    Ok(duty)
}
