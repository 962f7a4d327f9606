//! One request as its borrower sees it: status with a date, noised reach, results without names.

use super::super::Frame;
use super::super::parts::{Badge, Bars, Choice, Hash, Terms, When};
use super::DeskCopy;
use askama::Template;

/// A step of the loan's life.
#[derive(Debug)]
pub struct DeskStep {
    /// `Cleared by the board`.
    pub name: String,
    /// Done (go), now (wait), not yet (plain), refused (stop).
    pub state: Badge,
    /// When it was done, or is due.
    pub when: Option<When>,
    /// A reason or condition, or empty.
    pub said: String,
    /// The ledger entry that says so, of which `/ledger/receipt/<index>` is the proof.
    pub proof: Option<u64>,
}

/// The text that may be changed.
#[derive(Debug)]
pub struct DeskEdit {
    /// The subject line.
    pub subject: String,
    /// The case.
    pub body: String,
    /// Who pays.
    pub paid_for_by: String,
    /// The most people now.
    pub cap: u32,
    /// The fields that a yes may pass now.
    pub fields: Vec<Choice>,
    /// The first day now.
    pub first: String,
    /// The last day now.
    pub last: String,
}

/// The reach in parts.
#[derive(Debug)]
pub struct DeskParts {
    /// `By county`.
    pub title: String,
    /// `About 4,200 ± 130 in the 9 parts shown.`
    pub said: String,
    /// The parts that are shown, each with its margin in the label of the counts.
    pub bars: Option<Bars>,
    /// Those too small to say, by name.
    pub hidden: Vec<String>,
}

/// `GET /desk/loans/{number}`.
#[derive(Debug, Template)]
#[template(path = "desk/loan.html")]
pub struct DeskLoan {
    /// The frame.
    pub frame: Frame,
    /// The loan's number.
    pub number: u64,
    /// Where it stands.
    pub state: Badge,
    /// What comes next and by when.
    pub said: String,
    /// From the request to the settlement.
    pub steps: Vec<DeskStep>,
    /// `about 1,900 ± 40 people`, `fewer than 300`, or `Not asked yet.`
    pub reach: String,
    /// What is left of the budget for estimates.
    pub budget: String,
    /// Whether to offer `POST /desk/loans/{number}/estimate`.
    pub may_ask: bool,
    /// The reach in parts, as far as it was asked.
    pub parts: Vec<DeskParts>,
    /// By what it may be divided, and what that is called; `POST /desk/loans/{number}/divide` with `by`.
    pub may_divide: Vec<(&'static str, &'static str)>,
    /// What trustees want changed before they approve.
    pub conditions: Vec<String>,
    /// The text as it is now, while it may be changed: subject, body, who pays; `POST /desk/loans/{number}/appeal`.
    pub edit: Option<DeskEdit>,
    /// Until when a review may be asked for; `POST /desk/loans/{number}/review` with `words`.
    pub review: Option<When>,
    /// What was asked for.
    pub terms: Terms,
    /// The hash of terms, content and audience rule.
    pub hash: Hash,
    /// Answers, without names and noised where the charter says so; `None` until sent.
    pub results: Option<Bars>,
    /// The number first; empty until sent.
    pub results_said: String,
    /// Copies of this loan.
    pub copies: Vec<DeskCopy>,
    /// The in-kind value to report: `$412.30`; empty until settled.
    pub value: String,
    /// Whether anything has gone out, so that `GET /desk/loans/{number}/worth` has something to tell.
    pub gone_out: bool,
}
