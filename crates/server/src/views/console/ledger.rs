//! The decision ledger: its entries, its checkpoint, and how anyone checks it.

use super::super::Frame;
use super::super::parts::{Badge, Pager, When};
use askama::Template;

/// One entry in a table.
#[derive(Debug)]
pub struct EntryRow {
    /// Its index.
    pub index: u64,
    /// When.
    pub when: When,
    /// `vote cast`, `send started`.
    pub kind: String,
    /// Without personal data: `Loan 41, approve, Northern wing`.
    pub said: String,
}

/// Somebody who countersigns checkpoints.
#[derive(Debug)]
pub struct Witness {
    /// Their key's name.
    pub name: String,
    /// Signed, or missing.
    pub state: Badge,
    /// When they last signed.
    pub when: Option<When>,
    /// What stood in the way at the last try; empty when nothing did.
    pub said: String,
}

/// `GET /console/ledger`.
#[derive(Debug, Template)]
#[template(path = "console/ledger.html")]
pub struct LedgerPage {
    /// The frame.
    pub frame: Frame,
    /// How many entries: `1,204 entries`.
    pub size: String,
    /// The signed note, as served.
    pub checkpoint: String,
    /// The three commands that check it.
    pub commands: Vec<String>,
    /// Who countersigns.
    pub witnesses: Vec<Witness>,
    /// Whether to lead to the tokens of borrowers' programs.
    pub tokens: bool,
    /// The newest first.
    pub rows: Vec<EntryRow>,
    /// Older ones.
    pub pager: Pager,
}
