//! Who may ask for what: the owner's rules, compiled once, held against one case at a time. Every answer says which
//! rules it rests on, in words, and what may be asked for instead.

mod case;
mod decide;
mod problems;
mod read;
mod schema;
mod templates;
mod witness;
mod words;

pub use case::{Asker, Case, Wanted};
pub use decide::{RuleCheck, Ruling};
pub use read::{RuleWords, Rules};
pub use templates::{FIELDS, Param, TEMPLATES, Takes, Template, settings_of, to_toml};
pub use words::may_ask_for;

#[cfg(test)]
mod tests;
