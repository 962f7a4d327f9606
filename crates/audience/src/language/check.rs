//! Whether the names in an expression exist, and which known one was probably meant.

use super::error::draw;
use super::expr::{Expr, Prefixed, Span, Spanned, Term};
use hustings_domain::words::{nearest, nearest_few};
use std::collections::BTreeSet;
use std::fmt::Display;

/// Every name that an expression can use, as a list knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// OCD division ids, the parents of each included.
    pub areas: BTreeSet<String>,
    /// Issues of the charter.
    pub issues: BTreeSet<String>,
    /// Tags.
    pub tags: BTreeSet<String>,
    /// Purposes of consent.
    pub purposes: BTreeSet<String>,
    /// Named numbers.
    pub numbers: BTreeSet<String>,
    /// Named dates.
    pub dates: BTreeSet<String>,
}

/// Why an expression that reads well cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CheckError {
    /// Where, in bytes of the text that the expression was parsed from.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The word that it is about.
    pub word: String,
}

impl CheckError {
    /// The message, the line of `text` with carets under the place, and the hint.
    pub fn render(&self, text: &str) -> String {
        draw(text, self.span, &self.message, self.hint.as_deref())
    }
}

impl Expr {
    /// Refuses the first name, from the left, that `vocabulary` does not hold.
    pub fn check(&self, vocabulary: &Vocabulary) -> Result<(), CheckError> {
        self.terms().into_iter().try_for_each(|(term, _)| check_term(term, vocabulary))
    }
}

fn check_term(term: &Term, vocabulary: &Vocabulary) -> Result<(), CheckError> {
    match term {
        Term::Area(names) => names.iter().try_for_each(|name| known_area(name, &vocabulary.areas)),
        Term::Issue(names) => {
            names.iter().try_for_each(|name| known(name, "an issue of this list", &vocabulary.issues))
        }
        Term::Tag(names) => {
            names.iter().try_for_each(|name| known(name, "a tag of this list", &vocabulary.tags))
        }
        Term::Consent { purpose, .. } => known(purpose, "a purpose of this list", &vocabulary.purposes),
        Term::Number { name, .. } => {
            attribute(name, ("a number", &vocabulary.numbers), ("a date", &vocabulary.dates))
        }
        Term::Date { name, .. } => {
            attribute(name, ("a date", &vocabulary.dates), ("a number", &vocabulary.numbers))
        }
        Term::Starts { what: Prefixed::Issue, prefix } => begins(prefix, "issue", &vocabulary.issues),
        Term::Starts { what: Prefixed::Tag, prefix } => begins(prefix, "tag", &vocabulary.tags),
        // Whoever binds the first three knows their names; the others have none.
        Term::Source { .. }
        | Term::Engaged { .. }
        | Term::Audience { .. }
        | Term::Gave { .. }
        | Term::Gifts { .. }
        | Term::LastGift(_)
        | Term::Joined(_) => Ok(()),
    }
}

fn known<T: Display>(name: &Spanned<T>, what: &str, names: &BTreeSet<String>) -> Result<(), CheckError> {
    let word = name.value.to_string();
    if names.contains(&word) {
        return Ok(());
    }
    let hint = match nearest(&word, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => "none is known yet".to_owned(),
        None if names.len() <= 12 => {
            format!("known: {}", names.iter().cloned().collect::<Vec<_>>().join(", "))
        }
        None => format!("{} are known and none is near", names.len()),
    };
    Err(CheckError { span: name.span, message: format!("`{word}` is not {what}"), hint: Some(hint), word })
}

/// The beginning of names that nothing has.
fn begins(prefix: &Spanned<String>, what: &str, names: &BTreeSet<String>) -> Result<(), CheckError> {
    let word = prefix.value.clone();
    if names.range(word.clone()..).next().is_some_and(|name| name.starts_with(&word)) {
        return Ok(());
    }
    let hint = match nearest(&word, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("{} names are known", names.len()),
    };
    let message = format!("no {what} of this list begins with `{word}`");
    Err(CheckError { span: prefix.span, message, hint: Some(hint), word })
}

/// An area, by its whole id; the nearest are found by the name of the last step too.
fn known_area<T: Display>(name: &Spanned<T>, areas: &BTreeSet<String>) -> Result<(), CheckError> {
    let mut found = known(name, "an area of this list", areas);
    if let Err(error) = &mut found {
        let near = nearest_areas(&error.word, areas);
        if !near.is_empty() {
            error.hint = Some(meant(&near));
        }
    }
    found
}

/// "did you mean" one of these.
fn meant(near: &[&str]) -> String {
    let quoted: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => format!("did you mean {last}?"),
        Some((last, others)) => format!("did you mean {} or {last}?", others.join(", ")),
        None => String::new(),
    }
}

/// Up to three areas whose id, or whose last step, is near to what was written; `vt` finds `.../state:vt`.
pub fn nearest_areas<'a>(word: &str, areas: &'a BTreeSet<String>) -> Vec<&'a str> {
    let last = |area: &str| area.rsplit(['/', ':']).next().unwrap_or_default().to_owned();
    let wanted = last(&word.to_lowercase().replace(' ', "_"));
    let mut exact: Vec<&str> = areas.iter().map(String::as_str).filter(|area| last(area) == wanted).collect();
    if !exact.is_empty() {
        exact.sort_by_key(|area| area.len());
        exact.truncate(3);
        return exact;
    }
    nearest_few(word, areas.iter().map(String::as_str), 3)
}

/// A name used as one type, when there is another type that it may be of.
fn attribute<T: Display>(
    name: &Spanned<T>,
    used: (&str, &BTreeSet<String>),
    other: (&str, &BTreeSet<String>),
) -> Result<(), CheckError> {
    let word = name.value.to_string();
    if !used.1.contains(&word) && other.1.contains(&word) {
        return Err(CheckError {
            span: name.span,
            message: format!("`{word}` is {} and is compared here with {}", other.0, used.0),
            hint: None,
            word,
        });
    }
    let near = used.1.union(other.1).map(String::as_str).chain(super::KEYWORDS.iter().copied());
    match known(name, &format!("{} of this list", used.0), used.1) {
        Err(mut error) => {
            if let Some(near) = nearest(&word, near) {
                error.hint = Some(format!("did you mean `{near}`?"));
            }
            Err(error)
        }
        Ok(()) => Ok(()),
    }
}
