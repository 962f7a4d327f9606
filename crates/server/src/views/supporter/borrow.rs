//! A borrower registers: who they are, their election, where they stated their positions, who may act.

use super::super::OpenFrame;
use super::super::parts::Csrf;
use super::JoinField;
use askama::Template;

/// One kind to choose.
#[derive(Debug)]
pub struct KindChoice {
    /// The value of the field `kind`.
    pub value: String,
    /// How people say it.
    pub label: String,
    /// Whether it was chosen before.
    pub chosen: bool,
}

/// One issue with the page where a position on it was stated.
#[derive(Debug)]
pub struct IssueSource {
    /// The field's name: `source-housing`.
    pub name: String,
    /// The issue.
    pub label: String,
    /// What was typed.
    pub typed: String,
}

/// `GET /borrow`, and the answer to `POST /borrow`.
#[derive(Debug, Template)]
#[template(path = "supporter/borrow.html")]
pub struct Borrow {
    /// The frame.
    pub frame: OpenFrame,
    /// Bound to the visitor's cookie.
    pub csrf: Csrf,
    /// What sort of body.
    pub kinds: Vec<KindChoice>,
    /// What to fill in, with a hint each.
    pub fields: Vec<(JoinField, String)>,
    /// Every issue of the charter.
    pub issues: Vec<IssueSource>,
    /// What was refused in the last attempt; empty for nothing.
    pub problem: String,
    /// What would be allowed.
    pub hint: String,
    /// Whether it is done.
    pub done: bool,
}
