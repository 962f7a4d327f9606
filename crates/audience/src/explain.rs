//! Why one person is in an audience or not, term by term: what a steward sees when a supporter asks.

use crate::language::{Expr, Span, Term};
use crate::naive::{Selection, matches, term_holds};
use hustings_domain::facts::Profile;
use jiff::civil::Date;

/// What one term says of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermVerdict {
    /// Where the term stood in the text.
    pub span: Span,
    /// The term as text.
    pub term: String,
    /// Whether it holds of the person; a `not` before it is not counted in.
    pub holds: bool,
    /// The terms of the saved audience that it names, likewise.
    pub inside: Vec<TermVerdict>,
}

/// The whole verdict and that of each term, from left to right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Whether the person is in the audience.
    pub is_in: bool,
    /// Every term.
    pub terms: Vec<TermVerdict>,
}

/// Explains why `profile` is or is not in the audience of `expr`.
pub fn explain(expr: &Expr, profile: &Profile, mode: Selection, today: Date) -> Explanation {
    Explanation { is_in: matches(expr, profile, mode, today), terms: verdicts(expr, profile, mode, today) }
}

fn verdicts(expr: &Expr, profile: &Profile, mode: Selection, today: Date) -> Vec<TermVerdict> {
    expr.terms()
        .into_iter()
        .map(|(term, span)| TermVerdict {
            span,
            term: term.to_string(),
            holds: term_holds(term, profile, mode, today),
            inside: match term {
                Term::Audience { meaning: Some(meaning), .. } => verdicts(meaning, profile, mode, today),
                _ => Vec::new(),
            },
        })
        .collect()
}
