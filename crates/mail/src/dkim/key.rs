//! Keys: made here, kept by the caller as PKCS#8 PEM, never shown.

use super::DkimError;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use data_encoding::BASE64;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use std::fmt;

/// An RSA signing key as PKCS#8 PEM.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKeyPem(String);

impl fmt::Debug for SigningKeyPem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeyPem(..)")
    }
}

impl SigningKeyPem {
    /// A new RSA-2048 key from the system's cryptographic source (about 100 ms).
    ///
    /// # Errors
    /// The source failed.
    pub fn generate() -> Result<Self, DkimError> {
        let unspecified = |_| DkimError::Key { why: "no key could be made".into() };
        let key = KeyPair::generate(KeySize::Rsa2048).map_err(unspecified)?;
        let der: Pkcs8V1Der<'_> = key.as_der().map_err(unspecified)?;
        let base64 = BASE64.encode(der.as_ref());
        let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
        for line in base64.as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem.push_str("-----END PRIVATE KEY-----\n");
        Ok(Self(pem))
    }

    /// A key kept elsewhere.
    ///
    /// # Errors
    /// Not a PKCS#8 PEM of an RSA key of at least 2048 bits.
    pub fn parse(pem: &str) -> Result<Self, DkimError> {
        let key = Self(pem.to_owned());
        let pair = key.pair()?;
        let bits = pair.public_modulus_len() * 8;
        if bits < 2048 {
            return Err(DkimError::Key { why: format!("it has {bits} bits, and providers want 2048") });
        }
        Ok(key)
    }

    /// The text; a secret.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn der(&self) -> Result<PrivatePkcs8KeyDer<'static>, DkimError> {
        PrivatePkcs8KeyDer::from_pem_slice(self.0.as_bytes())
            .map_err(|error| DkimError::Key { why: format!("it is not PKCS#8 PEM: {error}") })
    }

    pub(super) fn pair(&self) -> Result<KeyPair, DkimError> {
        KeyPair::from_pkcs8(self.der()?.secret_pkcs8_der())
            .map_err(|error| DkimError::Key { why: format!("it is not an RSA key: {error}") })
    }

    /// The public half as `SubjectPublicKeyInfo`, base64: what `p=` wants.
    pub(super) fn public_base64(&self) -> Result<String, DkimError> {
        let der: PublicKeyX509Der<'_> = self
            .pair()?
            .public_key()
            .as_der()
            .map_err(|_| DkimError::Key { why: "its public half cannot be written".into() })?;
        Ok(BASE64.encode(der.as_ref()))
    }
}
