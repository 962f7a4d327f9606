//! Rows of the decision ledger.

use super::samples::{change, conflicts, look};
use crate::handle::Store;
use hustings_ledger::Hash;

/// An entry goes at the end and nowhere else; an entry or node that is there is never replaced.
pub fn the_ledger_only_grows(store: &Store) {
    assert_eq!(look(store, |tx| tx.ledger_size()), 0);
    change(store, |tx| tx.append_ledger_row(0, b"zero", &[((0, 0), Hash([1; 32]))]));
    conflicts(store, |tx| tx.append_ledger_row(0, b"other", &[]));
    conflicts(store, |tx| tx.append_ledger_row(2, b"two", &[]));
    conflicts(store, |tx| tx.append_ledger_row(1, b"one", &[((0, 0), Hash([9; 32]))]));
    assert_eq!(look(store, |tx| tx.ledger_size()), 1);
    assert_eq!(look(store, |tx| tx.ledger_entry(0)).as_deref(), Some(b"zero".as_slice()));
    assert_eq!(look(store, |tx| tx.ledger_node(0, 0)), Some(Hash([1; 32])));
}

/// Entries are read in order from a place on; nodes by level and place.
pub fn entries_come_in_order(store: &Store) {
    for index in 0_u8..5 {
        let node = ((index % 2, u64::from(index)), Hash([index; 32]));
        change(store, |tx| tx.append_ledger_row(u64::from(index), &[index], &[node]));
    }
    assert_eq!(look(store, |tx| tx.ledger_entries(1, 3)), [vec![1], vec![2], vec![3]]);
    assert_eq!(look(store, |tx| tx.ledger_entries(4, 3)), [vec![4]]);
    assert_eq!(look(store, |tx| tx.ledger_entries(5, 3)).len(), 0);
    assert_eq!(look(store, |tx| tx.ledger_entry(5)), None);
    assert_eq!(look(store, |tx| tx.ledger_node(1, 3)), Some(Hash([3; 32])));
    assert_eq!(look(store, |tx| tx.ledger_node(0, 3)), None);
    assert_eq!(look(store, |tx| tx.ledger_size()), 5);
}
