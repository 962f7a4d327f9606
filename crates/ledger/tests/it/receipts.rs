//! Receipts for every entry, and every way to spoil one.

use crate::{checkpoint_of, entry, log_of, note_of, signer};
use hustings_ledger::receipt::{Receipt, ReceiptError};
use hustings_ledger::{SignerKey, make_receipt, verify_receipt};
use proptest::prelude::*;

#[test]
fn every_entry_gets_a_receipt_and_no_other_entry_fits_it() {
    let log = log_of(40);
    for size in [1, 2, 7, 32, 33, 40] {
        let note = note_of(&log, size);
        for index in 0..size {
            let receipt = make_receipt(index, &note, &log, None).unwrap();
            let (found, checkpoint) = verify_receipt(&receipt, &entry(index), signer().verifier()).unwrap();
            assert_eq!((found, checkpoint), (index, checkpoint_of(&log, size)));
            let other = verify_receipt(&receipt, &entry(index + 1), signer().verifier());
            assert!(matches!(other, Err(ReceiptError::Proof(_))));
        }
        assert!(make_receipt(size, &note, &log, None).is_err());
    }
}

#[test]
fn the_text_is_that_of_the_specification() {
    let log = log_of(3);
    let note = note_of(&log, 3);
    let receipt = make_receipt(2, &note, &log, Some(b"loan L-7")).unwrap();
    let sibling = hustings_ledger::tree::root(2, &log).unwrap().to_base64();
    assert_eq!(receipt, format!("c2sp.org/tlog-proof@v1\nextra bG9hbiBMLTc=\nindex 2\n{sibling}\n\n{note}"));
    let parsed = Receipt::parse(&receipt).unwrap();
    assert_eq!(parsed.extra.as_deref(), Some(b"loan L-7".as_slice()));
    assert_eq!(parsed.to_text(), receipt);
    let lone = make_receipt(0, &note_of(&log, 1), &log, None).unwrap();
    assert!(lone.starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nexample.org/ledger\n1\n"));
}

#[test]
fn every_flipped_byte_spoils_it() {
    let log = log_of(6);
    let receipt = make_receipt(3, &note_of(&log, 6), &log, None).unwrap();
    for at in 0..receipt.len() {
        for bit in 0..8 {
            let mut bytes = receipt.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(text) = String::from_utf8(bytes) else { continue };
            assert!(verify_receipt(&text, &entry(3), signer().verifier()).is_err(), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn malformed_and_foreign_receipts_are_refused() {
    let log = log_of(6);
    let receipt = make_receipt(3, &note_of(&log, 6), &log, None).unwrap();
    let stranger = SignerKey::from_seed(crate::NAME, [9; 32]).unwrap();
    let outcome = verify_receipt(&receipt, &entry(3), stranger.verifier());
    assert!(matches!(outcome, Err(ReceiptError::Checkpoint(_))));
    let hash = hustings_ledger::hash::empty_root().to_base64();
    for text in [
        String::new(),
        receipt.replace("@v1", "@v2"),
        receipt.replace("index 3", "index 03"),
        receipt.replace("index 3\n", ""),
        receipt.replace("index 3\n", "index 3\nextra AAAA\n"),
        receipt.replace("index 3\n", "extra A\nindex 3\n"),
        receipt.replace("index 3\n", &format!("index 3\n{}", format!("{hash}\n").repeat(64))),
        receipt.replace("index 3\n", &format!("index 3\n{hash}\n")),
        format!("{receipt}{}", "x".repeat(300_000)),
    ] {
        assert!(verify_receipt(&text, &entry(3), signer().verifier()).is_err(), "{text:.60}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(c2sp.org/tlog-proof@v1\n)?(extra [A-Za-z0-9+/=]{0,8}\n)?(index [0-9]{1,3}\n)?([A-Za-z0-9+/]{43}=\n){0,2}\n?[ -~\n]{0,40}") {
        if let Ok(receipt) = Receipt::parse(&text) {
            prop_assert_eq!(receipt.to_text(), text);
        }
    }
}
