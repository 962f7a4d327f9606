//! Keys, sealed fields, blind indexes, redacting types and shredding. Personal data is text only after
//! `.reveal()`; keys are never written unwrapped. No SQL, no HTTP, no files: bytes in, bytes out.

pub mod blind;
mod cipher;
mod header;
pub mod identity;
pub mod personal;
pub mod root;
pub mod secrets;
pub mod system_rng;
pub mod token;
pub mod vault;

pub use blind::{BlindColumn, BlindIndex, SuppressionHash};
pub use header::Header;
pub use identity::{Field, Identity};
pub use personal::{City, EmailAddress, PersonName, Phone, PostalCode, Region, Street};
pub use root::{Argon2Cost, RootSecret};
pub use system_rng::SystemRng;
pub use token::{TokenError, TokenKey};
pub use vault::{Context, PersonKey, Vault, VaultError, WrappedKey};
