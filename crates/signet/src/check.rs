//! One signed statement against one key: is it what it says, and did this key sign exactly that?

use crate::passkey::{Assertion, WebAuthnError, relying_party, verify_assertion};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ED25519, UnparsedPublicKey};
use data_encoding::BASE64URL_NOPAD;
use hustings_domain::seat::{Algorithm, PublicKey};
use hustings_domain::statement::{FORM, Proof, SaltedWords, Signed, Statement};

/// Why a signed statement counts for nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    /// Not a form that is known here.
    #[error("the statement is not of the form `{FORM}`")]
    Form,
    /// Made for another list.
    #[error("the statement is for another list")]
    OtherList,
    /// The words are not those that were signed.
    #[error("the words are not those that were signed")]
    Words,
    /// The key named is another.
    #[error("the statement names another key")]
    OtherKey,
    /// The key cannot be read.
    #[error("the key cannot be read")]
    Key,
    /// The proof is not of the kind that the key makes, or cannot be read.
    #[error("the signature cannot be read")]
    Proof,
    /// The signature is not of this key over this statement.
    #[error("the signature is not of this key over this statement")]
    Forged,
    /// What the browser or the authenticator said does not fit.
    #[error(transparent)]
    WebAuthn(#[from] WebAuthnError),
    /// The statement has no canonical form.
    #[error("the statement has no canonical form")]
    NotCanonical,
}

/// Checks form, list and the words that go with a statement; not who signed it.
pub fn check_statement(
    statement: &Statement,
    list: &str,
    words: Option<&SaltedWords>,
) -> Result<(), Unsound> {
    if statement.form != FORM {
        return Err(Unsound::Form);
    }
    if statement.list != list {
        return Err(Unsound::OtherList);
    }
    if statement.words != words.map(SaltedWords::hash) {
        return Err(Unsound::Words);
    }
    Ok(())
}

/// Checks that `key` signed exactly this statement; returns a passkey's count of signatures, or 0.
///
/// Whether the key was in force, whose it is and what the statement may bring about is for the caller to ask.
pub fn check(signed: &Signed, key: &PublicKey) -> Result<u32, Unsound> {
    if key.id().map_err(|_| Unsound::Key)? != signed.key {
        return Err(Unsound::OtherKey);
    }
    match (&signed.proof, &key.origin) {
        (Proof::File { signature }, None) => {
            let bytes = signed.statement.to_bytes().map_err(|_| Unsound::NotCanonical)?;
            verify(key, &bytes, &unpacked(signature, 128)?).map(|()| 0)
        }
        (Proof::Passkey { authenticator_data, client_data, signature }, Some(origin)) => {
            let challenge = signed.statement.hash().map_err(|_| Unsound::NotCanonical)?;
            let assertion = Assertion {
                authenticator_data: unpacked(authenticator_data, 4_096)?,
                client_data: unpacked(client_data, 4_096)?,
                signature: unpacked(signature, 128)?,
            };
            let relying_party = relying_party(origin).ok_or(Unsound::Key)?;
            let (counter, message) = verify_assertion(&assertion, &challenge.0, origin, relying_party)?;
            verify(key, &message, &assertion.signature)?;
            Ok(counter)
        }
        _ => Err(Unsound::Proof),
    }
}

fn unpacked(text: &str, most: usize) -> Result<Vec<u8>, Unsound> {
    if text.len() > most * 2 {
        return Err(Unsound::Proof);
    }
    BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| Unsound::Proof)
}

fn verify(key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), Unsound> {
    let public = unpacked(&key.public, 128).map_err(|_| Unsound::Key)?;
    let checked = match key.algorithm {
        Algorithm::Ed25519 => UnparsedPublicKey::new(&ED25519, &public).verify(message, signature),
        Algorithm::Es256 => {
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &public).verify(message, signature)
        }
    };
    checked.map_err(|_| Unsound::Forged)
}
