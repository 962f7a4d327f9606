//! The Merkle tree of RFC 6962 as pure functions over stored hashes of complete subtrees.
//! A hash once stored never changes, so a store needs no update and no delete.

mod frontier;
mod verification;

pub use frontier::Frontier;
pub use verification::{verify_consistency, verify_inclusion};

use crate::hash::{Hash, empty_root, node_hash};

/// Why a tree question has no answer, or a proof does not hold.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The reader lacks a hash that the tree's size says it has.
    #[error("the hash of subtree {index} at level {level} is missing")]
    MissingNode {
        /// Height: the subtree has 2 to this power leaves.
        level: u8,
        /// Position among the subtrees of its level, from zero.
        index: u64,
    },
    /// The reader lacks an entry.
    #[error("entry {0} is missing")]
    MissingEntry(u64),
    /// The reader failed.
    #[error("the ledger cannot be read")]
    Read(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The entry asked for is not in the tree.
    #[error("entry {index} is not in a tree of {size} entries")]
    NotInTree {
        /// The entry's position.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// A tree does not grow into a smaller one.
    #[error("a tree of {old} entries cannot have grown into one of {new}")]
    Shrinks {
        /// The earlier size.
        old: u64,
        /// The later size.
        new: u64,
    },
    /// A tree holds at most 2^63 entries.
    #[error("a tree of {0} entries is too large")]
    TooLarge(u64),
    /// A proof has a number of hashes that its sizes do not allow.
    #[error("the proof has the wrong number of hashes ({0})")]
    ProofLength(usize),
    /// A proof does not lead to the root.
    #[error("the proof leads to another root")]
    OtherRoot,
}

/// Stored hashes of complete subtrees.
///
/// A reader over a store should answer from one snapshot: the hashes of a tree of size `n` are those with
/// `(index + 1) << level <= n`.
pub trait NodeReader {
    /// The hash of the complete subtree over leaves `index << level .. (index + 1) << level`.
    fn node(&self, level: u8, index: u64) -> Result<Hash, Error>;

    /// `count` hashes of one level from `first` on; a store that can read a range at once should.
    fn nodes(&self, level: u8, first: u64, count: u64) -> Result<Vec<Hash>, Error> {
        (first..first.saturating_add(count)).map(|index| self.node(level, index)).collect()
    }
}

/// The place of a stored hash: level, and index within the level.
pub type NodePlace = (u8, u64);

/// The hashes that become complete when `leaf` is added to a tree of `size`: its own at level 0 first.
/// Reads at most one stored hash a level.
pub fn append<R: NodeReader + ?Sized>(
    size: u64,
    leaf: Hash,
    reader: &R,
) -> Result<Vec<(NodePlace, Hash)>, Error> {
    append_many(size, &[leaf], reader)
}

/// The same for many leaves at once: level by level, reading at most one stored hash a level.
pub fn append_many<R: NodeReader + ?Sized>(
    size: u64,
    leaves: &[Hash],
    reader: &R,
) -> Result<Vec<(NodePlace, Hash)>, Error> {
    let added = u64::try_from(leaves.len()).unwrap_or(u64::MAX);
    if size.checked_add(added).is_none_or(|size| size > 1 << 63) {
        return Err(Error::TooLarge(size.saturating_add(added)));
    }
    let mut stored = Vec::with_capacity(leaves.len().saturating_mul(2));
    let (mut level, mut first, mut row) = (0, size, leaves.to_vec());
    while !row.is_empty() {
        stored.extend((first..).zip(&row).map(|(index, hash)| ((level, index), *hash)));
        if first % 2 == 1 {
            first -= 1;
            row.insert(0, reader.node(level, first)?);
        }
        row = row.chunks_exact(2).filter_map(pair_hash).collect();
        (level, first) = (level + 1, first / 2);
    }
    Ok(stored)
}

fn pair_hash(pair: &[Hash]) -> Option<Hash> {
    let [left, right] = pair else { return None };
    Some(node_hash(left, right))
}

/// The root over the first `size` entries (RFC 6962, section 2.1).
pub fn root<R: NodeReader + ?Sized>(size: u64, reader: &R) -> Result<Hash, Error> {
    if size == 0 { Ok(empty_root()) } else { range_hash(0, size, reader) }
}

/// The hashes from the sibling of entry `index` up to the child of the root of `size` (RFC 6962, section 2.1.1).
pub fn inclusion_proof<R: NodeReader + ?Sized>(
    index: u64,
    size: u64,
    reader: &R,
) -> Result<Vec<Hash>, Error> {
    if index >= size {
        return Err(Error::NotInTree { index, size });
    }
    let (mut low, mut high, mut proof) = (0, size, Vec::new());
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            proof.push(range_hash(middle, high, reader)?);
            high = middle;
        } else {
            proof.push(range_hash(low, middle, reader)?);
            low = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The hashes that show the tree of `new` to begin with the tree of `old` (RFC 6962, section 2.1.2).
/// From the empty tree, and between equal sizes, the proof is empty.
pub fn consistency_proof<R: NodeReader + ?Sized>(old: u64, new: u64, reader: &R) -> Result<Vec<Hash>, Error> {
    if old > new {
        return Err(Error::Shrinks { old, new });
    }
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let (mut low, mut high, mut proof) = (0, new, Vec::new());
    while old < high {
        let middle = low + split(high - low);
        if old <= middle {
            proof.push(range_hash(middle, high, reader)?);
            high = middle;
        } else {
            proof.push(range_hash(low, middle, reader)?);
            low = middle;
        }
    }
    // The old root is known to whoever asks, so it is left out when it is a subtree of its own.
    if low > 0 {
        proof.push(range_hash(low, high, reader)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// The hash over leaves `low..high`, where `low` is a multiple of the power of two at or above `high - low`.
fn range_hash<R: NodeReader + ?Sized>(low: u64, high: u64, reader: &R) -> Result<Hash, Error> {
    let mut left_to_right = Vec::new();
    let mut at = low;
    while at < high {
        let level = (high - at).ilog2();
        left_to_right.push(reader.node(u8::try_from(level).unwrap_or(u8::MAX), at >> level)?);
        at += 1 << level;
    }
    let joined = left_to_right.into_iter().rev().reduce(|right, left| node_hash(&left, &right));
    Ok(joined.unwrap_or_else(empty_root))
}
