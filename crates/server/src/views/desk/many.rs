//! Many candidates at once: a file, what became of each row, and one button that files those that qualify.

use super::super::Frame;
use super::super::parts::Badge;
use askama::Template;

/// A row of the file.
#[derive(Debug)]
pub struct ManyLine {
    /// Where it begins.
    pub line: usize,
    /// For whom.
    pub borrower: String,
    /// Qualifies, filed, refused.
    pub badge: Badge,
    /// The loan, and by when the board decides; or empty.
    pub said: String,
    /// Why it is not taken, and what to do instead.
    pub reasons: Vec<(String, String)>,
}

/// `GET /desk/many`.
#[derive(Debug, Template)]
#[template(path = "desk/many.html")]
pub struct DeskMany {
    /// The frame.
    pub frame: Frame,
    /// What cannot be read, with what to do.
    pub problem: Option<(String, String)>,
    /// What became of the file in a sentence; empty before a file was given.
    pub verdict: String,
    /// How many rows can be filed.
    pub qualify: usize,
    /// How many were not taken.
    pub rejected: usize,
    /// Columns that nothing uses.
    pub unused: String,
    /// In the order of the file.
    pub rows: Vec<ManyLine>,
    /// What was looked at, as a hash: what was changed since is looked at again first.
    pub looked: String,
    /// The file as it was given.
    pub text: String,
    /// What rows share, as it was typed.
    pub shared: String,
}
