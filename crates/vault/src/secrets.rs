//! Secrets for other rooms, each drawn from the vault's master secret for one named purpose, so that one
//! header to keep safe is enough and no key serves two purposes.

use crate::cipher::gather;
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

/// HKDF with SHA-256 (RFC 5869) over a 32-byte secret; the extracted key is prepared once.
pub(crate) struct Derivation(hmac::Key);

impl Derivation {
    /// HKDF-Extract without salt.
    pub(crate) fn of(secret: &[u8]) -> Self {
        let salt = hmac::Key::new(hmac::HMAC_SHA256, &[0; 32]);
        Self(hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&salt, secret).as_ref()))
    }

    /// HKDF-Expand to 32 bytes, which is one block: HMAC(key, info || 1).
    pub(crate) fn expand(&self, realm: &str, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(realm.as_bytes());
        context.update(purpose.as_bytes());
        context.update(&[1]);
        Zeroizing::new(gather(context.sign().as_ref().iter()))
    }

    /// An HMAC-SHA256 key for one purpose.
    pub(crate) fn hmac_key(&self, realm: &str, purpose: &str) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.expand(realm, purpose).as_slice())
    }
}

/// The realm of secrets handed to other rooms; the vault's own keys live in others.
pub(crate) const ROOMS: &str = "hustings/room/";

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::hkdf;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_hkdf(secret: [u8; 32], purpose in ".{0,60}") {
            let info = [ROOMS.as_bytes(), purpose.as_bytes()];
            let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(&secret);
            let mut expected = [0; 32];
            extracted.expand(&info, hkdf::HKDF_SHA256).unwrap().fill(&mut expected).unwrap();
            prop_assert_eq!(*Derivation::of(&secret).expand(ROOMS, &purpose), expected);
        }
    }

    // RFC 5869, appendix A.3: no salt, no info; the first 32 of 42 bytes.
    #[test]
    fn it_answers_the_published_vector() {
        let derived = Derivation::of(&[0x0b; 22]).expand("", "");
        let expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d";
        assert_eq!(data_encoding::HEXLOWER.encode(derived.as_slice()), expected);
    }
}
