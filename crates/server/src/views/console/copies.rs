//! Whatever left, numbered.

use super::super::Frame;
use super::super::parts::{Badge, Pager, When};
use askama::Template;

/// One copy in a table.
#[derive(Debug)]
pub struct CopyRow {
    /// Its number.
    pub number: u64,
    /// Who has it.
    pub holder: String,
    /// The loan it came from.
    pub loan: u64,
    /// How many records: `312`.
    pub records: String,
    /// Made, fetched, to be erased, acknowledged, leaked.
    pub state: Badge,
    /// When it was made.
    pub when: When,
}

/// `GET /console/copies`.
#[derive(Debug, Template)]
#[template(path = "console/copies.html")]
pub struct Copies {
    /// The frame.
    pub frame: Frame,
    /// The newest first.
    pub rows: Vec<CopyRow>,
    /// Older ones.
    pub pager: Pager,
}
