//! A proposed charter: what it would change, and the board's votes on it.

use super::super::Frame;
use super::super::parts::{Badge, Hash, When};
use super::Vote;
use askama::Template;

/// `GET /console/charters/{number}`.
#[derive(Debug, Template)]
#[template(path = "console/proposal.html")]
pub struct CharterPage {
    /// The frame.
    pub frame: Frame,
    /// Its number.
    pub number: u64,
    /// Where it stands.
    pub state: Badge,
    /// What is missing, or why it was refused.
    pub said: String,
    /// Who proposed it, as the ledger names actors.
    pub by: String,
    /// When.
    pub when: When,
    /// When the board is to have decided.
    pub due: When,
    /// What would change, in words.
    pub changes: Vec<String>,
    /// The whole text.
    pub text: String,
    /// What votes bind.
    pub bound: Hash,
    /// The votes.
    pub votes: Vec<Vote>,
    /// Whether to offer a vote: `POST .../vote` with `bound`, `vote`, `words`; `POST .../recuse` with `words`.
    pub may_vote: bool,
}
