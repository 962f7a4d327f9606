//! Checking proofs, by the iterative algorithms of RFC 9162 (the same trees as RFC 6962).

use super::Error;
use crate::hash::{Hash, empty_root, node_hash};

/// Checks that the entry hashed as `leaf` is at `index` of the tree of `size` under `root` (RFC 9162, 2.1.3.2).
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), Error> {
    if index >= size {
        return Err(Error::NotInTree { index, size });
    }
    let wrong_length = || Error::ProofLength(proof.len());
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return Err(wrong_length());
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node.is_multiple_of(2) && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(wrong_length());
    }
    if hash == *root { Ok(()) } else { Err(Error::OtherRoot) }
}

/// Checks that the tree of `new` under `new_root` begins with the tree of `old` under `old_root` (RFC 9162, 2.1.4.2).
///
/// Every tree begins with the empty tree, and equal sizes need equal roots; the proof is empty for both.
pub fn verify_consistency(
    old: u64,
    new: u64,
    proof: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), Error> {
    if old > new {
        return Err(Error::Shrinks { old, new });
    }
    let wrong_length = || Error::ProofLength(proof.len());
    if old == 0 || old == new {
        let roots_hold = (old != 0 || *old_root == empty_root()) && (old != new || old_root == new_root);
        return match (proof.is_empty(), roots_hold) {
            (false, _) => Err(wrong_length()),
            (true, false) => Err(Error::OtherRoot),
            (true, true) => Ok(()),
        };
    }
    let mut rest = proof.iter();
    let first = if old.is_power_of_two() { old_root } else { rest.next().ok_or_else(wrong_length)? };
    let shift = (old - 1).trailing_ones();
    let (mut node, mut last) = ((old - 1) >> shift, (new - 1) >> shift);
    let (mut from_old, mut from_new) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(wrong_length());
        }
        if node % 2 == 1 || node == last {
            from_old = node_hash(sibling, &from_old);
            from_new = node_hash(sibling, &from_new);
            while node.is_multiple_of(2) && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            from_new = node_hash(&from_new, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(wrong_length());
    }
    if from_old == *old_root && from_new == *new_root { Ok(()) } else { Err(Error::OtherRoot) }
}
