//! Finds addresses around each `@` and telephone numbers in runs of digits. Linear in the line.

use std::collections::HashSet;
use std::ops::Range;

const LONGEST_LOCAL: usize = 64;
const LONGEST_DOMAIN: usize = 253;
const PHONE_DIGITS: Range<usize> = 7..16;

fn in_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'.' | b'_' | b'-' | b'+' | b'\'')
}

fn in_domain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'.' | b'-')
}

/// The addresses of a line, each once, and where each stands.
pub(super) fn emails(line: &[u8]) -> (Vec<String>, Vec<Range<usize>>) {
    let (mut found, mut spans) = (Vec::new(), Vec::new());
    for (at, _) in line.iter().enumerate().filter(|(_, byte)| **byte == b'@') {
        let (before, after) = line.split_at(at);
        let after = after.get(1..).unwrap_or_default();
        let length = before.iter().rev().take(LONGEST_LOCAL + 1).take_while(|b| in_local(**b)).count();
        let local = trim(before.get(at - length..).unwrap_or_default(), |b| matches!(b, b'.' | b'\'' | b'-'));
        let length = after.iter().take(LONGEST_DOMAIN + 1).take_while(|b| in_domain(**b)).count();
        let domain = trim(after.get(..length).unwrap_or_default(), |b| matches!(b, b'.' | b'-'));
        if local.is_empty() || local.len() > LONGEST_LOCAL || !after.starts_with(domain) || !is_domain(domain)
        {
            continue;
        }
        let address = format!("{}@{}", String::from_utf8_lossy(local), String::from_utf8_lossy(domain));
        let address = address.to_lowercase();
        spans.push(at - local.len()..at + 1 + domain.len());
        found.push(address);
    }
    (each_once(found), spans)
}

fn trim(bytes: &[u8], unwanted: fn(u8) -> bool) -> &[u8] {
    let start = bytes.iter().position(|b| !unwanted(*b)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|b| !unwanted(*b)).map_or(start, |last| last + 1);
    bytes.get(start..end).unwrap_or_default()
}

fn is_domain(domain: &[u8]) -> bool {
    let labels: Vec<_> = domain.split(|b| *b == b'.').collect();
    domain.len() <= LONGEST_DOMAIN
        && labels.len() >= 2
        && labels.iter().all(|label| !label.is_empty() && !label.starts_with(b"-") && !label.ends_with(b"-"))
        && labels.last().is_some_and(|last| last.len() >= 2)
}

/// The telephone numbers of a line outside its addresses, each once. Where digits are parted by single spaces
/// both the whole and each long part are given, since either may be the number, unless the whole starts with `+`.
pub(super) fn phones(line: &[u8], emails: &[Range<usize>]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut emails = emails.iter().peekable();
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        while emails.next_if(|span| span.end <= at).is_some() {}
        if let Some(span) = emails.peek().filter(|span| span.contains(&at)) {
            at = span.end;
            continue;
        }
        if !byte.is_ascii_digit() && *byte != b'+' {
            at += 1;
            continue;
        }
        let limit = emails.peek().map_or(line.len(), |span| span.start);
        let end = run_end(line, at, limit);
        let run = line.get(at..end).unwrap_or_default();
        let alone = !touches(at.checked_sub(1).and_then(|i| line.get(i))) && !touches(line.get(end));
        if alone {
            found.extend(readings(run));
        }
        at = end.max(at + 1);
    }
    each_once(found)
}

/// Without repetitions, in order; a whole dump can stand in one line, so not by comparing each with each.
fn each_once(found: Vec<String>) -> Vec<String> {
    if found.len() < 2 {
        return found;
    }
    let mut seen = HashSet::with_capacity(found.len());
    found.into_iter().filter(|one| seen.insert(one.clone())).collect()
}

/// Where the run of digits and separators from `start` ends: at most two separators between digits.
fn run_end(line: &[u8], start: usize, limit: usize) -> usize {
    let (mut end, mut separators) = (start, 0);
    for (at, byte) in line.iter().enumerate().take(limit).skip(start) {
        match byte {
            b'0'..=b'9' => (end, separators) = (at + 1, 0),
            b'+' if at == start => end = at + 1,
            b' ' | b'(' | b')' | b'-' | b'.' | b'/' if separators < 2 => separators += 1,
            _ => break,
        }
    }
    end
}

fn touches(byte: Option<&u8>) -> bool {
    byte.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'@') || *b >= 0x80)
}

fn readings(run: &[u8]) -> Vec<String> {
    let digits = |part: &[u8]| -> String {
        part.iter().filter(|b| b.is_ascii_digit()).map(|b| char::from(*b)).collect()
    };
    let dressed = |digits: String, plus: bool| match digits.strip_prefix("00") {
        Some(rest) => format!("+{rest}"),
        None if plus => format!("+{digits}"),
        None => digits,
    };
    let whole = dressed(digits(run), run.starts_with(b"+"));
    let international = whole.starts_with('+');
    let mut readings = vec![whole];
    if !international {
        let parts = run.split(|b| *b == b' ').map(digits).filter(|part| part.len() >= 10);
        readings.extend(parts.map(|part| dressed(part, false)));
    }
    readings.retain(|reading| PHONE_DIGITS.contains(&reading.trim_start_matches('+').len()));
    readings.dedup();
    readings
}
