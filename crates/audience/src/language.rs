//! The audience language: what may be asked of a list, in words that a steward types and a trustee can read.
//!
//! `or` binds less than `and`, `and` less than `not`, and brackets group. Words are case-insensitive; names of
//! areas, issues, tags, purposes, sources and saved audiences stand in quotes. Consent, suppression, fatigue and hold-back are added by
//! the caller of the index and are no part of an expression.

mod canonical;
mod check;
mod error;
mod expr;
mod lex;
mod loan;
mod parse;
mod print;
mod reference;
mod words;

pub use check::{CheckError, Vocabulary, nearest_areas};
pub use error::ParseError;
pub use expr::{
    Asks, Expr, Node, Op, Period, PeriodUnit, Prefixed, Span, Spanned, Stretch, Term, Test, When,
};
pub use loan::{check_for_loan, check_lendable};
pub use parse::parse;
pub use reference::{Answered, Binder, Engaged, Engagement, Found};
pub use words::to_words;

/// The longest expression that is read, in bytes.
pub const MAX_BYTES: usize = 4_096;
/// How deep brackets and `not` may nest.
pub const MAX_DEPTH: usize = 64;
/// How many terms one expression may have; each name in a list counts.
pub const MAX_TERMS: usize = 256;
/// How many digits a number or an amount of whole dollars may have.
pub const MAX_DIGITS: usize = 13;
/// The longest trailing period, in days (a hundred years).
pub const MAX_PERIOD_DAYS: u32 = 36_500;
/// The longest name of a source, in characters.
pub const MAX_SOURCE: usize = 100;

/// Whether a name is a word with a meaning of its own, which no attribute can have.
pub fn is_taken(name: &hustings_domain::words::Slug) -> bool {
    KEYWORDS.contains(&name.as_str()) || KEYWORDS.contains(&name.as_str().replace('-', "_").as_str())
}

/// Every word with a meaning of its own; none of them can be the name of a number or a date.
pub(crate) const KEYWORDS: &[&str] = &[
    "and",
    "or",
    "not",
    "in",
    "has",
    "on",
    "is",
    "within",
    "between",
    "everyone",
    "area",
    "issue",
    "tag",
    "consent",
    "gave",
    "gifts",
    "last_gift",
    "joined",
    "source",
    "starts",
    "before",
    "after",
    "since",
    "until",
    "addressed",
    "answered",
    "audience",
];
