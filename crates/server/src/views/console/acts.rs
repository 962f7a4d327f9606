//! What nobody does alone: what was asked for, exactly, and where it stands.

use super::super::Frame;
use super::super::parts::{Badge, Terms};
use askama::Template;

/// `GET /console/acts`.
#[derive(Debug, Template)]
#[template(path = "console/acts.html")]
pub struct Acts {
    /// The frame.
    pub frame: Frame,
    /// Whether a second person is needed, and how many could be it.
    pub standing: String,
    /// The newest first.
    pub acts: Vec<ActRow>,
}

/// An act that was asked for.
#[derive(Debug)]
pub struct ActRow {
    /// Its number.
    pub number: u64,
    /// `A-3: take a role`.
    pub title: String,
    /// Where it stands.
    pub state: Badge,
    /// Who asked, and when.
    pub said: String,
    /// Why, in the asker's words.
    pub why: String,
    /// Exactly what a grant covers.
    pub terms: Terms,
    /// Who answered; empty for nobody.
    pub answered: String,
    /// Whether to offer `POST .../grant` and `POST .../decline`.
    pub may_grant: bool,
    /// Whether to offer `POST .../confirm`.
    pub may_confirm: bool,
    /// Whether to offer `POST .../do`.
    pub may_do: bool,
    /// What its asker does next; empty when nothing is left to do.
    pub next: String,
}
