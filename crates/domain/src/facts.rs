//! What is known of a supporter besides who they are: the attributes that feed the audience index, each
//! with its provenance. Identity (names, addresses, numbers) is not here: it is sealed (`hustings-vault`).

use crate::area::AreaId;
use crate::attribute::{AttributeText, AttributeType};
use crate::consent::{Channel, ConsentState};
use crate::ids::Ordinal;
use crate::money::Cents;
use crate::words::Slug;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How a fact came to us; it decides what the fact may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The person said it to the list owner. The only origin that may select for a loan or cross to a borrower.
    SelfGiven,
    /// It came with an imported file that does not say that the person gave it for this.
    Imported,
    /// From a register of voters: never crosses.
    VoterFile,
    /// Guessed: never crosses, never selects for a loan.
    Inferred,
}

impl Origin {
    // INVARIANT (promise 1): voter-file and inferred attributes never cross; nor does what was not self-given.
    /// Whether a fact of this origin may select people for a loan, or pass to a borrower after a yes.
    pub fn may_be_lent(self) -> bool {
        self == Self::SelfGiven
    }
}

/// A value that the audience language can ask for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactValue {
    /// Lives in (the smallest area known; its parents are implied).
    Area(AreaId),
    /// Declared this issue.
    Issue(Slug),
    /// Carries this tag of the steward's.
    Tag(Slug),
    /// A whole number under a name, such as `birth-year`.
    Number(Slug, i64),
    /// A date under a name.
    Date(Slug, Date),
    /// A short text under a name.
    Text(Slug, AttributeText),
    /// An amount under a name.
    Money(Slug, Cents),
    /// The one choice under a name.
    Choice(Slug, Slug),
    /// One of the several choices under a name.
    Choices(Slug, Slug),
    /// An area under a name, which need not be where the person lives.
    NamedArea(Slug, AreaId),
}

impl FactValue {
    /// The attribute that it is a value of, with its type; none for where somebody lives, issues and tags.
    pub fn attribute(&self) -> Option<(&Slug, AttributeType)> {
        Some(match self {
            Self::Area(_) | Self::Issue(_) | Self::Tag(_) => return None,
            Self::Number(name, _) => (name, AttributeType::Number),
            Self::Date(name, _) => (name, AttributeType::Date),
            Self::Text(name, _) => (name, AttributeType::Text),
            Self::Money(name, _) => (name, AttributeType::Money),
            Self::Choice(name, _) => (name, AttributeType::Choice),
            Self::Choices(name, _) => (name, AttributeType::Choices),
            Self::NamedArea(name, _) => (name, AttributeType::Area),
        })
    }
}

/// One attribute with its provenance.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fact {
    /// What.
    pub value: FactValue,
    /// How it came.
    pub origin: Origin,
    /// The number of its source (file, form) in the store.
    pub source: u32,
}

/// One gift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gift {
    /// The day it was given.
    pub on: Date,
    /// How much.
    pub amount: Cents,
}

/// Everything about one supporter that an audience can ask for: what the index is built from, and what the
/// naive evaluator (the oracle of its tests) reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The dense position.
    pub ordinal: Ordinal,
    /// The day the person joined the list.
    pub joined: Date,
    /// Areas, issues, tags, numbers, dates.
    pub facts: Vec<Fact>,
    /// The consents in force; a pair that is not named is unknown.
    pub consents: Vec<(Slug, Channel, ConsentState)>,
    /// Every gift.
    pub gifts: Vec<Gift>,
}
