//! The desk: everything that one borrower asked for, may fetch and owes back.

use super::super::Frame;
use super::super::parts::{Badge, Terms, When};
use super::DeskDuty;
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
    /// Why the standing has a mark, and what that stops; empty when it has none.
    pub mark: String,
    /// What is owed, the soonest due first.
    pub owed: Vec<DeskDuty>,
    /// How many more are owed than are shown, if any.
    pub more: Option<String>,
    /// The newest first.
    pub copies: Vec<DeskCopy>,
    /// The newest first.
    pub loans: Vec<DeskLoanRow>,
    /// Office, area, budget for estimates left, value received this election.
    pub terms: Terms,
}
