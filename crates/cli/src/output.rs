//! What a verb says: words for people, JSON for programs; errors as `error:`, `caused by:` and `hint:`.

use hustings_app::{Kind, Refusal};
use jiff::Timestamp;
use serde::Serialize;
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

/// Where a verb speaks to.
#[derive(Debug, Clone, Copy)]
pub struct Voice {
    /// Whether to speak JSON.
    pub json: bool,
}

impl Voice {
    /// Says one line; nothing when JSON is spoken.
    pub fn say(self, line: impl AsRef<str>) {
        if !self.json {
            out(line.as_ref());
        }
    }

    /// Says the result: as JSON, or in the words of `words`.
    pub fn result<T: Serialize>(self, value: &T, words: impl FnOnce(Self)) -> hustings_app::Result<()> {
        if !self.json {
            words(self);
            return Ok(());
        }
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| Refusal::internal("the result cannot be written as JSON").because(error))?;
        out(&text);
        Ok(())
    }

    /// Says a table with its heads.
    pub fn table(self, heads: &[&str], rows: &[Vec<String>]) {
        if self.json {
            return;
        }
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            cells.chain(heads.get(column).map(|head| head.chars().count())).max().unwrap_or(0)
        };
        let line = |cells: &[String]| {
            let padded: Vec<String> = cells
                .iter()
                .enumerate()
                .map(|(column, cell)| {
                    let number = cell.starts_with(|c: char| c.is_ascii_digit() || c == '$');
                    if number {
                        format!("{cell:>w$}", w = width(column))
                    } else {
                        format!("{cell:<w$}", w = width(column))
                    }
                })
                .collect();
            padded.join("  ").trim_end().to_owned()
        };
        let heads: Vec<String> = heads.iter().map(ToString::to_string).collect();
        if heads.iter().any(|head| !head.is_empty()) {
            out(&line(&heads));
            out(&"-".repeat(line(&heads).chars().count().max(12)));
        }
        for row in rows {
            out(&line(row));
        }
    }
}

/// A moment as people read one: to the minute, in UTC.
pub fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Whether a person is looking.
pub fn on_terminal() -> bool {
    std::io::stderr().is_terminal()
}

fn out(line: &str) {
    // A reader that went away (`hustings … | head`) is no error.
    drop(writeln!(std::io::stdout().lock(), "{line}"));
}

/// Says one line on standard error.
pub fn aside(line: impl AsRef<str>) {
    drop(writeln!(std::io::stderr().lock(), "{}", line.as_ref()));
}

#[derive(Serialize)]
struct Problem<'a> {
    error: &'a str,
    code: &'a str,
    caused_by: &'a [String],
    hints: &'a [String],
}

/// Says a refusal, and the exit code of its kind.
pub fn refused(json: bool, refusal: &Refusal) -> ExitCode {
    if json {
        let problem = Problem {
            error: &refusal.message,
            code: refusal.code,
            caused_by: &refusal.causes,
            hints: &refusal.hints,
        };
        aside(serde_json::to_string_pretty(&problem).unwrap_or_default());
    } else {
        aside(refusal_text(refusal));
    }
    ExitCode::from(exit_code(refusal.kind))
}

/// A refusal as people read it.
pub fn refusal_text(refusal: &Refusal) -> String {
    let mut lines = vec![format!("error: {}", refusal.message)];
    for cause in &refusal.causes {
        // A drawing with a caret keeps its columns: it starts on a line of its own.
        let drawn = cause.contains('\n');
        lines.push(if drawn { drawing(refusal, cause) } else { format!("caused by: {cause}") });
    }
    lines.extend(refusal.hints.iter().map(|hint| format!("hint: {hint}")));
    lines.join("\n")
}

/// A cause of several lines, without those that the refusal says itself.
fn drawing(refusal: &Refusal, cause: &str) -> String {
    let said = |line: &str| {
        line.trim_end().is_empty()
            || line.strip_prefix("error: ").is_some_and(|message| message == refusal.message)
            || line.strip_prefix("hint: ").is_some_and(|hint| refusal.hints.iter().any(|own| own == hint))
    };
    let lines: Vec<&str> = cause.lines().filter(|line| !said(line)).collect();
    format!("caused by:\n{}", lines.join("\n"))
}

/// The exit code of each kind of failure; 2 is a wrong command line (said by the argument parser).
pub fn exit_code(kind: Kind) -> u8 {
    match kind {
        Kind::NotFound => 3,
        Kind::Invalid => 4,
        Kind::Conflict => 5,
        Kind::Denied => 6,
        Kind::Busy => 7,
        Kind::Internal => 70,
    }
}
