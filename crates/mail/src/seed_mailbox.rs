//! The seed mailbox: what arrives at a decoy address that was planted in a copy is either ours or an alarm.
//! From is worthless here. Ours is what our key signed, under a Message-ID of our making, addressed to that decoy.

use crate::dkim::{PublicRecord, Verdict};
use crate::headers;
use crate::message_id;
use crate::receiver::Delivered;
use std::fmt;

/// Why a message at a decoy address is not ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Alarm {
    /// No signature of our domain.
    Unsigned,
    /// A signature in our name that does not hold.
    BrokenSignature,
    /// Signed by us, but the Message-ID is not one that we make.
    ForeignMessageId,
    /// A true message of ours to somebody else, sent on to the decoy.
    NotAddressed,
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsigned => "somebody else wrote to the seed",
            Self::BrokenSignature => "somebody wrote to the seed in our name",
            Self::ForeignMessageId => {
                "mail that our key signed but our sending did not make reached the seed"
            }
            Self::NotAddressed => "a message of ours to somebody else was sent on to the seed",
        })
    }
}

/// What a message at a decoy address is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Our own; its Message-ID names the appeal and person to whoever holds the key.
    Ours {
        /// The Message-ID without angle brackets.
        message_id: String,
    },
    /// The copy that this decoy was planted in has been used.
    Alarm(Alarm),
}

/// Knows what is ours.
#[derive(Debug)]
pub struct SeedMailbox {
    records: Vec<PublicRecord>,
    message_id_key: MessageIdKey,
    message_id_domain: String,
}

/// The key of [`message_id::message_id`], not shown.
struct MessageIdKey([u8; 32]);

impl fmt::Debug for MessageIdKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MessageIdKey(..)")
    }
}

impl SeedMailbox {
    /// A judge that knows our published keys (all selectors in use) and how our Message-IDs are made.
    pub fn new(records: Vec<PublicRecord>, message_id_key: [u8; 32], message_id_domain: &str) -> Self {
        let message_id_key = MessageIdKey(message_id_key);
        Self { records, message_id_key, message_id_domain: message_id_domain.to_owned() }
    }

    /// Judges what arrived for `decoy`.
    pub fn judge(&self, delivered: &Delivered, decoy: &str) -> Finding {
        match self.ours(&delivered.message, decoy) {
            Ok(message_id) => Finding::Ours { message_id },
            Err(alarm) => Finding::Alarm(alarm),
        }
    }

    fn ours(&self, message: &[u8], decoy: &str) -> Result<String, Alarm> {
        let verdicts = self.records.iter().map(|record| record.verify(message));
        let best = verdicts.fold(Verdict::NotSigned, |best, verdict| match (best, verdict) {
            (Verdict::Ours, _) | (_, Verdict::Ours) => Verdict::Ours,
            (Verdict::Broken, _) | (_, Verdict::Broken) => Verdict::Broken,
            _ => Verdict::NotSigned,
        });
        match best {
            Verdict::Ours => {}
            Verdict::Broken => return Err(Alarm::BrokenSignature),
            Verdict::NotSigned => return Err(Alarm::Unsigned),
        }
        let id = headers::only(message, "Message-ID").ok_or(Alarm::ForeignMessageId)?;
        if !message_id::is_ours(&self.message_id_key.0, &id, &self.message_id_domain) {
            return Err(Alarm::ForeignMessageId);
        }
        // To is under the signature, so a message to another person cannot be passed off as one to the decoy.
        let to = headers::only(message, "To").ok_or(Alarm::NotAddressed)?;
        let to = to.strip_prefix('<').and_then(|to| to.strip_suffix('>')).unwrap_or(&to);
        if !to.eq_ignore_ascii_case(decoy) {
            return Err(Alarm::NotAddressed);
        }
        Ok(id.trim_matches(['<', '>']).to_owned())
    }
}
