//! Connections in a role, kept while they are idle and made anew when they broke.

use super::address::Address;
use super::link::Link;
use super::worker::Worker;
use crate::error::{StoreError, StoreResult};
use std::sync::{Arc, Mutex, PoisonError};

/// How many idle connections are kept.
const IDLE: usize = 8;

/// Connections that all speak in one role, on one schema.
pub(super) struct Pool {
    address: Arc<Address>,
    worker: Arc<Worker>,
    setting: String,
    idle: Mutex<Vec<Link>>,
}

impl Pool {
    pub(super) fn new(address: &Arc<Address>, worker: &Arc<Worker>, role: &str, schema: &str) -> Self {
        // A commit is on the disk before it returns, whatever the server's settings say; and a process that hangs in the
        // middle of a write keeps the others waiting a minute and no longer.
        let setting = format!(
            "SET ROLE {}; SET search_path TO {}; SET synchronous_commit TO on; \
             SET idle_in_transaction_session_timeout TO '60s'",
            quoted(role),
            quoted(schema)
        );
        Self {
            address: Arc::clone(address),
            worker: Arc::clone(worker),
            setting,
            idle: Mutex::new(Vec::new()),
        }
    }

    /// A new connection.
    pub(super) fn connect(&self) -> StoreResult<Link> {
        let link = Link::new(self.worker.connect(&self.address)?);
        link.connection.batch(&self.setting).map_err(|error| match error {
            StoreError::Denied { why, .. } => StoreError::Denied { why, remedy: grants(&self.address) },
            other => other,
        })?;
        Ok(link)
    }

    /// A connection on which `begin` has just run: an idle one that broke meanwhile is passed over.
    pub(super) fn begin(&self, begin: &str) -> StoreResult<Link> {
        loop {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(link) = idle else { break };
            if link.connection.is_closed() {
                continue;
            }
            match link.connection.batch(begin) {
                Ok(()) => return Ok(link),
                Err(StoreError::Unreachable(_)) => {}
                Err(other) => return Err(other),
            }
        }
        let link = self.connect()?;
        link.connection.batch(begin)?;
        Ok(link)
    }

    /// Takes a connection back whose transaction is over.
    pub(super) fn give_back(&self, link: Link) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE && !link.connection.is_closed() {
            idle.push(link);
        }
    }

    /// Undoes a transaction and takes the connection back; one that cannot even do that is let go.
    pub(super) fn roll_back(&self, link: Link) {
        match link.connection.batch("ROLLBACK") {
            Ok(()) => self.give_back(link),
            Err(error) => {
                tracing::warn!(%error, "a connection was let go: the server undoes what it had begun");
            }
        }
    }
}

/// A name as SQL wants it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What lets a login act in both roles.
pub(super) fn grants(address: &Address) -> String {
    let login = address.config().get_user().map_or_else(|| "CURRENT_USER".to_owned(), quoted);
    format!("GRANT {}, {} TO {login};", quoted(&address.data_role()), quoted(&address.keys_role()))
}
