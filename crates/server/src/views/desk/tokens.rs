//! Tokens for programs: one just made, shown once; those there are; a form for another.

use super::super::Frame;
use super::super::parts::{Choice, When};
use askama::Template;

/// A token, without what it holds.
#[derive(Debug)]
pub struct TokenRow {
    /// By what it is revoked.
    pub id: String,
    /// What its person calls it.
    pub name: String,
    /// Whose program it is.
    pub borrower: String,
    /// Who made it.
    pub person: String,
    /// What it is good for.
    pub scopes: String,
    /// When it was made.
    pub made: When,
    /// When it runs out.
    pub expires: When,
    /// The last day on which it was used.
    pub used: Option<When>,
}

/// `GET /desk/tokens`.
#[derive(Debug, Template)]
#[template(path = "desk/tokens.html")]
pub struct DeskTokens {
    /// The frame.
    pub frame: Frame,
    /// What the token holds that was just made.
    pub made: Option<String>,
    /// What is wrong with the form, and what to do.
    pub problem: Option<(String, String)>,
    /// The soonest to run out first.
    pub rows: Vec<TokenRow>,
    /// The name as typed.
    pub name: String,
    /// The days as typed.
    pub days: String,
    /// The most days.
    pub most_days: u32,
    /// What it may be good for.
    pub scopes: Vec<Choice>,
}
