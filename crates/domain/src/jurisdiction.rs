//! What the law of a place wants of a loan, as data: profiles in TOML that people who know the law can write and read.
//! Nothing here is legal advice, and no figure stands in the code.

mod judge;
mod read;

pub use judge::{Judged, Standing, missing_disclaimers, rule_for};
pub use read::{ProfileProblem, built_in, built_in_names};

use crate::borrower::BorrowerKind;
use crate::money::Cents;
use crate::words::Slug;
use serde::{Deserialize, Serialize};

/// Said wherever a profile is shown.
pub const NO_ADVICE: &str = "This is not legal advice: a profile is data that people wrote down, it may be wrong or \
                             out of date, and counsel decides which law applies.";

/// What a law does with a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Treatment {
    /// Lent without limit; valued all the same, for the books.
    Allow,
    /// Lent as something of value, up to a limit where there is one.
    Value,
    /// Not lent.
    Forbid,
}

impl Treatment {
    /// The word used in files and on screens.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Value => "value",
            Self::Forbid => "forbid",
        }
    }
}

/// One rule: the first that fits a loan decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// For lists of this sort of owner; of any when left out.
    #[serde(default)]
    pub lender: Option<Slug>,
    /// For this kind of borrower; for any when left out.
    #[serde(default)]
    pub borrower: Option<BorrowerKind>,
    /// What happens.
    pub treatment: Treatment,
    /// The most that one borrower may be lent for one election.
    #[serde(default)]
    pub per_election_cents: Option<Cents>,
    /// Why, in words.
    pub why: String,
    /// Where that stands.
    pub source: String,
}

/// Words that an appeal must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclaimer {
    /// From more than so many messages on.
    pub over_messages: u32,
    /// One of these must stand in the appeal or its line of who paid, in any case of letters.
    pub any_of: Vec<String>,
    /// Why, in words.
    pub why: String,
    /// Where that stands.
    pub source: String,
}

/// What a transparency notice says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransparencyNotice {
    /// Which law wants it.
    pub source: String,
    /// What it holds.
    pub fields: Vec<NoticeField>,
}

/// Something that a transparency notice says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeField {
    /// Who the advertisement is for.
    Sponsor,
    /// Who holds the list and sends.
    Controller,
    /// Who pays.
    PaidForBy,
    /// When it is sent.
    Period,
    /// What it is worth.
    Value,
    /// The election it is about.
    Election,
    /// How people were chosen.
    Targeting,
    /// Where the data came from.
    SourceOfData,
    /// How many it reached.
    Reach,
    /// Where to complain.
    Feedback,
}

/// The law of one place, as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its short name.
    pub id: Slug,
    /// Its name.
    pub title: String,
    /// The day it was written for.
    pub as_of: jiff::civil::Date,
    /// The currency of its figures, as ISO 4217 names it.
    pub currency: String,
    /// What the reader must know besides.
    pub note: String,
    /// The sorts of owner that its rules tell apart; the charter says which the owner is.
    #[serde(default)]
    pub lenders: Vec<Slug>,
    /// Rules; the first that fits decides.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    /// Words that appeals must hold.
    #[serde(rename = "disclaimer", default)]
    pub disclaimers: Vec<Disclaimer>,
    /// A notice that goes with each appeal, if the law wants one.
    #[serde(default)]
    pub transparency_notice: Option<TransparencyNotice>,
}

impl Profile {
    /// Reads and checks a profile: at most 64 KiB of TOML.
    pub fn from_toml(text: &str) -> Result<Self, ProfileProblem> {
        read::read(text)
    }
}

/// The `[jurisdiction]` section of a charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Jurisdiction {
    /// A profile that comes with the program, or `own`.
    pub profile: String,
    /// The text of an own profile.
    pub own: Option<String>,
    /// Which of the profile's sorts of lender the owner is.
    pub lender: Option<Slug>,
    /// The election that values are added up for.
    pub election: String,
    /// Loans asked for from this day on are added up for it; all of them when left out.
    pub since: Option<jiff::civil::Date>,
}

impl Default for Jurisdiction {
    fn default() -> Self {
        Self { profile: "neutral".to_owned(), own: None, lender: None, election: String::new(), since: None }
    }
}

impl Jurisdiction {
    /// The profile in force.
    pub fn profile(&self) -> Result<Profile, ProfileProblem> {
        read::in_force(self)
    }
}

#[cfg(test)]
mod tests;
