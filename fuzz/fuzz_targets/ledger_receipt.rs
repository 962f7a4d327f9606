//! Receipts as strangers send them: one text has one reading, none verifies that the log did not give, and those
//! that it gave hold for their own entry alone.
#![no_main]

use hustings_ledger::receipt::{MAX_EXTRA_BYTES, Receipt};
use hustings_ledger::{Checkpoint, MemoryLog, SignerKey, make_receipt, verify_receipt};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const NAME: &str = "list.example/ledger";
static SIGNER: LazyLock<SignerKey> =
    LazyLock::new(|| SignerKey::from_seed(NAME, [7; 32]).expect("a name that a key can have"));

fuzz_target!(|bytes: &[u8]| {
    let key = SIGNER.verifier();
    let text = String::from_utf8_lossy(bytes);
    if let Ok(receipt) = Receipt::parse(&text) {
        assert_eq!(receipt.to_text(), text, "a second spelling of one receipt");
        assert!(receipt.proof.len() <= 63);
        assert!(receipt.extra.as_ref().is_none_or(|extra| extra.len() <= MAX_EXTRA_BYTES));
        assert!(receipt.verify(b"entry", key).is_err(), "a foreign receipt verifies");
    }
    // A log of the pieces of the input: the receipt of one entry is good for equal entries at its place only.
    let entries: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').take(9).collect();
    let mut log = MemoryLog::new();
    for entry in &entries {
        log.push(*entry).expect("a log in memory grows");
    }
    let size = entries.len() as u64;
    let root = log.root().expect("a log in memory has a root");
    let note = SIGNER.sign(&Checkpoint { origin: NAME.to_owned(), size, root }).expect("signed");
    let index = bytes.len() % entries.len();
    let receipt = make_receipt(index as u64, &note, &log, Some(bytes)).expect("a receipt");
    for entry in &entries {
        let verified = verify_receipt(&receipt, entry, key);
        assert_eq!(verified.is_ok(), *entry == entries[index], "{verified:?}");
    }
});
