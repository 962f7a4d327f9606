//! What came of it: answers, introductions, the settlement.

use super::super::super::parts::{Badge, Bars, Proof, Terms, When};

/// What people answered.
#[derive(Debug)]
pub struct Responses {
    /// The number first: `312 said yes: 7 % of those addressed.`
    pub said: String,
    /// Yes, later, no, never, report.
    pub answers: Bars,
    /// Against the held-back; empty while it is too early: `14 ± 5 more people volunteered than would have.`
    pub effect: String,
}

/// Yes-sayers passed to the borrower as one numbered copy.
#[derive(Debug)]
pub struct Introduction {
    /// The copy's number.
    pub copy: u64,
    /// `312 people`.
    pub people: String,
    /// `name, e-mail, place`.
    pub fields: String,
    /// Made, fetched, acknowledged erased.
    pub state: Badge,
    /// When it was made.
    pub when: When,
    /// Its entry in the ledger.
    pub proof: Option<Proof>,
}

/// The loan's value and end.
#[derive(Debug)]
pub struct Settlement {
    /// Settled, or open.
    pub state: Badge,
    /// The value first: `$412.30 in kind, by the rate card of 1 March.`
    pub said: String,
    /// How the value came about, and the limit it counts against.
    pub terms: Terms,
    /// Its entry in the ledger.
    pub proof: Option<Proof>,
    /// Whether to offer `POST .../settle`.
    pub may_settle: bool,
}
