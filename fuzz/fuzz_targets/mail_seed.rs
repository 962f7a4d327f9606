//! What arrives at a seed mailbox, and DKIM records as DNS holds them: nothing foreign is taken for ours.
#![no_main]

use hustings_mail::dkim::{DkimSigner, PublicRecord, SigningKeyPem, Verdict};
use hustings_mail::receiver::Delivered;
use hustings_mail::seed_mailbox::{Finding, SeedMailbox};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const DECOY: &str = "decoy@seed.example";

/// A signer of `list.example`, selector `s1`, whose key nobody keeps.
static SIGNER: LazyLock<DkimSigner> = LazyLock::new(|| {
    let key = SigningKeyPem::generate().expect("a key");
    DkimSigner::new("list.example", "s1", &key).expect("a signer")
});
static MAILBOX: LazyLock<SeedMailbox> =
    LazyLock::new(|| SeedMailbox::new(vec![SIGNER.public().expect("a record")], [2; 32], "list.example"));

fuzz_target!(|bytes: &[u8]| {
    let delivered = Delivered {
        to: DECOY.to_owned(),
        from: "b-1@list.example".to_owned(),
        message: bytes.to_vec(),
        at_order: 0,
    };
    let finding = MAILBOX.judge(&delivered, DECOY);
    assert!(!matches!(finding, Finding::Ours { .. }), "a foreign message is taken for ours");
    let text = String::from_utf8_lossy(bytes);
    if let Ok(record) = PublicRecord::parse("list.example", "s1", &text) {
        assert_ne!(record.verify(bytes), Verdict::Ours);
    }
});
