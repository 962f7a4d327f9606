//! Lines of a file and the cells of a line, within limits: a row is one line, and nothing of a longer one is kept.

use super::MAX_LINE;
use crate::refusal::{Refusal, Result};
use std::borrow::Cow;
use std::io::{BufRead, Read as _};

/// What was read of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    Whole,
    TooLong,
}

/// The next line without its end, in `bytes`; of one that is too long, nothing.
pub(super) fn next_line(file: &mut impl BufRead, bytes: &mut Vec<u8>) -> Result<Option<Line>> {
    let unreadable =
        |error: std::io::Error| Refusal::invalid("file.unreadable", "the file cannot be read").because(error);
    bytes.clear();
    let most = u64::try_from(MAX_LINE).unwrap_or(u64::MAX) + 1;
    if file.by_ref().take(most).read_until(b'\n', bytes).map_err(unreadable)? == 0 {
        return Ok(None);
    }
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        return Ok(Some(Line::Whole));
    }
    if bytes.len() <= MAX_LINE {
        return Ok(Some(Line::Whole));
    }
    bytes.clear();
    loop {
        let seen = file.fill_buf().map_err(unreadable)?;
        let end = seen.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(seen.len(), |end| end + 1);
        let over = end.is_some() || seen.is_empty();
        file.consume(used);
        if over {
            return Ok(Some(Line::TooLong));
        }
    }
}

/// The cells of a line (RFC 4180, one line a row); none when a quote stays open.
pub(super) fn split(line: &str, separator: char) -> Option<Vec<Cow<'_, str>>> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let trimmed = rest.trim_start_matches(' ');
        if let Some(mut quoted) = trimmed.strip_prefix('"') {
            let mut cell = String::new();
            loop {
                let (before, after) = quoted.split_once('"')?;
                cell.push_str(before);
                let Some(more) = after.strip_prefix('"') else {
                    quoted = after;
                    break;
                };
                cell.push('"');
                quoted = more;
            }
            cells.push(Cow::Owned(cell));
            match quoted.split_once(separator) {
                Some((_, after)) => rest = after,
                None => return Some(cells),
            }
        } else {
            let Some((cell, after)) = rest.split_once(separator) else {
                cells.push(Cow::Borrowed(rest));
                return Some(cells);
            };
            cells.push(Cow::Borrowed(cell));
            rest = after;
        }
    }
}
