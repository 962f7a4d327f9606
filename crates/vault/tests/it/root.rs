//! Roots open their own vault and no other; damage is told from a wrong root.

use crate::{ANN, QUICK, place};
use hustings_domain::chance::SeededRng;
use hustings_vault::{Header, RootSecret, Vault, VaultError};
use serde_json::{Value, json};

fn passphrase(text: &str) -> RootSecret {
    RootSecret::passphrase(text).unwrap()
}

fn opens_again(root: &RootSecret, other: &RootSecret) {
    let mut rng = SeededRng::new(1);
    let (vault, header) = Vault::create_with_cost(root, QUICK, &mut rng).unwrap();
    let (key, wrapped) = vault.new_person_key(&ANN, &mut rng).unwrap();
    let sealed = key.seal(&place(ANN), b"Ann", &mut rng).unwrap();

    let header = Header::from_json(&header.to_json().unwrap()).unwrap();
    let again = Vault::open(&header, root).unwrap();
    let key = again.unwrap(&wrapped, &ANN).unwrap();
    assert_eq!(key.open(&place(ANN), &sealed).unwrap(), b"Ann");
    assert_eq!(again.secret("tokens"), vault.secret("tokens"));
    assert_eq!(Vault::open(&header, other).unwrap_err(), VaultError::WrongRoot);
}

#[test]
fn a_passphrase_opens_its_own_vault_only() {
    opens_again(&passphrase("the long way home"), &passphrase("the long way hame"));
}

#[test]
fn an_age_identity_opens_its_own_vault_only() {
    let (root, file) = RootSecret::new_age_identity();
    let (other, _) = RootSecret::new_age_identity();
    opens_again(&root, &other);
    opens_again(&RootSecret::age_identity(&file).unwrap(), &other);
}

#[test]
fn a_data_key_opens_its_own_vault_only() {
    opens_again(&RootSecret::data_key([1; 32]), &RootSecret::data_key([2; 32]));
}

#[test]
fn another_kind_of_root_is_named() {
    let mut rng = SeededRng::new(1);
    let (_, header) = Vault::create(&RootSecret::data_key([1; 32]), &mut rng).unwrap();
    let error = Vault::open(&header, &passphrase("the long way home")).unwrap_err();
    assert_eq!(error.to_string(), "this vault opens with a data key, and a passphrase was given");
}

fn bend(header: &Header, change: impl FnOnce(&mut Value)) -> Result<Vault, VaultError> {
    let mut json: Value = serde_json::from_str(&header.to_json().unwrap()).unwrap();
    change(&mut json);
    Vault::open(&Header::from_json(&json.to_string())?, &passphrase("the long way home"))
}

/// Makes the unkeyed checksum fit again, as one who tampers would.
fn refit(json: &mut Value) {
    let hash = hustings_domain::canonical::ContentHash::of(&json["vault"]).unwrap();
    json["checksum"] = json!(hash.to_string());
}

#[test]
fn damage_is_not_called_a_wrong_root() {
    let mut rng = SeededRng::new(1);
    let root = passphrase("the long way home");
    let (mut vault, _) = Vault::create_with_cost(&root, QUICK, &mut rng).unwrap();
    let header = vault.rotate(&mut rng).unwrap();
    assert!(bend(&header, |_| ()).is_ok());

    let damaged = |result: Result<Vault, VaultError>| matches!(result.unwrap_err(), VaultError::Damaged(_));
    let salt = "AAAAAAAAAAAAAAAAAAAAAA==";
    assert!(damaged(bend(&header, |json| json["vault"]["root"]["salt"] = json!(salt))));
    assert!(damaged(bend(&header, |json| json["vault"]["epochs"] = json!([]))));
    assert!(damaged(bend(&header, |json| json["vault"]["epochs"][0]["epoch"] = json!(7))));
    assert!(damaged(bend(&header, |json| json["mac"] = json!("AAAA"))));
    assert!(damaged(Header::from_json("{}").map(|_| vault.clone())));
    assert!(damaged(Header::from_json(&" ".repeat(2 << 20)).map(|_| vault.clone())));
}

#[test]
fn tampering_with_a_fitting_checksum_is_refused() {
    let mut rng = SeededRng::new(1);
    let root = passphrase("the long way home");
    let (mut vault, old) = Vault::create_with_cost(&root, QUICK, &mut rng).unwrap();
    let header = vault.rotate(&mut rng).unwrap();

    let fewer_epochs = bend(&header, |json| {
        json["vault"]["epochs"].as_array_mut().unwrap().truncate(1);
        refit(json);
    });
    assert!(matches!(fewer_epochs, Err(VaultError::Damaged(_))));
    let renumbered = bend(&header, |json| {
        json["vault"]["epochs"][1]["epoch"] = json!(9);
        refit(json);
    });
    assert!(matches!(renumbered, Err(VaultError::Damaged(_))));
    let another_mac = bend(&header, |json| {
        let old: Value = serde_json::from_str(&old.to_json().unwrap()).unwrap();
        json["mac"] = old["mac"].clone();
    });
    assert!(matches!(another_mac, Err(VaultError::Damaged(_))));
    let another_master = bend(&header, |json| {
        json["vault"]["master"] = json["vault"]["epochs"][0]["key"].clone();
        refit(json);
    });
    assert_eq!(another_master.unwrap_err(), VaultError::WrongRoot);
    let costly = bend(&header, |json| {
        json["vault"]["root"]["argon2id"]["memory_kib"] = json!(u32::MAX);
        refit(json);
    });
    assert_eq!(costly.unwrap_err(), VaultError::BadCost);
    let newer = bend(&header, |json| json["vault"]["format"] = json!(2));
    assert_eq!(newer.unwrap_err(), VaultError::UnknownFormat(2));
}

#[test]
fn a_changed_root_keeps_every_key() {
    let mut rng = SeededRng::new(1);
    let old = RootSecret::data_key([1; 32]);
    let (mut vault, before) = Vault::create(&old, &mut rng).unwrap();
    let (_, wrapped) = vault.new_person_key(&ANN, &mut rng).unwrap();
    vault.rotate(&mut rng).unwrap();
    let new = passphrase("the long way home");
    let header = vault.change_root(&new, QUICK, &mut rng).unwrap();

    let again = Vault::open(&header, &new).unwrap();
    assert!(again.unwrap(&wrapped, &ANN).is_ok());
    assert_eq!(*again.secret("x"), *Vault::open(&before, &old).unwrap().secret("x"));
    assert!(matches!(Vault::open(&header, &old), Err(VaultError::OtherKindOfRoot { .. })));
    assert_eq!(again.epochs(), [1, 2]);
    // And it goes on rotating under the new one.
    let header = vault.rotate(&mut rng).unwrap();
    assert_eq!(Vault::open(&header, &new).unwrap().current_epoch(), 3);
}

#[test]
fn the_header_holds_no_key_in_the_clear() {
    let mut rng = SeededRng::new(1);
    let (vault, header) = Vault::create(&RootSecret::data_key([0x41; 32]), &mut rng).unwrap();
    let json = header.to_json().unwrap();
    assert!(!json.contains(&data_encoding::BASE64.encode(&[0x41; 32])));
    assert!(!json.contains(&data_encoding::BASE64.encode(vault.secret("tokens").as_slice())));
}
