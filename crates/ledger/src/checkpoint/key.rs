//! The log's Ed25519 key: the half that signs and the half that everybody gets, in signed-note's text form.

use super::note::Signature;
use crate::hash::plain_hash;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use data_encoding::{BASE64, HEXLOWER};
use std::fmt;
use std::str::FromStr;

/// The signature type byte of plain Ed25519 (C2SP signed-note, "Signature types").
const ED25519_TYPE: u8 = 1;

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyError {
    /// Names go into signature lines, between spaces, and into keys, between plus signs.
    #[error(
        "`{0}` cannot name a key: use a URL without scheme, without spaces and `+`, like `example.org/ledger`"
    )]
    Name(String),
    /// The text is not `name+hash+base64`.
    #[error("the verifier key does not have the form `name+hash+base64`")]
    Form,
    /// The hash in the text is not that of the name and the key.
    #[error("the verifier key's hash does not fit its name and key: a character was lost or changed")]
    Hash,
    /// The key is of another kind than is asked for here.
    #[error("the verifier key is not {0}")]
    Kind(&'static str),
}

/// A public key with its name: `name+hash+base64`, as signed-note writes it. The kind of signature is a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedKey {
    name: String,
    kind: u8,
    id: [u8; 4],
    public_key: [u8; 32],
}

impl NamedKey {
    pub(crate) fn new(kind: u8, name: &str, public_key: [u8; 32]) -> Result<Self, KeyError> {
        let is_wrong = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if name.is_empty() || name.contains(is_wrong) {
            return Err(KeyError::Name(name.to_owned()));
        }
        let hash = plain_hash(&[name.as_bytes(), b"\n", &[kind], &public_key]);
        let [a, b, c, d, ..] = hash.0;
        Ok(Self { name: name.to_owned(), kind, id: [a, b, c, d], public_key })
    }

    /// Reads a key of one kind; `whose` says in the refusal whose key that would be.
    pub(crate) fn parse(text: &str, kind: u8, whose: &'static str) -> Result<Self, KeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Form);
        };
        let typed_key = BASE64.decode(key.as_bytes()).map_err(|_| KeyError::Form)?;
        let Some((found, public_key)) = typed_key.split_first() else { return Err(KeyError::Kind(whose)) };
        if *found != kind {
            return Err(KeyError::Kind(whose));
        }
        let key = Self::new(kind, name, public_key.try_into().map_err(|_| KeyError::Form)?)?;
        if HEXLOWER.encode(&key.id) == id { Ok(key) } else { Err(KeyError::Hash) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn id(&self) -> &[u8; 4] {
        &self.id
    }

    pub(crate) fn public_key(&self) -> &[u8; 32] {
        &self.public_key
    }

    pub(crate) fn is_named_by(&self, signature: &Signature) -> bool {
        signature.name == self.name && signature.key_id == self.id
    }

    pub(crate) fn fits(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public_key).verify(message, signature).is_ok()
    }
}

impl fmt::Display for NamedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed_key = [&[self.kind], self.public_key.as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, HEXLOWER.encode(&self.id), BASE64.encode(&typed_key))
    }
}

/// The public half of a log's key: `name+hash+base64`, as signed-note writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey(NamedKey);

impl VerifierKey {
    /// A key from its name and its 32 bytes (RFC 8032).
    pub fn new(name: &str, public_key: [u8; 32]) -> Result<Self, KeyError> {
        NamedKey::new(ED25519_TYPE, name, public_key).map(Self)
    }

    /// The key's name, which is the log's origin.
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// The key's 32 bytes (RFC 8032).
    pub fn public_key(&self) -> &[u8; 32] {
        self.0.public_key()
    }

    pub(crate) fn is_named_by(&self, signature: &Signature) -> bool {
        self.0.is_named_by(signature)
    }

    pub(super) fn fits(&self, text: &str, signature: &[u8]) -> bool {
        self.0.fits(text.as_bytes(), signature)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        NamedKey::parse(text, ED25519_TYPE, "a log's Ed25519 key").map(Self)
    }
}

/// The secret half. It shows neither in `Debug` nor anywhere else.
pub struct SignerKey {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

impl SignerKey {
    /// The key of a secret seed (RFC 8032, section 5.1.5), named as the log is.
    pub fn from_seed(name: &str, seed: [u8; 32]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| KeyError::Form)?;
        let public_key = pair.public_key().as_ref().try_into().map_err(|_| KeyError::Form)?;
        let verifier = VerifierKey::new(name, public_key)?;
        Ok(Self { pair, verifier })
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// `— name base64(key id and signature)` and a line end.
    pub(super) fn signature_line(&self, text: &str) -> String {
        let signature = self.pair.sign(text.as_bytes());
        let bytes = [self.verifier.0.id(), signature.as_ref()].concat();
        format!("\u{2014} {} {}\n", self.verifier.name(), BASE64.encode(&bytes))
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignerKey").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back() {
        let signer = SignerKey::from_seed("example.org/ledger", [1; 32]).unwrap();
        let text = signer.verifier().to_string();
        assert_eq!(text.parse::<VerifierKey>().as_ref(), Ok(signer.verifier()));
        assert!(!format!("{signer:?}").contains("0101010101"));
    }

    #[test]
    fn the_published_example_of_the_go_implementation() {
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let key: VerifierKey = text.parse().unwrap();
        assert_eq!((key.name(), key.to_string().as_str()), ("PeterNeumann", text));
    }

    #[test]
    fn damaged_keys_are_refused() {
        let good = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        for (from, to, why) in [
            ("Peter", "peter", KeyError::Hash),
            ("c74f", "C74f", KeyError::Hash),
            ("ARpc", "ARpd", KeyError::Hash),
            ("ARpc", "BRpc", KeyError::Kind("a log's Ed25519 key")),
            ("10TW", "10T", KeyError::Form),
            ("+c74f20a3+", "+c74f20a3-", KeyError::Form),
            ("PeterNeumann", "Peter Neumann", KeyError::Name("Peter Neumann".into())),
        ] {
            assert_eq!(good.replace(from, to).parse::<VerifierKey>(), Err(why), "{from} -> {to}");
        }
    }
}
