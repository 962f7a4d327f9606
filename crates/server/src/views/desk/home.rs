//! The desk: everything that one borrower asked for, may fetch and owes back.

use super::super::Frame;
use super::super::parts::{Badge, Terms, When};
use askama::Template;

/// A request of this borrower.
#[derive(Debug)]
pub struct DeskLoanRow {
    /// The loan's number.
    pub number: u64,
    /// The appeal's subject.
    pub subject: String,
    /// Where it stands.
    pub state: Badge,
    /// What comes next and by when: `The board votes until 9 October.`
    pub said: String,
    /// Since when.
    pub when: When,
}

/// A copy to fetch.
#[derive(Debug)]
pub struct DeskCopy {
    /// Its number.
    pub number: u64,
    /// The loan it came from.
    pub loan: u64,
    /// `312 people who said yes`.
    pub said: String,
    /// `name, e-mail, place`.
    pub fields: String,
    /// Ready, fetched, to be erased.
    pub state: Badge,
    /// Until when it may be kept.
    pub until: Option<When>,
    /// Whether to offer `POST /desk/copies/{number}/fetch`.
    pub may_fetch: bool,
}

/// An erasure that this borrower must carry out and acknowledge.
#[derive(Debug)]
pub struct DeskErasure {
    /// Its id in addresses.
    pub id: String,
    /// What to erase: `Row 118 of copy 9` or `All of copy 7: the loan has expired`.
    pub said: String,
    /// When you were told.
    pub told: When,
    /// `new`, `5 days ago`.
    pub left: Badge,
}

/// A row that says something else now than when this borrower got it.
#[derive(Debug)]
pub struct DeskCorrection {
    /// Its id in addresses.
    pub id: String,
    /// Where: `Row C-9-0118 of copy 9: phone number`.
    pub said: String,
    /// When you were told.
    pub told: When,
}

/// `GET /desk`.
#[derive(Debug, Template)]
#[template(path = "desk/home.html")]
pub struct Desk {
    /// The frame.
    pub frame: Frame,
    /// Checked, to be checked, ended.
    pub standing: Badge,
    /// What the standing means for them, in a sentence.
    pub standing_said: String,
    /// The soonest due first.
    pub erasures: Vec<DeskErasure>,
    /// The oldest first.
    pub corrections: Vec<DeskCorrection>,
    /// The newest first.
    pub copies: Vec<DeskCopy>,
    /// The newest first.
    pub loans: Vec<DeskLoanRow>,
    /// Office, area, budget for estimates left, value received this election.
    pub terms: Terms,
}
