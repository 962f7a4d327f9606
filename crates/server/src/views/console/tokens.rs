//! The tokens of borrowers' programs, for those who may revoke them.

use super::super::Frame;
use super::super::desk::TokenRow;
use askama::Template;

/// `GET /console/tokens`.
#[derive(Debug, Template)]
#[template(path = "console/tokens.html")]
pub struct ConsoleTokens {
    /// The frame.
    pub frame: Frame,
    /// The soonest to run out first.
    pub rows: Vec<TokenRow>,
}
