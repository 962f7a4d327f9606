//! Reading the settings of one `[[rules]]` for its template. What is missing, unknown or of the wrong sort is named
//! with its line and what is allowed.

use super::settings::{FIELDS, Takes, settings_of};
use super::{Filled, Template};
use hustings_domain::area::AreaId;
use hustings_domain::borrower::BorrowerKind;
use hustings_domain::charter::{Charter, CharterProblem, RuleText, Setting, line_of_rule};
use hustings_domain::loan::Ask;
use jiff::civil::Date;
use std::str::FromStr;

/// A day that a rule names.
#[derive(Debug, Clone)]
pub(super) struct NamedDay {
    pub(super) day: Date,
    /// `the primary, 2026-08-11`.
    pub(super) label: String,
}

/// The settings as read. What a template needs is there when it is asked to write.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) kinds: Option<Vec<BorrowerKind>>,
    pub(super) asks: Option<Vec<Ask>>,
    pub(super) number: i64,
    pub(super) day: Option<NamedDay>,
    /// Areas, issues, fields or levels: no template takes two of them.
    pub(super) names: Vec<String>,
    /// Every issue of the charter.
    pub(super) all_issues: Vec<String>,
}

impl Given {
    /// Whom it bears on: `candidates`, `candidates and party committees`, `borrowers`.
    pub(super) fn who(&self) -> String {
        let plural: Vec<String> =
            self.kinds.iter().flatten().map(|kind| format!("{}s", kind.label())).collect();
        if plural.is_empty() { "borrowers".to_owned() } else { join(&plural, "and") }
    }

    /// ` when they ask people to give`, or nothing.
    pub(super) fn when_asking(&self) -> String {
        match &self.asks {
            Some(asks) => format!(" when they ask people to {}", join(&words_of(asks), "or")),
            None => String::new(),
        }
    }
}

pub(super) fn words_of(asks: &[Ask]) -> Vec<String> {
    asks.iter().map(ToString::to_string).collect()
}

/// `a, b and c`.
pub(super) fn join(words: &[String], last: &str) -> String {
    match words.split_last() {
        Some((end, [])) => end.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
        None => String::new(),
    }
}

/// A `[[rules]]` that names a template.
pub(crate) fn of_rule(
    charter: &Charter,
    text: &str,
    nth: usize,
    rule: &RuleText,
) -> Result<Filled, Vec<CharterProblem>> {
    let mut reader = Reader {
        charter,
        text,
        nth,
        given: Given { all_issues: issues(charter), ..Given::default() },
        problems: vec![],
    };
    let name = rule.text("template").unwrap_or_default();
    let Some(template) = Template::named(name) else {
        let known: Vec<&str> = super::TEMPLATES.iter().map(|template| template.id).collect();
        reader.problem(
            "template",
            format!("`{name}` is not a template"),
            format!("one of {}", known.join(", ")),
        );
        return Err(reader.problems);
    };
    let params = settings_of(template);
    for (key, setting) in rule.0.iter().filter(|(key, _)| *key != "template") {
        if let Some(param) = params.iter().find(|param| param.key == key) {
            reader.take(key, param.takes, setting);
        } else {
            let keys: Vec<&str> = params.iter().map(|param| param.key).collect();
            reader.problem(
                key,
                format!("the template `{name}` has no setting `{key}`"),
                format!("`{}`", keys.join("`, `")),
            );
        }
    }
    for param in params.iter().filter(|param| param.needed && rule.get(param.key).is_none()) {
        reader.problem(
            "template",
            format!("the template `{name}` needs `{}`", param.key),
            param.takes.words(),
        );
    }
    if !reader.problems.is_empty() {
        return Err(reader.problems);
    }
    let mut filled = (template.write)(&reader.given);
    filled.kinds = reader.given.kinds;
    // A template that is about asks has said so in its condition.
    if params.first().is_none_or(|param| param.key != "asks") {
        filled.asks = reader.given.asks;
    }
    Ok(filled)
}

fn issues(charter: &Charter) -> Vec<String> {
    charter.issues.iter().map(|issue| issue.id.to_string()).collect()
}

struct Reader<'a> {
    charter: &'a Charter,
    text: &'a str,
    nth: usize,
    given: Given,
    problems: Vec<CharterProblem>,
}

impl Reader<'_> {
    fn problem(&mut self, key: &str, what: String, allowed: String) {
        let line = line_of_rule(self.text, "rules", self.nth, key);
        self.problems.push(CharterProblem { line, what, allowed });
    }

    fn take(&mut self, key: &str, takes: Takes, setting: &Setting) {
        match (takes, setting) {
            (Takes::Number(least, most), Setting::Number(number)) => {
                if (least..=most).contains(number) {
                    self.given.number = *number;
                } else {
                    self.problem(key, format!("`{key}` is {number}"), takes.words());
                }
            }
            (Takes::Day, Setting::Text(text)) => self.day(key, text),
            (Takes::Kinds, Setting::Text(_) | Setting::List(_)) => {
                self.given.kinds = Some(self.each(key, takes, setting));
            }
            (Takes::Asks, Setting::Text(_) | Setting::List(_)) => {
                self.given.asks = Some(self.each(key, takes, setting));
            }
            (takes, Setting::Text(_) | Setting::List(_)) if takes.is_list() => {
                self.names(key, takes, setting);
            }
            _ => self.problem(key, format!("`{key}` is `{setting}`"), takes.words()),
        }
    }

    fn each<T: FromStr>(&mut self, key: &str, takes: Takes, setting: &Setting) -> Vec<T> {
        let mut read = Vec::new();
        for text in texts(setting) {
            match text.parse() {
                Ok(value) => read.push(value),
                Err(_) => self.problem(key, format!("`{key}` holds `{text}`"), takes.words()),
            }
        }
        if texts(setting).is_empty() {
            self.problem(key, format!("`{key}` is empty: the rule would bear on nothing"), takes.words());
        }
        read
    }

    fn names(&mut self, key: &str, takes: Takes, setting: &Setting) {
        let names = texts(setting);
        if names.is_empty() {
            self.problem(key, format!("`{key}` is empty: nothing could satisfy the rule"), takes.words());
        }
        for name in names {
            let (known, allowed) = match takes {
                Takes::Areas => (name.parse::<AreaId>().is_ok(), takes.words()),
                Takes::Issues => (
                    self.given.all_issues.contains(&name),
                    format!("one of {}", self.given.all_issues.join(", ")),
                ),
                Takes::Levels => (
                    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                    takes.words(),
                ),
                _ => (FIELDS.contains(&name.as_str()), takes.words()),
            };
            if known {
                self.given.names.push(name);
            } else {
                self.problem(key, format!("`{key}` holds `{name}`"), allowed);
            }
        }
    }

    fn day(&mut self, key: &str, text: &str) {
        let named = self.charter.calendar.iter().find(|day| day.id.as_str() == text);
        let day = named.map(|day| NamedDay { day: day.day, label: format!("{}, {}", day.label, day.day) });
        let day = day.or_else(|| {
            let day: Date = text.parse().ok()?;
            Some(NamedDay { day, label: day.to_string() })
        });
        if day.is_none() {
            let known: Vec<&str> = self.charter.calendar.iter().map(|day| day.id.as_str()).collect();
            let known = if known.is_empty() { "which names none yet".to_owned() } else { known.join(", ") };
            let allowed = format!("a day such as 2026-11-03, or a day of `[[calendar]]`: {known}");
            self.problem(key, format!("`{text}` is neither a day nor in the calendar"), allowed);
        }
        self.given.day = day;
    }
}

fn texts(setting: &Setting) -> Vec<String> {
    match setting {
        Setting::Text(text) => vec![text.clone()],
        Setting::List(texts) => texts.clone(),
        _ => Vec::new(),
    }
}
