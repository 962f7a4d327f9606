//! Links that need a person without naming one: opaque, bound to a purpose, expiring. The same meaning
//! always mints the same text, so that a mail renders the same twice. Also bearer secrets kept as hashes.

use crate::cipher::{CipherKey, gather};
use crate::secrets::Derivation;
use aws_lc_rs::hmac;
use data_encoding::BASE64URL_NOPAD;
use hustings_domain::canonical::sha256;
use hustings_domain::chance::Rng;
use jiff::Timestamp;
use std::fmt;
use zeroize::Zeroizing;

/// The longest payload, in bytes.
pub const MAX_PAYLOAD_BYTES: usize = 256;
/// The longest text that can be a token: nonce 12, expiry 8, payload, tag 16, in base64url.
const MAX_TEXT_BYTES: usize = (12 + 8 + MAX_PAYLOAD_BYTES + 16) * 4 / 3 + 1;

/// Why a text does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not base64url, or of a length no token has.
    #[error("this is not a link of ours: part of it may be missing")]
    Malformed,
    /// Made for another purpose, altered, or never ours; which one cannot be known.
    #[error("this link was made for another purpose or was altered")]
    WrongPurposeOrForged,
    /// Its time is over.
    #[error("this link has expired")]
    Expired,
}

/// Why a token cannot be minted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MintError {
    /// More than [`MAX_PAYLOAD_BYTES`].
    #[error("a token carries at most 256 bytes, not {0}")]
    PayloadTooLong(usize),
    /// The cipher refused, which it does for no payload of this size.
    #[error("the token could not be sealed")]
    Cipher,
}

/// Mints and opens tokens; take its 32 bytes from `Vault::secret`.
pub struct TokenKey {
    cipher: CipherKey,
    nonce: hmac::Key,
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(redacted)")
    }
}

impl TokenKey {
    /// Prepares the key once.
    pub fn new(key: [u8; 32]) -> Self {
        let key = Zeroizing::new(key);
        let derivation = Derivation::of(key.as_slice());
        Self {
            cipher: CipherKey::gcm_siv(&derivation.expand("hustings/token/v1/", "cipher")),
            nonce: derivation.hmac_key("hustings/token/v1/", "nonce"),
        }
    }

    /// A base64url text that opens for `purpose` before `expires` (kept to the second) and tells its bearer nothing.
    pub fn mint(&self, purpose: &str, payload: &[u8], expires: Timestamp) -> Result<String, MintError> {
        if payload.len() > MAX_PAYLOAD_BYTES {
            return Err(MintError::PayloadTooLong(payload.len()));
        }
        let mut meaning = Zeroizing::new(Vec::with_capacity(8 + payload.len()));
        meaning.extend_from_slice(&expires.as_second().to_be_bytes());
        meaning.extend_from_slice(payload);
        let mut nonce = hmac::Context::with_key(&self.nonce);
        // The purpose is last: what stands before it says where it starts.
        nonce.update(&u64::try_from(meaning.len()).unwrap_or(u64::MAX).to_be_bytes());
        nonce.update(&meaning);
        nonce.update(purpose.as_bytes());
        let nonce = gather(nonce.sign().as_ref().iter());
        let sealed = self.cipher.seal(nonce, purpose.as_bytes(), &meaning).map_err(|_| MintError::Cipher)?;
        Ok(BASE64URL_NOPAD.encode(&sealed))
    }

    /// The payload, if `text` was minted by this key for `purpose` and `now` is before its expiry.
    pub fn open(&self, purpose: &str, text: &str, now: Timestamp) -> Result<Vec<u8>, TokenError> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(TokenError::Malformed);
        }
        let sealed = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| TokenError::Malformed)?;
        if sealed.len() < 12 + 8 + 16 {
            return Err(TokenError::Malformed);
        }
        let meaning =
            self.cipher.open(purpose.as_bytes(), &sealed).map_err(|_| TokenError::WrongPurposeOrForged)?;
        let (expires, payload) = meaning.split_first_chunk::<8>().ok_or(TokenError::Malformed)?;
        if now.as_second() >= i64::from_be_bytes(*expires) {
            return Err(TokenError::Expired);
        }
        Ok(payload.to_vec())
    }
}

/// What is stored of a bearer secret: its SHA-256. The secret has 256 bits, so a slow hash would add nothing.
pub fn hash_token(token: &str) -> [u8; 32] {
    sha256(token.as_bytes())
}

/// A new bearer secret for a session or an API client: 32 random bytes in base64url (43 characters).
pub fn new_secret_token(rng: &mut dyn Rng) -> String {
    let mut secret = Zeroizing::new([0; 32]);
    rng.fill(secret.as_mut_slice());
    BASE64URL_NOPAD.encode(secret.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hustings_domain::chance::SeededRng;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_same_meaning_is_the_same_text_and_another_is_not() {
        let key = TokenKey::new([1; 32]);
        let text = key.mint("stop", b"p1", at(100)).unwrap();
        assert_eq!(text, key.mint("stop", b"p1", at(100)).unwrap());
        assert_ne!(text, key.mint("stop", b"p1", at(101)).unwrap());
        assert_ne!(text, key.mint("stop", b"p2", at(100)).unwrap());
        assert_ne!(text, key.mint("answer", b"p1", at(100)).unwrap());
        assert_ne!(text, TokenKey::new([2; 32]).mint("stop", b"p1", at(100)).unwrap());
    }

    #[test]
    fn purpose_key_and_time_are_held() {
        let key = TokenKey::new([1; 32]);
        let text = key.mint("stop", b"person", at(100)).unwrap();
        assert_eq!(key.open("stop", &text, at(99)).unwrap(), b"person");
        assert_eq!(key.open("stop", &text, at(100)), Err(TokenError::Expired));
        assert_eq!(key.open("answer", &text, at(99)), Err(TokenError::WrongPurposeOrForged));
        assert_eq!(TokenKey::new([2; 32]).open("stop", &text, at(99)), Err(TokenError::WrongPurposeOrForged));
    }

    #[test]
    fn no_changed_character_opens() {
        let key = TokenKey::new([1; 32]);
        let text = key.mint("stop", b"person", at(100)).unwrap();
        for position in 0..text.len() {
            for other in ["A", "z", "_", "!"] {
                let mut forged = text.clone();
                forged.replace_range(position..=position, other);
                assert!(forged == text || key.open("stop", &forged, at(0)).is_err(), "{position}");
            }
            assert!(key.open("stop", text.get(..position).unwrap(), at(0)).is_err());
        }
        assert_eq!(key.open("stop", &format!("{text}="), at(0)), Err(TokenError::Malformed));
        assert_eq!(key.open("stop", &"A".repeat(10_000), at(0)), Err(TokenError::Malformed));
    }

    #[test]
    fn the_payload_has_a_limit() {
        let key = TokenKey::new([1; 32]);
        let text = key.mint("p", &[9; MAX_PAYLOAD_BYTES], at(9)).unwrap();
        assert_eq!(key.open("p", &text, at(0)).unwrap(), [9; MAX_PAYLOAD_BYTES]);
        assert_eq!(key.mint("p", &[9; MAX_PAYLOAD_BYTES + 1], at(9)), Err(MintError::PayloadTooLong(257)));
    }

    #[test]
    fn bearer_secrets_differ_and_are_kept_as_hashes() {
        let mut rng = SeededRng::new(1);
        let (first, second) = (new_secret_token(&mut rng), new_secret_token(&mut rng));
        assert_eq!(first.len(), 43);
        assert_ne!(first, second);
        assert_ne!(hash_token(&first), hash_token(&second));
        // SHA-256 of "abc", FIPS 180-4.
        assert!(data_encoding::HEXLOWER.encode(&hash_token("abc")).starts_with("ba7816bf8f01cfea"));
    }

    proptest! {
        #[test]
        fn what_is_minted_opens(purpose in ".{0,20}", payload in proptest::collection::vec(any::<u8>(), 0..=256)) {
            let key = TokenKey::new([3; 32]);
            let text = key.mint(&purpose, &payload, at(10)).unwrap();
            prop_assert!(text.len() <= MAX_TEXT_BYTES);
            prop_assert_eq!(key.open(&purpose, &text, at(9)).unwrap(), payload);
        }

        #[test]
        fn foreign_text_never_opens(text in "[A-Za-z0-9_-]{0,420}", other in ".{0,60}") {
            let key = TokenKey::new([3; 32]);
            prop_assert!(key.open("stop", &text, at(0)).is_err());
            prop_assert!(key.open("stop", &other, at(0)).is_err());
        }
    }
}
