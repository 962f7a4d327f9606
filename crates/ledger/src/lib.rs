//! The decision ledger: RFC 6962 Merkle log, C2SP tiles, signed checkpoints, receipts and a verifier; usable alone.
//! It knows no SQL, no HTTP and no clock: entries and stored hashes come in through [`tree::NodeReader`] and
//! [`publish::LogSource`], and what goes out is a folder of static files that anyone can check.

#[cfg(test)]
mod branches;
mod canonical;
pub mod checkpoint;
pub mod cosignature;
mod disk;
pub mod hash;
pub mod leaf;
pub mod memory;
pub mod monitor;
pub mod publish;
pub mod receipt;
pub mod tiles;
pub mod tree;
pub mod verify;
pub mod witness;

pub use checkpoint::{Checkpoint, CheckpointError, SignerKey, VerifierKey, parse_and_verify};
pub use cosignature::{WitnessKey, WitnessSigner};
pub use hash::Hash;
pub use leaf::Leaf;
pub use memory::MemoryLog;
pub use publish::{LogSource, publish};
pub use receipt::{make_receipt, verify_receipt};
pub use tree::NodeReader;
pub use verify::{Report, VerifyError, verify_dir, verify_entries};
