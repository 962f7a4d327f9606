//! What the borrower asked for: terms, the charter's answer, the reach, the message.

use super::super::super::parts::{Badge, Hash, Proof, Terms, When};

/// The first step: who asks for what.
#[derive(Debug)]
pub struct Request {
    /// Area, purpose, issues, ask, cap, window, expiry, audience rule.
    pub terms: Terms,
    /// The hash of the terms.
    pub hash: Hash,
    /// When it was asked.
    pub when: When,
    /// Its entry in the ledger.
    pub proof: Option<Proof>,
}

/// One rule of the charter and whether it holds.
#[derive(Debug)]
pub struct RuleCheck {
    /// `holds` (go), `fails` (stop), `needs a person` (wait).
    pub verdict: Badge,
    /// The rule, in words: `The borrower stands for an office in the area.`
    pub rule: String,
    /// Why, and when it fails what would be allowed.
    pub why: String,
    /// The rule's name in the charter: `area-of-office`.
    pub name: String,
}

/// The reach under the terms, as the borrower sees it.
#[derive(Debug)]
pub struct Estimate {
    /// `about 1,900 ± 40 people`, `fewer than 300`, or `Not asked yet.`
    pub said: String,
    /// What is left to ask: `about 12 more questions this season`; empty when not asked.
    pub budget: String,
    /// For the owner's own people only: the exact count; empty for others.
    pub exact: String,
    /// Its entry in the ledger.
    pub proof: Option<Proof>,
    /// Whether to offer `POST /console/loans/{number}/estimate`.
    pub may_ask: bool,
}

/// The message.
#[derive(Debug)]
pub struct Appeal {
    /// As the reader's program shows it: `The Whitcomb List for Jo Alvarez`.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// The text, paragraph by paragraph, with a sample person's merge tags filled.
    pub paragraphs: Vec<String>,
    /// Under the text: who pays, the disclaimer, how to stop.
    pub small_print: Vec<String>,
    /// Whether the owner endorses it, in a sentence.
    pub endorsement: String,
    /// The hash of the content.
    pub hash: Hash,
}
