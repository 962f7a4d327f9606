//! Consent per purpose and channel, off by default. What an import may change, and what only the person may.

use crate::canonical::sha256;
use crate::ids::BorrowerId;
use crate::words::Slug;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How a person is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Electronic mail.
    Email,
    /// Voice and text to a number.
    Phone,
    /// Letters.
    Post,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 3] = [Self::Email, Self::Phone, Self::Post];

    /// The word used in files, expressions and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Post => "post",
        }
    }
}

impl FromStr for Channel {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a channel: email, phone or post"))
    }
}

/// Where a consent stands (the states of ISO/IEC TS 27560).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConsentState {
    /// Nobody asked, or nobody answered. Counts as no.
    Unknown,
    /// The person agreed. The only state that counts.
    Given,
    /// A given consent that ran out.
    Expired,
    /// The person was asked and said no.
    Refused,
    /// The person agreed once and took it back.
    Withdrawn,
}

impl ConsentState {
    /// Every state, the laxest first.
    pub const ALL: [Self; 5] = [Self::Given, Self::Unknown, Self::Expired, Self::Refused, Self::Withdrawn];

    // INVARIANT (promise 2): only *given* counts; every other state, the unknown one included, is a no.
    /// Whether the person may be addressed under this consent.
    pub fn counts(self) -> bool {
        self == Self::Given
    }

    /// Whether it is the person's own no, which only the person can lift.
    pub fn is_stop(self) -> bool {
        matches!(self, Self::Refused | Self::Withdrawn)
    }

    /// The word used in files, expressions and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Given => "given",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The stricter of two statements about the same person made by two files: a no wins over a yes,
    /// and a yes over silence (silence states nothing).
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        let rank = |state| match state {
            Self::Unknown => 0,
            Self::Given => 1,
            Self::Expired => 2,
            Self::Refused => 3,
            Self::Withdrawn => 4,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

impl fmt::Display for ConsentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ConsentState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a consent state"))
    }
}

/// Who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Statement {
    /// The person, by a form, a link or a letter.
    OwnAct,
    /// A file that somebody imported.
    Import,
}

/// The state after `statement` says `said` about a consent that stood at `before`.
///
/// INVARIANT (promise 4): an import never lifts a stop; only the person's own act does.
pub fn next_state(before: ConsentState, said: ConsentState, statement: Statement) -> ConsentState {
    match statement {
        Statement::OwnAct => said,
        Statement::Import => before.stricter(said),
    }
}

/// SHA-256 of the exact notice text that a person saw when asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeHash(pub crate::canonical::ContentHash);

impl NoticeHash {
    /// The hash of a notice's text.
    pub fn of(text: &str) -> Self {
        Self(crate::canonical::ContentHash(sha256(text.as_bytes())))
    }
}

/// One statement of consent, as kept for ever: the newest of a purpose and channel is the one in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// What for.
    pub purpose: Slug,
    /// By which way.
    pub channel: Channel,
    /// Where it stands.
    pub state: ConsentState,
    /// The notice that was shown, by hash; none when a source did not keep it.
    pub notice: Option<NoticeHash>,
    /// Where the statement came from, such as `petition-2024` or `answer page`.
    pub source: String,
    /// When it was made.
    pub at: Timestamp,
}

/// What a suppression stops.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuppressionScope {
    /// All mail.
    Everything,
    /// One purpose.
    Purpose(Slug),
    /// One borrower's appeals ("never this borrower").
    Borrower(BorrowerId),
}

impl fmt::Display for SuppressionScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("everything"),
            Self::Purpose(purpose) => write!(f, "purpose:{purpose}"),
            Self::Borrower(borrower) => write!(f, "borrower:{borrower}"),
        }
    }
}

impl FromStr for SuppressionScope {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("`{text}` is not the scope of a suppression");
        match text.split_once(':') {
            None if text == "everything" => Ok(Self::Everything),
            Some(("purpose", purpose)) => purpose.parse().map(Self::Purpose).map_err(|_| unknown()),
            Some(("borrower", id)) => id.parse().map(Self::Borrower).map_err(|_| unknown()),
            _ => Err(unknown()),
        }
    }
}

/// Why somebody must not be mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuppressionReason {
    /// The person unsubscribed or said never.
    Unsubscribed,
    /// The person pressed "this is spam".
    Complained,
    /// The mailbox does not exist.
    Bounced,
    /// The person asked to be forgotten.
    Erased,
    /// It came on a suppression file.
    Imported,
    /// The person objected to being addressed (such as GDPR, article 21(2)), by whatever way they told us.
    Objected,
}

impl SuppressionReason {
    /// Every reason.
    pub const ALL: [Self; 6] =
        [Self::Unsubscribed, Self::Complained, Self::Bounced, Self::Erased, Self::Imported, Self::Objected];

    /// The word used in files and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsubscribed => "unsubscribed",
            Self::Complained => "complained",
            Self::Bounced => "bounced",
            Self::Erased => "erased",
            Self::Imported => "imported",
            Self::Objected => "objected",
        }
    }
}

impl FromStr for SuppressionReason {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a reason of a suppression"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_given_counts() {
        for state in ConsentState::ALL {
            assert_eq!(state.counts(), state == ConsentState::Given);
            assert_eq!(state.as_str().parse::<ConsentState>().unwrap(), state);
        }
    }

    #[test]
    fn no_import_lifts_a_stop() {
        for before in [ConsentState::Refused, ConsentState::Withdrawn] {
            for said in ConsentState::ALL {
                assert!(next_state(before, said, Statement::Import).is_stop(), "{before} then {said}");
            }
            assert_eq!(next_state(before, ConsentState::Given, Statement::OwnAct), ConsentState::Given);
        }
    }

    #[test]
    fn stricter_is_symmetric_and_keeps_itself() {
        for a in ConsentState::ALL {
            assert_eq!(a.stricter(a), a);
            for b in ConsentState::ALL {
                assert_eq!(a.stricter(b), b.stricter(a));
            }
        }
        assert_eq!(ConsentState::Unknown.stricter(ConsentState::Given), ConsentState::Given);
    }

    #[test]
    fn scopes_read_back() {
        for scope in [SuppressionScope::Everything, SuppressionScope::Purpose("appeals".parse().unwrap())] {
            assert_eq!(scope.to_string().parse::<SuppressionScope>().unwrap(), scope);
        }
        assert!("purpose:".parse::<SuppressionScope>().is_err());
    }
}
