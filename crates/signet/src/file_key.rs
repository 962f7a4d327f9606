//! An Ed25519 key that a trustee holds in a file of their own: one line of text, never in a list's folder. Reads and
//! writes the text; where the file lies is the command line's business.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use data_encoding::BASE64URL_NOPAD;
use hustings_domain::canonical::CanonicalError;
use hustings_domain::chance::Rng;
use hustings_domain::seat::{Algorithm, PublicKey};
use hustings_domain::statement::{Proof, Signed, Statement};
use std::fmt;
use zeroize::Zeroizing;

const PREFIX: &str = "hustings-trustee-key-1:";

/// Why a file holds no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileKeyError {
    /// Not the text of a key.
    #[error("this is not a trustee's key: one line that begins with `{PREFIX}`")]
    NotAKey,
    /// The statement has no canonical form.
    #[error(transparent)]
    NotCanonical(#[from] CanonicalError),
}

/// A private key. `Debug` shows the public half alone.
pub struct FileKey {
    seed: Zeroizing<[u8; 32]>,
    pair: Ed25519KeyPair,
}

impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileKey({})", self.public().public)
    }
}

impl FileKey {
    /// A new key.
    pub fn new(rng: &mut dyn Rng) -> Result<Self, FileKeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill(&mut seed[..]);
        Self::of_seed(seed)
    }

    /// Reads the text of a file.
    pub fn parse(text: &str) -> Result<Self, FileKeyError> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(FileKeyError::NotAKey)?;
        if encoded.len() > 64 {
            return Err(FileKeyError::NotAKey);
        }
        let bytes =
            Zeroizing::new(BASE64URL_NOPAD.decode(encoded.as_bytes()).map_err(|_| FileKeyError::NotAKey)?);
        let seed: [u8; 32] = bytes.as_slice().try_into().map_err(|_| FileKeyError::NotAKey)?;
        Self::of_seed(Zeroizing::new(seed))
    }

    fn of_seed(seed: Zeroizing<[u8; 32]>) -> Result<Self, FileKeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed[..]).map_err(|_| FileKeyError::NotAKey)?;
        Ok(Self { seed, pair })
    }

    /// The text to keep, with its end of line.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}\n", BASE64URL_NOPAD.encode(&self.seed[..])))
    }

    /// What signatures are checked with.
    pub fn public(&self) -> PublicKey {
        PublicKey {
            algorithm: Algorithm::Ed25519,
            public: BASE64URL_NOPAD.encode(self.pair.public_key().as_ref()),
            origin: None,
        }
    }

    /// Signs a statement.
    pub fn sign(&self, statement: &Statement) -> Result<Signed, FileKeyError> {
        let signature = self.pair.sign(&statement.to_bytes()?);
        Ok(Signed {
            statement: statement.clone(),
            key: self.public().id()?,
            proof: Proof::File { signature: BASE64URL_NOPAD.encode(signature.as_ref()) },
        })
    }
}
