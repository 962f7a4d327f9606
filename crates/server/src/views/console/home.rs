//! The first page: what waits for me, what is being sent, the list this month, alarms.

use super::super::Frame;
use super::super::parts::{Badge, Bars, Evidence, When};
use super::AlarmRow;
use askama::Template;

/// One thing that waits for the person who looks.
#[derive(Debug)]
pub struct Waiting {
    /// What to do, as an order: `Vote on loan 41`.
    pub act: String,
    /// About what: `Jo Alvarez for Burlington city council, "Buses that come"`.
    pub about: String,
    /// Where.
    pub path: String,
    /// Until when, if there is a limit.
    pub due: Option<When>,
}

/// One appeal on its way.
#[derive(Debug)]
pub struct Sending {
    /// The loan's number.
    pub loan: u64,
    /// Its subject.
    pub subject: String,
    /// Sending, paused, waiting for its pilot.
    pub state: Badge,
    /// How many were sent.
    pub sent: u64,
    /// How many will be.
    pub of: u64,
    /// In words: `2,150 of 4,212 sent, third wave of five`.
    pub progress: String,
    /// The picture behind the stop rule.
    pub evidence: Evidence,
    /// Whether the person who looks may pause it (an order at once, no second page).
    pub may_pause: bool,
}

/// One number about the list.
#[derive(Debug)]
pub struct Figure {
    /// Already grouped: `2,104,882`.
    pub value: String,
    /// Of what: `supporters`.
    pub label: String,
    /// What changed, or empty: `1,204 joined, 310 left this month`.
    pub note: String,
}

/// `GET /console`.
#[derive(Debug, Template)]
#[template(path = "console/home.html")]
pub struct Home {
    /// The frame.
    pub frame: Frame,
    /// The most pressing first.
    pub waiting: Vec<Waiting>,
    /// On their way now.
    pub sending: Vec<Sending>,
    /// The list in numbers.
    pub figures: Vec<Figure>,
    /// Consents given, by purpose.
    pub consents: Option<Bars>,
    /// Open alarms, the newest first.
    pub alarms: Vec<AlarmRow>,
}
