//! Where the root key comes from: a passphrase (Argon2id, RFC 9106), an age identity file (X25519,
//! C2SP age), or a 32-byte data key that a key service hands over. The root key itself is never written.

use crate::header::{Base64, RootSource};
use crate::vault::VaultError;
use age::secrecy::ExposeSecret as _;
use argon2::{Algorithm, Argon2, Params, Version};
use hustings_domain::chance::Rng;
use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// The shortest passphrase taken, in characters.
pub const MIN_PASSPHRASE_CHARS: usize = 12;
const MAX_PASSPHRASE_BYTES: usize = 4096;
const MAX_IDENTITY_FILE_BYTES: usize = 64 * 1024;

/// Why a text cannot be a root secret; never with the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RootError {
    /// Too easy to guess for what it guards.
    #[error("the passphrase is too short: use at least {MIN_PASSPHRASE_CHARS} characters")]
    PassphraseTooShort,
    /// Longer than any passphrase.
    #[error("the passphrase is too long: use at most {MAX_PASSPHRASE_BYTES} bytes")]
    PassphraseTooLong,
    /// No X25519 identity in the file.
    #[error("the file holds no age identity: one line must start with `AGE-SECRET-KEY-1`")]
    NotAnIdentity,
}

/// What Argon2id spends on one try. The default is RFC 9106's second recommendation with one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Argon2Cost {
    /// Memory in KiB, 8 to 1,048,576.
    pub memory_kib: u32,
    /// Passes over the memory, 1 to 64.
    pub passes: u32,
    /// Lanes, 1 to 16.
    pub lanes: u32,
}

impl Default for Argon2Cost {
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 }
    }
}

impl Argon2Cost {
    fn params(self) -> Result<Params, VaultError> {
        // A header is a foreign file: it must not make us allocate or compute without end.
        let sane =
            self.memory_kib <= 1 << 20 && (1..=64).contains(&self.passes) && (1..=16).contains(&self.lanes);
        sane.then(|| Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).ok())
            .flatten()
            .ok_or(VaultError::BadCost)
    }
}

enum Secret {
    Passphrase(Zeroizing<String>),
    Age(Box<age::x25519::Identity>),
    DataKey(Zeroizing<[u8; 32]>),
}

/// What opens a vault. Held only while it is created or opened.
pub struct RootSecret(Secret);

impl fmt::Debug for RootSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootSecret({}, redacted)", self.kind())
    }
}

impl RootSecret {
    /// A passphrase of at least [`MIN_PASSPHRASE_CHARS`], NFC-normalised so that every keyboard types the same
    /// one; a line end at its end is dropped, as files and pipes add one.
    pub fn passphrase(text: &str) -> Result<Self, RootError> {
        let text = text.trim_end_matches(['\r', '\n']);
        if text.len() > MAX_PASSPHRASE_BYTES {
            return Err(RootError::PassphraseTooLong);
        }
        // Room enough that it never grows and leaves a copy behind.
        let mut normalised = Zeroizing::new(String::with_capacity(text.len() * 3));
        normalised.extend(text.nfc());
        if normalised.chars().count() < MIN_PASSPHRASE_CHARS {
            return Err(RootError::PassphraseTooShort);
        }
        Ok(Self(Secret::Passphrase(normalised)))
    }

    /// The first X25519 identity of an age identity file, given as its text.
    pub fn age_identity(file: &str) -> Result<Self, RootError> {
        if file.len() > MAX_IDENTITY_FILE_BYTES {
            return Err(RootError::NotAnIdentity);
        }
        file.lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && !line.starts_with('#'))
            .and_then(|line| line.parse().ok())
            .map(|identity| Self(Secret::Age(Box::new(identity))))
            .ok_or(RootError::NotAnIdentity)
    }

    /// A new age identity and the text of its file. It comes from the system's generator: a root is never replayed.
    pub fn new_age_identity() -> (Self, Zeroizing<String>) {
        let identity = age::x25519::Identity::generate();
        let secret = identity.to_string();
        let file = format!("# public key: {}\n{}\n", identity.to_public(), secret.expose_secret());
        (Self(Secret::Age(Box::new(identity))), Zeroizing::new(file))
    }

    /// 32 bytes of full strength, as a key service unwraps them at start.
    pub fn data_key(key: [u8; 32]) -> Self {
        Self(Secret::DataKey(Zeroizing::new(key)))
    }

    const fn kind(&self) -> &'static str {
        match self.0 {
            Secret::Passphrase(_) => "passphrase",
            Secret::Age(_) => "age identity",
            Secret::DataKey(_) => "data key",
        }
    }

    /// A new root key and what the header must say for this secret to find it again.
    pub(crate) fn found(
        &self,
        cost: Argon2Cost,
        rng: &mut dyn Rng,
    ) -> Result<(Zeroizing<[u8; 32]>, RootSource), VaultError> {
        match &self.0 {
            Secret::Passphrase(passphrase) => {
                let mut salt = [0; 16];
                rng.fill(&mut salt);
                let key = stretch(passphrase, cost, &salt)?;
                Ok((key, RootSource::Passphrase { argon2id: cost, salt: Base64(salt) }))
            }
            Secret::Age(identity) => {
                let mut key = Zeroizing::new([0; 32]);
                rng.fill(key.as_mut_slice());
                let recipient = identity.to_public();
                let sealed = age::encrypt(&recipient, key.as_slice()).map_err(|_| VaultError::Cipher)?;
                let encrypted_root = data_encoding::BASE64.encode(&sealed);
                Ok((key, RootSource::Age { recipient: recipient.to_string(), encrypted_root }))
            }
            Secret::DataKey(key) => Ok((key.clone(), RootSource::DataKey {})),
        }
    }

    /// The root key that `source` describes.
    pub(crate) fn recover(&self, source: &RootSource) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        match (&self.0, source) {
            (Secret::Passphrase(passphrase), RootSource::Passphrase { argon2id, salt }) => {
                stretch(passphrase, *argon2id, &salt.0)
            }
            (Secret::Age(identity), RootSource::Age { encrypted_root, .. }) => {
                let sealed = data_encoding::BASE64
                    .decode(encrypted_root.as_bytes())
                    .map_err(|_| VaultError::Damaged("the encrypted root key is not base64"))?;
                let key = Zeroizing::new(age::decrypt(identity.as_ref(), &sealed).map_err(
                    |error| match error {
                        age::DecryptError::NoMatchingKeys => VaultError::WrongRoot,
                        _ => VaultError::Damaged("the encrypted root key does not decrypt"),
                    },
                )?);
                let key = <[u8; 32]>::try_from(key.as_slice())
                    .map_err(|_| VaultError::Damaged("the encrypted root key is not 32 bytes"))?;
                Ok(Zeroizing::new(key))
            }
            (Secret::DataKey(key), RootSource::DataKey {}) => Ok(key.clone()),
            (_, source) => Err(VaultError::OtherKindOfRoot { wants: source.kind(), given: self.kind() }),
        }
    }
}

fn stretch(passphrase: &str, cost: Argon2Cost, salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params()?)
        .hash_password_into(passphrase.as_bytes(), salt, key.as_mut_slice())
        .map_err(|_| VaultError::BadCost)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passphrases_have_a_least_length_and_one_spelling() {
        assert_eq!(RootSecret::passphrase("short").unwrap_err(), RootError::PassphraseTooShort);
        assert_eq!(RootSecret::passphrase(&"x".repeat(5000)).unwrap_err(), RootError::PassphraseTooLong);
        let cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
        let composed = stretch("caf\u{e9} in the square", cost, &[1; 16]).unwrap();
        let Secret::Passphrase(text) = RootSecret::passphrase("cafe\u{301} in the square\n").unwrap().0
        else {
            panic!("not a passphrase");
        };
        assert_eq!(stretch(&text, cost, &[1; 16]).unwrap(), composed);
    }

    #[test]
    fn costs_without_end_are_refused() {
        for cost in [(1 << 21, 1, 1), (8, 65, 1), (8, 0, 1), (8, 1, 0), (4, 1, 1), (1024, 1, 17)] {
            let cost = Argon2Cost { memory_kib: cost.0, passes: cost.1, lanes: cost.2 };
            assert!(matches!(cost.params(), Err(VaultError::BadCost)), "{cost:?}");
        }
    }

    #[test]
    fn identity_files_read_back() {
        let (_, file) = RootSecret::new_age_identity();
        assert!(RootSecret::age_identity(&file).is_ok());
        assert!(RootSecret::age_identity(&format!("# a comment\n\n{}", *file)).is_ok());
        for bad in ["", "# only a comment", "AGE-SECRET-KEY-1NOTBECH32", "age1publickey"] {
            assert_eq!(RootSecret::age_identity(bad).unwrap_err(), RootError::NotAnIdentity);
        }
    }
}
