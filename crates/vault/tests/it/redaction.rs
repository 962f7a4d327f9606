//! Nothing secret or personal shows in `Debug` or in an error.

use crate::{ANN, place, vault};
use hustings_vault::personal::{EmailError, PhoneError};
use hustings_vault::{EmailAddress, Field, Identity, Phone, Region, RootSecret, TokenKey};
use std::fmt::Debug;

fn shown(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}")
}

#[test]
fn personal_types_show_their_name_only() {
    let cells = [
        (Field::Email, "zzann@zzexample.org"),
        (Field::Phone, "802 555 0123"),
        (Field::GivenName, "zzann"),
        (Field::FamilyName, "zzsmith"),
        (Field::Street, "zzmain street 5"),
        (Field::City, "zzbarre"),
        (Field::PostalCode, "zz05641"),
    ];
    let mut identity = Identity::default();
    for (field, text) in cells {
        identity.set(field, text, Region::NorthAmerica).unwrap();
    }
    let text = shown(&identity);
    for type_name in ["EmailAddress", "Phone", "PersonName", "Street", "City", "PostalCode"] {
        assert!(text.contains(&format!("{type_name}(redacted)")), "{text}");
    }
    let lower = text.to_lowercase();
    assert!(!lower.contains("zz") && !lower.contains("0123") && !lower.contains("802"), "{text}");
}

#[test]
fn errors_do_not_repeat_the_cell() {
    for cell in
        ["zz top", "zz@zz", "zz..zz@example.org", "zz@z_z.org", "@zz.org", "zz@-zz.org", "zz@zz@zz.org"]
    {
        let error: EmailError = EmailAddress::parse(cell).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("zz"), "{cell}: {error}");
    }
    let error: PhoneError = Phone::parse("77 zz 77", Region::NorthAmerica).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("zz"));
}

#[test]
fn keys_and_hashes_show_no_byte() {
    let (vault, header, mut rng) = vault();
    let (key, wrapped) = vault.new_person_key(&ANN, &mut rng).unwrap();
    key.seal(&place(ANN), b"Ann", &mut rng).unwrap();
    assert_eq!(format!("{vault:?}"), "Vault { epochs: [1], .. }");
    assert_eq!(format!("{header:?}"), "Header { format: 1, root: \"data key\", epochs: [1], .. }");
    assert_eq!(format!("{key:?}"), "PersonKey(redacted)");
    assert_eq!(format!("{wrapped:?}"), "WrappedKey(epoch 1, redacted)");
    assert_eq!(format!("{:?}", TokenKey::new([7; 32])), "TokenKey(redacted)");
    let email = EmailAddress::parse("ann@example.org").unwrap();
    assert_eq!(format!("{:?}", vault.blind_email(&email)), "BlindIndex(redacted)");
    assert_eq!(format!("{:?}", vault.suppress_email(&email)), "SuppressionHash(redacted)");
    let roots = [
        RootSecret::passphrase("the long way home").unwrap(),
        RootSecret::new_age_identity().0,
        RootSecret::data_key([7; 32]),
    ];
    let shown = roots.each_ref().map(|root| format!("{root:?}"));
    assert_eq!(
        shown,
        ["passphrase", "age identity", "data key"].map(|kind| format!("RootSecret({kind}, redacted)"))
    );
}
