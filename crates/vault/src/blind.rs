//! Finding a sealed e-mail address or phone without opening anything: keyed HMAC-SHA256 (RFC 2104) of the
//! normalised text, cut to 128 bits. Each column and each use has its own key.

use crate::cipher::gather;
use crate::personal::{EmailAddress, Phone};
use crate::secrets::Derivation;
use crate::vault::Vault;
use aws_lc_rs::hmac;
use std::fmt;

/// A column that can be looked up by equality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlindColumn {
    /// An [`EmailAddress`].
    Email,
    /// A [`Phone`].
    Phone,
}

impl BlindColumn {
    const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

macro_rules! keyed_hash {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; 16]);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    };
}

keyed_hash! {
    /// Where a person can be found by one column. It is personal data still: erased with the person.
    BlindIndex
}
keyed_hash! {
    /// Who must never be mailed again. It survives erasure, and does not match any [`BlindIndex`].
    SuppressionHash
}

/// The prepared keys of both uses.
pub(crate) struct BlindKeys {
    index: PerColumn,
    suppression: PerColumn,
}

struct PerColumn {
    email: hmac::Key,
    phone: hmac::Key,
}

impl PerColumn {
    fn derive(master: &Derivation, realm: &str) -> Self {
        let key = |column: BlindColumn| master.hmac_key(realm, column.name());
        Self { email: key(BlindColumn::Email), phone: key(BlindColumn::Phone) }
    }

    fn sign(&self, column: BlindColumn, normalised: &str) -> [u8; 16] {
        let key = match column {
            BlindColumn::Email => &self.email,
            BlindColumn::Phone => &self.phone,
        };
        gather(hmac::sign(key, normalised.as_bytes()).as_ref().iter())
    }
}

impl BlindKeys {
    pub(crate) fn derive(master: &Derivation) -> Self {
        Self {
            index: PerColumn::derive(master, "hustings/vault/blind/v1/"),
            suppression: PerColumn::derive(master, "hustings/vault/suppression/v1/"),
        }
    }
}

impl Vault {
    /// The blind index of a text that is already normalised; [`Vault::blind_email`] cannot be given another.
    pub fn blind_index(&self, column: BlindColumn, normalised: &str) -> BlindIndex {
        BlindIndex(self.blind_keys().index.sign(column, normalised))
    }

    /// The suppression hash of a text that is already normalised.
    pub fn suppression_hash(&self, column: BlindColumn, normalised: &str) -> SuppressionHash {
        SuppressionHash(self.blind_keys().suppression.sign(column, normalised))
    }

    /// The blind index of an e-mail address.
    pub fn blind_email(&self, email: &EmailAddress) -> BlindIndex {
        self.blind_index(BlindColumn::Email, email.reveal())
    }

    /// The blind index of a phone number.
    pub fn blind_phone(&self, phone: &Phone) -> BlindIndex {
        self.blind_index(BlindColumn::Phone, phone.reveal())
    }

    /// The suppression hash of an e-mail address.
    pub fn suppress_email(&self, email: &EmailAddress) -> SuppressionHash {
        self.suppression_hash(BlindColumn::Email, email.reveal())
    }

    /// The suppression hash of a phone number.
    pub fn suppress_phone(&self, phone: &Phone) -> SuppressionHash {
        self.suppression_hash(BlindColumn::Phone, phone.reveal())
    }
}
