//! Checking a signature of ours without DNS: against the record that we publish ourselves.

use super::DkimError;
use super::canonical::{Header, Parts, relaxed_body, signed_text};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use data_encoding::BASE64;
use std::fmt;

/// Signatures looked at in one message.
const SIGNATURE_LIMIT: usize = 20;
/// Names looked at in one `h=`.
const COVERED_LIMIT: usize = 100;

/// A published key: domain, selector and record.
pub struct PublicRecord {
    domain: String,
    selector: String,
    key: UnparsedPublicKey<Vec<u8>>,
}

impl fmt::Debug for PublicRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicRecord({}._domainkey.{})", self.selector, self.domain)
    }
}

/// What a message's signatures say about us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A signature of our domain and selector holds, and covers the one From, the Message-ID and the body.
    Ours,
    /// There is one of our domain, but it does not hold.
    Broken,
    /// None is of our domain.
    NotSigned,
}

impl PublicRecord {
    /// Reads a record as DNS holds it.
    ///
    /// # Errors
    /// The text is not a DKIM key.
    pub fn parse(domain: &str, selector: &str, record: &str) -> Result<Self, DkimError> {
        let tags = Tags::of(record.as_bytes());
        let of = |name: &str| tags.get(name);
        let is_dkim =
            of("v").is_none_or(|version| version == b"DKIM1") && of("k").is_none_or(|kind| kind == b"rsa");
        let key =
            of("p").and_then(decode).filter(|key| is_dkim && !key.is_empty()).ok_or(DkimError::Record)?;
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key);
        Ok(Self { domain: domain.to_ascii_lowercase(), selector: selector.to_owned(), key })
    }

    /// Whether `message` bears a valid signature of ours.
    pub fn verify(&self, message: &[u8]) -> Verdict {
        // A message cut in its headers or with nothing in it is nobody's.
        let Some(parts) = Parts::of(message) else { return Verdict::NotSigned };
        let mut verdict = Verdict::NotSigned;
        let signatures = parts.headers.iter().filter(|header| header.is("DKIM-Signature"));
        for header in signatures.take(SIGNATURE_LIMIT) {
            let tags = Tags::of(header.value);
            let names =
                |tag, ours: &str| tags.get(tag).is_some_and(|v| v.eq_ignore_ascii_case(ours.as_bytes()));
            if names("d", &self.domain) && names("s", &self.selector) {
                if self.holds(&parts, header, &tags).is_some() {
                    return Verdict::Ours;
                }
                verdict = Verdict::Broken;
            }
        }
        verdict
    }

    /// Checks a signature of the one form that we make; whatever else claims our domain is not ours.
    fn holds(&self, parts: &Parts<'_>, header: &Header<'_>, tags: &Tags<'_>) -> Option<()> {
        let is = |tag, wanted: &[u8]| tags.get(tag).is_some_and(|value| value.eq_ignore_ascii_case(wanted));
        let ours = is("v", b"1") && is("a", b"rsa-sha256") && is("c", b"relaxed/relaxed");
        if !ours || tags.get("l").is_some() {
            return None;
        }
        let covered = std::str::from_utf8(tags.get("h")?).ok()?;
        let covered = || covered.split(':').map(str::trim).take(COVERED_LIMIT);
        let covers = |wanted: &str| covered().any(|name| name.eq_ignore_ascii_case(wanted));
        let froms = parts.headers.iter().filter(|header| header.is("From")).count();
        if !covers("From") || !covers("Message-ID") || froms != 1 {
            return None;
        }
        let body = decode(tags.get("bh")?)?;
        if digest(&SHA256, &relaxed_body(parts.body)).as_ref() != body {
            return None;
        }
        let unsigned = without_signature(header.value);
        let unsigned = Header { name: header.name, value: &unsigned };
        let signed = signed_text(&parts.headers, covered(), &unsigned);
        self.key.verify(&signed, &decode(tags.get("b")?)?).ok()
    }
}

/// `name=value` pairs between semicolons (RFC 6376, 3.2), white space around both taken off.
struct Tags<'a>(&'a [u8]);

impl<'a> Tags<'a> {
    fn of(list: &'a [u8]) -> Self {
        Self(list)
    }

    /// The first of this name.
    fn get(&self, wanted: &str) -> Option<&'a [u8]> {
        self.0.split(|byte| *byte == b';').find_map(|tag| {
            let equals = tag.iter().position(|byte| *byte == b'=')?;
            let (name, value) = tag.split_at_checked(equals)?;
            (name.trim_ascii() == wanted.as_bytes()).then(|| value.get(1..).unwrap_or_default().trim_ascii())
        })
    }
}

/// Base64 with white space anywhere in it.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let dense: Vec<u8> =
        text.iter().copied().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).collect();
    BASE64.decode(&dense).ok()
}

/// The value of a signature header with the value of its `b=` taken out (RFC 6376, 3.7), and no line break at its end.
fn without_signature(value: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(value.len());
    for (position, tag) in value.trim_ascii_end().split(|byte| *byte == b';').enumerate() {
        if position > 0 {
            kept.push(b';');
        }
        let equals = tag.iter().position(|byte| *byte == b'=').unwrap_or(tag.len());
        let (name, _) = tag.split_at_checked(equals).unwrap_or((tag, &[]));
        if name.trim_ascii().eq_ignore_ascii_case(b"b") {
            kept.extend_from_slice(name);
            kept.push(b'=');
        } else {
            kept.extend_from_slice(tag);
        }
    }
    kept
}
