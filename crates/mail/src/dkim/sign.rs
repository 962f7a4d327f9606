//! Signing: relaxed/relaxed, RSA-SHA256, no body length (`l=`), `t=` from the caller.

use super::{DkimError, PublicRecord, SIGNED_HEADERS, SigningKeyPem};
use jiff::Timestamp;
use mail_auth::AuthenticatedMessage;
use mail_auth::common::crypto::{RsaKey, Sha256, SigningKey as _};
use mail_auth::common::headers::{HeaderStream, HeaderWriter as _, Writable, Writer};
use mail_auth::dkim::Signature;
use mail_auth::dkim::canonicalize::CanonicalHeaders;
use rustls::pki_types::PrivateKeyDer;
use std::fmt;

/// Signs for one domain and selector; share it between threads, signing is 90 % of a message's work.
pub struct DkimSigner {
    key: RsaKey<Sha256>,
    template: Signature,
    record: String,
}

impl fmt::Debug for DkimSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DkimSigner")
            .field("domain", &self.template.d)
            .field("selector", &self.template.s)
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
        let key = RsaKey::<Sha256>::from_key_der(PrivateKeyDer::Pkcs8(key.der()?))
            .map_err(|error| DkimError::Key { why: error.to_string() })?;
        let template = Signature {
            v: 1,
            a: key.algorithm(),
            d: domain.to_ascii_lowercase(),
            s: selector.to_owned(),
            h: SIGNED_HEADERS.map(str::to_owned).to_vec(),
            ..Signature::default()
        };
        Ok(Self { key, template, record })
    }

    /// The domain (`d=`).
    pub fn domain(&self) -> &str {
        &self.template.d
    }

    /// Where the record goes: `selector._domainkey.domain`.
    pub fn dns_name(&self) -> String {
        format!("{}._domainkey.{}", self.template.s, self.template.d)
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
        PublicRecord::parse(&self.template.d, &self.template.s, &self.record)
    }

    /// The whole `message` with its signature on top.
    ///
    /// # Errors
    /// The message has no From, or bytes beyond ASCII in its headers.
    pub fn sign(&self, message: &[u8], at: Timestamp) -> Result<Vec<u8>, DkimError> {
        let refuse = |why| DkimError::Message { why };
        let parsed = AuthenticatedMessage::parse(message).ok_or(refuse("it has no headers"))?;
        if !parsed.raw_headers().is_ascii() {
            return Err(refuse("its headers have bytes beyond ASCII"));
        }
        if !parsed.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(b"from")) {
            return Err(refuse("it has no From"));
        }
        let stream = Parts { headers: parsed.headers.iter(), body: parsed.raw_body() };
        let (_, headers, signed, body) = self.template.canonicalize(stream);
        let mut signature = self.template.clone();
        signature.bh = self.key.hash(body).as_ref().to_vec();
        signature.h = signed;
        signature.t = u64::try_from(at.as_second()).unwrap_or(0);
        signature.b = self
            .key
            .sign(Signable { headers, signature: &signature })
            .map_err(|_| refuse("the signature could not be made"))?;
        let mut whole = Vec::with_capacity(message.len() + 1024);
        signature.write_header(&mut whole);
        whole.extend_from_slice(message);
        Ok(whole)
    }
}

/// The headers and the body of a parsed message, in the shape that canonicalisation reads.
struct Parts<'x, 'y> {
    headers: std::slice::Iter<'y, (&'x [u8], &'x [u8])>,
    body: &'x [u8],
}

impl<'x> HeaderStream<'x> for Parts<'x, '_> {
    fn next_header(&mut self) -> Option<(&'x [u8], &'x [u8])> {
        self.headers.next().copied()
    }

    fn body(&mut self) -> &'x [u8] {
        self.body
    }
}

/// What is signed: the covered headers, then the signature's own header without its `b=` (RFC 6376, 3.7).
struct Signable<'a> {
    headers: CanonicalHeaders<'a>,
    signature: &'a Signature,
}

impl Writable for Signable<'_> {
    fn write(self, writer: &mut impl Writer) {
        self.headers.write(writer);
        self.signature.write(writer, false);
    }
}
