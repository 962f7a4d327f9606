//! The vault's header: a small JSON file that is safe beside the data, since all it holds of keys is wrapped.
//! A checksum tells damage from a wrong root; a keyed code under the root key tells tampering.

use crate::cipher::WRAPPED_BYTES;
use crate::root::Argon2Cost;
use crate::vault::VaultError;
use hustings_domain::canonical::ContentHash;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The format written by this version.
pub(crate) const FORMAT: u32 = 1;
const MAX_JSON_BYTES: usize = 1 << 20;
const MAX_EPOCHS: usize = 4096;

/// Bytes of fixed length, written in base64.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Base64<const N: usize>(pub(crate) [u8; N]);

impl<const N: usize> Serialize for Base64<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&data_encoding::BASE64.encode(&self.0))
    }
}

impl<'de, const N: usize> Deserialize<'de> for Base64<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = data_encoding::BASE64.decode(text.as_bytes()).map_err(serde::de::Error::custom)?;
        let bytes = bytes.try_into().map_err(|_| serde::de::Error::custom(format!("not {N} bytes")))?;
        Ok(Self(bytes))
    }
}

/// How the root key is found again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum RootSource {
    Passphrase { argon2id: Argon2Cost, salt: Base64<16> },
    Age { recipient: String, encrypted_root: String },
    DataKey {},
}

impl RootSource {
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Passphrase { .. } => "passphrase",
            Self::Age { .. } => "age identity",
            Self::DataKey {} => "data key",
        }
    }
}

/// One epoch's key-encryption key under the root key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrappedEpoch {
    pub(crate) epoch: u32,
    pub(crate) key: Base64<WRAPPED_BYTES>,
}

/// Everything the checks cover.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    pub(crate) format: u32,
    pub(crate) root: RootSource,
    pub(crate) master: Base64<WRAPPED_BYTES>,
    /// In ascending order; the last is the current one.
    pub(crate) epochs: Vec<WrappedEpoch>,
}

impl Body {
    pub(crate) fn hash(&self) -> Result<ContentHash, VaultError> {
        ContentHash::of(self).map_err(|_| VaultError::Damaged("the header has no canonical form"))
    }
}

/// What opens a vault together with its root secret. Write it durably before using the vault that came with it,
/// and overwrite the older one: an old header still opens the epochs that were retired since.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub(crate) vault: Body,
    pub(crate) checksum: ContentHash,
    pub(crate) mac: Base64<32>,
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header")
            .field("format", &self.vault.format)
            .field("root", &self.vault.root.kind())
            .field("epochs", &self.epochs())
            .finish_non_exhaustive()
    }
}

impl Header {
    /// The JSON to write, readable by people.
    pub fn to_json(&self) -> Result<String, VaultError> {
        serde_json::to_string_pretty(self).map_err(|_| VaultError::Damaged("the header cannot be written"))
    }

    /// Reads what [`Header::to_json`] wrote. Only the shape is checked here; the rest when a vault opens.
    pub fn from_json(text: &str) -> Result<Self, VaultError> {
        if text.len() > MAX_JSON_BYTES {
            return Err(VaultError::Damaged("the header is larger than any header"));
        }
        serde_json::from_str(text).map_err(|_| VaultError::Damaged("the header is not the JSON of one"))
    }

    /// What opens this vault: `passphrase`, `age identity` or `data key`.
    pub const fn root_kind(&self) -> &'static str {
        self.vault.root.kind()
    }

    /// The epochs whose keys it holds, in ascending order.
    pub fn epochs(&self) -> Vec<u32> {
        self.vault.epochs.iter().map(|epoch| epoch.epoch).collect()
    }

    /// Refuses formats of the future, and what a disk or an editor did to the file.
    pub(crate) fn check(&self) -> Result<(), VaultError> {
        if self.vault.format != FORMAT {
            return Err(VaultError::UnknownFormat(self.vault.format));
        }
        if self.vault.hash()? != self.checksum {
            return Err(VaultError::Damaged("the header's checksum does not match"));
        }
        let ascending = self.vault.epochs.is_sorted_by(|a, b| a.epoch < b.epoch);
        if self.vault.epochs.is_empty() || self.vault.epochs.len() > MAX_EPOCHS || !ascending {
            return Err(VaultError::Damaged("the header's epochs are not in order"));
        }
        Ok(())
    }
}
