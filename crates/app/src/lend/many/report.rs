//! What became of each row, and the file of those that were not taken.

use crate::after::harmless;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::LoanState;
use jiff::Timestamp;
use serde::Serialize;

/// Why a row is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The rule that it breaks, or what is wrong with it.
    pub what: String,
    /// What to do instead, or empty.
    pub instead: String,
}

impl Reason {
    pub(super) fn new(what: &str, instead: &str) -> Self {
        Self { what: what.to_owned(), instead: instead.to_owned() }
    }

    /// What a use case said; a command of ours is named to the owner's people alone.
    pub(super) fn of(refusal: &Refusal, actor: &Actor) -> Self {
        let said = std::iter::once(&refusal.message).chain(&refusal.causes).map(String::as_str);
        let useful = |hint: &&String| actor.borrower.is_none() || !hint.contains("hustings ");
        let hints: Vec<&str> = refusal.hints.iter().filter(useful).map(String::as_str).collect();
        Self::new(&said.collect::<Vec<_>>().join(": "), &hints.join("; "))
    }
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum Fate {
    /// It could be filed as it is.
    Qualifies,
    /// It is with the board, or has been.
    Filed {
        /// The loan.
        loan: LoanNumber,
        /// Where it stands.
        state: LoanState,
        /// By when the board is to have decided; none once it has.
        due: Option<Timestamp>,
        /// Whether it had been filed before this file was given.
        before: bool,
    },
    /// The charter, the law or the appeal's checker refuses it.
    Refused {
        /// Each rule that it breaks.
        reasons: Vec<Reason>,
    },
    /// It is no request.
    Unreadable {
        /// Why.
        reason: String,
    },
}

/// A row and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowReport {
    /// Where it begins in the file, counted from 1; in JSON which of the requests it is.
    pub line: usize,
    /// The borrower as the file names it, or empty.
    pub borrower: String,
    /// What became of it.
    #[serde(flatten)]
    pub fate: Fate,
}

impl RowReport {
    /// Why it was not taken; empty for one that was.
    pub fn reasons(&self) -> Vec<Reason> {
        match &self.fate {
            Fate::Refused { reasons } => reasons.clone(),
            Fate::Unreadable { reason } => vec![Reason::new(reason, "")],
            Fate::Qualifies | Fate::Filed { .. } => Vec::new(),
        }
    }
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManyReport {
    /// Each row, in the order of the file.
    pub rows: Vec<RowReport>,
    /// Columns that no request and no appeal uses: perhaps misspelt.
    pub unused: Vec<String>,
}

impl ManyReport {
    /// How many rows qualify.
    pub fn qualify(&self) -> usize {
        self.rows.iter().filter(|row| row.fate == Fate::Qualifies).count()
    }

    /// How many rows are filed: now, and before.
    pub fn filed(&self) -> (usize, usize) {
        let count = |wanted| {
            let is_it = |row: &&RowReport| matches!(row.fate, Fate::Filed { before, .. } if before == wanted);
            self.rows.iter().filter(is_it).count()
        };
        (count(false), count(true))
    }

    /// How many rows were not taken.
    pub fn rejected(&self) -> usize {
        self.rows.iter().filter(|row| !row.reasons().is_empty()).count()
    }

    /// The rows that were not taken, as CSV: line, borrower, reason, what to do. Opens harmlessly in a spreadsheet.
    pub fn rejects(&self) -> Result<String> {
        let failed =
            |error: csv::Error| Refusal::internal("the reject file cannot be written").because(error);
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["line", "borrower", "reason", "what to do"]).map_err(failed)?;
        for row in &self.rows {
            for reason in row.reasons() {
                let cells = [row.line.to_string(), row.borrower.clone(), reason.what, reason.instead];
                writer.write_record(cells.map(|cell| harmless(&cell))).map_err(failed)?;
            }
        }
        let bytes = writer
            .into_inner()
            .map_err(|error| Refusal::internal("the reject file cannot be written").because(error))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}
