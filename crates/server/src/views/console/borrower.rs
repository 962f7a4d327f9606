//! One borrower: who they are, where they stand, what their loans did.

use super::super::Frame;
use super::super::parts::{Badge, Proof, Terms};
use super::{Figure, LoanRow};
use askama::Template;

/// A stated position on an issue of the charter.
#[derive(Debug)]
pub struct Position {
    /// The issue.
    pub issue: String,
    /// In the borrower's words.
    pub stance: String,
}

/// One change of standing.
#[derive(Debug)]
pub struct StandingRow {
    /// The day.
    pub day: String,
    /// The standing since then, or `filed`.
    pub what: String,
    /// The role that did it.
    pub by: String,
    /// Why.
    pub why: String,
}

/// `GET /console/borrowers/{id}`.
#[derive(Debug, Template)]
#[template(path = "console/borrower.html")]
pub struct Borrower {
    /// The frame.
    pub frame: Frame,
    /// The id in addresses.
    pub id: String,
    /// Checked, to be checked, ended.
    pub standing: Badge,
    /// Who checked it and when, in a sentence; or what is missing.
    pub standing_said: String,
    /// Why the standing has a mark; empty when it has none.
    pub mark: String,
    /// The entry of the last change of standing.
    pub proof: Option<Proof>,
    /// Kind, jurisdiction, office, area, committee number, privacy budget left.
    pub terms: Terms,
    /// Stated positions.
    pub positions: Vec<Position>,
    /// What past loans did: reached, said yes, complained, value this election.
    pub record: Vec<Figure>,
    /// The newest first.
    pub rows: Vec<LoanRow>,
    /// Whether to offer `POST /console/borrowers/{id}/verify` (field `words`: what was checked).
    pub may_verify: bool,
    /// Whether to offer `POST /console/borrowers/{id}/suspend` (field `words`).
    pub may_suspend: bool,
    /// Whether to offer `POST /console/borrowers/{id}/notice` (fields `words`, `days`).
    pub may_end: bool,
    /// Whether to offer `POST /console/borrowers/{id}/reinstate` (field `words`).
    pub may_reinstate: bool,
    /// Whether to offer `POST /console/borrowers/{id}/file`.
    pub may_file: bool,
    /// The charter's issues: value and label.
    pub issues: Vec<(String, String)>,
    /// How the standing came about, the newest first.
    pub history: Vec<StandingRow>,
}
