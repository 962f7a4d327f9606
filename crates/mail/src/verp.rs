//! Variable return paths: a bounce names its delivery by a token that nobody else can make, so that a forged
//! bounce unsubscribes nobody. The token carries two numbers of ours and no person.

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;

/// Bytes of the HMAC kept: 80 bits, which nobody guesses through a mail server.
const PROOF: usize = 10;

/// What a return path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Returned {
    /// The appeal's (or campaign's) number.
    pub appeal: u32,
    /// The delivery's number within it.
    pub seq: u32,
}

/// The return path of one delivery: `b-TOKEN@domain`.
pub fn return_path(key: &[u8; 32], delivery: Returned, domain: &str) -> String {
    let masked = mask(key, &proof(key, delivery), delivery);
    let mut bytes = masked.to_vec();
    bytes.extend_from_slice(&proof(key, delivery));
    format!("b-{}@{domain}", BASE32_NOPAD.encode(&bytes).to_ascii_lowercase())
}

/// The delivery that `address` is the return path of; `None` when it is none of ours.
pub fn parse(key: &[u8; 32], address: &str, domain: &str) -> Option<Returned> {
    let (local, given_domain) = address.rsplit_once('@')?;
    if !given_domain.eq_ignore_ascii_case(domain) || local.len() > 64 {
        return None;
    }
    // Mail servers may change the case of what they bounce.
    let local = local.to_ascii_uppercase();
    let bytes = BASE32_NOPAD.decode(local.strip_prefix("B-")?.as_bytes()).ok()?;
    let (masked, given) = bytes.split_first_chunk::<8>()?;
    let given: &[u8; PROOF] = given.try_into().ok()?;
    let delivery = unmask(key, given, *masked);
    aws_lc_rs::constant_time::verify_slices_are_equal(&proof(key, delivery), given).ok()?;
    Some(delivery)
}

fn numbers(delivery: Returned) -> [u8; 8] {
    ((u64::from(delivery.appeal) << 32) | u64::from(delivery.seq)).to_be_bytes()
}

fn tag(key: &[u8; 32], context: &[u8], bytes: &[u8]) -> hmac::Tag {
    let mut signing = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    signing.update(context);
    signing.update(bytes);
    signing.sign()
}

fn proof(key: &[u8; 32], delivery: Returned) -> [u8; PROOF] {
    first(tag(key, b"hustings return path 1", &numbers(delivery)).as_ref())
}

/// Hides the numbers under a pad that depends on the proof (a synthetic nonce), so that counts are not published.
fn mask(key: &[u8; 32], proof: &[u8; PROOF], delivery: Returned) -> [u8; 8] {
    let pad: [u8; 8] = first(tag(key, b"hustings return path mask 1", proof).as_ref());
    let mut masked = numbers(delivery);
    masked.iter_mut().zip(pad).for_each(|(byte, pad)| *byte ^= pad);
    masked
}

fn unmask(key: &[u8; 32], proof: &[u8; PROOF], masked: [u8; 8]) -> Returned {
    let pad: [u8; 8] = first(tag(key, b"hustings return path mask 1", proof).as_ref());
    let both = u64::from_be_bytes(masked) ^ u64::from_be_bytes(pad);
    let low = |number: u64| u32::try_from(number & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    Returned { appeal: low(both >> 32), seq: low(both) }
}

fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.first_chunk::<N>().copied().unwrap_or([0; N])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &[u8; 32] = &[9; 32];

    proptest! {
        #[test]
        fn what_is_made_reads_back(appeal in any::<u32>(), seq in any::<u32>()) {
            let delivery = Returned { appeal, seq };
            let address = return_path(KEY, delivery, "bounce.example");
            prop_assert!(address.len() <= 64, "{}", address);
            prop_assert_eq!(parse(KEY, &address, "bounce.example"), Some(delivery));
            prop_assert_eq!(parse(KEY, &address.to_uppercase(), "bounce.example"), Some(delivery));
            prop_assert_eq!(parse(&[1; 32], &address, "bounce.example"), None);
            prop_assert_eq!(parse(KEY, &address, "other.example"), None);
        }

        #[test]
        fn any_text_is_survived(address in ".{0,80}") {
            prop_assert_eq!(parse(KEY, &address, "bounce.example"), None);
        }
    }

    #[test]
    fn an_altered_token_is_nobodys() {
        let address = return_path(KEY, Returned { appeal: 3, seq: 141 }, "bounce.example");
        for at in 2..address.find('@').unwrap() - 1 {
            let mut forged = address.clone().into_bytes();
            forged[at] = if forged[at] == b'a' { b'b' } else { b'a' };
            assert_eq!(parse(KEY, &String::from_utf8(forged).unwrap(), "bounce.example"), None, "{at}");
        }
        let next = return_path(KEY, Returned { appeal: 3, seq: 142 }, "bounce.example");
        assert_ne!(address.as_bytes()[..10], next.as_bytes()[..10], "neighbours do not look alike");
    }
}
