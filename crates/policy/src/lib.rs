//! Who may do what, and who may ask for what. One engine (Cedar) decides both: the program's own policies stand in
//! `access/access.cedar`, the owner's in the charter, as numbers, as templates filled in, or as Cedar with words.
//! It reads no store and knows no clock: everything that a policy looks at is handed in.

mod access;
mod engine;
mod lend;

pub use access::{Permit, is_theirs, permit, powers_of, roles_of};
pub use lend::{
    Asker, Case, FIELDS, Param, RuleCheck, RuleWords, Rules, Ruling, TEMPLATES, Takes, Template, Wanted,
    may_ask_for, settings_of, to_toml,
};
