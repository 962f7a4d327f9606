//! What became of a file of outcomes, so that every row of it is accounted for; and the rows that were refused, by line
//! and reason, without what stood in them.

use crate::refusal::{Refusal, Result};
use serde::Serialize;
use std::collections::BTreeMap;

/// Why a row was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeReason {
    /// The cell is no reference.
    BrokenReference,
    /// The word is no outcome.
    UnknownOutcome,
    /// The amount is no sum of money, or can be read two ways.
    BrokenAmount,
    /// An amount beside an outcome that has none.
    AmountWithoutGift,
    /// No day.
    BrokenDay,
    /// A day that has not come.
    DayAhead,
    /// More cells than the header has columns.
    TooManyCells,
    /// Not text in UTF-8.
    NotText,
    /// A cell longer than anything that belongs here.
    TooLong,
    /// In no copy that this borrower fetched.
    Stranger,
    /// The row had to be erased.
    Gone,
    /// The time of the copy is over.
    CopyOver,
}

impl OutcomeReason {
    /// In a sentence, with the way forward.
    pub fn words(self) -> &'static str {
        match self {
            Self::BrokenReference => {
                "not the reference of a row: it reads C-1-0007, from the first column of a copy"
            }
            Self::UnknownOutcome => {
                "not an outcome: pledged-vote, volunteered, gave, joined, no-contact, wrong-person or unreachable"
            }
            Self::BrokenAmount => "the amount is not a sum of money above zero: write 27.50, or leave it out",
            Self::AmountWithoutGift => "only `gave` has an amount: leave it out",
            Self::BrokenDay => "the day is not written as 2026-03-07",
            Self::DayAhead => "the day has not come yet",
            Self::TooManyCells => "the row has more cells than the header",
            Self::NotText => "the row is not text in UTF-8",
            Self::TooLong => "a cell is longer than anything that belongs here",
            Self::Stranger => "in no copy that you fetched: use the references of your own copies",
            Self::Gone => {
                "the person took it back or was erased: nothing is kept of them, and the row is to be erased"
            }
            Self::CopyOver => "the time of the copy is over, and all of it is to be erased",
        }
    }
}

/// A row that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct OutcomeReject {
    /// The line on which it begins; the header is on line 1.
    pub line: u64,
    /// Why.
    pub reason: OutcomeReason,
}

/// What became of the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct OutcomeReport {
    /// Rows of the file.
    pub rows: u64,
    /// Taken.
    pub taken: u64,
    /// Known already: reported before, or twice in this file.
    pub already: u64,
    /// Not taken.
    pub refused: u64,
    /// Rows that said that somebody asked not to be contacted. They were honoured at once, refused or not.
    pub no_contact: u64,
    /// Refused rows by reason.
    pub reasons: BTreeMap<OutcomeReason, u64>,
    /// Each of them.
    pub rejects: Vec<OutcomeReject>,
}

impl OutcomeReport {
    /// Whether every row is accounted for, once.
    pub fn adds_up(&self) -> bool {
        self.rows == self.taken + self.already + self.refused
            && self.refused == self.reasons.values().sum::<u64>()
            && u64::try_from(self.rejects.len()) == Ok(self.refused)
    }

    /// Whether the file said nothing new.
    pub fn changed_nothing(&self) -> bool {
        self.taken == 0
    }

    pub(super) fn refuse(&mut self, line: u64, reason: OutcomeReason) {
        self.refused += 1;
        *self.reasons.entry(reason).or_default() += 1;
        self.rejects.push(OutcomeReject { line, reason });
    }

    /// In a sentence.
    pub fn words(&self) -> String {
        let refused = match self.refused {
            0 => String::new(),
            1 => "; one row was refused".to_owned(),
            many => format!("; {many} rows were refused"),
        };
        match (self.taken, self.already) {
            (0, 0) => format!("nothing was taken{refused}"),
            (0, already) => format!("nothing changed: all {already} were reported before{refused}"),
            (taken, 0) => format!("{taken} taken{refused}"),
            (taken, already) => format!("{taken} taken, {already} were reported before{refused}"),
        }
    }

    /// The refused rows as a table: line, reason, and what would be taken.
    pub fn rejects_csv(&self) -> Result<String> {
        let failed = |error: csv::Error| Refusal::internal("the rejects cannot be written").because(error);
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["line", "reason", "what"]).map_err(failed)?;
        for reject in &self.rejects {
            let reason = serde_json::to_value(reject.reason).unwrap_or_default();
            let reason = reason.as_str().unwrap_or_default().to_owned();
            writer
                .write_record([reject.line.to_string(), reason, reject.reason.words().to_owned()])
                .map_err(failed)?;
        }
        let bytes = writer
            .into_inner()
            .map_err(|error| Refusal::internal("the rejects cannot be written").because(error))?;
        String::from_utf8(bytes).map_err(|error| Refusal::internal("the rejects are no text").because(error))
    }
}
