//! What went wrong in a text, where exactly, and what to write instead.

use super::expr::Span;
use std::fmt::Write as _;

/// Why a text is not an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// Where, in bytes of the text.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// What stood there; empty at the end of the text.
    pub found: String,
}

impl ParseError {
    /// The message, the line of `text` with carets under the place, and the hint.
    pub fn render(&self, text: &str) -> String {
        draw(text, self.span, &self.message, self.hint.as_deref())
    }
}

/// A message over the line that it is about, with one caret per character of the span.
pub(crate) fn draw(text: &str, span: Span, message: &str, hint: Option<&str>) -> String {
    let start = floor_boundary(text, span.start);
    let end = floor_boundary(text, span.end).max(start);
    let before = text.get(..start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line_end = text.get(start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| start + at);
    let count = |from: usize, to: usize| text.get(from..to).map_or(0, |part| part.chars().count());
    let column = count(line_start, start);
    let width = count(start, end.min(line_end)).max(1);
    let line: String = text
        .get(line_start..line_end)
        .unwrap_or_default()
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    let mut drawn =
        format!("error: {message}\n  {}\n  {}{}\n", line.trim_end(), " ".repeat(column), "^".repeat(width));
    if let Some(hint) = hint {
        // Writing to a String does not fail.
        let _infallible = writeln!(drawn, "hint: {hint}");
    }
    drawn
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
