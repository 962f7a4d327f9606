//! Taking recipients in hand, some hundreds at a time, and leaving out whoever must not be mailed any more.

use super::super::audience::{caps, since};
use super::super::waves::send_of;
use super::blocking;
use super::gate::is_wanted;
use super::job::{Flight, Halt, Job};
use crate::calendar::OwnMail;
use crate::refusal::{Refusal, Result};
use hustings_domain::ids::Ordinal;
use hustings_domain::loan::LoanState;
use hustings_mail::journal::Journal;
use hustings_store::Tx;
use hustings_store::records::{Delivery, DeliveryResult, DeliveryState};
use jiff::Timestamp;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Recipients claimed in one transaction.
const BATCH: u32 = 250;
/// The same where other processes work on the list: whom this one has in hand when it dies is in doubt until its journal
/// is read.
const BATCH_AMONG_OTHERS: u32 = 50;

/// Claims until nothing is left or the send halts; how many.
pub(super) async fn claim_all(
    job: Arc<Job>,
    journal: Arc<Journal>,
    claims: mpsc::Sender<Vec<Flight>>,
) -> Result<u32> {
    let mut claimed = 0;
    while !job.is_halted() {
        let (of, held) = (Arc::clone(&job), Arc::clone(&journal));
        let (taken, wanted) = blocking(move || {
            // The journal's lock lives as long as anything that may still claim.
            let _held = held;
            claim_batch(&of)
        })
        .await
        .inspect_err(|refusal| job.halt(Halt::Failed(refusal.clone())))?;
        if taken == 0 {
            break;
        }
        claimed += taken;
        if !wanted.is_empty() && claims.send(wanted).await.is_err() {
            job.halt(Halt::NoRelay);
        }
    }
    Ok(claimed)
}

// INVARIANT (promises 2, 4, 10): a claim is made in the transaction that sees the loan sending, and whoever has
// stopped, taken consent back or been addressed too often since the freezing is left out by the same transaction.
fn claim_batch(job: &Job) -> Result<(u32, Vec<Flight>)> {
    let app = &job.app;
    let now = app.now();
    let retry_before =
        now.checked_sub(job.retry).map_err(|error| Refusal::internal("no time is left").because(error))?;
    let batch = if app.store.node().is_some() { BATCH_AMONG_OTHERS } else { BATCH };
    app.store.write(|tx| {
        let sending = tx.loan(job.loan.id)?.is_some_and(|loan| loan.state == LoanState::Sending);
        if !sending || !job.right.holds_at(now) {
            job.halt(Halt::NotSending);
            return Ok((0, Vec::new()));
        }
        let released = send_of(tx, &job.loan)?.released;
        let taken = tx.claim(job.loan.id, released, batch, app.epoch, retry_before, now)?;
        let (mut wanted, mut stopped) = (Vec::new(), Vec::new());
        let mut own_mail = job.own_mail();
        own_mail.refresh(tx)?;
        for delivery in &taken {
            let key = tx.supporter(delivery.ordinal)?.and_then(|record| record.mail_key);
            if is_wanted(tx, &job.loan.terms, delivery.ordinal, key)?
                && !is_tired(tx, job, &own_mail, delivery.ordinal, now)?
            {
                wanted.push(flight(delivery));
            } else {
                stopped.push(DeliveryResult { seq: delivery.seq, state: DeliveryState::Stopped, code: None });
            }
        }
        tx.settle_deliveries(job.loan.id, app.epoch, &stopped, now)?;
        job.flights().extend(wanted.iter().map(|flight| (job.number(flight.seq), *flight)));
        Ok((u32::try_from(taken.len()).unwrap_or(u32::MAX), wanted))
    })
}

fn flight(delivery: &Delivery) -> Flight {
    Flight {
        seq: delivery.seq,
        ordinal: delivery.ordinal,
        tries: delivery.attempts,
        mail_key: None,
        verdict: None,
    }
}

/// Whether other loans, or the owner's own mail, have come first since the freezing.
fn is_tired(
    tx: &mut dyn Tx,
    job: &Job,
    own_mail: &OwnMail,
    ordinal: Ordinal,
    now: Timestamp,
) -> Result<bool> {
    let reached =
        |state| matches!(state, DeliveryState::Claimed | DeliveryState::Accepted | DeliveryState::InDoubt);
    let others: Vec<Delivery> = tx
        .deliveries_of(ordinal)?
        .into_iter()
        .filter(|delivery| delivery.loan != job.loan.id && reached(delivery.state))
        .collect();
    for (cap, money) in caps(&job.charter, job.loan.terms.ask) {
        let since = since(cap, now)?;
        // INVARIANT: the caps are over all borrowers and the owner's own mail, which comes first.
        let mut times = own_mail.times(ordinal, cap, money, now);
        for other in others.iter().filter(|other| other.at >= since) {
            times += u32::from(!money || tx.send(other.loan)?.is_some_and(|send| send.money));
        }
        if times >= cap.times {
            return Ok(true);
        }
    }
    Ok(false)
}
