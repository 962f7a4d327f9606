//! A borrower's people say that what was owed is done: what, when, and how many processors were told.

use super::mark::lift_when_made_good;
use crate::context::App;
use crate::journal::enter;
use crate::lend::charter_in;
use crate::refusal::{Kind, Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::duty::{Acknowledgement, DoneWith, Duty, DutyKind};
use hustings_domain::ids::{BorrowerId, CopyNumber};
use hustings_policy::permit;
use hustings_store::Tx;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The most processors that anybody can have passed a row to.
pub const MOST_PROCESSORS: u32 = 1_000;
/// The most duties acknowledged with one word.
const MOST_AT_ONCE: usize = 5_000;

/// What is said of what was owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// What was done.
    pub done: DoneWith,
    /// How many processors were told to do the same.
    pub processors: u32,
}

/// What an acknowledgement came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acknowledged {
    /// How many duties were acknowledged now.
    pub now: usize,
    /// How many of those named had been acknowledged before: they stay as they were.
    pub before: usize,
    /// Whether a mark on the standing is gone with it.
    pub mark_lifted: bool,
}

/// The borrower of somebody who may speak for one.
pub(crate) fn own(actor: &Actor) -> Result<BorrowerId> {
    actor.borrower.ok_or_else(|| {
        Refusal::new(Kind::Denied, "duty.no-borrower", "only somebody who acts for a borrower can say so")
            .hint("log in on the desk, or give the command line a token of theirs")
    })
}

/// Acknowledges duties, all of them or none. Whoever has erased all of a copy has erased its rows. Saying it again
/// changes nothing; another borrower's duty is unknown.
pub fn acknowledge(app: &App, actor: &Actor, ids: &[Uuid], said: Said) -> Result<Acknowledged> {
    permit(actor, Action::AcknowledgeErasure)?;
    let borrower = own(actor)?;
    let wrong = |what: String| Refusal::invalid("duty.said", what);
    if ids.is_empty() || ids.len() > MOST_AT_ONCE {
        return Err(wrong(format!("{} duties are named", ids.len()))
            .hint(format!("tick at least one, and at most {MOST_AT_ONCE}")));
    }
    if said.processors > MOST_PROCESSORS {
        return Err(wrong(format!("{} processors are too many to be true", said.processors))
            .hint(format!("0 to {MOST_PROCESSORS}: whoever processed it for you and was told")));
    }
    let now = app.now();
    app.store.write(|tx| {
        let charter = charter_in(tx)?;
        let named = named(tx, borrower, ids, said.done)?;
        let before = named.iter().filter(|duty| !duty.is_open()).count();
        let open: Vec<Duty> = with_their_rows(tx, borrower, named)?;
        if open.is_empty() {
            return Ok(Acknowledged { now: 0, before, mark_lifted: false });
        }
        for duty in &open {
            let by = actor.reference();
            let word = Acknowledgement { at: now, by, done: said.done, processors: said.processors };
            tx.put_duty(&Duty { acknowledged: Some(word), ..duty.clone() })?;
        }
        enter_all(tx, actor, borrower, &open, said, now)?;
        let mark_lifted = lift_when_made_good(tx, actor, &charter, borrower, now)?;
        Ok(Acknowledged { now: open.len(), before, mark_lifted })
    })
}

fn named(tx: &mut dyn Tx, borrower: BorrowerId, ids: &[Uuid], done: DoneWith) -> Result<Vec<Duty>> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let mut named = Vec::with_capacity(ids.len());
    for id in ids {
        let duty = tx
            .duty(id)?
            .filter(|duty| duty.borrower == borrower)
            .ok_or_else(|| Refusal::not_found("duty.unknown", "there is no such duty"))?;
        if duty.is_open() && !done.fits(duty.kind) {
            let message = format!("{} must be erased, and cannot be {}", duty.subject(), done.words());
            return Err(Refusal::invalid("duty.unfit", message).hint("say `deleted` or `never-imported`"));
        }
        named.push(duty);
    }
    Ok(named)
}

/// Those still open, and with all of a copy whatever else is open of it.
fn with_their_rows(tx: &mut dyn Tx, borrower: BorrowerId, named: Vec<Duty>) -> Result<Vec<Duty>> {
    let mut open: BTreeMap<Uuid, Duty> =
        named.into_iter().filter(Duty::is_open).map(|duty| (duty.id, duty)).collect();
    let whole: Vec<CopyNumber> =
        open.values().filter(|duty| duty.kind == DutyKind::Expiry).map(|duty| duty.copy).collect();
    if !whole.is_empty() {
        for duty in tx.duties(Some(borrower))? {
            if duty.is_open() && whole.contains(&duty.copy) {
                open.insert(duty.id, duty);
            }
        }
    }
    Ok(open.into_values().collect())
}

/// One entry for each copy and kind: how many rows, what was done, and no row of anybody.
fn enter_all(
    tx: &mut dyn Tx,
    actor: &Actor,
    borrower: BorrowerId,
    duties: &[Duty],
    said: Said,
    now: Timestamp,
) -> Result<()> {
    let mut counts: BTreeMap<(CopyNumber, DutyKind), usize> = BTreeMap::new();
    for duty in duties {
        *counts.entry((duty.copy, duty.kind)).or_default() += 1;
    }
    for ((copy, kind), count) in counts {
        // A take-back has been entered as an erasure since there was a ledger.
        let kind = if kind == DutyKind::Recall { DutyKind::Erasure } else { kind };
        let body = json!({"copy": copy, "borrower": borrower, "duties": count, "done": said.done,
            "processors": said.processors});
        enter(tx, now, actor, &format!("{kind}.acknowledged"), body)?;
    }
    Ok(())
}
