//! Sealed values open in their own place, under their own person's key, while their epoch lives.

use crate::{ANN, BOB, place, vault};
use hustings_domain::chance::SeededRng;
use hustings_vault::{Context, RootSecret, Vault, VaultError, WrappedKey};
use proptest::prelude::*;

#[test]
fn a_value_moved_elsewhere_does_not_open() {
    let (vault, _, mut rng) = vault();
    let (key, _) = vault.new_person_key(&ANN, &mut rng).unwrap();
    let sealed = key.seal(&place(ANN), b"Ann", &mut rng).unwrap();
    assert_eq!(key.open(&place(ANN), &sealed).unwrap(), b"Ann");
    for elsewhere in [
        place(BOB),
        Context { table: "borrower", ..place(ANN) },
        Context { column: "note", ..place(ANN) },
        Context { version: 2, ..place(ANN) },
        // The same letters, parted otherwise.
        Context { table: "supporteri", column: "dentity", ..place(ANN) },
    ] {
        assert_eq!(key.open(&elsewhere, &sealed), Err(VaultError::Unreadable), "{elsewhere:?}");
    }
}

#[test]
fn a_key_belongs_to_one_person() {
    let (vault, _, mut rng) = vault();
    let (_, anns) = vault.new_person_key(&ANN, &mut rng).unwrap();
    let (bobs_key, bobs) = vault.new_person_key(&BOB, &mut rng).unwrap();
    assert_eq!(vault.unwrap(&anns, &BOB).unwrap_err(), VaultError::Unreadable);
    assert_eq!(vault.rewrap(&anns, &BOB, &mut rng), Err(VaultError::Unreadable));
    let sealed = bobs_key.seal(&place(BOB), b"Bob", &mut rng).unwrap();
    assert_eq!(vault.unwrap(&anns, &ANN).unwrap().open(&place(BOB), &sealed), Err(VaultError::Unreadable));
    for position in 0..60 {
        let mut bent = bobs;
        bent.bytes[position] ^= 1;
        assert_eq!(vault.unwrap(&bent, &BOB).unwrap_err(), VaultError::Unreadable);
    }
}

#[test]
fn another_vault_opens_nothing() {
    let (vault, _, mut rng) = vault();
    let (_, wrapped) = vault.new_person_key(&ANN, &mut rng).unwrap();
    let (other, _) = Vault::create(&RootSecret::data_key([9; 32]), &mut rng).unwrap();
    assert_eq!(other.unwrap(&wrapped, &ANN).unwrap_err(), VaultError::Unreadable);
}

#[test]
fn a_retired_epoch_is_unreadable_for_ever() {
    let root = RootSecret::data_key([9; 32]);
    let (mut vault, _, mut rng) = vault();
    let (key, anns) = vault.new_person_key(&ANN, &mut rng).unwrap();
    let (_, bobs) = vault.new_person_key(&BOB, &mut rng).unwrap();
    let sealed = key.seal(&place(ANN), b"Ann", &mut rng).unwrap();
    let bystander = vault.clone();

    assert_eq!(vault.retire_epoch(1), Err(VaultError::CurrentEpoch(1)));
    vault.rotate(&mut rng).unwrap();
    assert_eq!((vault.current_epoch(), vault.epochs()), (2, vec![1, 2]));
    assert!(vault.unwrap(&bobs, &BOB).is_ok(), "an old wrap opens until its epoch is retired");
    let anns_new = vault.rewrap(&anns, &ANN, &mut rng).unwrap();
    assert_eq!(anns_new.epoch, 2);

    let header = vault.retire_epoch(1).unwrap();
    for vault in [&vault, &Vault::open(&header, &root).unwrap()] {
        assert_eq!(vault.unwrap(&bobs, &BOB).unwrap_err(), VaultError::NoSuchEpoch(1));
        assert_eq!(vault.unwrap(&anns, &ANN).unwrap_err(), VaultError::NoSuchEpoch(1));
        let relabelled = WrappedKey { epoch: 2, ..anns };
        assert_eq!(vault.unwrap(&relabelled, &ANN).unwrap_err(), VaultError::Unreadable);
        assert_eq!(vault.unwrap(&anns_new, &ANN).unwrap().open(&place(ANN), &sealed).unwrap(), b"Ann");
    }
    assert_eq!(vault.retire_epoch(1), Err(VaultError::NoSuchEpoch(1)));
    assert!(bystander.unwrap(&bobs, &BOB).is_ok(), "a clone keeps the keys it was made with");
    // A number is never used again.
    assert_eq!(vault.rotate(&mut rng).unwrap().epochs(), [2, 3]);
}

#[test]
fn a_vault_is_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>(_: &T) {}
    let (vault, header, mut rng) = vault();
    let (key, wrapped) = vault.new_person_key(&ANN, &mut rng).unwrap();
    shared(&key);
    shared(&header);
    let vault = std::sync::Arc::new(vault);
    let threads = [1, 2].map(|_| {
        let vault = std::sync::Arc::clone(&vault);
        std::thread::spawn(move || vault.unwrap(&wrapped, &ANN).is_ok())
    });
    assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
}

proptest! {
    #[test]
    fn what_is_sealed_opens(plaintext in proptest::collection::vec(any::<u8>(), 0..600), seed: u64) {
        let (vault, _, _) = vault();
        let mut rng = SeededRng::new(seed);
        let (key, wrapped) = vault.new_person_key(&ANN, &mut rng).unwrap();
        let sealed = key.seal(&place(ANN), &plaintext, &mut rng).unwrap();
        prop_assert_eq!(sealed.len(), plaintext.len() + 28);
        prop_assert_eq!(vault.unwrap(&wrapped, &ANN).unwrap().open(&place(ANN), &sealed).unwrap(), plaintext);
    }

    #[test]
    fn foreign_bytes_never_open(sealed in proptest::collection::vec(any::<u8>(), 0..200)) {
        let (vault, _, mut rng) = vault();
        let (key, _) = vault.new_person_key(&ANN, &mut rng).unwrap();
        prop_assert_eq!(key.open(&place(ANN), &sealed), Err(VaultError::Unreadable));
    }
}
