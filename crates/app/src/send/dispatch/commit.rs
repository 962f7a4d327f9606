//! Writing outcomes down in groups: every 50 ms or 500 recipients, whichever comes first. The journal forgets a
//! recipient only after its outcome is committed.

use super::super::answers::Answer;
use super::super::backlash;
use super::Progress;
use super::blocking;
use super::job::{Halt, Job, Verdict};
use crate::refusal::{Refusal, Result};
use hustings_domain::consent::SuppressionReason;
use hustings_domain::loan::LoanState;
use hustings_mail::journal::Journal;
use hustings_mail::smtp::client::{Delivery, Outcome};
use hustings_store::records::{DeliveryCounts, DeliveryResult, DeliveryState, Signal};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

/// Recipients committed at once.
const GROUP: usize = 500;
/// The longest that an outcome waits, and that a pause made elsewhere goes unnoticed.
const WAIT: Duration = Duration::from_millis(50);

/// Not sent for no reason of ours: the number, and how often it was tried before.
pub(super) type Undecided = (u64, u32);

/// Commits outcomes until there are no more; how many were accepted, and which are still to be decided.
pub(super) async fn commit_all(
    job: &Arc<Job>,
    journal: &Arc<Journal>,
    mut outcomes: mpsc::Receiver<Outcome>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(u32, Vec<Undecided>)> {
    let mut tick = tokio::time::interval(WAIT);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut group, mut undecided) = (Vec::new(), Vec::new());
    let (mut accepted, mut failed, mut open) = (0_u32, None, true);
    while open {
        let mut due = false;
        tokio::select! {
            heard = outcomes.recv() => match heard {
                Some(outcome) => match answer(job, outcome) {
                    Ok(answered) => group.push(answered),
                    Err(later) => undecided.extend(later),
                },
                None => open = false,
            },
            _ = tick.tick() => due = true,
        }
        if failed.is_some() || !(due || !open || group.len() >= GROUP) {
            // After a failure the outcomes are heard out and left to the journal.
            continue;
        }
        let answers = std::mem::take(&mut group);
        let taken = answers.iter().filter(|(_, answer)| answer.state == DeliveryState::Accepted).count();
        let (of, held) = (Arc::clone(job), Arc::clone(journal));
        match blocking(move || settle(&of, &held, &answers)).await {
            Ok(settled) => {
                accepted += u32::try_from(taken).unwrap_or(0);
                if let Some(counts) = settled {
                    let (loan, send) = (job.loan.number, &job.send);
                    progress(Progress { loan, planned: send.planned, released: send.released, counts });
                }
            }
            Err(refusal) => {
                job.halt(Halt::Failed(refusal.clone()));
                failed = Some(refusal);
            }
        }
    }
    match failed {
        Some(refusal) => Err(refusal),
        None => Ok((accepted, undecided)),
    }
}

/// What an outcome means; none yet for a message that was not sent for no reason of ours.
fn answer(job: &Job, outcome: Outcome) -> std::result::Result<(u64, Answer), Option<Undecided>> {
    let number = outcome.seq;
    let Some(flight) = job.flight(number) else { return Err(None) };
    let answer = match outcome.result {
        Delivery::Accepted { code, text }
        | Delivery::Refused { code, text }
        | Delivery::Deferred { code, text } => Answer::said(code, &text, flight.tries),
        Delivery::InDoubt { .. } => Answer::silent(DeliveryState::InDoubt),
        Delivery::NotSent { .. } => Answer::silent(match flight.verdict {
            Some(Verdict::Stopped) => DeliveryState::Stopped,
            Some(Verdict::Unfit) => DeliveryState::Refused,
            Some(Verdict::GivenBack) => DeliveryState::Pending,
            None => return Err(Some((number, flight.tries))),
        }),
    };
    Ok((number, answer))
}

/// Commits answers with what follows from them, then lets the journal forget them; the counts, if anything changed.
/// Also looks whether the loan is still sending.
///
/// INVARIANT (promise 9): the journal is shortened after the commit, never before.
pub(super) fn settle(
    job: &Job,
    journal: &Journal,
    answers: &[(u64, Answer)],
) -> Result<Option<DeliveryCounts>> {
    let app = &job.app;
    let id = job.loan.id;
    if answers.is_empty() {
        let loan = app.store.read(|tx| Ok::<_, Refusal>(tx.loan(id)?))?;
        if loan.is_none_or(|loan| loan.state != LoanState::Sending) {
            job.halt(Halt::NotSending);
        }
        return Ok(None);
    }
    let now = app.now();
    let known: Vec<_> =
        answers.iter().filter_map(|(number, answer)| Some((job.flight(*number)?, *answer))).collect();
    let results: Vec<DeliveryResult> = known
        .iter()
        .map(|(flight, answer)| DeliveryResult { seq: flight.seq, state: answer.state, code: answer.code })
        .collect();
    let (counts, sending) = app.store.write(|tx| {
        tx.settle_deliveries(id, app.epoch, &results, now)?;
        for (flight, _) in known.iter().filter(|(_, answer)| answer.dead) {
            backlash::stop_address(tx, flight.ordinal, SuppressionReason::Bounced, now)?;
            backlash::note_in(app, tx, id, flight.ordinal, Signal::HardBounce, now)?;
        }
        let sending = tx.loan(id)?.is_some_and(|loan| loan.state == LoanState::Sending);
        Ok::<_, Refusal>((tx.delivery_counts(id, u32::MAX)?, sending))
    })?;
    if !sending {
        job.halt(Halt::NotSending);
    }
    let numbers: Vec<u64> = answers.iter().map(|(number, _)| *number).collect();
    journal
        .truncate(&numbers)
        .map_err(|error| Refusal::internal("the sending journal cannot be shortened").because(error))?;
    let mut flights = job.flights();
    for number in &numbers {
        flights.remove(number);
    }
    Ok(Some(counts))
}
