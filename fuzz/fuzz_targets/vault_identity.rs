//! The bytes inside a sealed identity: one identity has one encoding, and every encoding is one identity.
#![no_main]

use hustings_vault::{Field, Identity, Region};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(identity) = Identity::from_bytes(bytes) {
        assert_eq!(identity.to_bytes(), bytes, "a second encoding of one identity");
    }
    // What the import would make of the same bytes as cells, one a line, goes through sealing unchanged.
    let mut identity = Identity::default();
    let text = String::from_utf8_lossy(bytes);
    for (field, cell) in Field::ALL.into_iter().zip(text.lines()) {
        let before = identity.get(field).map(str::to_owned);
        if identity.set(field, cell, Region::NorthAmerica).is_err() {
            assert_eq!(identity.get(field), before.as_deref(), "a refused cell changed the field");
        }
    }
    assert_eq!(Identity::from_bytes(&identity.to_bytes()).as_ref(), Ok(&identity));
});
