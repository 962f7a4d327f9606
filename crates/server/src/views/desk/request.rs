//! The form for a request: what it would meet is said above it before anything is filed.

use super::super::Frame;
use super::super::parts::{Badge, Choice};
use askama::Template;

/// One thing that a request meets.
#[derive(Debug)]
pub struct Met {
    /// Kept, broken, advice.
    pub badge: Badge,
    /// The rule, or what is wrong with the appeal.
    pub said: String,
    /// What to do instead, or empty.
    pub instead: String,
}

/// What was typed, as it goes back into the form.
#[derive(Debug, Default)]
pub struct Typed {
    /// The subject.
    pub subject: String,
    /// The case.
    pub body: String,
    /// Who pays.
    pub paid_for_by: String,
    /// The OCD division id.
    pub area: String,
    /// The most people, or blank.
    pub cap: String,
    /// A day, or blank for at once.
    pub opens: String,
    /// The last day.
    pub closes: String,
}

/// `GET /desk/request`.
#[derive(Debug, Template)]
#[template(path = "desk/request.html")]
pub struct DeskRequest {
    /// The frame.
    pub frame: Frame,
    /// What cannot be read, with what to do; none when the form reads.
    pub problem: Option<(String, String)>,
    /// The rules of the charter, the broken ones first; empty before the first check.
    pub rules: Vec<Met>,
    /// About the appeal; empty when there is nothing to say.
    pub remarks: Vec<Met>,
    /// `It qualifies. File it, and the board votes.`; empty before the first check.
    pub verdict: String,
    /// Whether it qualifies.
    pub qualifies: bool,
    /// What was typed.
    pub typed: Typed,
    /// To hear, to volunteer, to give, to vote.
    pub asks: Vec<Choice>,
    /// The charter's issues.
    pub issues: Vec<Choice>,
    /// What ends it sooner.
    pub ends: Vec<Choice>,
    /// What people are offered to pass on with a yes.
    pub fields: Vec<Choice>,
    /// `at most 50,000`, or empty.
    pub most: String,
}
