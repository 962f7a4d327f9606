//! The public ledger page: every loan as a card, and how anyone checks it.

use super::super::OpenFrame;
use super::super::parts::{Badge, Pager, Terms};
use askama::Template;

/// One loan, as the public sees it.
#[derive(Debug)]
pub struct LoanCard {
    /// The loan's number.
    pub number: u64,
    /// Who asked.
    pub borrower: String,
    /// For which office, where.
    pub office: String,
    /// The appeal's subject.
    pub subject: String,
    /// Cleared, refused, sent, paused.
    pub state: Badge,
    /// `The board cleared it by 4 of 5 votes: Northern 2, Southern 2. One recused.`
    pub decided: String,
    /// Reached, said yes, left, in-kind value.
    pub terms: Terms,
    /// The entries that say so, by index.
    pub entries: Vec<u64>,
}

/// `GET /ledger`.
#[derive(Debug, Template)]
#[template(path = "supporter/public.html")]
pub struct PublicLedger {
    /// The frame.
    pub frame: OpenFrame,
    /// The newest first.
    pub cards: Vec<LoanCard>,
    /// Older ones.
    pub pager: Pager,
    /// The three commands that check it.
    pub commands: Vec<String>,
    /// The signed note, as served at `/ledger/checkpoint`.
    pub checkpoint: String,
}
