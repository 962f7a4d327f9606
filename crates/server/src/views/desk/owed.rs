//! What is owed, and what is reported back.

use super::super::Frame;
use super::super::parts::{Badge, Choice, When};
use askama::Template;

/// Something that this borrower owes.
#[derive(Debug)]
pub struct DeskDuty {
    /// Its id in addresses.
    pub id: String,
    /// What: `Erase row C-1-0007: the person took it back`.
    pub said: String,
    /// When you were told.
    pub told: When,
    /// By when it is to be acknowledged.
    pub due: When,
    /// `3 days left`, `late`.
    pub left: Badge,
    /// Whether to offer `POST /desk/corrections/{id}/take`.
    pub take: bool,
    /// When the new values were taken.
    pub taken: Option<When>,
}

/// A row of a file that was refused.
#[derive(Debug)]
pub struct OutcomeMark {
    /// Its line.
    pub line: String,
    /// Why, and what would be taken.
    pub why: String,
}

/// What became of a file or a form.
#[derive(Debug)]
pub struct OutcomesResult {
    /// `12 taken; one row was refused.`
    pub said: String,
    /// What was done about those who asked not to be contacted; empty when nobody did.
    pub honoured: String,
    /// The first refused rows.
    pub rejects: Vec<OutcomeMark>,
    /// How many more there are, if any.
    pub more: Option<String>,
}

/// `GET /desk/outcomes`. `POST /desk/outcomes` takes `file`; `/desk/outcomes/rows` takes `references`, `outcome`, `amount`
/// and `on`.
#[derive(Debug, Template)]
#[template(path = "desk/outcomes.html")]
pub struct Outcomes {
    /// The frame.
    pub frame: Frame,
    /// What was wrong with the form; empty when nothing was.
    pub problem: String,
    /// What was just taken.
    pub result: Option<OutcomesResult>,
    /// Copies that can be reported on: number and people.
    pub copies: Vec<(u64, String)>,
    /// Every outcome.
    pub kinds: Vec<Choice>,
    /// The references as they were typed.
    pub typed: String,
    /// The longest file: `8 MB`.
    pub largest: String,
}
