//! Identities survive their bytes, and bytes that are no identity are refused.

use hustings_vault::identity::{FieldError, IdentityError};
use hustings_vault::personal::TextError;
use hustings_vault::{Field, Identity, Region};
use proptest::prelude::*;

fn identity(cells: &[(Field, &str)]) -> Identity {
    let mut identity = Identity::default();
    for (field, text) in cells {
        identity.set(*field, text, Region::NorthAmerica).unwrap();
    }
    identity
}

#[test]
fn merging_fills_blanks_and_keeps_the_rest() {
    let mut here = identity(&[(Field::Email, "ann@example.org"), (Field::City, "Barre")]);
    here.merge_missing(identity(&[(Field::City, "Montpelier"), (Field::Phone, "802 555 0123")]));
    assert_eq!(here.get(Field::City), Some("Barre"));
    assert_eq!(here.get(Field::Phone), Some("+18025550123"));
    assert_eq!(here.get(Field::Street), None);
    assert_eq!(here.fields().collect::<Vec<_>>(), [Field::Email, Field::Phone, Field::City]);
    for field in Field::ALL {
        here.clear(field);
    }
    assert!(here.is_empty());
}

#[test]
fn a_bad_cell_changes_nothing_and_says_why() {
    let mut ann = identity(&[(Field::City, "Barre"), (Field::Email, "ann@example.org")]);
    let before = ann.clone();
    let error = ann.set(Field::City, "a\0b", Region::NorthAmerica).unwrap_err();
    assert_eq!(error, FieldError::Text { field: Field::City, reason: TextError::ControlCharacter });
    assert_eq!(error.to_string(), "City: it holds a control character");
    assert!(ann.set(Field::Email, "secret.name", Region::NorthAmerica).is_err());
    assert_eq!(ann, before);
}

#[test]
fn the_bytes_are_pinned() {
    let ann = identity(&[(Field::Email, "a@b.co"), (Field::City, "X")]);
    assert_eq!(ann.to_bytes(), b"\x01\x21\x00\x06a@b.co\x00\x01X");
    assert_eq!(Identity::default().to_bytes(), b"\x01\x00");
}

#[test]
fn bytes_that_are_no_identity_are_refused() {
    for (bytes, reason) in [
        (&b""[..], IdentityError::Truncated),
        (b"\x01", IdentityError::Truncated),
        (b"\x02\x00", IdentityError::UnknownVersion(2)),
        (b"\x01\x80", IdentityError::Malformed),
        (b"\x01\x00x", IdentityError::Malformed),
        (b"\x01\x01\x00\x00", IdentityError::Malformed),
        (b"\x01\x01\xff\xff", IdentityError::Malformed),
        (b"\x01\x01\x00\x02a", IdentityError::Truncated),
        (b"\x01\x01\x00\x01\xff", IdentityError::Malformed),
    ] {
        assert_eq!(Identity::from_bytes(bytes), Err(reason), "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn identities_survive_their_bytes(cells in proptest::collection::vec(".{0,220}", 7), email in "[a-z]{1,9}@[a-z]{1,9}\\.org", phone in "[2-9][0-9]{2}[2-9][0-9]{6}") {
        let mut identity = Identity::default();
        for (field, text) in Field::ALL.into_iter().zip(&cells) {
            let text = match field { Field::Email => &email, Field::Phone => &phone, _ => text };
            identity.set(field, text, Region::NorthAmerica).ok();
        }
        let bytes = identity.to_bytes();
        prop_assert_eq!(Identity::from_bytes(&bytes), Ok(identity));
        for shorter in 0..bytes.len() {
            prop_assert!(Identity::from_bytes(&bytes[..shorter]).is_err());
        }
    }

    #[test]
    fn what_reads_writes_back(present in 0_u8..=255, tail in proptest::collection::vec(prop_oneof![Just(0_u8), Just(1), any::<u8>()], 0..30)) {
        let bytes = [&[1, present], tail.as_slice()].concat();
        if let Ok(identity) = Identity::from_bytes(&bytes) {
            prop_assert_eq!(identity.to_bytes(), bytes);
        }
    }
}
