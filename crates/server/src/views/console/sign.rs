//! What is about to be signed, in words and byte for byte, and the two ways to sign it.

use super::super::Frame;
use super::super::parts::{Hash, When};
use askama::Template;

/// The answer to whatever needs a trustee's signature. The signature is `POST /console/sign` with `statement` and
/// `back`, and with `signature`, or with `credential`, `authenticator_data`, `client_data` and `signature`, or, for a
/// new passkey, with `attestation` and `client_data`.
#[derive(Debug, Template)]
#[template(path = "console/sign.html")]
pub struct Sign {
    /// The frame.
    pub frame: Frame,
    /// What is signed, one sentence each.
    pub said: Vec<String>,
    /// The words that go with it; empty for none.
    pub words: String,
    /// How the statement is called.
    pub hash: Hash,
    /// The statement's bytes.
    pub statement: String,
    /// `get`, `create`, or empty where no passkey can be used.
    pub ceremony: &'static str,
    /// The challenge, base64url.
    pub challenge: String,
    /// The site that passkeys belong to.
    pub relying_party: String,
    /// The passkeys that may sign, with spaces between.
    pub credentials: String,
    /// For a new passkey: whose, base64url.
    pub user: String,
    /// Whether a key in a file may sign.
    pub file_key: bool,
    /// Until when.
    pub expires: When,
    /// Where to go then.
    pub back: String,
}
