//! Entries of a foreign ledger, and keys in files: findings, never a panic; a key that reads is written the same.
#![no_main]

use hustings_signet::{Auditor, FileKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut auditor = Auditor::new("forward.example/hustings");
    let entries: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    entries.iter().for_each(|entry| auditor.entry(entry));
    let audit = auditor.finish();
    assert_eq!(audit.entries, entries.len() as u64);
    assert!(audit.votes + audit.unsigned <= audit.entries);
    if let Some(key) = std::str::from_utf8(bytes).ok().and_then(|text| FileKey::parse(text).ok()) {
        assert_eq!(FileKey::parse(&key.to_text()).expect("written").public(), key.public());
    }
});
