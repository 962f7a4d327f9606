//! The last look before a message's envelope is written: has this person stopped, is the loan still sending?

use super::super::audience::scopes;
use super::job::{Halt, Job, Verdict};
use crate::refusal::Result;
use hustings_domain::ids::Ordinal;
use hustings_domain::loan::Terms;
use hustings_mail::smtp::client::Gate;
use hustings_store::Tx;
use hustings_vault::SuppressionHash;
use std::sync::Arc;

/// The gate of one wave.
pub(super) fn gate(job: &Arc<Job>) -> Gate {
    let job = Arc::clone(job);
    Arc::new(move |number| may_go(&job, number))
}

// INVARIANT (promise 4): a stop acts at once. It is read from the store for each message, so a stop committed before
// a message's envelope is written keeps that message back, whichever process or page made it.
fn may_go(job: &Job, number: u64) -> bool {
    if !job.right.holds_at(job.app.now()) {
        job.halt(Halt::NotSending);
    }
    if let Err(error) = job.app.store.check_standing() {
        job.halt(Halt::Failed(error.into()));
    }
    let flight = job.flight(number).filter(|_| !job.is_halted());
    let Some(flight) = flight else {
        job.judge(number, Verdict::GivenBack);
        return false;
    };
    match job.app.store.read(|tx| is_wanted(tx, &job.loan.terms, flight.ordinal, flight.mail_key)) {
        Ok(true) => true,
        Ok(false) => {
            job.judge(number, Verdict::Stopped);
            false
        }
        Err(refusal) => {
            job.halt(Halt::Failed(refusal));
            job.judge(number, Verdict::GivenBack);
            false
        }
    }
}

/// Whether these terms may still address this person: an address without a stop, and a consent that counts.
pub(super) fn is_wanted(
    tx: &mut dyn Tx,
    terms: &Terms,
    ordinal: Ordinal,
    mail_key: Option<SuppressionHash>,
) -> Result<bool> {
    let Some(key) = mail_key else { return Ok(false) };
    let scopes = scopes(terms);
    if tx.stops_of(key)?.iter().any(|(scope, ..)| scopes.contains(scope)) {
        return Ok(false);
    }
    let mut in_force = tx.consents_in_force(ordinal)?.into_iter();
    Ok(in_force.any(|consent| {
        consent.purpose == terms.purpose && consent.channel == terms.channel && consent.state.counts()
    }))
}
