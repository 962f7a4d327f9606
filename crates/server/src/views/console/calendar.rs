//! The calendar: own mail, loans that wait, and what each was given of people's attention.

use super::super::Frame;
use super::super::parts::{Badge, When};
use askama::Template;

/// Mail of the owner's own.
#[derive(Debug)]
pub struct EntryLine {
    /// Its id.
    pub id: String,
    /// What it is.
    pub title: String,
    /// When it goes out.
    pub day: When,
    /// How many people: `4,212 people`.
    pub people: String,
    /// Planned (go), cancelled or over (plain).
    pub state: Badge,
    /// Whether to offer `POST /console/calendar/{id}/cancel`.
    pub may_cancel: bool,
}

/// A cleared loan that waits.
#[derive(Debug)]
pub struct WaitingLine {
    /// The loan's number.
    pub number: u64,
    /// Who asks.
    pub borrower: String,
    /// `up to 5,000 people, to volunteer`.
    pub asks: String,
    /// When its window ends.
    pub until: When,
}

/// What a loan got.
#[derive(Debug)]
pub struct ShareLine {
    /// The loan's number.
    pub number: u64,
    /// Who asks.
    pub borrower: String,
    /// `61 %`.
    pub percent: String,
    /// In a sentence.
    pub explained: String,
}

/// `GET /console/calendar`. `POST` takes `title`, `day`, `audience`, and `money=yes`; `POST /console/calendar/share`
/// nothing.
#[derive(Debug, Template)]
#[template(path = "console/calendar.html")]
pub struct Calendar {
    /// The frame.
    pub frame: Frame,
    /// Over how many days loans compete.
    pub window_days: u32,
    /// Own mail by day.
    pub own: Vec<EntryLine>,
    /// Loans that would take part in a sharing now.
    pub waiting: Vec<WaitingLine>,
    /// What the newest sharing gave.
    pub shares: Vec<ShareLine>,
    /// When it was worked out and its seed; empty before the first.
    pub shared: String,
    /// Whether to offer the forms.
    pub may_plan: bool,
    /// Whether to offer `POST /console/calendar/share`.
    pub may_share: bool,
    /// Why the last attempt was refused, and what to do.
    pub wrong: Option<(String, String)>,
}
