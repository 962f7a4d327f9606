//! One random key per person: made, wrapped under an epoch, unwrapped, and used to seal that person's fields.
//! Deleting the wrapped key is what erases the person.

use super::{Vault, VaultError};
use crate::cipher::{CipherKey, WRAPPED_BYTES, gather};
use hustings_domain::chance::Rng;
use std::fmt;
use zeroize::Zeroizing;

/// Where a sealed value stands. It is authenticated, so a value moved to another row or column does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context<'a> {
    /// The table.
    pub table: &'a str,
    /// The row: the person's id.
    pub row: [u8; 16],
    /// The column.
    pub column: &'a str,
    /// The version of what is sealed, as the caller counts it.
    pub version: u32,
}

impl Context<'_> {
    /// One byte string for one context: every text carries its length.
    fn to_bytes(self) -> Vec<u8> {
        const LABEL: &[u8] = b"hustings/field/v1/";
        let mut bytes = Vec::with_capacity(LABEL.len() + self.table.len() + self.column.len() + 36);
        bytes.extend_from_slice(LABEL);
        for text in [self.table, self.column] {
            bytes.extend_from_slice(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes.extend_from_slice(&self.row);
        bytes.extend_from_slice(&self.version.to_be_bytes());
        bytes
    }
}

/// A person's key under the key of an epoch: what is stored, apart from the data, and deleted to erase.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WrappedKey {
    /// The epoch whose key wraps it.
    pub epoch: u32,
    /// Nonce, wrapped key, tag.
    pub bytes: [u8; WRAPPED_BYTES],
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappedKey(epoch {}, redacted)", self.epoch)
    }
}

/// An unwrapped person key. Its memory is cleared when it is dropped.
pub struct PersonKey(CipherKey);

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey(redacted)")
    }
}

impl PersonKey {
    /// Seals with AES-256-GCM under a random nonce: 28 bytes longer than `plaintext`.
    pub fn seal(
        &self,
        context: &Context<'_>,
        plaintext: &[u8],
        rng: &mut dyn Rng,
    ) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; 12];
        rng.fill(&mut nonce);
        self.0.seal(nonce, &context.to_bytes(), plaintext).map_err(|_| VaultError::Cipher)
    }

    /// Opens what was sealed under this key in the same context, or [`VaultError::Unreadable`].
    pub fn open(&self, context: &Context<'_>, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.0.open(&context.to_bytes(), sealed).map_err(|_| VaultError::Unreadable)
    }
}

/// What a wrap is bound to: the epoch and the person, so that keys cannot be exchanged between rows.
fn binding(epoch: u32, person: &[u8; 16]) -> [u8; 44] {
    let label = b"hustings/person-key/v1/\0";
    gather(label.iter().chain(&epoch.to_be_bytes()).chain(person))
}

impl Vault {
    /// A new random key for `person`, ready to seal, and its wrap under the current epoch to store.
    pub fn new_person_key(
        &self,
        person: &[u8; 16],
        rng: &mut dyn Rng,
    ) -> Result<(PersonKey, WrappedKey), VaultError> {
        // One draw for the key and the nonce of its wrap: each call of the system's generator costs.
        let mut drawn = Zeroizing::new([0_u8; 44]);
        rng.fill(drawn.as_mut_slice());
        let mut bytes = drawn.iter();
        let nonce = gather(bytes.by_ref().take(12));
        let key = Zeroizing::new(gather(bytes));
        let wrapped = self.wrap(&key, person, nonce)?;
        Ok((PersonKey(CipherKey::gcm(&key)), wrapped))
    }

    /// The key of `person`; [`VaultError::Unreadable`] if it was wrapped for another person or altered,
    /// [`VaultError::NoSuchEpoch`] if its epoch was retired.
    pub fn unwrap(&self, wrapped: &WrappedKey, person: &[u8; 16]) -> Result<PersonKey, VaultError> {
        self.unwrap_bytes(wrapped, person).map(|key| PersonKey(CipherKey::gcm(&key)))
    }

    /// The same person key under the current epoch; what it sealed stays as it is.
    pub fn rewrap(
        &self,
        wrapped: &WrappedKey,
        person: &[u8; 16],
        rng: &mut dyn Rng,
    ) -> Result<WrappedKey, VaultError> {
        let key = self.unwrap_bytes(wrapped, person)?;
        let mut nonce = [0; 12];
        rng.fill(&mut nonce);
        self.wrap(&key, person, nonce)
    }

    fn wrap(&self, key: &[u8; 32], person: &[u8; 16], nonce: [u8; 12]) -> Result<WrappedKey, VaultError> {
        let (epoch, wrapping) = &self.current;
        let bytes = wrapping.wrap(nonce, &binding(*epoch, person), key).map_err(|_| VaultError::Cipher)?;
        Ok(WrappedKey { epoch: *epoch, bytes })
    }

    fn unwrap_bytes(
        &self,
        wrapped: &WrappedKey,
        person: &[u8; 16],
    ) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let wrapping = self.epochs.get(&wrapped.epoch).ok_or(VaultError::NoSuchEpoch(wrapped.epoch))?;
        wrapping.unwrap(&binding(wrapped.epoch, person), &wrapped.bytes).map_err(|_| VaultError::Unreadable)
    }
}
