//! What trustees sign with, and how anybody checks it: Ed25519 keys held in a file, passkeys (Web Authentication),
//! and every signature of a ledger against the keys that the same ledger registered. Trusts nothing that it is handed.

mod audit;
mod cbor;
mod check;
mod file_key;
mod passkey;
mod proven;

pub use audit::{Audit, Auditor, Finding, audit};
pub use check::{Unsound, check, check_statement};
pub use file_key::{FileKey, FileKeyError};
pub use passkey::{
    Assertion, Registered, Registration, WebAuthnError, relying_party, verify_assertion, verify_registration,
};
pub use proven::Register;
