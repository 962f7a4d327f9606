//! What a borrower reports back of a person who was introduced to it, and the reference of the row that it reports by:
//! never an address or a name.

use crate::ids::CopyNumber;
use crate::money::Cents;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What came of an introduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeKind {
    /// Said that they would vote for the borrower.
    PledgedVote,
    /// Did something for the borrower.
    Volunteered,
    /// Gave money.
    Gave,
    /// Became a member.
    Joined,
    /// Asked the borrower not to write or call again.
    NoContact,
    /// Whoever answered was somebody else.
    WrongPerson,
    /// Nobody answered.
    Unreachable,
}

impl OutcomeKind {
    /// Every kind, in the order people read them.
    pub const ALL: [Self; 7] = [
        Self::PledgedVote,
        Self::Volunteered,
        Self::Gave,
        Self::Joined,
        Self::NoContact,
        Self::WrongPerson,
        Self::Unreachable,
    ];

    /// The word used in forms, files and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PledgedVote => "pledged-vote",
            Self::Volunteered => "volunteered",
            Self::Gave => "gave",
            Self::Joined => "joined",
            Self::NoContact => "no-contact",
            Self::WrongPerson => "wrong-person",
            Self::Unreachable => "unreachable",
        }
    }

    /// How people say it.
    pub fn label(self) -> &'static str {
        match self {
            Self::PledgedVote => "pledged their vote",
            Self::Volunteered => "volunteered",
            Self::Gave => "gave",
            Self::Joined => "joined",
            Self::NoContact => "asked not to be contacted",
            Self::WrongPerson => "was the wrong person",
            Self::Unreachable => "could not be reached",
        }
    }
}

impl fmt::Display for OutcomeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for OutcomeKind {
    type Err = UnknownOutcome;
    fn from_str(text: &str) -> Result<Self, UnknownOutcome> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownOutcome)
    }
}

/// A word that is no outcome. It is not repeated: it may be anything that stood in somebody's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an outcome")]
pub struct UnknownOutcome;

/// One thing that came of an introduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What.
    pub kind: OutcomeKind,
    /// How much was given, where the borrower says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Cents>,
    /// On which day, where the borrower says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
}

/// The reference of a row of a copy: `C-1-0007` is the seventh row of copy C-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowReference {
    /// The copy.
    pub copy: CopyNumber,
    /// The row, counted from 1.
    pub row: u32,
}

impl fmt::Display for RowReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:04}", self.copy, self.row)
    }
}

/// A text that is no reference. It is not repeated: it may be somebody's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the reference of a row")]
pub struct NoReference;

impl FromStr for RowReference {
    type Err = NoReference;
    fn from_str(text: &str) -> Result<Self, NoReference> {
        let rest = text.strip_prefix("C-").or_else(|| text.strip_prefix("c-")).ok_or(NoReference)?;
        let (copy, row) = rest.split_once('-').ok_or(NoReference)?;
        let number = |digits: &str| {
            let plain = (1..=10).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| digits.parse::<u32>().ok()).flatten().filter(|number| *number > 0)
        };
        Ok(Self { copy: CopyNumber(number(copy).ok_or(NoReference)?), row: number(row).ok_or(NoReference)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_reads_as_it_is_written() {
        for (text, written) in [("C-1-0007", "C-1-0007"), ("c-12-7", "C-12-0007"), ("C-3-12345", "C-3-12345")]
        {
            assert_eq!(text.parse::<RowReference>().unwrap().to_string(), written);
        }
        for wrong in [
            "",
            "C-1",
            "C--1",
            "C-0-1",
            "C-1-0",
            "C-1-+7",
            "C-1- 7",
            "L-1-7",
            "ada@x.example",
            "C-1-7-7",
            "C-99999999999-1",
        ] {
            assert!(wrong.parse::<RowReference>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_outcome_reads_back_and_a_strange_word_is_not_repeated() {
        for kind in OutcomeKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        let error = "ada@x.example".parse::<OutcomeKind>().unwrap_err();
        assert!(!error.to_string().contains("ada"));
    }
}
