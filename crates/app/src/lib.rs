//! Use cases: people, consent, lend, send, introduce, after. One use case a file, one transaction each; every
//! one asks the authorisation point first and writes the decision ledger in the transaction of its change.

pub mod access;
pub mod after;
pub mod beside;
pub mod board;
pub mod calendar;
mod context;
pub mod folder;
mod hold;
mod journal;
pub mod lend;
pub mod people;
mod refusal;
pub mod second;
pub mod send;
pub mod settings;
pub mod web;
pub mod worth;

pub use hustings_policy::{RuleCheck, permit, powers_of, roles_of};

pub use context::{App, Chance, SeededChance, SystemChance, SystemClock};
pub use journal::{enter, entry_count};
pub use refusal::{Kind, Refusal, Result};
