//! Reading profiles, and those that come with the program.

use super::{Jurisdiction, Profile};
use crate::words::{Slug, nearest};
use std::fmt;

/// A profile is a page; more is not one.
const LONGEST: usize = 64 * 1024;
/// More rules than a law of gifts has.
const MOST: usize = 256;

const BUILT_IN: [(&str, &str); 5] = [
    ("neutral", include_str!("../../profiles/neutral.toml")),
    ("us-federal", include_str!("../../profiles/us-federal.toml")),
    ("us-wa", include_str!("../../profiles/us-wa.toml")),
    ("us-ca", include_str!("../../profiles/us-ca.toml")),
    ("eu", include_str!("../../profiles/eu.toml")),
];

/// What is wrong with a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileProblem {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What is allowed.
    pub allowed: String,
}

impl fmt::Display for ProfileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the profile: {} (allowed: {})", self.line, self.what, self.allowed)
    }
}

impl std::error::Error for ProfileProblem {}

/// The names of the profiles that come with the program.
pub fn built_in_names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// The text of a profile that comes with the program.
pub fn built_in(name: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

pub(super) fn read(text: &str) -> Result<Profile, ProfileProblem> {
    let problem =
        |line: usize, what: String, allowed: &str| ProfileProblem { line, what, allowed: allowed.to_owned() };
    if text.len() > LONGEST {
        return Err(problem(1, "this is longer than a profile can be".to_owned(), "at most 64 KiB of TOML"));
    }
    let profile: Profile = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| crate::charter::line_of(text, span.start));
        problem(
            line,
            error.message().trim().to_owned(),
            "TOML as in the profiles that `hustings worth profile` prints",
        )
    })?;
    let line_of =
        |needle: &str| text.lines().position(|line| line.contains(needle)).map_or(1, |line| line + 1);
    if profile.rules.len() > MOST || profile.disclaimers.len() > MOST {
        return Err(problem(1, format!("more than {MOST} rules or disclaimers"), "256 of each"));
    }
    // The last rule is for whatever no other is for, so that no loan falls through.
    if profile.rules.last().is_none_or(|rule| rule.lender.is_some() || rule.borrower.is_some()) {
        let what = "no rule says what happens to all other loans".to_owned();
        return Err(problem(line_of("[[rule]]"), what, "a last rule without `lender` and `borrower`"));
    }
    for rule in &profile.rules {
        if let Some(lender) = rule.lender.as_ref().filter(|lender| !profile.lenders.contains(lender)) {
            let near = nearest(lender.as_str(), profile.lenders.iter().map(Slug::as_str));
            let what = match near {
                Some(near) => format!("`{lender}` is not among `lenders`; did you mean `{near}`?"),
                None => format!("`{lender}` is not among `lenders`"),
            };
            return Err(problem(
                line_of(&format!("lender = \"{lender}\"")),
                what,
                "a sort that `lenders` names",
            ));
        }
        if let Some(limit) = rule.per_election_cents.filter(|limit| limit.0 <= 0) {
            let what = format!("a limit of {} cents is not a limit: nothing could be lent", limit.0);
            return Err(problem(
                line_of("per_election_cents"),
                what,
                "1 cent or more, or `treatment = \"forbid\"`",
            ));
        }
    }
    if profile
        .disclaimers
        .iter()
        .any(|disclaimer| disclaimer.any_of.iter().all(|words| words.trim().is_empty()))
    {
        let what = "a disclaimer that no words satisfy".to_owned();
        return Err(problem(line_of("any_of"), what, "one or more texts in `any_of`"));
    }
    let three_letters =
        profile.currency.len() == 3 && profile.currency.bytes().all(|byte| byte.is_ascii_uppercase());
    if !three_letters {
        let what = format!("`{}` is not a currency", profile.currency);
        return Err(problem(line_of("currency"), what, "three capital letters, such as USD"));
    }
    Ok(profile)
}

pub(super) fn in_force(section: &Jurisdiction) -> Result<Profile, ProfileProblem> {
    let problem = |what: String, allowed: String| ProfileProblem { line: 1, what, allowed };
    let text = match (&section.own, section.profile.as_str()) {
        (Some(own), "own") => own.as_str(),
        (None, "own") => {
            return Err(problem(
                "`profile` is `own`, and no profile stands in `own`".to_owned(),
                "the profile's text in `own`".to_owned(),
            ));
        }
        (Some(_), other) => {
            return Err(problem(
                format!("a profile stands in `own`, but `profile` is `{other}`"),
                "`profile = \"own\"`".to_owned(),
            ));
        }
        (None, name) => built_in(name).ok_or_else(|| {
            let names: Vec<&str> = built_in_names().collect();
            problem(format!("there is no profile `{name}`"), format!("{} or own", names.join(", ")))
        })?,
    };
    let profile = read(text)?;
    match &section.lender {
        Some(lender) if !profile.lenders.contains(lender) => {
            let sorts: Vec<&str> = profile.lenders.iter().map(Slug::as_str).collect();
            let allowed = if sorts.is_empty() { "no `lender`".to_owned() } else { sorts.join(", ") };
            Err(problem(format!("`{}` tells no lender `{lender}` apart", profile.id), allowed))
        }
        None if !profile.lenders.is_empty() => {
            let sorts: Vec<&str> = profile.lenders.iter().map(Slug::as_str).collect();
            Err(problem(format!("`{}` must know which lender the owner is", profile.id), sorts.join(", ")))
        }
        _ => Ok(profile),
    }
}
