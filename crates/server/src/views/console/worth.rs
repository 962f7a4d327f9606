//! What loans were worth: the statement, and what one loan changed.

use super::super::Frame;
use askama::Template;

/// A loan in the statement.
#[derive(Debug)]
pub struct WorthLine {
    /// The loan's number.
    pub number: u64,
    /// Who was lent to.
    pub borrower: String,
    /// `$412.30`.
    pub value: String,
    /// What this borrower was lent for the election so far.
    pub sum: String,
    /// Where that stands under the profile.
    pub standing: String,
}

/// `GET /console/worth`.
#[derive(Debug, Template)]
#[template(path = "console/worth.html")]
pub struct Worths {
    /// The frame.
    pub frame: Frame,
    /// The election that values are added up for.
    pub election: String,
    /// The profile's name.
    pub profile: String,
    /// What its reader must know besides.
    pub note: String,
    /// That it is no advice.
    pub no_advice: String,
    /// By borrower and number.
    pub rows: Vec<WorthLine>,
}

/// `GET /console/worth/{number}`.
#[derive(Debug, Template)]
#[template(path = "console/loan-worth.html")]
pub struct LoanWorth {
    /// The frame.
    pub frame: Frame,
    /// The loan's number.
    pub number: u64,
    /// `$412.30 for 4,212 people`.
    pub value: String,
    /// How many days each person is looked at.
    pub days: String,
    /// What it did to stops, in words.
    pub stopped: String,
    /// What it did to gifts, in words.
    pub gave: String,
    /// Each answer and how many gave it.
    pub answers: Vec<(String, String)>,
    /// Each issue, how many who declared it were mailed, how many of those said yes.
    pub issues: Vec<(String, String, String)>,
    /// What the borrower reported came of introductions, and of how many.
    pub outcomes: Vec<(String, String)>,
    /// Each issue, and what was reported of those who declared it, where that is ten people or more.
    pub outcome_issues: Vec<(String, String)>,
    /// What was reported of planted rows, which nobody can have done; empty when nothing was.
    pub planted: String,
    /// What each yes came to; empty while few said yes.
    pub cost: String,
    /// Whether the law of the place wants a transparency notice.
    pub has_notice: bool,
}
