//! One loan, read from top to bottom as its life: request, rules, estimate, appeal, clearance, send, responses,
//! introductions, settlement. Each step names its entry in the ledger. A trustee votes on the same page.

mod after;
mod asked;
mod clearance;
mod send;

pub use after::{Introduction, Responses, Settlement};
pub use asked::{Appeal, Estimate, Request, RuleCheck};
pub use clearance::{Challenge, Clearance, Vote, VoteForm, Wing};
pub use send::{Send, Wave};

use super::super::Frame;
use super::super::parts::Badge;
use askama::Template;

/// The one thing to do next on this page.
#[derive(Debug)]
pub struct Next {
    /// A sentence: `Your vote is missing. 2 of 3 votes are in.`
    pub said: String,
    /// What the link says; empty for no link.
    pub label: String,
    /// Where: `#vote`, `#send`.
    pub path: String,
}

/// `GET /console/loans/{number}`.
#[derive(Debug, Template)]
#[template(path = "console/loan.html")]
pub struct Loan {
    /// The frame.
    pub frame: Frame,
    /// The loan's number.
    pub number: u64,
    /// Where it stands.
    pub state: Badge,
    /// Who asks.
    pub borrower: String,
    /// `/console/borrowers/{id}`.
    pub borrower_path: String,
    /// What those who read this should know of past loans: `2 loans before; 1 complaint in 9,100 messages.`
    pub borrower_record: String,
    /// The one thing to do next.
    pub next: Option<Next>,
    /// What is asked for.
    pub request: Request,
    /// What the charter says to it.
    pub rules: Vec<RuleCheck>,
    /// How many it could reach, noised.
    pub estimate: Estimate,
    /// The message, exactly as it will arrive.
    pub appeal: Appeal,
    /// The board's decision.
    pub clearance: Clearance,
    /// Its way out; `None` until it is cleared.
    pub send: Option<Send>,
    /// What people answered; `None` until it is sent.
    pub responses: Option<Responses>,
    /// Who was passed on, as numbered copies.
    pub introductions: Vec<Introduction>,
    /// Whether to offer `POST /console/loans/{number}/copy`: a numbered copy of those who said yes.
    pub may_copy: bool,
    /// Its value and outcome; `None` until it is sent.
    pub settlement: Option<Settlement>,
}
