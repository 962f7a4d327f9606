//! What a borrower owes of what was passed to it: rows to erase or put right, and copies whose time is over. Each is told
//! with the day by which it is acknowledged, and says afterwards what was done. It names rows by reference, nobody by name.

use crate::charter::DutyRules;
use crate::ids::{BorrowerId, CopyNumber};
use crate::words::Slug;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Why something is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DutyKind {
    /// The person took their yes back: the row is erased.
    Recall,
    /// The person was forgotten: the row is erased.
    Erasure,
    /// The person put fields of the row right: so are they.
    Correction,
    /// The copy's time is over: all of it is erased.
    Expiry,
}

impl DutyKind {
    /// The word used in files, screens and the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recall => "recall",
            Self::Erasure => "erasure",
            Self::Correction => "correction",
            Self::Expiry => "expiry",
        }
    }

    /// Whether a row of one person must go.
    pub fn erases_a_row(self) -> bool {
        matches!(self, Self::Recall | Self::Erasure)
    }
}

impl fmt::Display for DutyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DoneWith {
    /// It was erased wherever it had been put.
    Deleted,
    /// It had never been brought into any system, and the file is gone.
    NeverImported,
    /// What was wrong says the new values now.
    PutRight,
    /// The row never left: nobody has to do anything. Said by the machine alone.
    NeverLeft,
    /// What was to be put right must be erased instead, which is owed by itself. Said by the machine alone.
    Superseded,
}

impl DoneWith {
    /// What a borrower may say.
    pub const SAID: [Self; 3] = [Self::Deleted, Self::NeverImported, Self::PutRight];

    /// The word used in forms, files and the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::NeverImported => "never-imported",
            Self::PutRight => "put-right",
            Self::NeverLeft => "never-left",
            Self::Superseded => "superseded",
        }
    }

    /// How people say it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Deleted => "erased",
            Self::NeverImported => "never brought into any system",
            Self::PutRight => "put right",
            Self::NeverLeft => "never handed over",
            Self::Superseded => "to be erased instead",
        }
    }

    /// Whether this can be said of such a duty: what must go cannot be put right instead.
    pub fn fits(self, kind: DutyKind) -> bool {
        match self {
            Self::Deleted | Self::NeverImported => true,
            Self::PutRight => kind == DutyKind::Correction,
            Self::NeverLeft | Self::Superseded => false,
        }
    }
}

impl FromStr for DoneWith {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::SAID
            .into_iter()
            .find(|done| done.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not what can be done: deleted, never-imported or put-right"))
    }
}

/// That something was done: who says so, when, what, and how many others were told to do the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// When.
    pub at: Timestamp,
    /// Who, by role and id.
    pub by: String,
    /// What was done.
    pub done: DoneWith,
    /// To how many processors the borrower had passed it and passed this on.
    pub processors: u32,
}

/// Something that a borrower owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// Its id.
    pub id: Uuid,
    /// Who owes it.
    pub borrower: BorrowerId,
    /// Of which copy.
    pub copy: CopyNumber,
    /// Why.
    pub kind: DutyKind,
    /// Of which row; none when it is all of the copy.
    pub reference: Option<String>,
    /// Which fields, for a correction.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Slug>,
    /// When the borrower was told.
    pub told: Timestamp,
    /// When it is to be acknowledged by.
    pub due: Timestamp,
    /// When the borrower took the new values, for a correction.
    #[serde(default)]
    pub taken: Option<Timestamp>,
    /// When it became a mark on the borrower's standing. It stays here after the mark is lifted.
    #[serde(default)]
    pub marked: Option<Timestamp>,
    /// What was done, once somebody said so.
    #[serde(default)]
    pub acknowledged: Option<Acknowledgement>,
}

impl Duty {
    /// Whether nobody has said yet that it is done.
    pub fn is_open(&self) -> bool {
        self.acknowledged.is_none()
    }

    /// From when on it is a mark on the borrower's standing while it is open.
    pub fn marks_from(&self, rules: &DutyRules) -> Timestamp {
        later(self.due, rules.mark_days)
    }

    // INVARIANT: a mark stands by the calendar and what was said alone. What is written down may lag behind.
    /// Whether it is a mark on the borrower's standing at `now`.
    pub fn is_mark(&self, rules: &DutyRules, now: Timestamp) -> bool {
        self.is_open() && (self.marked.is_some() || now >= self.marks_from(rules))
    }

    /// The moments at which its borrower is written to: told, some days before it is due, due, and when it becomes a mark.
    pub fn moments(&self, rules: &DutyRules) -> [Timestamp; 4] {
        let soon = self
            .due
            .checked_sub(Span::new().hours(24 * i64::from(rules.remind_days)))
            .unwrap_or(Timestamp::MIN)
            .max(self.told);
        [self.told, soon, self.due, self.marks_from(rules)]
    }

    /// What is owed, in words without anybody in them: `row C-1-0007 of copy C-1`.
    pub fn subject(&self) -> String {
        match &self.reference {
            Some(reference) => format!("row {reference}"),
            None => format!("all of copy {}", self.copy),
        }
    }
}

fn later(at: Timestamp, days: u32) -> Timestamp {
    at.checked_add(Span::new().hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn duty() -> Duty {
        Duty {
            id: Uuid::nil(),
            borrower: BorrowerId(Uuid::nil()),
            copy: CopyNumber(1),
            kind: DutyKind::Recall,
            reference: Some("C-1-0007".to_owned()),
            fields: Vec::new(),
            told: at("2026-09-01T00:00:00Z"),
            due: at("2026-09-15T00:00:00Z"),
            taken: None,
            marked: None,
            acknowledged: None,
        }
    }

    #[test]
    fn a_mark_comes_by_the_calendar_and_goes_with_a_word() {
        let rules = DutyRules::default();
        let mut duty = duty();
        assert!(!duty.is_mark(&rules, at("2026-09-21T23:59:59Z")));
        assert!(duty.is_mark(&rules, at("2026-09-22T00:00:00Z")));
        let days: Vec<String> = duty.moments(&rules).iter().map(|at| at.strftime("%d").to_string()).collect();
        assert_eq!(days, ["01", "12", "15", "22"]);
        duty.acknowledged = Some(Acknowledgement {
            at: at("2026-10-01T00:00:00Z"),
            by: "borrower:x".to_owned(),
            done: DoneWith::Deleted,
            processors: 0,
        });
        assert!(!duty.is_mark(&rules, at("2026-10-01T00:00:00Z")));
    }

    #[test]
    fn a_reminder_never_comes_before_the_borrower_was_told() {
        let duty = Duty { told: at("2026-09-14T00:00:00Z"), ..duty() };
        assert_eq!(duty.moments(&DutyRules::default())[1], at("2026-09-14T00:00:00Z"));
    }

    #[test]
    fn what_must_go_is_not_put_right_instead() {
        assert!(DoneWith::Deleted.fits(DutyKind::Recall) && DoneWith::NeverImported.fits(DutyKind::Expiry));
        assert!(!DoneWith::PutRight.fits(DutyKind::Erasure) && DoneWith::PutRight.fits(DutyKind::Correction));
        assert!(!DoneWith::NeverLeft.fits(DutyKind::Recall), "no borrower says so");
        assert!("never-left".parse::<DoneWith>().is_err());
    }
}
