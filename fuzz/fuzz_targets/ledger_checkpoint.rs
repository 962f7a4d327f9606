//! Signed checkpoints and keys as strangers send them: one text has one reading, and nothing verifies that was
//! not signed.
#![no_main]

use hustings_ledger::hash::leaf_hash;
use hustings_ledger::{Checkpoint, SignerKey, VerifierKey, parse_and_verify};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const NAME: &str = "list.example/ledger";
static SIGNER: LazyLock<SignerKey> =
    LazyLock::new(|| SignerKey::from_seed(NAME, [7; 32]).expect("a name that a key can have"));

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    assert!(parse_and_verify(&text, SIGNER.verifier()).is_err(), "a foreign note verifies");
    if let Ok(key) = text.parse::<VerifierKey>() {
        assert_eq!(key.to_string(), text, "a second spelling of one key");
    }
    if let Ok(unverified) = Checkpoint::from_note_unverified(&text) {
        assert!(text.starts_with(&unverified.to_text()), "{text:?}");
    }
    if let Ok(checkpoint) = Checkpoint::parse_text(&text) {
        assert!(text.starts_with(&checkpoint.to_text()), "{text:?}");
        let own = Checkpoint { origin: NAME.to_owned(), ..checkpoint };
        let note = SIGNER.sign(&own).expect("a checkpoint of its own log");
        assert_eq!(parse_and_verify(&note, SIGNER.verifier()), Ok(own));
    }
    // A real note with one byte of it changed.
    let Some(([high, low, other], _)) = bytes.split_first_chunk::<3>() else { return };
    let real = Checkpoint { origin: NAME.to_owned(), size: 12, root: leaf_hash(b"root") };
    let note = SIGNER.sign(&real).expect("a checkpoint of its own log");
    let mut forged = note.clone().into_bytes();
    let at = usize::from(u16::from_be_bytes([*high, *low])) % forged.len();
    forged[at] = *other;
    if let Ok(forged) = String::from_utf8(forged) {
        assert!(forged == note || parse_and_verify(&forged, SIGNER.verifier()).is_err(), "changed at {at}");
    }
});
