//! A case: everything about one request that a rule may look at, and nothing else. No name, no address, no text of an
//! appeal: what is kept of a refused request is this, so that another charter can decide it again.

use hustings_domain::area::AreaId;
use hustings_domain::borrower::BorrowerKind;
use hustings_domain::ids::BorrowerId;
use hustings_domain::loan::Ask;
use hustings_domain::words::Slug;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One request as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// When it was asked.
    pub now: Timestamp,
    /// Who asks.
    pub asker: Asker,
    /// What for.
    pub wanted: Wanted,
}

/// A borrower as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asker {
    /// The id.
    pub id: BorrowerId,
    /// What sort of body.
    pub kind: BorrowerKind,
    /// The office sought or the body's role.
    pub office: String,
    /// Its own area.
    pub area: AreaId,
    /// Whether its standing lets it ask.
    pub good_standing: bool,
    /// Why not, and what would change that; nothing where it may.
    #[serde(default)]
    pub standing_words: Option<String>,
    /// The issues on which it has stated a position.
    pub positions: Vec<Slug>,
    /// Those of them with a public source.
    pub sourced: Vec<Slug>,
    /// When it registered.
    pub registered: Timestamp,
    /// The day of its next election; of its last one when none is to come.
    pub election: Option<Date>,
    /// Loans that are asked for, cleared or under way.
    pub open_loans: u32,
    /// Erasures that it has not yet acknowledged.
    pub open_erasures: u32,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Whether the records themselves are asked for.
    pub records: bool,
    /// Where; none asks for everybody.
    pub area: Option<AreaId>,
    /// What people are asked to do.
    pub ask: Ask,
    /// The issues that select people.
    pub issues: Vec<Slug>,
    /// The most people, where a number is named.
    pub people: Option<u32>,
    /// The fields that pass with a yes.
    pub fields: Vec<Slug>,
    /// The start of the window.
    pub opens: Timestamp,
    /// Its end.
    pub closes: Timestamp,
}
