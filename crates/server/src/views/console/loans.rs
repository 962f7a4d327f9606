//! Every reach loan, by where it stands.

use super::super::Frame;
use super::super::parts::{Badge, Pager, When};
use askama::Template;

/// One loan in a table.
#[derive(Debug)]
pub struct LoanRow {
    /// Its number.
    pub number: u64,
    /// Who asks.
    pub borrower: String,
    /// The appeal's subject.
    pub subject: String,
    /// `hear`, `volunteer`, `give`, `vote`.
    pub ask: String,
    /// In words: `Burlington, Vermont`.
    pub area: String,
    /// Where it stands.
    pub state: Badge,
    /// When it was asked for.
    pub asked: When,
    /// How many can be or were addressed: `4,212`, or empty.
    pub reach: String,
}

/// A group of loans to look at alone.
#[derive(Debug)]
pub struct Shelf {
    /// `Waiting for votes`.
    pub label: String,
    /// How many.
    pub count: u64,
    /// Where.
    pub path: String,
    /// Whether it is the one shown.
    pub here: bool,
}

/// `GET /console/loans`.
#[derive(Debug, Template)]
#[template(path = "console/loans.html")]
pub struct Loans {
    /// The frame.
    pub frame: Frame,
    /// Groups to look at alone.
    pub shelves: Vec<Shelf>,
    /// The newest first.
    pub rows: Vec<LoanRow>,
    /// Older ones.
    pub pager: Pager,
}
