//! One worker keeps one connection busy: envelope, body, `D`, final dot with the next envelope behind it, `A`.

use super::connection::{Connection, Lost, OpenError, Opened};
use super::envelope::{stuffed, unfit};
use super::queue::Queue;
use super::{Delivery, Gate, Outcome, Outgoing, Relay, STOPPED, SendError, Sent};
use crate::journal::Journal;
use crate::sync::lock;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_rustls::TlsConnector;

/// Connections on which one message may be lost before its dot, until it is given back as not sent.
const TRIES: u32 = 4;
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// How far sending has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Running,
    /// No further jobs will come.
    Drained,
    /// Something is wrong; see `error`.
    Stopped,
}

/// What the workers of one [`super::send`] share.
pub(super) struct Shared {
    relay: Relay,
    queue: Queue,
    journal: Arc<Journal>,
    outcomes: mpsc::Sender<Outcome>,
    gate: Gate,
    phase: watch::Sender<Phase>,
    error: Mutex<Option<SendError>>,
    workers: AtomicUsize,
    opened: AtomicU64,
    ridden: AtomicU64,
}

impl Shared {
    pub(super) fn new(
        relay: Relay,
        queue: Queue,
        journal: Arc<Journal>,
        outcomes: mpsc::Sender<Outcome>,
        gate: Gate,
    ) -> Self {
        let workers = AtomicUsize::new(relay.connections.max(1));
        let phase = watch::Sender::new(Phase::Running);
        let error = Mutex::new(None);
        let (opened, ridden) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { relay, queue, journal, outcomes, gate, phase, error, workers, opened, ridden }
    }

    /// Ends everything; the first error is the one reported.
    pub(super) fn stop(&self, error: SendError) {
        lock(&self.error).get_or_insert(error);
        self.advance(Phase::Stopped);
    }

    /// Gives an outcome to what nobody took, and tells how it went.
    pub(super) async fn finish(&self) -> Result<Sent, SendError> {
        self.queue.close();
        while let Some(job) = self.queue.next().await {
            let why = lock(&self.error).as_ref().map_or_else(|| STOPPED.to_owned(), ToString::to_string);
            self.report(job.seq, Delivery::NotSent { why }).await;
        }
        match lock(&self.error).take() {
            Some(error) => Err(error),
            None => Ok(Sent {
                connections: self.opened.load(Ordering::Relaxed),
                ridden: self.ridden.load(Ordering::Relaxed),
            }),
        }
    }

    async fn report(&self, seq: u64, result: Delivery) {
        if self.outcomes.send(Outcome { seq, result }).await.is_err() {
            self.stop(SendError::Unheard);
        }
    }

    fn advance(&self, to: Phase) {
        self.phase.send_if_modified(|phase| {
            let further = to > *phase;
            *phase = (*phase).max(to);
            further
        });
    }

    fn is_stopped(&self) -> bool {
        *self.phase.borrow() == Phase::Stopped
    }

    /// Resolves once the phase is at least `at`.
    async fn reached(&self, at: Phase) {
        // The sender lives as long as `self`, so this can only end well.
        drop(self.phase.subscribe().wait_for(|phase| *phase >= at).await);
    }
}

/// A message on its way and how often a connection was lost under it.
struct Flight {
    job: Outgoing,
    tries: u32,
}

/// Why a connection is no longer driven.
enum Ended {
    /// Nothing more to do at all.
    Finished,
    /// Nothing to do for a while.
    Idle,
    /// It broke.
    Broken(String),
}

pub(super) struct Worker {
    number: usize,
    shared: Arc<Shared>,
    tls: Option<TlsConnector>,
    /// Taken from the queue, not sent, to be tried on the next connection.
    held: VecDeque<Flight>,
}

impl Worker {
    pub(super) fn new(number: usize, shared: Arc<Shared>, tls: Option<TlsConnector>) -> Self {
        Self { number, shared, tls, held: VecDeque::new() }
    }

    /// Works until the jobs end, sending is stopped, or no connection can be made.
    pub(super) async fn run(mut self) {
        let mut failures = 0;
        while !self.shared.is_stopped() {
            match Box::pin(Connection::open(&self.shared.relay, self.tls.as_ref())).await {
                Ok(connection) => {
                    failures = 0;
                    self.shared.opened.fetch_add(1, Ordering::Relaxed);
                    match Box::pin(self.drive(connection)).await {
                        Ended::Finished => break,
                        Ended::Broken(why) => tracing::debug!(worker = self.number, why, "connection broke"),
                        // Connect again only when there is something to send.
                        Ended::Idle => match self.wait().await {
                            Some(flight) => self.held.push_back(flight),
                            None => break,
                        },
                    }
                }
                Err(OpenError::Unusable(why)) => {
                    self.shared.stop(SendError::Unusable { relay: self.shared.relay.name(), why });
                }
                Err(OpenError::Retry(why)) => {
                    failures += 1;
                    if failures >= self.shared.relay.timeouts.connect_attempts {
                        return self.retire(why).await;
                    }
                    if !self.pause(failures).await {
                        break;
                    }
                }
            }
        }
        self.give_back("sending was stopped").await;
    }

    /// Ends this worker; the last one to go ends the sending.
    async fn retire(mut self, why: String) {
        self.give_back(&format!("no connection: {why}")).await;
        if self.shared.workers.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.shared.stop(SendError::NoConnection { relay: self.shared.relay.name(), why });
        }
    }

    async fn give_back(&mut self, why: &str) {
        for flight in std::mem::take(&mut self.held) {
            self.shared.report(flight.job.seq, Delivery::NotSent { why: why.to_owned() }).await;
        }
    }

    /// Waits before the next attempt; false when there is no reason left to make one.
    async fn pause(&self, failures: u32) -> bool {
        let doubled = self.shared.relay.timeouts.backoff.saturating_mul(1 << failures.min(10));
        // Apart from each other, so that a relay that restarts is not met by all at once.
        let apart = Duration::from_millis(u64::try_from(self.number % 64).unwrap_or(0) * 7);
        let needed_until = if self.held.is_empty() { Phase::Drained } else { Phase::Stopped };
        tokio::select! {
            () = tokio::time::sleep(doubled.min(LONGEST_BACKOFF) + apart) => true,
            () = self.shared.reached(needed_until) => false,
        }
    }

    async fn drive(&mut self, mut connection: Connection) -> Ended {
        let mut next: Option<Flight> = None;
        loop {
            let flight = match next.take() {
                Some(flight) => flight,
                None => match self.take(&connection).await {
                    Ok(flight) => {
                        if connection.extensions.pipelining {
                            let group = connection.group(&flight.job);
                            if let Err(lost) = connection.write(group.as_bytes()).await {
                                return self.lost(flight, lost).await;
                            }
                        }
                        flight
                    }
                    Err(ended) => {
                        connection.quit().await;
                        return ended;
                    }
                },
            };
            match connection.envelope(&flight.job).await {
                Ok(Opened::Ready) => {}
                Ok(Opened::Rejected(delivery)) => {
                    self.shared.report(flight.job.seq, delivery).await;
                    if connection.is_over {
                        return Ended::Broken("the relay closed".into());
                    }
                    continue;
                }
                Err(lost) => return self.lost(flight, lost).await,
            }
            if let Err(lost) = connection.write(&stuffed(&flight.job.message)).await {
                return self.lost(flight, lost).await;
            }
            match self.finish(&mut connection, flight.job.seq).await {
                Ok(rider) => next = rider,
                Err(ended) => return ended,
            }
            if connection.is_over {
                self.held.extend(next.take());
                return Ended::Broken("the relay closed".into());
            }
        }
    }

    /// Writes the final dot of `seq`, with the next envelope behind it when there is one, and reports the answer.
    async fn finish(&mut self, connection: &mut Connection, seq: u64) -> Result<Option<Flight>, Ended> {
        // INVARIANT: `D` is durable before the dot leaves.
        if let Err(error) = self.shared.journal.done(seq).await {
            self.shared.stop(SendError::Journal { why: error.to_string() });
            self.shared.report(seq, Delivery::NotSent { why: error.to_string() }).await;
            return Err(Ended::Finished);
        }
        let rider = if connection.extensions.pipelining { self.take_ready(connection).await } else { None };
        let mut bytes = b".\r\n".to_vec();
        if let Some(rider) = &rider {
            bytes.extend_from_slice(connection.group(&rider.job).as_bytes());
            self.shared.ridden.fetch_add(1, Ordering::Relaxed);
        }
        let reply = match connection.write(&bytes).await {
            Ok(()) => connection.final_reply().await,
            Err(lost) => Err(lost),
        };
        let reply = match reply {
            Ok(reply) => reply,
            Err(Lost(why)) => {
                self.shared.report(seq, Delivery::InDoubt { why: why.clone() }).await;
                self.held.extend(rider);
                return Err(Ended::Broken(why));
            }
        };
        let (code, text) = (reply.code, reply.text);
        let journaled = self.shared.journal.answered(seq, code, &text);
        let result = match code / 100 {
            2 => Delivery::Accepted { code, text },
            4 => Delivery::Deferred { code, text },
            5 => Delivery::Refused { code, text },
            _ => Delivery::InDoubt { why: format!("the relay answered {code} to the final dot") },
        };
        self.shared.report(seq, result).await;
        if let Err(error) = journaled {
            self.shared.stop(SendError::Journal { why: error.to_string() });
        }
        Ok(rider)
    }

    /// The connection broke before the dot of `flight`: it may be tried again without harm.
    async fn lost(&mut self, mut flight: Flight, Lost(why): Lost) -> Ended {
        flight.tries += 1;
        if flight.tries >= TRIES {
            self.shared.report(flight.job.seq, Delivery::NotSent { why: why.clone() }).await;
        } else {
            self.held.push_front(flight);
        }
        Ended::Broken(why)
    }

    /// The next message that may go on this connection; waits for it.
    async fn take(&mut self, connection: &Connection) -> Result<Flight, Ended> {
        loop {
            if self.shared.is_stopped() {
                return Err(Ended::Finished);
            }
            let flight = match self.held.pop_front() {
                Some(flight) => flight,
                None => match tokio::time::timeout(self.shared.relay.timeouts.idle, self.wait()).await {
                    Ok(Some(flight)) => flight,
                    Ok(None) => return Err(Ended::Finished),
                    Err(_) => return Err(Ended::Idle),
                },
            };
            if let Some(flight) = self.admit(flight, connection).await {
                return Ok(flight);
            }
        }
    }

    /// The next message that may go on this connection, if one is there already.
    async fn take_ready(&mut self, connection: &Connection) -> Option<Flight> {
        loop {
            if self.shared.is_stopped() {
                return None;
            }
            let flight = match self.held.pop_front() {
                Some(flight) => flight,
                None => self.shared.queue.try_next().map(|job| Flight { job, tries: 0 })?,
            };
            if let Some(flight) = self.admit(flight, connection).await {
                return Some(flight);
            }
        }
    }

    /// Asks the gate and looks the message over, just before its MAIL.
    async fn admit(&self, flight: Flight, connection: &Connection) -> Option<Flight> {
        let why = if (self.shared.gate)(flight.job.seq) {
            unfit(&flight.job, &connection.extensions)
        } else {
            Some(STOPPED)
        };
        match why {
            None => Some(flight),
            Some(why) => {
                self.shared.report(flight.job.seq, Delivery::NotSent { why: why.to_owned() }).await;
                None
            }
        }
    }

    /// Waits for a job; `None` when there will be none, or sending is stopped.
    async fn wait(&self) -> Option<Flight> {
        let job = tokio::select! {
            job = self.shared.queue.next() => job,
            () = self.shared.reached(Phase::Stopped) => return None,
        };
        if job.is_none() {
            self.shared.advance(Phase::Drained);
        }
        job.map(|job| Flight { job, tries: 0 })
    }
}
