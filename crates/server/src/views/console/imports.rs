//! Files that were brought in: each with what it came to, line by line of the account.

use super::super::Frame;
use super::super::parts::{Badge, Pager, Terms, When};
use askama::Template;

/// One import in a table.
#[derive(Debug)]
pub struct ImportRow {
    /// Its id, for its page.
    pub id: String,
    /// The file's name.
    pub file: String,
    /// Lines of the file: `1,204,553`.
    pub lines: String,
    /// Rows that brought somebody new.
    pub new: String,
    /// Rows that changed somebody who was known.
    pub changed: String,
    /// Rows that were not taken.
    pub rejected: String,
    /// In (go), unfinished with how far it is and the time left (wait), undone (plain).
    pub state: Badge,
    /// When it ended, or when its last rows were kept.
    pub when: When,
}

/// `GET /console/imports`.
#[derive(Debug, Template)]
#[template(path = "console/imports.html")]
pub struct Imports {
    /// The frame.
    pub frame: Frame,
    /// The newest first.
    pub rows: Vec<ImportRow>,
    /// Older ones.
    pub pager: Pager,
}

/// `GET /console/imports/{id}`.
#[derive(Debug, Template)]
#[template(path = "console/import.html")]
pub struct Import {
    /// The frame.
    pub frame: Frame,
    /// Where it stands.
    pub state: Badge,
    /// How far it is, while it is not finished: rows, rate, time left.
    pub progress: Option<Terms>,
    /// What it was: kind, form, source, mode.
    pub terms: Terms,
    /// Where each line went; adds up to the lines of the file.
    pub account: Terms,
    /// Rows that were not taken, by reason.
    pub rejects: Terms,
    /// The lines of the first of them.
    pub first_rejects: Vec<String>,
    /// What else it did: consents, stops, gifts.
    pub also: Terms,
    /// Column and field.
    pub columns: Vec<(String, String)>,
    /// Columns that nothing was made of.
    pub ignored: Vec<String>,
    /// The command that takes it back, while that can be asked for.
    pub undo: Option<String>,
}
