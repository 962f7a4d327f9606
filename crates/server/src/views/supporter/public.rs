//! The public ledger page: what came of all loans in one picture, every loan as a card, and how anyone checks it.

use super::super::OpenFrame;
use super::super::parts::{Badge, Bars, Pager, Terms, Tone, Votes, When};
use askama::Template;

/// An entry that a card rests on, with its proof.
#[derive(Debug)]
pub struct Step {
    /// The entry's index, of which `/ledger/receipt/<index>` gives the proof.
    pub index: u64,
    /// `loan cleared`.
    pub kind: String,
}

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
    /// `The board cleared it by 3 to 1, with votes of the labor and rural wings.`
    pub decided: String,
    /// The votes, wing by wing; none before a decision.
    pub votes: Option<Votes>,
    /// Reached, said yes, left; none before a send has ended.
    pub journey: Option<Bars>,
    /// What left, in a sentence; empty before a decision.
    pub left: String,
    /// Area, ask, in-kind value.
    pub terms: Terms,
    /// The entries that say so.
    pub steps: Vec<Step>,
}

/// One loan in the table of all.
#[derive(Debug)]
pub struct LoanLine {
    /// The loan's number.
    pub number: u64,
    /// Who asked.
    pub borrower: String,
    /// Where it stands.
    pub state: Badge,
    /// `4,212`.
    pub reached: String,
    /// Introductions that left.
    pub left: String,
}

/// Somebody who countersigns.
#[derive(Debug)]
pub struct PublicWitness {
    /// Their key's name.
    pub name: String,
    /// Signed this checkpoint, or missing.
    pub state: Badge,
    /// When they last signed.
    pub when: Option<When>,
}

/// `GET /ledger`.
#[derive(Debug, Template)]
#[template(path = "supporter/public.html")]
pub struct PublicLedger {
    /// The frame.
    pub frame: OpenFrame,
    /// What was done in an emergency without a second person, until the board confirms it; one sentence each.
    pub alone: Vec<String>,
    /// What the board promised and kept: `The board decides within 10 days of a request. …`
    pub service: String,
    /// All loans in numbers: `44`, `loans were asked for`.
    pub figures: Vec<(String, String)>,
    /// From reached to introduced, over all loans; none before the first send.
    pub overall: Option<Bars>,
    /// The newest first.
    pub cards: Vec<LoanCard>,
    /// Every loan on this page in a line.
    pub lines: Vec<LoanLine>,
    /// Older ones.
    pub pager: Pager,
    /// Who countersigns the checkpoint.
    pub witnesses: Vec<PublicWitness>,
    /// Who can open a trace of a leaked copy.
    pub traced: String,
    /// The three commands that check it.
    pub commands: Vec<String>,
    /// The signed note, as served at `/ledger/checkpoint`.
    pub checkpoint: String,
}

impl PublicLedger {
    /// Whether anybody else vouches for the newest checkpoint.
    fn is_cosigned(&self) -> bool {
        self.witnesses.iter().any(|witness| witness.state.tone == Tone::Go)
    }
}
