//! Whether the names in an expression exist, and which known one was probably meant.

use super::error::draw;
use super::expr::{Asks, Expr, Prefixed, Span, Spanned, Term};
use hustings_domain::attribute::{AttributeType, fold};
use hustings_domain::words::{nearest, nearest_few};
use std::collections::{BTreeMap, BTreeSet};
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
    /// Named amounts.
    pub money: BTreeSet<String>,
    /// Named texts.
    pub texts: BTreeSet<String>,
    /// Named choices, with those that there are.
    pub choices: BTreeMap<String, BTreeSet<String>>,
    /// The same of names that a person may have several of.
    pub several: BTreeMap<String, BTreeSet<String>>,
    /// Named areas, with those that there are and their parents.
    pub named_areas: BTreeMap<String, BTreeSet<String>>,
    /// Attributes that anybody gave themselves.
    pub self_given: BTreeSet<String>,
    /// Attributes that are out of use.
    pub retired: BTreeSet<String>,
}

impl Vocabulary {
    /// The type of an attribute.
    pub fn type_of(&self, name: &str) -> Option<AttributeType> {
        let types = [
            (AttributeType::Number, self.numbers.contains(name)),
            (AttributeType::Date, self.dates.contains(name)),
            (AttributeType::Money, self.money.contains(name)),
            (AttributeType::Text, self.texts.contains(name)),
            (AttributeType::Choice, self.choices.contains_key(name)),
            (AttributeType::Choices, self.several.contains_key(name)),
            (AttributeType::Area, self.named_areas.contains_key(name)),
        ];
        types.into_iter().find_map(|(kind, known)| known.then_some(kind))
    }

    /// Every attribute, with its type.
    pub fn attributes(&self) -> BTreeMap<&str, AttributeType> {
        let plain = [
            (AttributeType::Number, &self.numbers),
            (AttributeType::Date, &self.dates),
            (AttributeType::Money, &self.money),
            (AttributeType::Text, &self.texts),
        ];
        let with = [
            (AttributeType::Choice, &self.choices),
            (AttributeType::Choices, &self.several),
            (AttributeType::Area, &self.named_areas),
        ];
        let plain =
            plain.into_iter().flat_map(|(kind, names)| names.iter().map(move |name| (name.as_str(), kind)));
        let with =
            with.into_iter().flat_map(|(kind, names)| names.keys().map(move |name| (name.as_str(), kind)));
        plain.chain(with).collect()
    }
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
        Term::Number { .. } | Term::Date { .. } | Term::Money { .. } | Term::Named { .. } => {
            attribute(term, vocabulary)
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

/// An attribute under a name: that it exists, is of a type that can be asked so, and what it is compared with.
fn attribute(term: &Term, vocabulary: &Vocabulary) -> Result<(), CheckError> {
    let Some((name, wanted)) = term.attribute() else { return Ok(()) };
    let word = name.value.as_str();
    let error = |message: String, hint: Option<String>| {
        Err(CheckError { span: name.span, message, hint, word: word.to_owned() })
    };
    if vocabulary.retired.contains(word) {
        let hint =
            "`hustings attribute list` names those in use; declaring it again takes it back".to_owned();
        return error(format!("the attribute `{word}` is out of use"), Some(hint));
    }
    match vocabulary.type_of(word) {
        Some(kind) if wanted.contains(&kind) => compared(term, kind, vocabulary),
        Some(kind) => {
            let asked: Vec<&str> = wanted.iter().map(|kind| kind.words()).collect();
            let message =
                format!("`{word}` is {} and is compared here with {}", kind.words(), asked.join(" or "));
            error(message, Some(format!("write `{}`", kind.example(word))))
        }
        None => {
            let known = vocabulary.attributes();
            let asked: Vec<&str> = wanted.iter().map(|kind| kind.words()).collect();
            let near = nearest(word, known.keys().copied().chain(super::KEYWORDS.iter().copied()));
            let message = match near {
                Some(near) if super::KEYWORDS.contains(&near) => {
                    format!("expected a term or an attribute, found `{word}`")
                }
                _ if matches!(term, Term::Named { .. }) => {
                    format!("`{word}` is not an attribute of this list")
                }
                _ => format!("`{word}` is not {} of this list", asked.join(" or ")),
            };
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => "none is known yet".to_owned(),
                None if known.len() <= 12 => {
                    format!("known: {}", known.keys().copied().collect::<Vec<_>>().join(", "))
                }
                None => format!("{} are known and none is near", known.len()),
            };
            error(message, Some(hint))
        }
    }
}

/// Whether the choices and areas that an attribute is compared with exist.
fn compared(term: &Term, kind: AttributeType, vocabulary: &Vocabulary) -> Result<(), CheckError> {
    let Term::Named { name, asks } = term else { return Ok(()) };
    let none = BTreeSet::new();
    let word = name.value.as_str();
    let what = format!("a choice of `{word}`");
    match (asks, kind) {
        (Asks::Is(values), AttributeType::Choice) => {
            let choices = vocabulary.choices.get(word).unwrap_or(&none);
            let folded = |value: &Spanned<String>| Spanned { value: fold(&value.value), span: value.span };
            values.iter().try_for_each(|value| known(&folded(value), &what, choices))
        }
        (Asks::Has(values), AttributeType::Choices) => {
            let choices = vocabulary.several.get(word).unwrap_or(&none);
            values.iter().try_for_each(|value| known(value, &what, choices))
        }
        (Asks::Within(areas), AttributeType::Area) => {
            let known = vocabulary.named_areas.get(word).unwrap_or(&none);
            areas.iter().try_for_each(|area| known_area(area, known))
        }
        _ => Ok(()),
    }
}
