//! Lookups are equal exactly where the text is, and no use's hash serves another.

use crate::vault;
use hustings_vault::{BlindColumn, EmailAddress, Phone, Region, RootSecret, Vault};
use std::collections::HashSet;

#[test]
fn the_same_person_is_found_however_spelled() {
    let (vault, header, _) = vault();
    let email = |text| vault.blind_email(&EmailAddress::parse(text).unwrap());
    assert_eq!(email("Ann@Example.org"), email(" <ann@example.org>"));
    assert_ne!(email("ann@example.org"), email("anne@example.org"));
    let phone = Phone::parse("802 555 0123", Region::NorthAmerica).unwrap();
    assert_eq!(vault.blind_phone(&phone), vault.blind_index(BlindColumn::Phone, "+18025550123"));

    let again = Vault::open(&header, &RootSecret::data_key([9; 32])).unwrap();
    assert_eq!(again.blind_email(&EmailAddress::parse("ann@example.org").unwrap()), email("ann@example.org"));
}

#[test]
fn no_hash_matches_another_use_or_vault() {
    let (vault, _, mut rng) = vault();
    let (other, _) = Vault::create(&RootSecret::data_key([9; 32]), &mut rng).unwrap();
    let mut seen = HashSet::new();
    for vault in [&vault, &other] {
        for column in [BlindColumn::Email, BlindColumn::Phone] {
            assert!(seen.insert(vault.blind_index(column, "same").0));
            assert!(seen.insert(vault.suppression_hash(column, "same").0));
        }
        for purpose in ["tokens", "blind", "email", ""] {
            assert!(seen.insert(vault.secret(purpose)[..16].try_into().unwrap()));
        }
    }
    let email = EmailAddress::parse("ann@example.org").unwrap();
    assert_ne!(vault.blind_email(&email).0, vault.suppress_email(&email).0);
}

#[test]
fn hashes_outlive_epochs() {
    let (mut vault, _, mut rng) = vault();
    let email = EmailAddress::parse("ann@example.org").unwrap();
    let (index, stop) = (vault.blind_email(&email), vault.suppress_email(&email));
    vault.rotate(&mut rng).unwrap();
    let header = vault.retire_epoch(1).unwrap();
    let again = Vault::open(&header, &RootSecret::data_key([9; 32])).unwrap();
    assert_eq!((again.blind_email(&email), again.suppress_email(&email)), (index, stop));
}
