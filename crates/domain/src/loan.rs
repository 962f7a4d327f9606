//! The reach loan: what is asked, under which terms, and its life as types, so that an illegal move does not
//! compile where the state is known and is refused where it was read from the store.

mod narrow;

pub use narrow::{Narrower, NotNarrower};

use crate::area::AreaId;
use crate::canonical::{CanonicalError, ContentHash};
use crate::clearance::Clearance;
use crate::consent::Channel;
use crate::ids::{BorrowerId, LoanId, LoanNumber};
use crate::words::Slug;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What the appeal asks people to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// Hear the case.
    Hear,
    /// Give time.
    Volunteer,
    /// Give money.
    Give,
    /// Go and vote.
    Vote,
}

impl Ask {
    /// Every ask.
    pub const ALL: [Self; 4] = [Self::Hear, Self::Volunteer, Self::Give, Self::Vote];

    /// The word used in files, screens and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hear => "hear",
            Self::Volunteer => "volunteer",
            Self::Give => "give",
            Self::Vote => "vote",
        }
    }
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Ask {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|ask| ask.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not an ask: hear, volunteer, give or vote"))
    }
}

/// The borrower's message, exactly as the board votes on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Appeal {
    /// The subject line.
    pub subject: String,
    /// The case, in Markdown with merge tags such as `{{ given_name }}`.
    pub body: String,
    /// Who pays for it, as the law of the place wants it said.
    pub paid_for_by: String,
}

/// When a loan ends before its window does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpiryEvent {
    /// The candidate leaves the race.
    DroppedOut,
    /// The candidate loses the primary.
    LostPrimary,
}

/// What is lent: hashed, voted on, and kept to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Who asks.
    pub borrower: BorrowerId,
    /// Where.
    pub area: AreaId,
    /// What people are asked to do.
    pub ask: Ask,
    /// The purpose of the charter that this ask falls under.
    pub purpose: Slug,
    /// The declared issues that select people; empty selects by area alone.
    pub issues: Vec<Slug>,
    /// The audience rule in canonical form, over declared facts alone.
    pub audience: String,
    /// By which way.
    pub channel: Channel,
    /// The most people that may be addressed.
    pub cap: u32,
    /// Nothing is sent before.
    pub opens: Timestamp,
    /// Nothing is sent from here on, and what was handed over must be erased.
    pub closes: Timestamp,
    /// What ends it sooner.
    pub ends_on: Vec<ExpiryEvent>,
    /// The fields that people are offered to pass on with a yes.
    pub fields: Vec<Slug>,
    /// The version of the charter that it was asked under.
    pub charter_version: u32,
}

impl Terms {
    /// How many selections the rate card prices: the area, and the issues together.
    pub fn selections(&self) -> u32 {
        1 + u32::from(!self.issues.is_empty())
    }
}

/// What a vote binds to: terms, appeal and audience rule together.
pub fn content_hash(terms: &Terms, appeal: &Appeal) -> Result<ContentHash, CanonicalError> {
    #[derive(Serialize)]
    struct Content<'a> {
        terms: &'a Terms,
        appeal: &'a Appeal,
    }
    ContentHash::of(&Content { terms, appeal })
}

/// Where a loan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoanState {
    /// Asked for; the board votes.
    Requested,
    /// The board said yes to exactly this text.
    Cleared,
    /// The board said no.
    Refused,
    /// Mail is going out.
    Sending,
    /// Halted by a person or by the stop rule.
    Paused,
    /// All that may go out has gone.
    Sent,
    /// Priced, reported, closed.
    Settled,
}

impl LoanState {
    /// Every state in the order of a life.
    pub const ALL: [Self; 7] = [
        Self::Requested,
        Self::Cleared,
        Self::Refused,
        Self::Sending,
        Self::Paused,
        Self::Sent,
        Self::Settled,
    ];

    /// The word used on screens and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Cleared => "cleared",
            Self::Refused => "refused",
            Self::Sending => "sending",
            Self::Paused => "paused",
            Self::Sent => "sent",
            Self::Settled => "settled",
        }
    }
}

impl fmt::Display for LoanState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for LoanState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a state of a loan"))
    }
}

/// A loan as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loan {
    /// The id.
    pub id: LoanId,
    /// The number people say.
    pub number: LoanNumber,
    /// What is lent.
    pub terms: Terms,
    /// The message.
    pub appeal: Appeal,
    /// Where it stands.
    pub state: LoanState,
    /// When it was asked for.
    pub requested: Timestamp,
    /// Why it stands paused or refused, in words.
    pub reason: Option<String>,
}

/// A move that a loan's state does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IllegalMove {
    /// The state is another.
    #[error("a loan that is {found} cannot be {attempted}")]
    WrongState {
        /// Where it stands.
        found: LoanState,
        /// What was tried.
        attempted: &'static str,
    },
    /// The clearance is for other bytes.
    #[error("the clearance is for text {cleared}, but the loan now reads {current}")]
    OtherText {
        /// What the board cleared (first digits).
        cleared: String,
        /// What the loan says now (first digits).
        current: String,
    },
    /// Outside its window.
    #[error("the loan's window is {opens} to {closes}")]
    OutsideWindow {
        /// Its start.
        opens: Timestamp,
        /// Its end.
        closes: Timestamp,
    },
    /// The terms have no canonical form.
    #[error(transparent)]
    NotCanonical(#[from] CanonicalError),
}

/// A right to put one message after another on the wire: made only by [`Loan::start`] and [`Loan::resume`],
/// and asked for by everything that sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendRight {
    loan: LoanId,
    content: ContentHash,
    closes: Timestamp,
}

impl SendRight {
    /// The loan that may be sent.
    pub fn loan(&self) -> LoanId {
        self.loan
    }

    /// The exact content that may be sent.
    pub fn content(&self) -> ContentHash {
        self.content
    }

    /// Whether the window is still open: asked again for each message.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        now < self.closes
    }
}

impl Loan {
    /// What votes on this loan bind to.
    pub fn content_hash(&self) -> Result<ContentHash, CanonicalError> {
        content_hash(&self.terms, &self.appeal)
    }

    fn expect(&self, states: &[LoanState], attempted: &'static str) -> Result<(), IllegalMove> {
        if states.contains(&self.state) {
            Ok(())
        } else {
            Err(IllegalMove::WrongState { found: self.state, attempted })
        }
    }

    /// The borrower changes the appeal. A cleared loan falls back to requested: its votes were on other bytes.
    pub fn edit(mut self, appeal: Appeal) -> Result<Self, IllegalMove> {
        self.expect(&[LoanState::Requested, LoanState::Cleared], "edited")?;
        self.appeal = appeal;
        self.state = LoanState::Requested;
        Ok(self)
    }

    /// The board's yes to exactly this content.
    pub fn clear(mut self, clearance: &Clearance) -> Result<Self, IllegalMove> {
        self.expect(&[LoanState::Requested], "cleared")?;
        self.check_text(clearance)?;
        self.state = LoanState::Cleared;
        Ok(self)
    }

    /// The board's no.
    pub fn refuse(mut self, reason: String) -> Result<Self, IllegalMove> {
        self.expect(&[LoanState::Requested], "refused")?;
        self.state = LoanState::Refused;
        self.reason = Some(reason);
        Ok(self)
    }

    /// The board looks again at what it refused.
    pub fn review(mut self) -> Result<Self, IllegalMove> {
        self.expect(&[LoanState::Refused], "reviewed")?;
        self.state = LoanState::Requested;
        self.reason = None;
        Ok(self)
    }

    // INVARIANT (promise 3): the only ways to a `SendRight` are `start` and `resume`, and both need the board's
    // `Clearance`, which only `clearance::decide` makes, over the hash of what would be sent now.
    /// Begins the send.
    pub fn start(mut self, clearance: &Clearance, now: Timestamp) -> Result<(Self, SendRight), IllegalMove> {
        self.expect(&[LoanState::Cleared], "sent")?;
        let right = self.send_right(clearance, now)?;
        self.state = LoanState::Sending;
        Ok((self, right))
    }

    /// Halts the send.
    pub fn pause(mut self, reason: String) -> Result<Self, IllegalMove> {
        self.expect(&[LoanState::Sending], "paused")?;
        self.state = LoanState::Paused;
        self.reason = Some(reason);
        Ok(self)
    }

    /// A person lets a halted send go on.
    pub fn resume(mut self, clearance: &Clearance, now: Timestamp) -> Result<(Self, SendRight), IllegalMove> {
        self.expect(&[LoanState::Paused], "resumed")?;
        let right = self.send_right(clearance, now)?;
        self.state = LoanState::Sending;
        self.reason = None;
        Ok((self, right))
    }

    /// Goes on with a send that a stopped process left: same state, same clearance, same window.
    pub fn take_up(&self, clearance: &Clearance, now: Timestamp) -> Result<SendRight, IllegalMove> {
        self.expect(&[LoanState::Sending], "taken up")?;
        self.send_right(clearance, now)
    }

    /// Everything that may go out has gone.
    pub fn finish(mut self) -> Result<Self, IllegalMove> {
        self.expect(&[LoanState::Sending], "finished")?;
        self.state = LoanState::Sent;
        Ok(self)
    }

    /// Priced and reported; what a pause held back is never sent.
    pub fn settle(mut self) -> Result<Self, IllegalMove> {
        self.expect(&[LoanState::Sent, LoanState::Paused], "settled")?;
        self.state = LoanState::Settled;
        Ok(self)
    }

    fn check_text(&self, clearance: &Clearance) -> Result<(), IllegalMove> {
        let current = self.content_hash()?;
        if clearance.content() == current {
            return Ok(());
        }
        Err(IllegalMove::OtherText { cleared: clearance.content().short(), current: current.short() })
    }

    fn send_right(&self, clearance: &Clearance, now: Timestamp) -> Result<SendRight, IllegalMove> {
        self.check_text(clearance)?;
        if now < self.terms.opens || now >= self.terms.closes {
            return Err(IllegalMove::OutsideWindow { opens: self.terms.opens, closes: self.terms.closes });
        }
        Ok(SendRight { loan: self.id, content: clearance.content(), closes: self.terms.closes })
    }
}
