//! A trustee's share as it was typed from paper: read back as it was written, or refused.
#![no_main]

use hustings_trace::TrusteeShare;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(share) = TrusteeShare::parse(text) {
        let again = TrusteeShare::parse(&share.to_text(&[])).expect("what was written is read");
        assert!(again == share && !format!("{share:?}").contains("bytes"));
    }
});
