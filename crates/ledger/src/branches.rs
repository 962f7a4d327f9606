//! Logs for tests that share a beginning and then part, and their signed checkpoints.

use crate::checkpoint::{Checkpoint, SignerKey};
use crate::memory::MemoryLog;
use crate::tree;

/// A log of `size` entries, of which those from `from` on are of the branch `name`.
pub(crate) fn branch(name: &str, from: u64, size: u64) -> MemoryLog {
    let mut log = MemoryLog::new();
    for index in 0..size {
        log.push(if index < from { format!("shared {index}") } else { format!("{name} {index}") }).unwrap();
    }
    log
}

/// The checkpoint of the first `size` entries, signed.
pub(crate) fn note(signer: &SignerKey, log: &MemoryLog, size: u64) -> String {
    let root = tree::root(size, log).unwrap();
    signer.sign(&Checkpoint { origin: signer.verifier().name().to_owned(), size, root }).unwrap()
}
