//! The ledger from outside: against an independent reading of RFC 6962, against other implementations, and tampered with.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that fails should fail loudly; the numbers are small"
)]

mod against_others;
mod naive;
mod receipts;
mod tampering;
mod trees;
mod vectors;

use hustings_ledger::{Checkpoint, LogSource, MemoryLog, SignerKey, tree};

const NAME: &str = "example.org/ledger";

fn signer() -> SignerKey {
    SignerKey::from_seed(NAME, [42; 32]).unwrap()
}

fn entry(index: u64) -> Vec<u8> {
    format!("e{index}").into_bytes()
}

fn log_of(size: u64) -> MemoryLog {
    let mut log = MemoryLog::new();
    (0..size).for_each(|index| assert_eq!(log.push(entry(index)).unwrap(), index));
    log
}

fn checkpoint_of(log: &impl LogSource, size: u64) -> Checkpoint {
    Checkpoint { origin: NAME.into(), size, root: tree::root(size, log).unwrap() }
}

fn note_of(log: &impl LogSource, size: u64) -> String {
    signer().sign(&checkpoint_of(log, size)).unwrap()
}
