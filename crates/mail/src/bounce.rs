//! Bounces (RFC 3464) and complaints (RFC 5965) that come back by mail. Nothing is believed that does not carry a
//! token of ours, because a forged notice would unsubscribe somebody. The only room that knows `mail-parser`.

mod fields;
mod status;

pub use status::{Kind, Status, of_reply};

use crate::{message_id, verp};
use fields::groups;
use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};
use std::fmt;

/// Larger notices are not read.
const SIZE_LIMIT: usize = 2 << 20;
/// Parts looked at in one notice.
const PART_LIMIT: usize = 50;

/// The secrets and domains that tell our tokens from others.
pub struct Tokens {
    /// Key of [`verp::return_path`].
    pub return_path_key: [u8; 32],
    /// Domain of return paths.
    pub return_path_domain: String,
    /// Key of [`message_id::message_id`].
    pub message_id_key: [u8; 32],
    /// Domain of Message-IDs.
    pub message_id_domain: String,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("return_path_domain", &self.return_path_domain).finish_non_exhaustive()
    }
}

/// What names the delivery that a notice is about; at least one is there, and both are proven ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// From the return path.
    pub delivery: Option<verp::Returned>,
    /// From the attached headers, without angle brackets.
    pub message_id: Option<String>,
}

/// A notice that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A message could not be delivered.
    Bounce {
        /// Which.
        about: About,
        /// The enhanced code.
        status: Status,
        /// What it means for the address.
        kind: Kind,
    },
    /// A recipient complained.
    Complaint {
        /// About which.
        about: About,
        /// `abuse`, `fraud`, `not-spam` and so on, in lower case.
        feedback_type: String,
    },
}

/// Why a message is no notice that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotANotice {
    /// Too large or not MIME.
    #[error("the message is larger than 2 MiB or cannot be read")]
    Unreadable,
    /// No delivery-status or feedback-report inside.
    #[error("the message is neither a bounce nor a complaint")]
    Other,
    /// A report of success or delay without a failure.
    #[error("the report tells of no failure")]
    NoFailure,
    /// No token of ours, so anybody could have written it.
    #[error("the report carries no token of ours")]
    NotOurs,
}

/// Reads what arrived for `envelope_to`.
///
/// # Errors
/// See [`NotANotice`]; never panics on any bytes.
pub fn read(tokens: &Tokens, envelope_to: &str, message: &[u8]) -> Result<Notice, NotANotice> {
    if message.len() > SIZE_LIMIT {
        return Err(NotANotice::Unreadable);
    }
    let parsed = MessageParser::default().parse(message).ok_or(NotANotice::Unreadable)?;
    if let Some(report) = part(&parsed, "message", "feedback-report") {
        let groups = groups(&report);
        let field = |name: &str| groups.iter().find_map(|group| group.get(name));
        let feedback_type = field("feedback-type").ok_or(NotANotice::Other)?.to_ascii_lowercase();
        let feedback_type = feedback_type.chars().take(40).collect();
        let mail_from = field("original-mail-from").unwrap_or_default();
        let about = about(tokens, &parsed, &[envelope_to, mail_from])?;
        return Ok(Notice::Complaint { about, feedback_type });
    }
    let report = part(&parsed, "message", "delivery-status").ok_or(NotANotice::Other)?;
    let mut failed = false;
    let mut worst: Option<Status> = None;
    for group in groups(&report).iter().filter(|group| group.get("action").is_some()) {
        failed |= matches!(group.get("action").map(str::to_ascii_lowercase).as_deref(), Some("failed"));
        let status = group.get("status").and_then(|text| text.parse().ok());
        worst = worst.max(status);
    }
    // A delay is no failure yet, whatever its code.
    let status = worst.filter(|status| failed && status.class >= 4).ok_or(NotANotice::NoFailure)?;
    let about = about(tokens, &parsed, &[envelope_to])?;
    Ok(Notice::Bounce { about, status, kind: status.kind() })
}

/// The bytes of the first part of this type.
fn part(parsed: &Message<'_>, kind: &str, subtype: &str) -> Option<String> {
    let mut parts = parsed.parts.iter().take(PART_LIMIT);
    let part = parts.find(|part| part.is_content_type(kind, subtype))?;
    Some(String::from_utf8_lossy(part.contents()).into_owned())
}

/// The tokens of ours in a notice: return paths in `addresses`, and the Message-ID of the message attached.
fn about(tokens: &Tokens, parsed: &Message<'_>, addresses: &[&str]) -> Result<About, NotANotice> {
    let delivery = addresses.iter().find_map(|address| {
        let address = address.trim().trim_matches(['<', '>']);
        verp::parse(&tokens.return_path_key, address, &tokens.return_path_domain)
    });
    let attached = parsed.parts.iter().take(PART_LIMIT).find_map(|part| {
        let headers = match &part.body {
            PartType::Message(inner) => inner.raw_message(),
            _ if part.is_content_type("text", "rfc822-headers") => part.contents(),
            _ => return None,
        };
        crate::headers::only(headers, "Message-ID")
    });
    let message_id = attached
        .filter(|id| message_id::is_ours(&tokens.message_id_key, id, &tokens.message_id_domain))
        // A domain may come back in other letters; the id is told as it was given out.
        .map(|id| id.to_ascii_lowercase())
        .map(|id| id.trim().trim_matches(['<', '>']).to_owned());
    if delivery.is_none() && message_id.is_none() {
        return Err(NotANotice::NotOurs);
    }
    Ok(About { delivery, message_id })
}

#[cfg(test)]
mod tests;
