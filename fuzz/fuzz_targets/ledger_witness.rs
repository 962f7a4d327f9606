//! Requests to a witness and its answers, as strangers send them: one text has one reading, and nothing that the log
//! did not sign is cosigned.
#![no_main]

use hustings_ledger::cosignature::{cosigned_by, with_cosignature};
use hustings_ledger::hash::leaf_hash;
use hustings_ledger::monitor::Known;
use hustings_ledger::witness::{AddCheckpoint, Asked, Watched, read_answer};
use hustings_ledger::{Checkpoint, SignerKey, WitnessKey, WitnessSigner};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const NAME: &str = "list.example/ledger";
static SIGNER: LazyLock<SignerKey> =
    LazyLock::new(|| SignerKey::from_seed(NAME, [7; 32]).expect("a name that a key can have"));
static WITNESS: LazyLock<WitnessSigner> =
    LazyLock::new(|| WitnessSigner::from_seed("witness.example", [8; 32]).expect("a name that a key can have"));

fuzz_target!(|bytes: &[u8]| {
    let key = WITNESS.key();
    let text = String::from_utf8_lossy(bytes);
    if let Ok(request) = AddCheckpoint::parse(bytes) {
        assert_eq!(request.to_text().as_bytes(), bytes, "a second spelling of one request");
        assert!(request.proof.len() <= 63);
        let watched = Watched { key: SIGNER.verifier().clone(), newest: None };
        assert!(watched.check(&request).is_err(), "a foreign checkpoint is let through");
    }
    if let Ok(key) = text.parse::<WitnessKey>() {
        assert_eq!(key.to_string(), text, "a second spelling of one key");
    }
    assert!(cosigned_by(&text, &[key.clone()]).map_or(true, |found| found.is_empty()), "a foreign cosignature");
    assert!(Known::parse(&text, SIGNER.verifier()).is_none(), "a foreign notebook");
    let real = Checkpoint { origin: NAME.to_owned(), size: 12, root: leaf_hash(b"root") };
    let note = SIGNER.sign(&real).expect("a checkpoint of its own log");
    assert!(with_cosignature(&note, &text, key).is_err(), "a foreign cosignature is taken over");
    for status in [200, 409, 422] {
        let asked = read_answer(status, bytes, &note, key);
        assert!(!matches!(asked, Asked::Cosigned { .. }));
        if let Asked::Refused { said, .. } = asked {
            assert!(said.chars().count() <= 200 && !said.contains(char::is_control));
        }
    }
});
