//! What a browser hands over: nothing foreign passes as a passkey of ours or as its signature.
#![no_main]

use hustings_signet::{Assertion, Registration, verify_assertion, verify_registration};
use libfuzzer_sys::fuzz_target;

const SITE: (&str, &str) = ("https://forward.example", "forward.example");

fuzz_target!(|bytes: &[u8]| {
    // The challenge is over chance that no input knows, so whatever is read must be refused for one reason or another.
    let client = |kind: &str| {
        format!(r#"{{"type":"{kind}","challenge":"{}","origin":"{}"}}"#, "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk", SITE.0)
            .into_bytes()
    };
    let made = Registration { client_data: client("webauthn.create"), attestation_object: bytes.to_vec() };
    if let Ok(registered) = verify_registration(&made, &[9; 32], SITE.0, SITE.1) {
        let whole = data_encoding::BASE64URL_NOPAD.decode(registered.public.public.as_bytes()).expect("base64url");
        assert!(matches!(whole.len(), 32 | 65), "{registered:?}");
        assert_eq!(registered.public.origin.as_deref(), Some(SITE.0));
    }
    let assertion = Assertion {
        client_data: client("webauthn.get"),
        authenticator_data: bytes.to_vec(),
        signature: Vec::new(),
    };
    if let Ok((_, message)) = verify_assertion(&assertion, &[9; 32], SITE.0, SITE.1) {
        assert_eq!(message.len(), bytes.len() + 32);
        assert_eq!(bytes[32] & 5, 5, "present and verified");
    }
    let foreign = Registration { client_data: bytes.to_vec(), attestation_object: bytes.to_vec() };
    assert!(verify_registration(&foreign, &[8; 32], SITE.0, SITE.1).is_err());
});
