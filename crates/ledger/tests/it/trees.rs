//! Roots and proofs against the naive reading, for every size and every place up to 70.

use crate::{log_of, naive};
use hustings_ledger::hash::{Hash, leaf_hash};
use hustings_ledger::tree::{
    Error, Frontier, NodeReader, append_many, consistency_proof, inclusion_proof, root, verify_consistency,
    verify_inclusion,
};
use hustings_ledger::{LogSource, MemoryLog};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeMap;

const UP_TO: u64 = 70;

fn entries(log: &MemoryLog) -> Vec<Vec<u8>> {
    log.entries(0, log.size()).unwrap()
}

fn hashes(naive: &[naive::Bytes32]) -> Vec<Hash> {
    naive.iter().map(|bytes| Hash(*bytes)).collect()
}

#[test]
fn roots_of_every_size() {
    let log = log_of(UP_TO);
    let all = entries(&log);
    let mut frontier = Frontier::new();
    for size in 0..=UP_TO {
        let expected = Hash(naive::root(&all[..size as usize]));
        assert_eq!(root(size, &log).unwrap(), expected, "{size}");
        assert_eq!(frontier.root(), expected, "{size}");
        frontier.extend(all.get(size as usize).map(|entry| leaf_hash(entry)));
    }
}

#[test]
fn every_inclusion_proof() {
    let log = log_of(UP_TO);
    let all = entries(&log);
    for size in 1..=UP_TO {
        let root = root(size, &log).unwrap();
        for index in 0..size {
            let proof = inclusion_proof(index, size, &log).unwrap();
            assert_eq!(proof, hashes(&naive::path(index as usize, &all[..size as usize])));
            let leaf = leaf_hash(&all[index as usize]);
            verify_inclusion(&leaf, index, size, &proof, &root).unwrap();
            assert!(verify_inclusion(&leaf_hash(b"other"), index, size, &proof, &root).is_err());
            for other in (0..size).filter(|other| *other != index) {
                assert!(
                    verify_inclusion(&leaf, other, size, &proof, &root).is_err(),
                    "{index} as {other} of {size}"
                );
            }
        }
        assert!(matches!(inclusion_proof(size, size, &log), Err(Error::NotInTree { .. })));
    }
}

#[test]
fn every_consistency_proof() {
    let log = log_of(UP_TO);
    let all = entries(&log);
    let roots: Vec<_> = (0..=UP_TO).map(|size| root(size, &log).unwrap()).collect();
    for new in 1..=UP_TO {
        for old in 1..=new {
            let proof = consistency_proof(old, new, &log).unwrap();
            assert_eq!(proof, hashes(&naive::proof(old as usize, &all[..new as usize])), "{old} to {new}");
            let (old_root, new_root) = (&roots[old as usize], &roots[new as usize]);
            verify_consistency(old, new, &proof, old_root, new_root).unwrap();
            let other = leaf_hash(b"other");
            assert!(verify_consistency(old, new, &proof, &other, new_root).is_err());
            assert!(verify_consistency(old, new, &proof, old_root, &other).is_err());
            if old > 1 {
                assert!(
                    verify_consistency(old - 1, new, &proof, old_root, new_root).is_err(),
                    "{old} to {new}"
                );
            }
        }
        verify_consistency(0, new, &[], &roots[0], &roots[new as usize]).unwrap();
        assert!(verify_consistency(0, new, &[], &roots[1], &roots[new as usize]).is_err());
        assert!(verify_consistency(0, new, &[roots[1]], &roots[0], &roots[new as usize]).is_err());
        assert!(matches!(consistency_proof(new + 1, new, &log), Err(Error::Shrinks { .. })));
    }
}

#[test]
fn every_change_to_a_proof_is_noticed() {
    let log = log_of(UP_TO);
    let all = entries(&log);
    for (a, size) in [(0, 1), (3, 7), (6, 7), (31, 32), (32, 33), (17, 64), (69, 70)] {
        let new_root = root(size, &log).unwrap();
        let leaf = leaf_hash(&all[a as usize]);
        let old = a.max(1);
        let old_root = root(old, &log).unwrap();
        let inclusion = inclusion_proof(a, size, &log).unwrap();
        let consistency = consistency_proof(old, size, &log).unwrap();
        for change in changes(&inclusion) {
            assert!(verify_inclusion(&leaf, a, size, &change, &new_root).is_err(), "{a} of {size}");
        }
        for change in changes(&consistency) {
            assert!(verify_consistency(old, size, &change, &old_root, &new_root).is_err(), "{old} to {size}");
        }
    }
}

/// The proof with one bit flipped, one hash left out, put in twice, or added at either end.
fn changes(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut changed = Vec::new();
    for at in 0..proof.len() {
        let mut flipped = proof.to_vec();
        flipped[at].0[at % 32] ^= 1;
        let (mut shorter, mut longer) = (proof.to_vec(), proof.to_vec());
        shorter.remove(at);
        longer.insert(at, proof[at]);
        changed.extend([flipped, shorter, longer]);
    }
    changed.push([proof, &[leaf_hash(b"more")]].concat());
    changed.push([&[leaf_hash(b"more")], proof].concat());
    changed
}

/// Stored hashes in a map, counting reads.
#[derive(Default)]
struct Counted {
    stored: BTreeMap<(u8, u64), Hash>,
    reads: Cell<usize>,
}

impl NodeReader for Counted {
    fn node(&self, level: u8, index: u64) -> Result<Hash, Error> {
        self.reads.set(self.reads.get() + 1);
        self.stored.get(&(level, index)).copied().ok_or(Error::MissingNode { level, index })
    }
}

#[test]
fn appending_stores_exactly_the_complete_subtrees() {
    let log = log_of(UP_TO);
    let leaves: Vec<_> = entries(&log).iter().map(|entry| leaf_hash(entry)).collect();
    for before in 0..=UP_TO {
        let mut store = Counted::default();
        let first = append_many(0, &leaves[..before as usize], &store).unwrap();
        assert_eq!(store.reads.get(), 0);
        store.stored.extend(first);
        let rest = append_many(before, &leaves[before as usize..], &store).unwrap();
        assert!(store.reads.get() <= 7, "one read a level");
        let was = store.stored.len() + rest.len();
        store.stored.extend(rest);
        assert_eq!(store.stored.len(), was, "no hash is stored twice");
        let complete = (0..7).flat_map(|level| (0..UP_TO >> level).map(move |index| (level, index)));
        assert_eq!(store.stored.keys().copied().collect::<Vec<_>>(), complete.clone().collect::<Vec<_>>());
        for place in complete {
            assert_eq!(store.stored[&place], log.node(place.0, place.1).unwrap());
        }
    }
}

#[test]
fn a_missing_hash_and_an_endless_tree_are_errors() {
    let store = Counted::default();
    assert!(matches!(root(5, &store), Err(Error::MissingNode { level: 2, index: 0 })));
    let endless = append_many(1 << 63, &[leaf_hash(b"")], &store);
    assert!(matches!(endless, Err(Error::TooLarge(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_entries_give_the_naive_root(all in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..50), 0..90)) {
        let mut log = MemoryLog::new();
        for entry in &all {
            log.push(entry.clone()).unwrap();
        }
        prop_assert_eq!(log.root().unwrap(), Hash(naive::root(&all)));
    }

    #[test]
    fn verifiers_take_any_numbers(index: u64, size: u64, old: u64, hashes in 0usize..70) {
        let (leaf, proof) = (leaf_hash(b"x"), vec![leaf_hash(b"y"); hashes]);
        prop_assert!(size == 1 && index == 0 || verify_inclusion(&leaf, index, size, &proof, &leaf).is_err());
        prop_assert!(old == size || verify_consistency(old, size, &proof, &leaf, &leaf).is_err());
    }
}
