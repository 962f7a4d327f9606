//! The one keyed function behind every draw: HMAC-SHA256 (RFC 2104) over parts that are each preceded by
//! their length, so that two different lists of parts can never be the same message.

use aws_lc_rs::hmac;

/// A pseudorandom function under one key.
#[derive(Clone)]
pub(crate) struct Prf(hmac::Key);

impl Prf {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// 32 bytes that nobody without the key can tell from random.
    pub(crate) fn bytes(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(&(part.len() as u64).to_le_bytes());
            context.update(part);
        }
        let tag = context.sign();
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        bytes
    }

    /// A number uniform over all 64 bits.
    pub(crate) fn number(&self, parts: &[&[u8]]) -> u64 {
        first_number(&self.bytes(parts))
    }

    /// The function of a key derived for one use.
    pub(crate) fn derive(&self, parts: &[&[u8]]) -> Self {
        Self::new(&self.bytes(parts))
    }
}

/// The first eight bytes as a number.
pub(crate) fn first_number(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

/// Whether a uniform `number` falls into the lowest `per_mille` thousandths.
pub(crate) fn below_per_mille(number: u64, per_mille: u16) -> bool {
    u128::from(number) * 1_000 < u128::from(per_mille) << 64
}

/// SHA-256 of a label, a nonce and a key: binds the key without telling it, as the nonce is random.
pub(crate) fn commit(label: &str, key: &[u8; 32], nonce: &[u8; 32]) -> [u8; 32] {
    let mut message = Vec::with_capacity(label.len() + 65);
    message.extend_from_slice(label.as_bytes());
    message.push(0);
    message.extend_from_slice(nonce);
    message.extend_from_slice(key);
    hustings_domain::canonical::sha256(&message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        let prf = Prf::new(&[7; 32]);
        assert_ne!(prf.bytes(&[b"ab", b"c"]), prf.bytes(&[b"a", b"bc"]));
        assert_ne!(prf.bytes(&[b"ab"]), prf.bytes(&[b"ab", b""]));
        assert_eq!(prf.number(&[b"ab"]), prf.clone().number(&[b"ab"]));
        assert_ne!(prf.number(&[b"ab"]), prf.derive(&[b"x"]).number(&[b"ab"]));
    }

    #[test]
    fn thresholds_cut_where_they_say() {
        assert!(!below_per_mille(0, 0));
        assert!(below_per_mille(0, 1));
        assert!(below_per_mille(u64::MAX / 2, 500));
        assert!(!below_per_mille(u64::MAX / 2 + 2, 500));
        assert!(below_per_mille(u64::MAX, 1_000));
    }
}
