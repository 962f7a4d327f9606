//! The jobs, shared by the connections: one may wait for the next while the others take what is there.

use super::Outgoing;
use crate::sync::lock;
use std::future::poll_fn;
use std::sync::Mutex;
use tokio::sync::mpsc;

#[derive(Debug)]
pub(super) struct Queue {
    jobs: Mutex<mpsc::Receiver<Outgoing>>,
    /// A channel remembers one waker, so only one connection at a time may wait on it.
    waiting: tokio::sync::Mutex<()>,
}

impl Queue {
    pub(super) fn new(jobs: mpsc::Receiver<Outgoing>) -> Self {
        Self { jobs: Mutex::new(jobs), waiting: tokio::sync::Mutex::new(()) }
    }

    /// A job that is there already.
    pub(super) fn try_next(&self) -> Option<Outgoing> {
        lock(&self.jobs).try_recv().ok()
    }

    /// The next job; `None` when there will be none.
    pub(super) async fn next(&self) -> Option<Outgoing> {
        let _turn = self.waiting.lock().await;
        poll_fn(|context| lock(&self.jobs).poll_recv(context)).await
    }

    /// Lets no further job in; those inside can still be taken.
    pub(super) fn close(&self) {
        lock(&self.jobs).close();
    }
}
