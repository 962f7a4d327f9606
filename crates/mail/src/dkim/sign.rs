//! Signing: relaxed/relaxed, RSA-SHA256, no body length (`l=`), `t=` from the caller.

use super::canonical::{Header, Parts, relaxed_body, signed_text};
use super::{DkimError, PublicRecord, SIGNED_HEADERS, SigningKeyPem};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use data_encoding::BASE64;
use jiff::Timestamp;
use std::fmt::{self, Write as _};

/// How long a line of the signature's header may be; RFC 5322 recommends 78.
const LINE: usize = 76;

/// Signs for one domain and selector; share it between threads, signing is 90 % of a message's work.
pub struct DkimSigner {
    key: KeyPair,
    domain: String,
    selector: String,
    record: String,
}

impl fmt::Debug for DkimSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DkimSigner")
            .field("domain", &self.domain)
            .field("selector", &self.selector)
            .finish_non_exhaustive()
    }
}

impl DkimSigner {
    /// A signer of `domain` under `selector`.
    ///
    /// # Errors
    /// Names that are none, or a key that cannot be used.
    pub fn new(domain: &str, selector: &str, key: &SigningKeyPem) -> Result<Self, DkimError> {
        for name in [domain, selector] {
            let shaped = !name.is_empty()
                && name.len() <= 253
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
            if !shaped {
                return Err(DkimError::Name { name: name.chars().take(80).collect() });
            }
        }
        let record = format!("v=DKIM1; k=rsa; p={}", key.public_base64()?);
        Ok(Self {
            key: key.pair()?,
            domain: domain.to_ascii_lowercase(),
            selector: selector.to_owned(),
            record,
        })
    }

    /// The domain (`d=`).
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Where the record goes: `selector._domainkey.domain`.
    pub fn dns_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// The text of the TXT record. DNS wants it in strings of at most 255 bytes, which most panels cut by themselves.
    pub fn dns_record(&self) -> &str {
        &self.record
    }

    /// What [`PublicRecord::verify`] checks against.
    ///
    /// # Errors
    /// None in practice: the record was written here.
    pub fn public(&self) -> Result<PublicRecord, DkimError> {
        PublicRecord::parse(&self.domain, &self.selector, &self.record)
    }

    /// The whole `message` with its signature on top.
    ///
    /// # Errors
    /// The message has no From, or bytes beyond ASCII in its headers.
    pub fn sign(&self, message: &[u8], at: Timestamp) -> Result<Vec<u8>, DkimError> {
        let refuse = |why| DkimError::Message { why };
        let parts = Parts::of(message).ok_or(refuse("it has no headers"))?;
        if !parts.head.is_ascii() {
            return Err(refuse("its headers have bytes beyond ASCII"));
        }
        if !parts.headers.iter().any(|header| header.is("From")) {
            return Err(refuse("it has no From"));
        }
        let mut value = self.unsigned(at, &relaxed_body(parts.body));
        let header = Header { name: b"DKIM-Signature", value: value.as_bytes() };
        let signed = signed_text(&parts.headers, SIGNED_HEADERS.into_iter(), &header);
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &signed, &mut signature)
            .map_err(|_| refuse("the signature could not be made"))?;
        fold(&mut value, &BASE64.encode(&signature));
        let mut whole = Vec::with_capacity(message.len() + value.len() + 20);
        whole.extend_from_slice(b"DKIM-Signature:");
        whole.extend_from_slice(value.as_bytes());
        whole.extend_from_slice(b"\r\n");
        whole.extend_from_slice(message);
        Ok(whole)
    }

    /// The header's value with an empty `b=` at its end.
    fn unsigned(&self, at: Timestamp, body: &[u8]) -> String {
        let mut value = String::with_capacity(900);
        // Writing to a string cannot fail.
        let _infallible = write!(
            value,
            " v=1; a=rsa-sha256; s={}; d={}; c=relaxed/relaxed;\r\n\tt={}; h=",
            self.selector,
            self.domain,
            at.as_second()
        );
        for (place, name) in SIGNED_HEADERS.into_iter().enumerate() {
            let colon = if place == 0 { "" } else { ":" };
            value.push_str(colon);
            let line = value.len() - value.rfind('\n').map_or(0, |at| at + 1);
            if line + name.len() >= LINE {
                value.push_str("\r\n\t");
            }
            value.push_str(name);
        }
        value.push_str(";\r\n\tbh=");
        value.push_str(&BASE64.encode(digest(&SHA256, body).as_ref()));
        value.push_str(";\r\n\tb=");
        value
    }
}

/// Appends `text` in lines.
fn fold(value: &mut String, text: &str) {
    for (place, character) in text.chars().enumerate() {
        if place > 0 && place % (LINE - 4) == 0 {
            value.push_str("\r\n\t");
        }
        value.push(character);
    }
}
