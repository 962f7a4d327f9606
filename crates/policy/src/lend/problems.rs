//! From what Cedar says is wrong to a problem of the charter: the line in the charter's file, in words, with a remedy.

use cedar_policy::{ParseErrors, ValidationError, ValidationWarning};
use hustings_domain::charter::CharterProblem;
use miette::Diagnostic;

/// Where a hand-written rule stands in the charter's file.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The line of its first character, counted from 1.
    pub(super) line: usize,
    /// Its text.
    pub(super) text: String,
    /// The last line of the file: a text with `\n` written in it has more lines than the file.
    last: usize,
}

impl Place {
    /// The rule whose `cedar =` stands in the `nth` `[[rules]]`.
    pub(super) fn of(charter: &str, nth: usize, text: &str) -> Self {
        let line = hustings_domain::charter::line_of_rule(charter, "rules", nth, "cedar");
        let head = charter.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim_end();
        // A newline right after the opening quotes is not part of the text.
        let below = head.ends_with("\"\"\"") || head.ends_with("'''");
        let last = charter.lines().count().max(line);
        Self { line: line + usize::from(below), text: text.to_owned(), last }
    }

    fn at(&self, offset: usize) -> usize {
        let below = self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count();
        (self.line + below).min(self.last)
    }

    fn problem(&self, error: &dyn Diagnostic, allowed: &str) -> CharterProblem {
        let offset = error.labels().and_then(|mut labels| labels.next()).map_or(0, |label| label.offset());
        let help = error.help().map(|help| help.to_string().replace('\n', " "));
        CharterProblem {
            line: self.at(offset),
            what: in_our_words(&error.to_string()),
            allowed: help.map_or_else(|| allowed.to_owned(), |help| format!("{allowed}; {help}")),
        }
    }

    pub(super) fn unreadable(&self, errors: &ParseErrors) -> Vec<CharterProblem> {
        errors
            .iter()
            .map(|error| self.problem(error, "one Cedar policy, `permit (…) when { … };` or `forbid …`"))
            .collect()
    }

    pub(super) fn invalid(&self, error: &ValidationError) -> CharterProblem {
        self.problem(error, "what `hustings charter templates --schema FILE` lists, used as its type")
    }

    pub(super) fn doubtful(&self, warning: &ValidationWarning) -> CharterProblem {
        match warning {
            ValidationWarning::ImpossiblePolicy(_) => CharterProblem {
                line: self.line,
                what: "nothing can satisfy this rule: its condition is false for every request".to_owned(),
                allowed: "a condition that some request fulfils; or leave the rule out".to_owned(),
            },
            warning => self.problem(warning, "plain letters that read as what they are"),
        }
    }
}

/// Cedar names policies by number; people look at the line.
fn in_our_words(said: &str) -> String {
    let said = said.replace('\n', " ");
    match said.strip_prefix("for policy `").and_then(|rest| rest.split_once("`, ")) {
        Some((_, rest)) => rest.to_owned(),
        None => said,
    }
}
