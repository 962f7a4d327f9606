//! Wrapped keys.

use super::samples::supporter;
use crate::error::StoreError;
use crate::handle::Store;
use hustings_domain::ids::Ordinal;
use hustings_vault::vault::WrappedKey;

fn key(number: u8) -> WrappedKey {
    WrappedKey { epoch: 1 + u32::from(number) * 1_000, bytes: [number; 60] }
}

/// Keys come back in the order asked; none is put over another, and a refused batch leaves nothing.
pub fn a_key_is_put_once_and_read_back(store: &Store) {
    let keys = store.keys();
    let many: Vec<_> = (0..200_u8).rev().map(|number| (Ordinal(u32::from(number)), key(number))).collect();
    keys.put_many(&many).unwrap();
    keys.put_many(&[(Ordinal(1_000_000), key(7))]).unwrap();
    assert_eq!(keys.count().unwrap(), 201);
    assert_eq!(keys.get(Ordinal(63)).unwrap(), Some(key(63)));
    assert_eq!(keys.get(Ordinal(200)).unwrap(), None);
    assert_eq!(keys.get(Ordinal(2_000_000)).unwrap(), None);
    let asked = [Ordinal(126), Ordinal(500), Ordinal(0), Ordinal(1_000_000), Ordinal(126)];
    let found = keys.get_many(&asked).unwrap();
    assert_eq!(found, [Some(key(126)), None, Some(key(0)), Some(key(7)), Some(key(126))]);
    let refused = keys.put_many(&[(Ordinal(300), key(1)), (Ordinal(5), key(2))]);
    assert!(matches!(refused, Err(StoreError::Conflict(_))));
    let twice = keys.put_many(&[(Ordinal(400), key(1)), (Ordinal(400), key(2))]);
    assert!(matches!(twice, Err(StoreError::Conflict(_))));
    assert_eq!(keys.get_many(&[Ordinal(300), Ordinal(400), Ordinal(5)]).unwrap(), [None, None, Some(key(5))]);
    assert_eq!(keys.count().unwrap(), 201);
}

/// Keys that are handed over with their people are there when the people are, and not when they are not; the slot of
/// a commit that failed is free for whoever comes next.
pub fn keys_come_with_their_people(store: &Store) {
    let add = |ordinal: u32, number: u8, keep: bool| -> Result<(), StoreError> {
        store.write(|tx| {
            assert_eq!(tx.next_ordinal()?, Ordinal(ordinal));
            tx.insert_supporters(&[supporter(ordinal)])?;
            tx.keep_keys(&[(Ordinal(ordinal), key(number))])?;
            if keep { Ok(()) } else { Err(StoreError::Conflict("changed my mind".to_owned())) }
        })
    };
    add(0, 1, true).unwrap();
    assert!(add(1, 2, false).is_err());
    assert_eq!(store.keys().get_many(&[Ordinal(0), Ordinal(1)]).unwrap(), [Some(key(1)), None]);
    // A process that ends between the keys and the records leaves the one without the other.
    store.keys().put_many(&[(Ordinal(1), key(3))]).unwrap();
    add(1, 4, true).unwrap();
    assert_eq!(store.keys().get(Ordinal(1)).unwrap(), Some(key(4)));
    assert_eq!(store.keys().count().unwrap(), 2);
    // A key of somebody who is kept is put over by nobody.
    let over: Result<(), StoreError> = store.write(|tx| tx.keep_keys(&[(Ordinal(0), key(5))]));
    assert!(over.is_err());
    assert_eq!(store.keys().get(Ordinal(0)).unwrap(), Some(key(1)));
}

/// Destroying takes one key, may be said twice, and leaves the neighbours.
pub fn a_destroyed_key_is_gone_and_its_place_can_be_taken_again(store: &Store) {
    let keys = store.keys();
    keys.put_many(&[(Ordinal(0), key(1)), (Ordinal(1), key(2)), (Ordinal(2), key(3))]).unwrap();
    for _ in 0..2 {
        keys.destroy(Ordinal(1)).unwrap();
        assert_eq!(keys.get(Ordinal(1)).unwrap(), None);
        assert_eq!(keys.count().unwrap(), 2);
    }
    keys.destroy(Ordinal(999)).unwrap();
    assert_eq!(keys.get_many(&[Ordinal(0), Ordinal(2)]).unwrap(), [Some(key(1)), Some(key(3))]);
    keys.put_many(&[(Ordinal(1), key(4))]).unwrap();
    assert_eq!(keys.get(Ordinal(1)).unwrap(), Some(key(4)));
}

/// Many go with one call, those that are gone already among them, and the neighbours stay.
pub fn many_keys_are_destroyed_at_once(store: &Store) {
    let keys = store.keys();
    let many: Vec<_> = (0..200_u32).map(|ordinal| (Ordinal(ordinal), key(9))).collect();
    keys.put_many(&many).unwrap();
    keys.destroy_many(&[]).unwrap();
    let doomed = [Ordinal(199), Ordinal(3), Ordinal(63), Ordinal(64), Ordinal(3), Ordinal(7_000)];
    keys.destroy_many(&doomed).unwrap();
    assert_eq!(keys.count().unwrap(), 196);
    assert_eq!(keys.get_many(&doomed).unwrap(), [None; 6]);
    assert_eq!(keys.get_many(&[Ordinal(2), Ordinal(65)]).unwrap(), [Some(key(9)); 2]);
}

/// A sweep destroys every key from a position on.
pub fn a_sweep_takes_what_was_never_committed(store: &Store) {
    let keys = store.keys();
    let many: Vec<_> = (0..150_u32).map(|ordinal| (Ordinal(ordinal), key(9))).collect();
    keys.put_many(&many).unwrap();
    assert_eq!(keys.sweep(Ordinal(70)).unwrap(), 80);
    assert_eq!(keys.sweep(Ordinal(70)).unwrap(), 0);
    assert_eq!(keys.count().unwrap(), 70);
    assert_eq!(keys.get(Ordinal(69)).unwrap(), Some(key(9)));
    assert_eq!(keys.get(Ordinal(70)).unwrap(), None);
    keys.put_many(&many.iter().skip(70).copied().collect::<Vec<_>>()).unwrap();
    assert_eq!(keys.count().unwrap(), 150);
}

/// The header is what was set last.
pub fn a_header_is_replaced(store: &Store) {
    assert_eq!(store.keys().header().unwrap(), None);
    store.keys().set_header("{\"epoch\":1}").unwrap();
    store.keys().set_header("{\"epoch\":2}").unwrap();
    assert_eq!(store.keys().header().unwrap().as_deref(), Some("{\"epoch\":2}"));
}

/// A copy of the keys is a file of its own, and is never made over one that is there.
pub fn a_copy_of_the_keys_can_be_opened_by_itself(store: &Store) {
    store.keys().put_many(&[(Ordinal(0), key(1))]).unwrap();
    let folder = std::env::temp_dir().join(format!("hustings-key-copy-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let to = folder.join("copy");
    store.keys().back_up(&to).unwrap();
    assert!(std::fs::metadata(&to).unwrap().len() > 0);
    assert!(matches!(store.keys().back_up(&to), Err(StoreError::AlreadyThere(place)) if place == to));
    std::fs::remove_dir_all(&folder).unwrap();
}
