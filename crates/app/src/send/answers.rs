//! What a relay's answer means for a recipient, whether it was heard in time or read back from the journal.

use hustings_mail::bounce::{Kind, Status, of_reply};
use hustings_store::records::DeliveryState;

/// How often one message is tried before a relay's *later* is taken as a *no*.
const TRIES: u32 = 6;

/// What became of one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answer {
    /// Where the recipient stands now.
    pub(super) state: DeliveryState,
    /// The relay's reply code, if it spoke.
    pub(super) code: Option<u16>,
    /// The mailbox does not exist: never to be written to again.
    pub(super) dead: bool,
}

impl Answer {
    /// Nothing was said.
    pub(super) fn silent(state: DeliveryState) -> Self {
        Self { state, code: None, dead: false }
    }

    /// The relay said this after so many earlier tries.
    pub(super) fn said(code: u16, text: &str, tries_before: u32) -> Self {
        let state = match code / 100 {
            2 => DeliveryState::Accepted,
            4 if tries_before + 1 < TRIES => DeliveryState::Deferred,
            4 | 5 => DeliveryState::Refused,
            _ => DeliveryState::InDoubt,
        };
        Self { state, code: Some(code), dead: code / 100 == 5 && is_dead(code, text) }
    }
}

/// One recipient's number in the journal: the loan and the place.
pub(super) fn journal_number(loan: u32, seq: u32) -> u64 {
    (u64::from(loan) << 32) | u64::from(seq)
}

/// Whether a refusal says that the mailbox does not exist. Stricter than a hard bounce: a stop is for ever, and a
/// filter that dislikes the message must not make one.
fn is_dead(code: u16, text: &str) -> bool {
    let no_mailbox = match text.parse::<Status>() {
        Ok(status) => names_no_mailbox(status),
        Err(_) => matches!(code, 550 | 551 | 553),
    };
    no_mailbox && of_reply(code, text) == Kind::Hard
}

/// RFC 3463, 3.2: 5.1.x is about the recipient's address, but for 5.1.7 and 5.1.8, which are about the sender's;
/// 5.2.1 is a mailbox that is disabled.
pub(super) fn names_no_mailbox(status: Status) -> bool {
    status.class == 5 && matches!((status.subject, status.detail), (1, 0..=6 | 9..) | (2, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_missing_mailbox_is_dead() {
        for (code, text, dead) in [
            (550, "5.1.1 no such user", true),
            (550, "no such user", true),
            (553, "5.1.3 bad address", true),
            (550, "5.2.1 disabled", true),
            (550, "5.7.1 blocked", false),
            (550, "5.7.515 not authenticated", false),
            (550, "5.1.8 bad sender", false),
            (552, "5.2.2 full", false),
            (554, "rejected as spam", false),
            (450, "4.1.1 later", false),
        ] {
            assert_eq!(Answer::said(code, text, 0).dead, dead, "{code} {text}");
        }
    }

    #[test]
    fn a_relay_that_says_later_for_ever_is_believed_in_the_end() {
        assert_eq!(Answer::said(451, "later", TRIES - 2).state, DeliveryState::Deferred);
        assert_eq!(Answer::said(451, "later", TRIES - 1).state, DeliveryState::Refused);
        assert_eq!(Answer::said(250, "ok", 9).state, DeliveryState::Accepted);
        assert_eq!(Answer::said(354, "what", 0).state, DeliveryState::InDoubt);
    }
}
