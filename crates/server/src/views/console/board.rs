//! The board: what lies before it, who sits on it, what they sign with, who votes for whom.

use super::super::Frame;
use super::super::parts::{Badge, Hash, When};
use askama::Template;

/// `GET /console/board`.
#[derive(Debug, Template)]
#[template(path = "console/board.html")]
pub struct BoardPage {
    /// The frame.
    pub frame: Frame,
    /// How it decides, one sentence each.
    pub rules: Vec<String>,
    /// What lies before it.
    pub open: Vec<OpenMatter>,
    /// Who sits on it.
    pub seats: Vec<SeatRow>,
    /// What they sign with.
    pub keys: Vec<KeyRow>,
    /// Who votes for whom.
    pub delegations: Vec<DelegationRow>,
    /// For a trustee.
    pub own: Option<OwnForms>,
    /// Whether to show the way to the page of log-ins.
    pub may_change_users: bool,
    /// Whether to offer the form for another charter.
    pub may_propose: bool,
}

/// A matter before the board.
#[derive(Debug)]
pub struct OpenMatter {
    /// What it is: `Loan 3: Homes now`.
    pub label: String,
    /// Where it is read.
    pub path: String,
    /// Waiting, late, decided.
    pub state: Badge,
    /// What is missing.
    pub said: String,
    /// When the board is to have decided.
    pub due: When,
}

/// A trustee.
#[derive(Debug)]
pub struct SeatRow {
    /// The name.
    pub name: String,
    /// The wing.
    pub wing: String,
    /// Whether they can sign.
    pub signs: Badge,
    /// Who votes for them while they are away; empty for nobody.
    pub away: String,
}

/// A key.
#[derive(Debug)]
pub struct KeyRow {
    /// Its id.
    pub id: Hash,
    /// Whose.
    pub owner: String,
    /// What they call it.
    pub label: String,
    /// Passkey, or key in a file.
    pub kind: String,
    /// In force, waiting, withdrawn.
    pub state: Badge,
    /// Who confirmed it, or what is missing.
    pub said: String,
    /// Whether to offer `POST .../confirm`.
    pub may_confirm: bool,
    /// Whether to offer `POST .../withdraw`.
    pub may_withdraw: bool,
}

/// A delegation that holds.
#[derive(Debug)]
pub struct DelegationRow {
    /// Its id.
    pub id: String,
    /// `Rosa Lind votes for Tom Baker until 3 Oct 2026.`
    pub said: String,
    /// Whether to offer `POST .../end`.
    pub may_end: bool,
}

/// What a trustee can do for themselves.
#[derive(Debug)]
pub struct OwnForms {
    /// Whether passkeys work on this site.
    pub passkeys: bool,
    /// Who could vote for them: id and name.
    pub others: Vec<(String, String)>,
    /// The longest delegation, in days.
    pub longest: u32,
    /// Whether somebody votes for them already.
    pub away: bool,
}
