//! A receiver, a relay pointing at it, and a journal in a folder of its own.

use hustings_mail::journal::{Durability, Journal};
use hustings_mail::receiver::{self, Delivered, Policy, Reply, Running, Settings};
use hustings_mail::smtp::client::{Delivery, Gate, Outcome, Outgoing, Relay, SendError, Sent, send};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Answers by what the recipient's address begins with.
pub(crate) struct ByName;

impl Policy for ByName {
    fn rcpt(&self, address: &str) -> Reply {
        match address {
            a if a.starts_with("unknown") => Reply::unknown(),
            a if a.starts_with("later") => Reply::defer("greylisted"),
            a if a.starts_with("cut-early") => Reply::HangUp { delivered: false },
            a if a.starts_with("closing") => Reply::SayAndClose(421, "4.3.2 closing".into()),
            _ => Reply::accept(),
        }
    }

    fn data(&self, _: &str, to: &[String], _: &[u8]) -> Reply {
        match to.first().map_or("", String::as_str) {
            a if a.starts_with("spam") => Reply::Say(554, "5.7.1 looks like spam".into()),
            a if a.starts_with("full") => Reply::Say(452, "4.2.2 mailbox full".into()),
            a if a.starts_with("cut-late") => Reply::HangUp { delivered: false },
            a if a.starts_with("cut-taken") => Reply::HangUp { delivered: true },
            a if a.starts_with("last") => Reply::SayAndClose(250, "2.0.0 ok, and goodbye".into()),
            _ => Reply::accept(),
        }
    }
}

pub(crate) struct Bench {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) journal: Arc<Journal>,
    pub(crate) relay: Relay,
    pub(crate) running: Running,
    pub(crate) mailbox: mpsc::UnboundedReceiver<Delivered>,
}

pub(crate) fn settings() -> Settings {
    Settings::local(&["there.example"])
}

pub(crate) async fn bench(settings: Settings) -> Bench {
    let (deliver, mailbox) = mpsc::unbounded_channel();
    let running = receiver::start(settings, Arc::new(ByName), Arc::new(deliver)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let hold = Durability::PowerLoss { hold: Duration::ZERO };
    let journal = Arc::new(Journal::open_with(&folder.path().join("journal"), 1, hold).unwrap());
    let mut relay = Relay::local(running.port());
    relay.timeouts.backoff = Duration::from_millis(5);
    relay.timeouts.connect_attempts = 3;
    relay.timeouts.command = Duration::from_secs(5);
    Bench { folder, journal, relay, running, mailbox }
}

pub(crate) fn job(seq: u64, to: &str) -> Outgoing {
    let message = format!("Subject: {seq}\r\n\r\nHello {to}\r\n.a line with a dot\r\n").into_bytes();
    Outgoing { seq, mail_from: "bounce@here.example".into(), rcpt_to: format!("{to}@there.example"), message }
}

pub(crate) fn open_gate() -> Gate {
    Arc::new(|_| true)
}

impl Bench {
    /// Sends `jobs` and gives every outcome by seq; each message must have exactly one.
    pub(crate) async fn send(
        &self,
        jobs: Vec<Outgoing>,
    ) -> (Result<Sent, SendError>, BTreeMap<u64, Delivery>) {
        self.send_gated(jobs, open_gate()).await
    }

    pub(crate) async fn send_gated(
        &self,
        jobs: Vec<Outgoing>,
        gate: Gate,
    ) -> (Result<Sent, SendError>, BTreeMap<u64, Delivery>) {
        let (give, take) = mpsc::channel(jobs.len().max(1));
        let count = jobs.len();
        for job in jobs {
            give.send(job).await.unwrap();
        }
        drop(give);
        let (tell, mut told) = mpsc::channel::<Outcome>(8);
        let sending = tokio::spawn(send(self.relay.clone(), take, Arc::clone(&self.journal), tell, gate));
        let mut outcomes = BTreeMap::new();
        while let Some(outcome) = told.recv().await {
            let before = outcomes.insert(outcome.seq, outcome.result);
            assert_eq!(before, None, "two outcomes for {}", outcome.seq);
        }
        let result = sending.await.unwrap();
        assert_eq!(outcomes.len(), count, "an outcome for each message");
        (result, outcomes)
    }

    /// What arrived so far, in order of arrival.
    pub(crate) fn arrived(&mut self) -> Vec<Delivered> {
        std::iter::from_fn(|| self.mailbox.try_recv().ok()).collect()
    }
}

pub(crate) fn is_accepted(delivery: &Delivery) -> bool {
    matches!(delivery, Delivery::Accepted { code: 250, .. })
}
