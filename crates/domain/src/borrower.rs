//! Who asks for reach, and their checked standing.

mod standing;

pub use standing::{Agent, BorrowerFile, Standing, StandingChange};

use crate::area::AreaId;
use crate::ids::BorrowerId;
use crate::words::Slug;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What sort of body asks; the charter says what each may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BorrowerKind {
    /// A committee of a party.
    PartyCommittee,
    /// A person who stands for an office.
    Candidate,
    /// A union, charity or association with a shared aim.
    AlliedGroup,
}

impl BorrowerKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::PartyCommittee, Self::Candidate, Self::AlliedGroup];

    /// The word used in files, expressions and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PartyCommittee => "party-committee",
            Self::Candidate => "candidate",
            Self::AlliedGroup => "allied-group",
        }
    }

    /// How people say it.
    pub fn label(self) -> &'static str {
        match self {
            Self::PartyCommittee => "party committee",
            Self::Candidate => "candidate",
            Self::AlliedGroup => "allied group",
        }
    }
}

impl fmt::Display for BorrowerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for BorrowerKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            format!("`{text}` is not a kind of borrower: party-committee, candidate or allied-group")
        })
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Borrower {
    /// The id.
    pub id: BorrowerId,
    /// The public name, such as `Maya Okafor for House District 4`.
    pub name: String,
    /// What sort of body.
    pub kind: BorrowerKind,
    /// The office sought or the body's role.
    pub office: String,
    /// The area that it stands in or acts for.
    pub area: AreaId,
    /// Stated positions on the charter's issues.
    pub positions: Vec<Slug>,
    /// Where its people are written to.
    pub contact_email: String,
    /// Who answers for the money.
    pub treasurer: String,
    /// Its checked status.
    pub standing: Standing,
    /// When it registered.
    pub registered: Timestamp,
    /// What else it has filed: elections, sources of positions, agents.
    #[serde(default)]
    pub file: BorrowerFile,
    /// Since when its standing has a mark: something that it owes was not acknowledged in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marked: Option<Timestamp>,
    /// Every change of its standing, oldest first: for trustees.
    #[serde(default)]
    pub history: Vec<StandingChange>,
}

impl Borrower {
    /// Whether a steward has checked it and nobody has suspended it.
    pub fn is_verified(&self) -> bool {
        matches!(self.standing, Standing::Verified { .. })
    }

    /// Whether its standing lets it ask on `today`: verified, or under notice with time left to cure.
    pub fn may_ask(&self, today: Date) -> bool {
        matches!(self.standing.on(today), Standing::Verified { .. } | Standing::Notice { .. })
    }

    /// The day of its next election on or after `today`; of its last one when none is to come.
    pub fn election(&self, today: Date) -> Option<Date> {
        let mut days: Vec<Date> = self.file.elections.clone();
        days.sort();
        days.iter().find(|day| **day >= today).or_else(|| days.last()).copied()
    }

    /// The issues whose position has a public source on file.
    pub fn sourced(&self) -> Vec<Slug> {
        self.positions.iter().filter(|issue| self.file.sources.contains_key(*issue)).cloned().collect()
    }
}
