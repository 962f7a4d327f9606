//! Who asks, or has asked.

use super::super::Frame;
use super::super::parts::{Badge, Pager};
use askama::Template;

/// One borrower in a table.
#[derive(Debug)]
pub struct BorrowerRow {
    /// The id in addresses.
    pub id: String,
    /// The name.
    pub name: String,
    /// `candidate`, `party committee`, `allied group`.
    pub kind: String,
    /// Office and area in words: `City council, Burlington, Vermont`.
    pub office: String,
    /// Checked (go), to be checked (wait), ended (stop).
    pub standing: Badge,
    /// How many loans so far.
    pub loans: u64,
}

/// `GET /console/borrowers`.
#[derive(Debug, Template)]
#[template(path = "console/borrowers.html")]
pub struct Borrowers {
    /// The frame.
    pub frame: Frame,
    /// Those to be checked first.
    pub rows: Vec<BorrowerRow>,
    /// More.
    pub pager: Pager,
}
