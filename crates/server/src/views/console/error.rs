//! A refusal or a failure, in words that say what to do.

use super::super::OpenFrame;
use askama::Template;

/// Any page that cannot be shown, to anybody.
#[derive(Debug, Template)]
#[template(path = "console/error.html")]
pub struct ErrorPage {
    /// The frame; its title says what was refused: `You may not send this.`
    pub frame: OpenFrame,
    /// By which rule, or why; empty for none.
    pub because: String,
    /// What would be allowed, or what to do; one line each.
    pub hints: Vec<String>,
    /// The stable code: `loan.not-cleared`; empty for none.
    pub code: String,
    /// The request's id, to quote when asking for help.
    pub request_id: String,
    /// Where to go on, and what the link says.
    pub onward: Option<(String, String)>,
}
