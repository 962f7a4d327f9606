//! DKIM (RFC 6376): RSA-2048 keys, signing, and checking our own signatures offline, in the one form that we make
//! (docs/decisions/0011-dkim.md). Time is an argument, so the same message signed at the same second has the same
//! bytes.

mod canonical;
mod key;
mod sign;
mod verify;

pub use key::SigningKeyPem;
pub use sign::DkimSigner;
pub use verify::{PublicRecord, Verdict};

/// What can go wrong with keys and signatures.
#[derive(Debug, thiserror::Error)]
pub enum DkimError {
    /// The key is not an RSA key in PKCS#8 PEM, or is too short.
    #[error("the signing key cannot be used: {why}")]
    Key {
        /// What is wrong.
        why: String,
    },
    /// Domain or selector is not a host name.
    #[error("`{name}` is not a domain or selector: use letters, digits, hyphens and dots")]
    Name {
        /// What was given.
        name: String,
    },
    /// The message has no headers, or bytes beyond ASCII in them.
    #[error("the message cannot be signed: {why}")]
    Message {
        /// What is wrong.
        why: &'static str,
    },
    /// The DNS record is not one of DKIM with an RSA key.
    #[error("the record is not a DKIM key: it begins with `v=DKIM1` and holds `p=`")]
    Record,
}

/// What the signature covers. From is named twice: a second From added on the way breaks it (RFC 6376, 8.15).
/// The others are there because RFC 8058 wants the unsubscribe headers covered, and Gmail the Feedback-ID.
pub const SIGNED_HEADERS: [&str; 13] = [
    "From",
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "MIME-Version",
    "Content-Type",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Feedback-ID",
];

#[cfg(test)]
mod tests;
