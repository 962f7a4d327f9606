//! One log as a witness knows it, and the checks that come before a cosignature. Pure: it keeps and signs nothing.

use super::{AddCheckpoint, Rejection};
use crate::checkpoint::{self, Checkpoint, VerifierKey};
use crate::hash::{Hash, empty_root, plain_hash};
use crate::tree;

/// A watched log's key, and the newest checkpoint that was cosigned.
#[derive(Debug, Clone)]
pub struct Watched {
    /// The log's key; its name is the log's origin.
    pub key: VerifierKey,
    /// The newest cosigned checkpoint with its note, cosignature included; none before the first.
    pub newest: Option<(Checkpoint, String)>,
}

impl Watched {
    /// Entries in the newest cosigned checkpoint; 0 before the first.
    pub fn size(&self) -> u64 {
        self.newest.as_ref().map_or(0, |(newest, _)| newest.size)
    }

    fn root(&self) -> Hash {
        self.newest.as_ref().map_or_else(empty_root, |(newest, _)| newest.root)
    }

    /// Decides whether the request's checkpoint may be cosigned, in the order of the protocol.
    ///
    /// INVARIANT: what is let through begins with the newest checkpoint that was cosigned, whole.
    pub fn check(&self, request: &AddCheckpoint) -> Result<Checkpoint, Rejection> {
        let next = checkpoint::parse_and_verify(&request.note, &self.key).map_err(Rejection::Unsigned)?;
        if request.old > next.size {
            return Err(Rejection::OldBeyond { old: request.old, size: next.size });
        }
        if request.old != self.size() {
            return Err(Rejection::OtherSize(self.size()));
        }
        let held = tree::verify_consistency(request.old, next.size, &request.proof, &self.root(), &next.root);
        match held {
            Ok(()) => Ok(next),
            // Nobody cosigned the empty tree of a log that is new to us: a wrong root of it is no fork.
            Err(tree::Error::OtherRoot) if request.old == next.size && self.newest.is_some() => {
                Err(Rejection::Forked(next.size))
            }
            Err(error) => Err(Rejection::NotContinued(error.to_string())),
        }
    }
}

/// The name of a log's files: SHA-256 of its origin, 64 hex digits, as an origin may hold any character.
pub fn origin_hash(origin: &str) -> String {
    plain_hash(&[origin.as_bytes()]).to_string()
}
