//! An identity as the bytes that are sealed: a version, a byte that says which fields follow, then each with
//! its length in two bytes. One identity has one encoding, and every encoding is one identity.

use super::{Field, Identity};
use crate::personal::{City, EmailAddress, PersonName, Phone, PostalCode, Street};

const VERSION: u8 = 1;
/// More than the longest field in UTF-8, and less than what two bytes can count.
const MAX_FIELD_BYTES: usize = 4096;

/// Why bytes are not an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Written by a newer version.
    #[error("the identity has version `{0}`, and this version reads `1`")]
    UnknownVersion(u8),
    /// Cut short.
    #[error("the identity ends too early")]
    Truncated,
    /// Bytes after the last field, a field that does not exist, or an empty or oversized one.
    #[error("the identity is not well formed")]
    Malformed,
}

impl Identity {
    /// The bytes to seal.
    pub fn to_bytes(&self) -> Vec<u8> {
        let texts = || Field::ALL.into_iter().enumerate().filter_map(|(bit, f)| Some((bit, self.get(f)?)));
        let length = 2 + texts().map(|(_, text)| 2 + text.len()).sum::<usize>();
        let mut bytes = Vec::with_capacity(length);
        bytes.push(VERSION);
        bytes.push(texts().fold(0, |present, (bit, _)| present | 1 << bit));
        for (_, text) in texts() {
            // INVARIANT: the types hold at most 200 characters, so the length fits and nothing is cut.
            bytes.extend_from_slice(&u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes
    }

    /// Reads what [`Identity::to_bytes`] wrote. The shape is checked and the text taken as it is: a later
    /// version that normalises otherwise must still read what it holds.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, IdentityError> {
        let (&[version, present], mut rest) = bytes.split_first_chunk().ok_or(IdentityError::Truncated)?;
        if version != VERSION {
            return Err(IdentityError::UnknownVersion(version));
        }
        if present >> Field::ALL.len() != 0 {
            return Err(IdentityError::Malformed);
        }
        let mut identity = Self::default();
        for (bit, field) in Field::ALL.into_iter().enumerate() {
            if present >> bit & 1 == 1 {
                identity.take(field, read_text(&mut rest)?);
            }
        }
        if rest.is_empty() { Ok(identity) } else { Err(IdentityError::Malformed) }
    }

    fn take(&mut self, field: Field, text: &str) {
        match field {
            Field::Email => self.email = Some(EmailAddress::from_sealed(text)),
            Field::Phone => self.phone = Some(Phone::from_sealed(text)),
            Field::GivenName => self.given_name = Some(PersonName::from_sealed(text)),
            Field::FamilyName => self.family_name = Some(PersonName::from_sealed(text)),
            Field::Street => self.street = Some(Street::from_sealed(text)),
            Field::City => self.city = Some(City::from_sealed(text)),
            Field::PostalCode => self.postal_code = Some(PostalCode::from_sealed(text)),
        }
    }
}

fn read_text<'a>(rest: &mut &'a [u8]) -> Result<&'a str, IdentityError> {
    let (length, after) = rest.split_first_chunk::<2>().ok_or(IdentityError::Truncated)?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length == 0 || length > MAX_FIELD_BYTES {
        return Err(IdentityError::Malformed);
    }
    let (text, after) = after.split_at_checked(length).ok_or(IdentityError::Truncated)?;
    *rest = after;
    std::str::from_utf8(text).map_err(|_| IdentityError::Malformed)
}
