//! Message-IDs that only the holder of the key can make and tell apart: the same appeal to the same person has
//! the same one, also when it is sent again on purpose, and no two appeals can be joined by them.

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;

/// Separates this use of the key from others.
const CONTEXT: &[u8] = b"hustings message-id 1";
/// Bytes of the HMAC kept: 120 bits, 24 letters.
const KEPT: usize = 15;
/// Bytes of the token, which names this person's copy without naming the person: 80 bits, 16 letters.
const NONCE: usize = 10;

/// The Message-ID of `appeal` to `person`, without angle brackets: `token.proof@domain`.
///
/// `token` is HMAC(key, appeal, person); `proof` is HMAC(key, token), so that [`is_ours`] needs neither appeal nor
/// person, as a seed mailbox does.
pub fn message_id(key: &[u8; 32], appeal: &[u8], person: &[u8; 16], domain: &str) -> String {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    context.update(CONTEXT);
    context.update(&u64::try_from(appeal.len()).unwrap_or(u64::MAX).to_le_bytes());
    context.update(appeal);
    context.update(person);
    let token = encode(context.sign().as_ref(), NONCE);
    let proof = proof(key, &token, domain);
    format!("{token}.{proof}@{domain}")
}

/// Whether `id` (with or without angle brackets) was made by [`message_id`] with this key and domain.
pub fn is_ours(key: &[u8; 32], id: &str, domain: &str) -> bool {
    let id = id.trim();
    let id = id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id);
    let Some((local, given_domain)) = id.rsplit_once('@') else { return false };
    let Some((token, given)) = local.split_once('.') else { return false };
    let expected = proof(key, token, domain);
    token.len() == encode(&[0; NONCE], NONCE).len()
        && given_domain.eq_ignore_ascii_case(domain)
        && aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_bytes(), given.as_bytes()).is_ok()
}

fn proof(key: &[u8; 32], token: &str, domain: &str) -> String {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    context.update(b"hustings message-id proof 1");
    context.update(token.as_bytes());
    context.update(b"@");
    context.update(domain.to_ascii_lowercase().as_bytes());
    encode(context.sign().as_ref(), KEPT)
}

/// The first `count` bytes in lower-case base32.
fn encode(bytes: &[u8], count: usize) -> String {
    BASE32_NOPAD.encode(bytes.get(..count).unwrap_or(bytes)).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8; 32] = &[7; 32];

    #[test]
    fn the_same_delivery_has_the_same_id_and_no_other_has() {
        let id = |appeal: &[u8], person| message_id(KEY, appeal, &[person; 16], "list.example");
        assert_eq!(id(b"a", 1), id(b"a", 1));
        assert_ne!(id(b"a", 1), id(b"a", 2));
        assert_ne!(id(b"a", 1), id(b"b", 1));
        assert_ne!(id(b"a", 1), message_id(&[8; 32], b"a", &[1; 16], "list.example"));
        assert_eq!(id(b"a", 1), "ktkr3t6c7wey4va5.mq7vxa4c32rpn4gu45uw72b2@list.example");
    }

    #[test]
    fn only_ours_is_ours() {
        let id = message_id(KEY, b"a", &[1; 16], "list.example");
        assert!(is_ours(KEY, &id, "list.example") && is_ours(KEY, &format!(" <{id}> "), "List.Example"));
        assert!(!is_ours(&[8; 32], &id, "list.example"));
        assert!(!is_ours(KEY, &id, "other.example"));
        for at in 0..id.find('@').unwrap() {
            let mut forged = id.clone().into_bytes();
            forged[at] = if forged[at] == b'a' { b'b' } else { b'a' };
            assert!(!is_ours(KEY, &String::from_utf8(forged).unwrap(), "list.example"), "{at}");
        }
        for wrong in ["", "@", ".", "x@list.example", ".@list.example", "a.b@list.example"] {
            assert!(!is_ours(KEY, wrong, "list.example"), "{wrong}");
        }
    }
}
