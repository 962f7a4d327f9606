//! Signing up: an address, a name, and one box for each purpose, all of them off.

use super::super::OpenFrame;
use super::super::parts::{Choice, Csrf};
use askama::Template;

/// One line to fill in.
#[derive(Debug)]
pub struct JoinField {
    /// The field's name in the form, which is also what browsers fill it in by: `given-name`.
    pub name: String,
    /// `Given name`.
    pub label: String,
    /// `email` or `text`.
    pub kind: &'static str,
    /// Whether it must be filled in.
    pub required: bool,
    /// What was typed, to be mended.
    pub typed: String,
}

/// `GET /join`, and the answer to `POST /join`.
#[derive(Debug, Template)]
#[template(path = "supporter/join.html")]
pub struct Join {
    /// The frame.
    pub frame: OpenFrame,
    /// Bound to the visitor's cookie.
    pub csrf: Csrf,
    /// What to fill in.
    pub fields: Vec<JoinField>,
    /// What to tick: with each the very words that are kept with a yes; none is ticked from the start.
    pub choices: Vec<Choice>,
    /// What was refused in the last attempt; empty for nothing.
    pub problem: String,
    /// Whether it is done.
    pub done: bool,
}
