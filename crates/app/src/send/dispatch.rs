//! Sending what is released: claim, open, render, sign, hand over, commit. Four things go on at once and meet in
//! channels; whatever breaks, each recipient ends accepted, refused, in doubt or as before.

mod claim;
mod commit;
mod gate;
mod job;
mod render;

use super::answers::Answer;
use super::recover::{self, Righted, Said, Whose, journal_path, unusable_journal};
use super::waves::{self, Next};
use crate::context::App;
use crate::hold;
use crate::refusal::{Kind, Refusal, Result};
use hustings_domain::ids::LoanNumber;
use hustings_mail::journal::{self, Journal, JournalError};
use hustings_mail::smtp::client::{self, Relay, SendError};
use hustings_store::records::{DeliveryCounts, DeliveryState};
use jiff::{Span, Timestamp};
use job::Job;
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Messages rendered and not yet taken by a connection.
const READY: usize = 64;
/// Outcomes not yet committed that connections may run ahead by.
const HEARD: usize = 1_024;

/// How far a send is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// The loan.
    pub loan: LoanNumber,
    /// To be mailed in all.
    pub planned: u32,
    /// May be mailed now.
    pub released: u32,
    /// Where they stand.
    pub counts: DeliveryCounts,
}

/// Why a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "ended")]
pub enum Ended {
    /// Everybody has an outcome; the loan is sent.
    Finished,
    /// The loan's window closed; those not mailed never are. The loan is sent.
    WindowClosed,
    /// The pilot is out and being watched.
    Pilot {
        /// Run again from here on to send the rest.
        until: Timestamp,
    },
    /// A person or the stop rule halted it.
    Paused {
        /// Why.
        reason: String,
    },
    /// Everybody was tried, and the relay asked to try some again later.
    Deferred {
        /// How many.
        people: u32,
        /// Run again from here on.
        retry: Timestamp,
    },
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ran {
    /// The loan.
    pub loan: LoanNumber,
    /// Why it ended.
    pub ended: Ended,
    /// Messages that the relay took in this run.
    pub accepted: u32,
    /// Where everybody stands now.
    pub counts: DeliveryCounts,
}

/// Sends everything of a loan that may go now, and says why it stopped there. Mail that the relay deferred is tried
/// again once `retry_seconds` have passed by the app's clock; call again then, or when the pilot has been watched.
///
/// Dropping the future stops it; the next run, or the next opening of the list, puts right what was in hand.
///
/// # Errors
/// `send.running` when the same loan is being sent already, `send.elsewhere` when another process on the same list
/// sends it, `send.no-relay` when nothing can be handed over (what was in hand is pending again), and whatever
/// [`hustings_domain::loan::Loan::take_up`] refuses.
pub async fn run_send(
    app: Arc<App>,
    relay: Relay,
    retry_seconds: u64,
    number: LoanNumber,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Ran> {
    let opened = Arc::clone(&app);
    let journal = blocking(move || open_journal(&opened, number)).await?;
    let ran = send_waves(&app, relay, retry_seconds, number, &journal, &mut progress).await;
    let broken = ran.is_err();
    drop(journal);
    let finished = blocking(move || {
        if broken {
            return lay_down_one(&app, number);
        }
        app.store.write(|tx| hold::let_go(&app, tx, &hold::sending(number)))
    });
    match (finished.await, ran) {
        (Err(refusal), Ok(_)) => Err(refusal),
        // While it cannot be put right, it stays held: this process's next run, or whoever takes over, puts it right.
        (_, ran) => ran,
    }
}

async fn send_waves(
    app: &Arc<App>,
    mut relay: Relay,
    retry_seconds: u64,
    number: LoanNumber,
    journal: &Arc<Journal>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Ran> {
    let retry = Span::new().seconds(i64::try_from(retry_seconds.min(30 * 86_400)).unwrap_or(0));
    let mut accepted = 0;
    loop {
        let (of, held) = (Arc::clone(app), Arc::clone(journal));
        let prepared = blocking(move || {
            // The journal's lock lives as long as anything that may still claim.
            let _held = held;
            if waves::close_window(&of, number)? {
                Ok(None)
            } else {
                Job::prepare(of, number, retry).map(Some)
            }
        });
        let Some(job) = prepared.await? else {
            let counts = counts_of(app, number).await?;
            return Ok(Ran { loan: number, ended: Ended::WindowClosed, accepted, counts });
        };
        let job = Arc::new(job);
        if relay.helo == "localhost" {
            relay.helo.clone_from(&job.charter.owner.domain);
        }
        let wave = wave(&job, relay.clone(), journal, progress).await?;
        accepted += wave.accepted;
        let of = Arc::clone(app);
        let (next, counts) = blocking(move || waves::conclude(&of, number, wave.claimed > 0)).await?;
        let ended = match next {
            Next::Again => continue,
            Next::Finished => Ended::Finished,
            Next::Paused { reason } => Ended::Paused { reason },
            Next::Pilot { until } => Ended::Pilot { until },
            Next::Deferred { people } => {
                let soon = app.now().checked_add(retry);
                Ended::Deferred { people, retry: soon.unwrap_or(Timestamp::MAX) }
            }
        };
        return Ok(Ran { loan: number, ended, accepted, counts });
    }
}

/// Puts right what this process has in hand, so that others can go on at once. Called by a process that serves when
/// it ends; what still cannot be put right is left to the next opening.
pub fn lay_down(app: &App) -> Result<()> {
    let sending = app.store.read(|tx| {
        let held = tx.claims()?.into_iter().filter(|claim| claim.epoch == app.epoch).map(|claim| claim.loan);
        let mut numbers = Vec::new();
        for loan in held.collect::<BTreeSet<_>>() {
            numbers.extend(tx.loan(loan)?.map(|loan| loan.number));
        }
        Ok::<_, Refusal>(numbers)
    })?;
    sending.into_iter().try_for_each(|number| lay_down_one(app, number))
}

fn lay_down_one(app: &App, number: LoanNumber) -> Result<()> {
    drop(open_journal(app, number)?);
    app.store.write(|tx| hold::let_go(app, tx, &hold::sending(number)))
}

/// Runs `work` where waiting for the disk holds nothing up.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Refusal::internal("a part of sending broke off").because(error)))
}

async fn counts_of(app: &Arc<App>, number: LoanNumber) -> Result<DeliveryCounts> {
    let app = Arc::clone(app);
    blocking(move || {
        app.store.read(|tx| match tx.loan_by_number(number)? {
            Some(loan) => Ok(tx.delivery_counts(loan.id, u32::MAX)?),
            None => Ok(DeliveryCounts::default()),
        })
    })
    .await
}

/// Takes the sending of a loan and opens this run's journal of it, after putting right what a broken-off run of the
/// same process, and whoever is gone, left.
///
/// INVARIANT (promise 9): the journal's lock is what lets one run at a time claim this loan's recipients, and the hold is
/// what lets one process at a time.
fn open_journal(app: &App, number: LoanNumber) -> Result<Arc<Journal>> {
    let path = journal_path(app, number)?;
    let mut said = Said::nothing(app.epoch, number);
    let mut opened = Journal::open(&path, app.epoch);
    if matches!(opened, Err(JournalError::Unsettled { .. })) {
        said.read(&path)?;
        take_up(app, number, &said)?;
        journal::clear(&path).map_err(|error| unusable_journal(&path, &error))?;
        said = Said::nothing(app.epoch, number);
        opened = Journal::open(&path, app.epoch);
    }
    let journal = opened.map_err(|error| match error {
        JournalError::InUse => {
            Refusal::new(Kind::Busy, "send.running", format!("loan `{number}` is being sent already"))
        }
        error => unusable_journal(&path, &error),
    })?;
    take_up(app, number, &said)?;
    Ok(Arc::new(journal))
}

fn take_up(app: &App, number: LoanNumber, said: &Said) -> Result<()> {
    app.store.write(|tx| {
        let Some(loan) = tx.loan_by_number(number)? else { return Ok(()) };
        if !hold::take(app, tx, &hold::sending(number))? {
            return Err(Refusal::new(
                Kind::Busy,
                "send.elsewhere",
                format!("loan `{number}` is being sent by another process"),
            )
            .hint("nothing need be done: should that process end, one that serves goes on with it"));
        }
        let mut righted = Righted::default();
        recover::put_right(app, tx, Whose::TheDeadAndOwn(loan.id), said, &mut righted)?;
        righted.enter(app, tx).map(drop)
    })
}

/// What one wave did.
#[derive(Debug, Clone, Copy, Default)]
struct Wave {
    claimed: u32,
    accepted: u32,
}

async fn wave(
    job: &Arc<Job>,
    relay: Relay,
    journal: &Arc<Journal>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Wave> {
    let (claims, claimed) = mpsc::channel(1);
    let (ready, jobs) = mpsc::channel(READY);
    let (heard, outcomes) = mpsc::channel(HEARD);
    let claiming = claim::claim_all(Arc::clone(job), Arc::clone(journal), claims);
    let rendering = render::render_all(Arc::clone(job), claimed, ready, heard.clone());
    let sending = client::send(relay, jobs, Arc::clone(journal), heard, gate::gate(job));
    let committing = commit::commit_all(job, journal, outcomes, progress);
    let (claimed, rendered, sent, committed) =
        tokio::join!(Box::pin(claiming), Box::pin(rendering), Box::pin(sending), Box::pin(committing));
    let (accepted, undecided) = committed?;
    // Not sent, and nobody said why: the relay's fault when it could not be reached, else the message's own.
    let gave_up = sent.is_err() || job.is_halted();
    let (of, held) = (Arc::clone(job), Arc::clone(journal));
    blocking(move || {
        let answers: Vec<_> = undecided
            .into_iter()
            .map(|(number, tries)| {
                let answer = if gave_up {
                    Answer::silent(DeliveryState::Pending)
                } else {
                    Answer::said(421, "", tries)
                };
                (number, Answer { code: None, ..answer })
            })
            .collect();
        commit::settle(&of, &held, &answers).map(drop)
    })
    .await?;
    rendered?;
    let claimed = claimed?;
    job.failure()?;
    sent.map_err(|error| no_relay(&error))?;
    Ok(Wave { claimed, accepted })
}

fn no_relay(error: &SendError) -> Refusal {
    let refusal = match error {
        SendError::Journal { .. } => Refusal::internal("sending stopped because its journal failed"),
        _ => Refusal::new(Kind::Busy, "send.no-relay", "the relay does not take mail"),
    };
    refusal.because(error).hint("nobody was skipped: check [relay] in hustings.toml and send again")
}
