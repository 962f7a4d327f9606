//! One entry of the ledger: only the canonical bytes are read, and two writers of canonical JSON agree on them.
#![no_main]

use hustings_domain::canonical::to_canonical_json;
use hustings_ledger::Leaf;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(leaf) = Leaf::from_bytes(bytes) else { return };
    assert!(bytes.len() <= 65_535);
    assert_eq!(leaf.to_bytes().as_deref(), Ok(bytes));
    let value: serde_json::Value = serde_json::from_slice(bytes).expect("a leaf is JSON");
    assert_eq!(to_canonical_json(&value).map(String::into_bytes).as_deref(), Ok(bytes));
});
