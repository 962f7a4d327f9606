//! From TOML text to a [`Charter`], with the line of whatever is wrong.

use super::Charter;
use super::checks::{CharterProblem, check};

/// A charter is a page or two; more is not one.
const LONGEST: usize = 256 * 1024;

pub(super) fn read(text: &str) -> Result<Charter, Vec<CharterProblem>> {
    if text.len() > LONGEST {
        return Err(vec![CharterProblem {
            line: 1,
            what: "this is longer than a charter can be".to_owned(),
            allowed: format!("at most {} KiB of TOML", LONGEST / 1024),
        }]);
    }
    let charter: Charter = toml::from_str(text).map_err(|error| vec![from_toml_error(text, &error)])?;
    let problems = check(&charter, text);
    if problems.is_empty() { Ok(charter) } else { Err(problems) }
}

fn from_toml_error(text: &str, error: &toml::de::Error) -> CharterProblem {
    let line = error.span().map_or(1, |span| line_of(text, span.start));
    let message = error.message().trim();
    let (what, allowed) = match message.split_once(", expected ") {
        Some((what, allowed)) => (what.to_owned(), in_words(allowed)),
        None if message.starts_with("missing field") => (
            message.to_owned(),
            "add it; `hustings charter check` of the example shows every field".to_owned(),
        ),
        None => (message.to_owned(), "TOML as in docs/charter.example.toml".to_owned()),
    };
    CharterProblem { line, what, allowed }
}

/// What was expected, without the names that numbers have in the program.
fn in_words(expected: &str) -> String {
    match expected {
        "u32" => "a whole number from 0 to 4294967295".to_owned(),
        "u64" => "a whole number, 0 or more".to_owned(),
        "i64" => "a whole number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a string" => "a text in quotes".to_owned(),
        other => other.to_owned(),
    }
}

/// The line, counted from 1, that a byte offset lies on.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
