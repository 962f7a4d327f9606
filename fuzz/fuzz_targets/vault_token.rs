//! The token of a link: foreign text never opens, and no changed character of a real one does.
#![no_main]

use hustings_vault::token::MAX_PAYLOAD_BYTES;
use hustings_vault::{TokenError, TokenKey};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let key = TokenKey::new([1; 32]);
    let text = String::from_utf8_lossy(bytes);
    assert!(key.open("stop", &text, Timestamp::UNIX_EPOCH).is_err(), "foreign text opened");

    let Some(([at, other], payload)) = bytes.split_first_chunk::<2>() else { return };
    let payload = payload.get(..MAX_PAYLOAD_BYTES).unwrap_or(payload);
    let expires = Timestamp::from_second(1_000).expect("in range");
    let minted = key.mint("stop", payload, expires).expect("a payload of allowed length");
    assert_eq!(key.open("stop", &minted, Timestamp::UNIX_EPOCH).as_deref(), Ok(payload));
    assert_eq!(key.open("stop", &minted, expires), Err(TokenError::Expired));
    let mut forged = minted.clone().into_bytes();
    let at = usize::from(*at) % forged.len();
    forged[at] = *other;
    let forged = String::from_utf8_lossy(&forged);
    assert!(forged == minted || key.open("stop", &forged, Timestamp::UNIX_EPOCH).is_err(), "forged at {at}");
});
