//! One person: who they are to us, each consent with its notice, what reached them and by whom, what left.

use super::super::Frame;
use super::super::parts::{Badge, FieldInput, Hash, Proof, Terms, When};
use askama::Template;

/// One consent: a purpose on a channel.
#[derive(Debug)]
pub struct ConsentRow {
    /// `appeals`.
    pub purpose: String,
    /// `email`.
    pub channel: String,
    /// Given (go), unknown (plain), expired (wait), refused or withdrawn (stop).
    pub state: Badge,
    /// The exact notice that was shown, when one is known.
    pub notice: Option<Hash>,
    /// Since when, when known.
    pub when: Option<When>,
    /// Where it comes from: `sign-up form, spring fair`.
    pub source: String,
}

/// One thing that happened.
#[derive(Debug)]
pub struct HistoryRow {
    /// When.
    pub when: When,
    /// Addressed, answered, introduced, stopped.
    pub kind: Badge,
    /// What: `By Jo Alvarez, loan 41: "Buses that come"`.
    pub said: String,
    /// Where to read more.
    pub path: Option<String>,
    /// Its entry in the ledger.
    pub proof: Option<Proof>,
}

/// One attribute and where it comes from.
#[derive(Debug)]
pub struct FactRow {
    /// `area`.
    pub name: String,
    /// `ocd-division/country:us/state:vt`.
    pub value: String,
    /// Declared (go) by the person, or observed or inferred (plain), which never selects for a loan.
    pub kind: Badge,
    /// Source and licence: `sign-up form, own`.
    pub source: String,
}

/// `GET /console/supporters/{id}`.
#[derive(Debug, Template)]
#[template(path = "console/supporter.html")]
pub struct Supporter {
    /// The frame.
    pub frame: Frame,
    /// The id in addresses.
    pub id: String,
    /// Whether they can be addressed at all: `can be addressed`, `has stopped everything`.
    pub state: Badge,
    /// Name, addresses, numbers: what the viewer may see of them.
    pub identity: Terms,
    /// By purpose, then channel.
    pub consents: Vec<ConsentRow>,
    /// The newest first.
    pub history: Vec<HistoryRow>,
    /// By name.
    pub facts: Vec<FactRow>,
    /// Every field of the identity, to be put right; none when the viewer may not.
    pub inputs: Vec<FieldInput>,
    /// Whether to offer an export.
    pub may_export: bool,
    /// Whether to offer erasing.
    pub may_erase: bool,
}
