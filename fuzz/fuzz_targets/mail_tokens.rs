//! Return paths and Message-IDs in what strangers send: none of theirs is ours, and ours read back.
#![no_main]

use hustings_mail::message_id::{is_ours, message_id};
use hustings_mail::verp::{Returned, parse, return_path};
use libfuzzer_sys::fuzz_target;

const KEY: &[u8; 32] = &[9; 32];
const DOMAIN: &str = "list.example";

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for foreign in [text.to_string(), format!("b-{text}@{DOMAIN}"), format!("<{text}@{DOMAIN}>")] {
        assert_eq!(parse(KEY, &foreign, DOMAIN), None, "{foreign:?}");
        assert!(!is_ours(KEY, &foreign, DOMAIN), "{foreign:?}");
    }
    let Some((numbers, appeal)) = bytes.split_first_chunk::<8>() else { return };
    let [a, b, c, d, e, f, g, h] = *numbers;
    let delivery =
        Returned { appeal: u32::from_be_bytes([a, b, c, d]), seq: u32::from_be_bytes([e, f, g, h]) };
    let path = return_path(KEY, delivery, DOMAIN);
    assert_eq!(parse(KEY, &path, DOMAIN), Some(delivery));
    let id = message_id(KEY, appeal, &[a; 16], DOMAIN);
    assert!(is_ours(KEY, &id, DOMAIN) && is_ours(KEY, &format!("<{id}>"), DOMAIN));
    assert!(!is_ours(KEY, &id, "other.example") && !is_ours(&[8; 32], &id, DOMAIN));
    // One letter changed, in either.
    for (token, is_path) in [(path, true), (id, false)] {
        let at = usize::from(h) % token.len();
        let mut forged = token.clone().into_bytes();
        forged[at] = g;
        let forged = String::from_utf8_lossy(&forged);
        if forged.eq_ignore_ascii_case(&token) {
            continue;
        }
        let believed =
            if is_path { parse(KEY, &forged, DOMAIN).is_some() } else { is_ours(KEY, &forged, DOMAIN) };
        assert!(!believed, "{forged:?} for {token:?}");
    }
});
