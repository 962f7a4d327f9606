//! The sending client: a few pipelining connections to one relay, one outcome for every message handed in.
//! The phase in which a connection breaks decides what is known: before the final dot nothing was sent, after it
//! nobody can know (RFC 1047), and that is reported as in doubt rather than guessed.

mod connection;
mod envelope;
mod queue;
mod relay;
mod tls;
mod worker;

pub use relay::{Auth, Relay, Timeouts, Tls};

use crate::journal::Journal;
use queue::Queue;
use std::fmt;
use std::sync::Arc;
use tokio::sync::mpsc;
use worker::{Shared, Worker};

/// A message ready for the relay.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The caller's number for this delivery; the journal knows it by this.
    pub seq: u64,
    /// Return path, without angle brackets.
    pub mail_from: String,
    /// Recipient, without angle brackets.
    pub rcpt_to: String,
    /// The whole message, CRLF only.
    pub message: Vec<u8>,
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("seq", &self.seq)
            .field("bytes", &self.message.len())
            .finish_non_exhaustive()
    }
}

/// How one delivery ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The relay took it (2xx to the final dot).
    Accepted {
        /// Reply code.
        code: u16,
        /// The relay's words, often with its queue id.
        text: String,
    },
    /// The relay will never take it (5xx).
    Refused {
        /// Reply code.
        code: u16,
        /// The relay's words.
        text: String,
    },
    /// The relay does not take it now (4xx); trying later is safe.
    Deferred {
        /// Reply code.
        code: u16,
        /// The relay's words.
        text: String,
    },
    /// The final dot may have left and no answer came: sending again may send twice.
    InDoubt {
        /// What happened.
        why: String,
    },
    /// The final dot was never written; trying later is safe.
    NotSent {
        /// What happened; `stopped` when the gate said no.
        why: String,
    },
}

/// The `why` of [`Delivery::NotSent`] when the gate said no.
pub const STOPPED: &str = "stopped";

/// One delivery and how it ended. Every message handed to [`send`] gets exactly one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The caller's number.
    pub seq: u64,
    /// How it ended.
    pub result: Delivery,
}

/// Why sending ended early. Whatever was still waiting got [`Delivery::NotSent`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// No connection could be made, or none could be made again.
    #[error("no connection to the relay at `{relay}`: {why}")]
    NoConnection {
        /// Host and port.
        relay: String,
        /// The last failure.
        why: String,
    },
    /// Trying again would not help: credentials, certificate, or a relay without what the settings demand.
    #[error("the relay at `{relay}` cannot be used as set: {why}")]
    Unusable {
        /// Host and port.
        relay: String,
        /// What is wrong.
        why: String,
    },
    /// The journal failed, so no dot may be written.
    #[error("sending stopped because of the journal: {why}")]
    Journal {
        /// What went wrong.
        why: String,
    },
    /// Nobody listens to the outcomes any more.
    #[error("sending stopped because nobody takes its outcomes")]
    Unheard,
}

/// Counts of a finished [`send`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sent {
    /// Connections that were opened.
    pub connections: u64,
    /// Messages whose envelope rode along with the final dot before it.
    pub ridden: u64,
}

/// Asked just before a message's envelope is written; false stops that message.
pub type Gate = Arc<dyn Fn(u64) -> bool + Send + Sync>;

/// Sends everything from `jobs` over `relay.connections` connections, until the channel closes and is empty.
///
/// Ordering between connections is not kept. `journal` has a durable `D` before each final dot and an `A` after each
/// reply. INVARIANT: a message is never tried again by this function once its dot may have left.
///
/// # Errors
/// See [`SendError`]. Also then every message has its outcome.
pub async fn send(
    relay: Relay,
    jobs: mpsc::Receiver<Outgoing>,
    journal: Arc<Journal>,
    outcomes: mpsc::Sender<Outcome>,
    gate: Gate,
) -> Result<Sent, SendError> {
    let connections = relay.connections.max(1);
    let unusable = |why| SendError::Unusable { relay: relay.name(), why };
    let tls = tls::connector(&relay).map_err(unusable);
    let shared = Arc::new(Shared::new(relay.clone(), Queue::new(jobs), journal, outcomes, gate));
    match tls {
        Err(error) => shared.stop(error),
        Ok(tls) => {
            let mut workers = tokio::task::JoinSet::new();
            for number in 0..connections {
                workers.spawn(Worker::new(number, Arc::clone(&shared), tls.clone()).run());
            }
            while let Some(ended) = workers.join_next().await {
                if let Err(error) = ended {
                    let why = format!("a connection's task failed: {error}");
                    shared.stop(SendError::NoConnection { relay: relay.name(), why });
                }
            }
        }
    }
    shared.finish().await
}
