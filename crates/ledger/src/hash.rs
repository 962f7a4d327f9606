//! SHA-256 as RFC 6962 uses it: leaves and inner nodes are told apart by a first byte, so neither passes for the other.

use aws_lc_rs::digest::{Context, SHA256, digest};
use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Bytes in a hash.
pub const HASH_BYTES: usize = 32;

/// A SHA-256 value; written as 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; HASH_BYTES]);

impl Hash {
    /// Reads 64 hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_bytes(&HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?)
    }

    /// Reads exactly 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
    }

    /// Reads standard base64 with padding (RFC 4648, section 4), as checkpoints and receipts write hashes.
    pub fn parse_base64(text: &str) -> Option<Self> {
        Self::from_bytes(&BASE64.decode(text.as_bytes()).ok()?)
    }

    /// Standard base64 with padding.
    pub fn to_base64(&self) -> String {
        BASE64.encode(&self.0)
    }

    fn of_parts(parts: &[&[u8]]) -> Self {
        let mut context = Context::new(&SHA256);
        for part in parts {
            context.update(part);
        }
        Self::from_digest(context.finish().as_ref())
    }

    fn from_digest(bytes: &[u8]) -> Self {
        let mut hash = [0; HASH_BYTES];
        hash.copy_from_slice(bytes);
        Self(hash)
    }
}

/// The hash of an entry: SHA-256 of a zero byte and the entry (RFC 6962, section 2.1).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash::of_parts(&[&[0], entry])
}

/// The hash of an inner node: SHA-256 of a one byte and both children (RFC 6962, section 2.1).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 1 + 2 * HASH_BYTES];
    let (_, children) = bytes.split_at_mut(1);
    let (to_left, to_right) = children.split_at_mut(HASH_BYTES);
    to_left.copy_from_slice(&left.0);
    to_right.copy_from_slice(&right.0);
    Hash::from_digest(digest(&SHA256, &bytes).as_ref())
}

/// The root of a tree without leaves: SHA-256 of nothing (RFC 6962, section 2.1).
pub fn empty_root() -> Hash {
    Hash::of_parts(&[])
}

/// SHA-256 of the parts one after the other, without a leaf's or node's first byte.
pub(crate) fn plain_hash(parts: &[&[u8]]) -> Hash {
    Hash::of_parts(parts)
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not 64 hex digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_of_rfc_6962() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let empty_leaf = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(empty_root().to_string(), empty);
        assert_eq!(leaf_hash(b"").to_string(), empty_leaf);
    }

    #[test]
    fn texts_read_back_and_nothing_else_does() {
        let hash = leaf_hash(b"x");
        assert_eq!(Hash::parse(&hash.to_string()), Some(hash));
        assert_eq!(Hash::parse_base64(&hash.to_base64()), Some(hash));
        assert_eq!(Hash::parse("6e34"), None);
        assert_eq!(Hash::parse_base64("AAAA"), None);
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(serde_json::from_str::<Hash>(&json).unwrap(), hash);
    }

    #[test]
    fn a_node_is_not_a_leaf_of_its_children() {
        let (left, right) = (leaf_hash(b"l"), leaf_hash(b"r"));
        let both = [left.0, right.0].concat();
        assert_ne!(node_hash(&left, &right), leaf_hash(&both));
        assert_eq!(node_hash(&left, &right), plain_hash(&[&[1], &both]));
    }
}
