//! The two ciphers and how their output is laid out: 12 bytes of nonce, the ciphertext, 16 bytes of tag.
//! AES-256-GCM (NIST SP 800-38D) seals fields; AES-256-GCM-SIV (RFC 8452) wraps keys and seals tokens, so
//! that a nonce that repeats after a restore gives nothing away but equality.

use aws_lc_rs::aead::{AES_256_GCM, AES_256_GCM_SIV, Aad, Algorithm, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

pub(crate) const KEY_BYTES: usize = 32;
pub(crate) const NONCE_BYTES: usize = 12;
pub(crate) const TAG_BYTES: usize = 16;
pub(crate) const WRAPPED_BYTES: usize = NONCE_BYTES + KEY_BYTES + TAG_BYTES;

/// The cipher would not seal or open; which of the reasons it was is not told.
#[derive(Debug)]
pub(crate) struct Refused;

/// A key with its schedule prepared.
pub(crate) struct CipherKey(LessSafeKey);

impl CipherKey {
    pub(crate) fn gcm(key: &[u8; KEY_BYTES]) -> Self {
        Self::prepare(&AES_256_GCM, key)
    }

    pub(crate) fn gcm_siv(key: &[u8; KEY_BYTES]) -> Self {
        Self::prepare(&AES_256_GCM_SIV, key)
    }

    #[expect(clippy::unreachable, reason = "only a wrong length is refused, and the type fixes the length")]
    fn prepare(algorithm: &'static Algorithm, key: &[u8; KEY_BYTES]) -> Self {
        match UnboundKey::new(algorithm, key) {
            Ok(key) => Self(LessSafeKey::new(key)),
            Err(_) => unreachable!("32 bytes are a key"),
        }
    }

    pub(crate) fn seal(
        &self,
        nonce: [u8; NONCE_BYTES],
        associated: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, Refused> {
        let mut sealed = Vec::with_capacity(NONCE_BYTES + plaintext.len() + TAG_BYTES);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plaintext);
        let body = sealed.get_mut(NONCE_BYTES..).ok_or(Refused)?;
        let tag = self
            .0
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(associated), body)
            .map_err(|_| Refused)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    pub(crate) fn open(&self, associated: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Refused> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(Refused)?;
        let mut body = rest.to_vec();
        let length = self
            .0
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(associated), &mut body)
            .map_err(|_| Refused)?
            .len();
        body.truncate(length);
        Ok(body)
    }

    pub(crate) fn wrap(
        &self,
        nonce: [u8; NONCE_BYTES],
        associated: &[u8],
        key: &[u8; KEY_BYTES],
    ) -> Result<[u8; WRAPPED_BYTES], Refused> {
        let mut body = Zeroizing::new(*key);
        let tag = self
            .0
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated),
                body.as_mut_slice(),
            )
            .map_err(|_| Refused)?;
        Ok(gather(nonce.iter().chain(body.iter()).chain(tag.as_ref())))
    }

    pub(crate) fn unwrap(
        &self,
        associated: &[u8],
        wrapped: &[u8; WRAPPED_BYTES],
    ) -> Result<Zeroizing<[u8; KEY_BYTES]>, Refused> {
        let (nonce, rest) = wrapped.split_first_chunk::<NONCE_BYTES>().ok_or(Refused)?;
        let mut body = Zeroizing::new(gather::<{ KEY_BYTES + TAG_BYTES }>(rest.iter()));
        let key = self
            .0
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(associated), body.as_mut_slice())
            .map_err(|_| Refused)?;
        Ok(Zeroizing::new(gather(key.iter())))
    }
}

/// The first `N` of `bytes`, as an array; zero where there are fewer.
pub(crate) fn gather<'a, const N: usize>(bytes: impl Iterator<Item = &'a u8>) -> [u8; N] {
    let mut array = [0; N];
    array.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    array
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 8452, appendix C.2, the first case with 8 bytes of plaintext and none associated.
    #[test]
    fn gcm_siv_answers_the_published_vector() {
        let mut key = [0; 32];
        key[0] = 1;
        let mut nonce = [0; 12];
        nonce[0] = 3;
        let mut plaintext = [0; 8];
        plaintext[0] = 1;
        let sealed = CipherKey::gcm_siv(&key).seal(nonce, &[], &plaintext).unwrap();
        let expected = "c2ef328e5c71c83b843122130f7364b761e0b97427e3df28";
        assert_eq!(data_encoding::HEXLOWER.encode(&sealed[12..]), expected);
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        for key in [CipherKey::gcm(&[7; 32]), CipherKey::gcm_siv(&[7; 32])] {
            let sealed = key.seal([1; 12], b"where", b"what").unwrap();
            assert_eq!(key.open(b"where", &sealed).unwrap(), b"what");
            assert!(key.open(b"elsewhere", &sealed).is_err());
            for bit in 0..sealed.len() * 8 {
                let mut bent = sealed.clone();
                bent[bit / 8] ^= 1 << (bit % 8);
                assert!(key.open(b"where", &bent).is_err(), "bit {bit}");
            }
            for shorter in 0..sealed.len() {
                assert!(key.open(b"where", &sealed[..shorter]).is_err());
            }
        }
    }
}
