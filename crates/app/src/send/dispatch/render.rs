//! Opening identities, rendering and signing, on threads of their own: a signature is nine tenths of a message's work.

use super::super::letter::Frame;
use super::super::links::LinkPlace;
use super::super::marks;
use super::job::{Flight, Halt, Job, Verdict};
use crate::people::open_in;
use crate::refusal::{Refusal, Result};
use hustings_mail::smtp::client::{Delivery, Outcome, Outgoing};
use hustings_vault::Field;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// Threads that render.
const THREADS: usize = 2;

/// Renders everything claimed, until there is no more.
pub(super) async fn render_all(
    job: Arc<Job>,
    claimed: mpsc::Receiver<Vec<Flight>>,
    ready: mpsc::Sender<Outgoing>,
    heard: mpsc::Sender<Outcome>,
) -> Result<()> {
    let claimed = Arc::new(Mutex::new(claimed));
    let mut threads = Vec::new();
    for _ in 0..THREADS {
        let (job, claimed) = (Arc::clone(&job), Arc::clone(&claimed));
        let (ready, heard) = (ready.clone(), heard.clone());
        threads.push(tokio::task::spawn_blocking(move || {
            while let Some(flights) = next(&claimed) {
                for flight in flights {
                    hand_over(&job, flight, &ready, &heard);
                }
            }
        }));
    }
    drop((ready, heard));
    for thread in threads {
        thread.await.map_err(|error| Refusal::internal("a rendering thread broke off").because(error))?;
    }
    Ok(())
}

fn next(claimed: &Mutex<mpsc::Receiver<Vec<Flight>>>) -> Option<Vec<Flight>> {
    claimed.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv()
}

fn hand_over(job: &Job, flight: Flight, ready: &mpsc::Sender<Outgoing>, heard: &mpsc::Sender<Outcome>) {
    let number = job.number(flight.seq);
    let made = if job.is_halted() { Ok(Err(Verdict::GivenBack)) } else { message(job, flight) };
    let verdict = match made {
        Ok(Ok(outgoing)) => {
            if ready.blocking_send(outgoing).is_ok() {
                return;
            }
            job.halt(Halt::NoRelay);
            Verdict::GivenBack
        }
        Ok(Err(verdict)) => verdict,
        Err(refusal) => {
            job.halt(Halt::Failed(refusal));
            Verdict::GivenBack
        }
    };
    job.judge(number, verdict);
    let why = "not handed over".to_owned();
    // Nobody hears it only when the whole run was dropped; then recovery settles it.
    drop(heard.blocking_send(Outcome { seq: number, result: Delivery::NotSent { why } }));
}

fn message(job: &Job, flight: Flight) -> Result<std::result::Result<Outgoing, Verdict>> {
    let app = &job.app;
    let opened = match app.store.read(|tx| open_in(app, tx, flight.ordinal)) {
        Ok(opened) => opened,
        // Erased between the reading of the record and of its key.
        Err(_) if app.store.read(|tx| Ok::<_, Refusal>(tx.supporter(flight.ordinal)?.is_none()))? => None,
        Err(refusal) => return Err(refusal),
    };
    let Some((record, identity)) = opened else { return Ok(Err(Verdict::Stopped)) };
    let number = job.number(flight.seq);
    if let Some(kept) = job.flights().get_mut(&number) {
        kept.mail_key = record.mail_key;
    }
    let now = app.now();
    let (charter, loan, composer) = (&job.charter, &job.loan, &job.composer);
    let frame = Frame { app, charter, loan, composer, frozen: job.send.frozen };
    let merge = frame.merge(flight.seq, record.id, &identity, now)?;
    let Ok(rendered) = composer.render(&merge) else { return Ok(Err(Verdict::Unfit)) };
    let Ok(message) = job.signer.sign(&rendered.message, now) else { return Ok(Err(Verdict::Unfit)) };
    let Some(rcpt_to) = identity.get(Field::Email).map(str::to_owned) else {
        return Ok(Err(Verdict::Stopped));
    };
    let place = LinkPlace { loan: loan.number, seq: flight.seq };
    let mail_from = marks::return_path(app, &charter.owner.domain, place);
    Ok(Ok(Outgoing { seq: number, mail_from, rcpt_to, message }))
}
