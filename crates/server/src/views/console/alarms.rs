//! What went wrong, or may have: seed mail, complaints, a witness missing, a ledger that does not add up.

use super::super::Frame;
use super::super::parts::{Badge, Pager, When};
use askama::Template;

/// One alarm.
#[derive(Debug)]
pub struct AlarmRow {
    /// Open (stop), watched (wait), settled (go).
    pub badge: Badge,
    /// What happened: `Seed 14 of copy 9 got mail from outside`.
    pub said: String,
    /// What it means and what to do.
    pub detail: String,
    /// Where to act.
    pub path: String,
    /// Since when.
    pub when: When,
}

/// `GET /console/alarms`.
#[derive(Debug, Template)]
#[template(path = "console/alarms.html")]
pub struct Alarms {
    /// The frame.
    pub frame: Frame,
    /// Open ones first, then the newest first.
    pub rows: Vec<AlarmRow>,
    /// Older ones.
    pub pager: Pager,
}
