//! Passkeys: what a browser hands over when one is made and when one signs (Web Authentication Level 3, sections 7.1
//! and 7.2), checked without trusting any of it. Attestation is not asked for and not believed: whose a key is, is
//! confirmed by people.

use crate::cbor::{self, Value};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};
use data_encoding::BASE64URL_NOPAD;
use hustings_domain::canonical::sha256;
use hustings_domain::seat::{Algorithm, PublicKey};
use serde::Deserialize;
use std::net::IpAddr;

/// Why what a browser handed over is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebAuthnError {
    /// Too long, or not in its form.
    #[error("what the browser handed over cannot be read: {0}")]
    Unreadable(&'static str),
    /// A creation where an assertion was due, or the other way round.
    #[error("the browser did something else than was asked for")]
    OtherCeremony,
    /// Another challenge: another statement, or an old one.
    #[error("the passkey signed something else, or something old")]
    OtherChallenge,
    /// Another site's page.
    #[error("the passkey was asked on another site, `{0}`")]
    OtherOrigin(String),
    /// The passkey belongs to another site.
    #[error("the passkey belongs to another site")]
    OtherRelyingParty,
    /// Nobody touched it.
    #[error("nobody was there when the passkey signed")]
    NobodyPresent,
    /// It did not see who it was.
    #[error("the passkey did not check who used it: a finger, a face or a PIN is needed")]
    NotVerified,
    /// Neither ES256 nor Ed25519.
    #[error("the passkey signs in a way that is not taken here: ES256 or Ed25519 is needed")]
    Algorithm,
}

/// What `navigator.credentials.create` answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `attestationObject`.
    pub attestation_object: Vec<u8>,
}

/// What `navigator.credentials.get` answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `authenticatorData`.
    pub authenticator_data: Vec<u8>,
    /// `signature`.
    pub signature: Vec<u8>,
}

/// A passkey that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// What its signatures are checked with.
    pub public: PublicKey,
    /// The credential id, base64url.
    pub credential: String,
    /// How often it says that it has signed.
    pub counter: u32,
}

const LONGEST: usize = 4_096;
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// The relying party's id of an origin: its host. None for an address of numbers, which browsers refuse, and for a
/// site that is neither on TLS nor on this machine.
pub fn relying_party(origin: &str) -> Option<&str> {
    let (scheme, rest) = origin.split_once("://")?;
    if rest.contains(['/', '@', '?', '#', '[']) {
        return None;
    }
    let host = rest.split(':').next()?;
    let named = !host.is_empty() && host.parse::<IpAddr>().is_err();
    let safe = scheme == "https" || scheme == "http" && host == "localhost";
    (named && safe).then_some(host)
}

#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

/// Checks a new passkey: made on this origin for this challenge, by somebody who was there and was recognised.
pub fn verify_registration(
    made: &Registration,
    challenge: &[u8; 32],
    origin: &str,
    relying_party: &str,
) -> Result<Registered, WebAuthnError> {
    check_client_data(&made.client_data, "webauthn.create", challenge, origin)?;
    if made.attestation_object.len() > LONGEST {
        return Err(WebAuthnError::Unreadable("the attestation is too long"));
    }
    let unreadable = |_| WebAuthnError::Unreadable("the attestation is not CBOR");
    let object = cbor::read_all(&made.attestation_object).map_err(unreadable)?;
    let data = object
        .named("authData")
        .and_then(Value::bytes)
        .ok_or(WebAuthnError::Unreadable("the attestation holds no data of the authenticator"))?;
    let (flags, counter, rest) = authenticator(data, relying_party)?;
    let short = || WebAuthnError::Unreadable("the authenticator's data ends too early");
    if flags & ATTESTED == 0 {
        return Err(WebAuthnError::Unreadable("no key was made"));
    }
    let (_model, rest) = rest.split_at_checked(16).ok_or_else(short)?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or_else(short)?;
    let length = usize::from(u16::from_be_bytes(*length));
    if !(1..=1_023).contains(&length) {
        return Err(WebAuthnError::Unreadable("the passkey's id is not 1 to 1,023 bytes long"));
    }
    let (credential, rest) = rest.split_at_checked(length).ok_or_else(short)?;
    let (key, _extensions) =
        cbor::read(rest).map_err(|_| WebAuthnError::Unreadable("the passkey's key is not CBOR"))?;
    let (algorithm, public) = public_key(&key)?;
    Ok(Registered {
        public: PublicKey {
            algorithm,
            public: BASE64URL_NOPAD.encode(&public),
            origin: Some(origin.to_owned()),
        },
        credential: BASE64URL_NOPAD.encode(credential),
        counter,
    })
}

/// Checks everything about an assertion but its signature; returns the count of signatures, and the message that the
/// signature has to be over.
pub fn verify_assertion(
    assertion: &Assertion,
    challenge: &[u8; 32],
    origin: &str,
    relying_party: &str,
) -> Result<(u32, Vec<u8>), WebAuthnError> {
    check_client_data(&assertion.client_data, "webauthn.get", challenge, origin)?;
    if assertion.authenticator_data.len() > LONGEST {
        return Err(WebAuthnError::Unreadable("the authenticator's data is too long"));
    }
    let (_, counter, _) = authenticator(&assertion.authenticator_data, relying_party)?;
    let mut message = assertion.authenticator_data.clone();
    message.extend_from_slice(&sha256(&assertion.client_data));
    Ok((counter, message))
}

fn check_client_data(
    bytes: &[u8],
    kind: &str,
    challenge: &[u8; 32],
    origin: &str,
) -> Result<(), WebAuthnError> {
    if bytes.len() > LONGEST {
        return Err(WebAuthnError::Unreadable("the browser's data is too long"));
    }
    let data: ClientData = serde_json::from_slice(bytes)
        .map_err(|_| WebAuthnError::Unreadable("the browser's data is not what a browser writes"))?;
    if data.kind != kind {
        return Err(WebAuthnError::OtherCeremony);
    }
    if data.challenge != BASE64URL_NOPAD.encode(challenge) {
        return Err(WebAuthnError::OtherChallenge);
    }
    if data.origin != origin || data.cross_origin {
        return Err(WebAuthnError::OtherOrigin(data.origin.chars().take(100).collect()));
    }
    Ok(())
}

/// Flags, count and what follows (section 6.1).
fn authenticator<'a>(data: &'a [u8], relying_party: &str) -> Result<(u8, u32, &'a [u8]), WebAuthnError> {
    let short = || WebAuthnError::Unreadable("the authenticator's data ends too early");
    let (site, rest) = data.split_first_chunk::<32>().ok_or_else(short)?;
    let (flags, rest) = rest.split_first().ok_or_else(short)?;
    let (counter, rest) = rest.split_first_chunk::<4>().ok_or_else(short)?;
    if *site != sha256(relying_party.as_bytes()) {
        return Err(WebAuthnError::OtherRelyingParty);
    }
    if flags & PRESENT == 0 {
        return Err(WebAuthnError::NobodyPresent);
    }
    if flags & VERIFIED == 0 {
        return Err(WebAuthnError::NotVerified);
    }
    Ok((*flags, u32::from_be_bytes(*counter), rest))
}

/// A COSE key (RFC 9053, sections 7.1 and 2.1 to 2.2).
fn public_key(key: &Value<'_>) -> Result<(Algorithm, Vec<u8>), WebAuthnError> {
    let number = |label| key.numbered(label).and_then(Value::number);
    let part = |label| key.numbered(label).and_then(Value::bytes).filter(|bytes| bytes.len() == 32);
    match (number(1), number(3), number(-1)) {
        (Some(2), Some(-7), Some(1)) => {
            let (x, y) = part(-2).zip(part(-3)).ok_or(WebAuthnError::Algorithm)?;
            let mut point = vec![4];
            point.extend_from_slice(x);
            point.extend_from_slice(y);
            // Two numbers that are no point of the curve are no key.
            ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &point).map_err(|_| WebAuthnError::Algorithm)?;
            Ok((Algorithm::Es256, point))
        }
        (Some(1), Some(-8), Some(6)) => {
            part(-2).map(|x| (Algorithm::Ed25519, x.to_vec())).ok_or(WebAuthnError::Algorithm)
        }
        _ => Err(WebAuthnError::Algorithm),
    }
}

#[cfg(test)]
pub(crate) mod tests;
