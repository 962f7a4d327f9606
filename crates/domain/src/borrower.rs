//! Who asks for reach, and their checked standing.

use crate::area::AreaId;
use crate::ids::BorrowerId;
use crate::words::Slug;
use jiff::Timestamp;
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

/// Where a borrower stands with the list owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Standing {
    /// Registered, not yet checked: may ask nothing.
    Registered,
    /// A steward checked identity and office.
    Verified {
        /// When.
        at: Timestamp,
    },
    /// Not now.
    Suspended {
        /// When.
        at: Timestamp,
        /// Why, in words the borrower sees.
        reason: String,
    },
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
}

impl Borrower {
    /// Whether a steward has checked it and nobody has suspended it.
    pub fn is_verified(&self) -> bool {
        matches!(self.standing, Standing::Verified { .. })
    }
}
