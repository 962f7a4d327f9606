//! The areas of the store, written once for every engine. What an engine does in its own way stands with the
//! engine (see [`crate::engine::Engine`]).

pub(crate) mod audiences;
pub(crate) mod board;
pub(crate) mod calendar;
pub(crate) mod consents;
pub(crate) mod copies;
pub(crate) mod deliveries;
pub(crate) mod guarded;
pub(crate) mod ledger;
pub(crate) mod lending;
pub(crate) mod nodes;
pub(crate) mod notes;
pub(crate) mod owed;
pub(crate) mod people;
pub(crate) mod places;
pub(crate) mod profiles;
pub(crate) mod responses;
pub(crate) mod sends;
pub(crate) mod suppressions;
pub(crate) mod users;
