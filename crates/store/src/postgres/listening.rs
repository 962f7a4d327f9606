//! Hearing of changes as they are committed, whoever made them. What is missed while the connection is broken costs a
//! delay and nothing else: whoever listens looks at the change feed itself.

use super::address::Address;
use super::worker::{Worker, wait};
use crate::error::StoreResult;
use crate::handle::Listen;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use tokio_postgres::Client;

const LISTEN: &str = "LISTEN hustings_change";

pub(super) struct Listening {
    address: Arc<Address>,
    worker: Arc<Worker>,
    client: Option<Client>,
    woken: (Sender<()>, Receiver<()>),
}

impl Listening {
    pub(super) fn new(address: &Arc<Address>, worker: &Arc<Worker>) -> Self {
        Self { address: Arc::clone(address), worker: Arc::clone(worker), client: None, woken: channel() }
    }

    fn connect(&mut self) -> StoreResult<()> {
        let client = self.worker.listen(&self.address, self.woken.0.clone())?;
        wait(client.batch_execute(LISTEN))?;
        self.client = Some(client);
        Ok(())
    }
}

impl Listen for Listening {
    fn wait(&mut self, at_most: Duration) {
        if self.client.as_ref().is_none_or(Client::is_closed) {
            self.client = None;
            match self.connect() {
                // What happened before it listened is found by looking at once.
                Ok(()) => return,
                Err(error) => {
                    tracing::debug!(%error, "nothing is heard from the server; looking now and then");
                }
            }
        }
        // Several words are one reason to look.
        if self.woken.1.recv_timeout(at_most).is_ok() {
            while self.woken.1.try_recv().is_ok() {}
        }
    }
}
