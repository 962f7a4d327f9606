//! Checking a signature of ours without DNS: against the record that we publish ourselves.

use super::DkimError;
use data_encoding::BASE64;
use mail_auth::AuthenticatedMessage;
use mail_auth::common::crypto::HashAlgorithm;
use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::common::verify::DomainKey;
use mail_auth::dkim::Signature;
use std::fmt;

/// Signatures looked at in one message.
const SIGNATURE_LIMIT: usize = 20;

/// A published key: domain, selector and record.
pub struct PublicRecord {
    domain: String,
    selector: String,
    key: DomainKey,
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
        let has_key = record.split(';').any(|tag| {
            let value = tag.trim().strip_prefix("p=").unwrap_or_default();
            BASE64.decode(value.trim().as_bytes()).is_ok_and(|key| !key.is_empty())
        });
        if !has_key {
            return Err(DkimError::Record);
        }
        let key = DomainKey::parse(record.as_bytes()).map_err(|_| DkimError::Record)?;
        Ok(Self { domain: domain.to_ascii_lowercase(), selector: selector.to_owned(), key })
    }

    /// Whether `message` bears a valid signature of ours.
    pub fn verify(&self, message: &[u8]) -> Verdict {
        // A message cut in its headers or with nothing in it is nobody's.
        let Some(parsed) = AuthenticatedMessage::parse(message) else { return Verdict::NotSigned };
        let ours = parsed.dkim_headers.iter().take(SIGNATURE_LIMIT).filter(|header| {
            header.header.d.eq_ignore_ascii_case(&self.domain)
                && header.header.s.eq_ignore_ascii_case(&self.selector)
        });
        let mut verdict = Verdict::NotSigned;
        for header in ours {
            if self.holds(&parsed, header.name, header.value, &header.header) {
                return Verdict::Ours;
            }
            verdict = Verdict::Broken;
        }
        verdict
    }

    fn holds(
        &self,
        parsed: &AuthenticatedMessage<'_>,
        name: &[u8],
        value: &[u8],
        signature: &Signature,
    ) -> bool {
        let algorithm = HashAlgorithm::from(signature.a);
        let body_holds = signature.l == 0
            && parsed.body_hashes.iter().any(|(canonicalization, hash, length, body_hash)| {
                *canonicalization == signature.cb
                    && *hash == algorithm
                    && *length == 0
                    && *body_hash == signature.bh
            });
        let covers = |wanted: &str| signature.h.iter().any(|name| name.eq_ignore_ascii_case(wanted));
        let froms = parsed.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(b"from")).count();
        if !body_holds || !covers("from") || !covers("message-id") || froms != 1 {
            return false;
        }
        let unsigned = without_signature(value);
        let mut headers = parsed.signed_headers(&signature.h, name, &unsigned);
        self.key.p.verify(&mut headers, &signature.b, signature.ch, signature.a).is_ok()
    }
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
