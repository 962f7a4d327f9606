//! What a loan was worth to whoever asked for it.

use super::super::Frame;
use askama::Template;

/// `GET /desk/loans/{number}/worth`.
#[derive(Debug, Template)]
#[template(path = "desk/worth.html")]
pub struct DeskWorth {
    /// The frame.
    pub frame: Frame,
    /// The loan's number.
    pub number: u64,
    /// `$412.30 in kind`.
    pub value: String,
    /// `4,212 people`.
    pub people: String,
    /// What each yes came to; empty while few said yes.
    pub cost: String,
    /// How many days each person is looked at.
    pub days: String,
    /// What it did to stops, in words.
    pub stopped: String,
    /// What it did to gifts, in words.
    pub gave: String,
    /// Each answer and how many gave it.
    pub answers: Vec<(String, String)>,
    /// Each issue and how many who declared it said yes.
    pub issues: Vec<(String, String)>,
    /// What was reported back, and of how many.
    pub outcomes: Vec<(String, String)>,
    /// That it is no advice.
    pub no_advice: String,
    /// Whether the law of the place wants a transparency notice.
    pub has_notice: bool,
}
