//! The vault's header file: what is read is written again with the same meaning, and a foreign one opens nothing.
#![no_main]

use hustings_vault::{Header, RootSecret, Vault};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(header) = Header::from_json(text) else { return };
    let written = header.to_json().expect("what was read can be written");
    assert_eq!(Header::from_json(&written).as_ref(), Ok(&header), "{written}");
    assert!(Vault::open(&header, &RootSecret::data_key([9; 32])).is_err(), "a foreign header opened");
});
