//! A file with one e-mail address a line, for wishes that come in bulk: read in batches, each line accounted for.
//! What is wrong with a line is told by its number; the line itself is repeated nowhere.

use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_vault::{BlindIndex, EmailAddress, SuppressionHash};
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufRead, Read as _};

/// Lines worked in one transaction.
const BATCH: usize = 500;
/// The longest line, in bytes. An address has at most 254 (RFC 5321, section 4.5.3.1.3, as corrected).
const LONGEST: u64 = 1_024;
/// What the first line may say instead of an address.
const HEADERS: [&str; 6] = ["email", "e-mail", "mail", "address", "email address", "e-mail address"];

/// Why a line was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineReason {
    /// No e-mail address.
    BrokenAddress,
    /// More than one column.
    MoreThanOneColumn,
    /// Longer than any address.
    TooLong,
    /// Not text in UTF-8.
    NotText,
    /// Nobody on the list has it.
    NotOnList,
}

impl LineReason {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::BrokenAddress => "not an e-mail address",
            Self::MoreThanOneColumn => "more than one column: leave the addresses alone",
            Self::TooLong => "longer than any e-mail address",
            Self::NotText => "not text in UTF-8",
            Self::NotOnList => "nobody on the list has this address",
        }
    }
}

/// A line that was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LineReject {
    /// Its number, from 1.
    pub line: u64,
    /// Why.
    pub reason: LineReason,
}

/// What became of a file's lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BulkReport {
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// Every line of the file.
    pub lines: u64,
    /// The line of headings, if there was one.
    pub header: u64,
    /// Lines without anything.
    pub blank: u64,
    /// Carried out; in a dry run, what would be.
    pub done: u64,
    /// Carried out before, by an earlier run or another way.
    pub already: u64,
    /// The same address as a line before.
    pub repeated: u64,
    /// Not carried out.
    pub rejected: u64,
    /// The same by reason.
    pub reasons: BTreeMap<LineReason, u64>,
    /// Each such line.
    pub rejects: Vec<LineReject>,
    /// Rows of copies that borrowers were told to erase.
    pub borrowers_told: u64,
}

impl BulkReport {
    /// Whether every line is accounted for, once.
    pub fn adds_up(&self) -> bool {
        let counted = self.header + self.blank + self.done + self.already + self.repeated + self.rejected;
        let by_reason: u64 = self.reasons.values().sum();
        self.lines == counted
            && self.rejected == by_reason
            && u64::try_from(self.rejects.len()) == Ok(self.rejected)
    }

    fn reject(&mut self, line: u64, reason: LineReason) {
        self.rejected += 1;
        *self.reasons.entry(reason).or_default() += 1;
        self.rejects.push(LineReject { line, reason });
    }
}

/// An address of the file by its keyed hashes; the text is gone by now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    line: u64,
    pub(super) blind: BlindIndex,
    pub(super) mail_key: SuppressionHash,
}

/// What became of one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    Done,
    Already,
    Repeated,
    NotOnList,
}

/// Reads the file to its end and has every batch worked by `work`, which says what became of each address.
///
/// A run that was killed is completed by the same run again: what was done counts as done before.
pub(super) fn in_bulk(
    app: &App,
    file: &mut dyn BufRead,
    dry_run: bool,
    mut work: impl FnMut(&[Asked], &mut BulkReport) -> Result<Vec<Became>>,
) -> Result<BulkReport> {
    let mut report = BulkReport { dry_run, ..BulkReport::default() };
    let mut seen = HashSet::new();
    let mut batch = Vec::with_capacity(BATCH);
    let mut bytes = Vec::new();
    loop {
        let more = next_line(file, &mut bytes).map_err(|error| {
            Refusal::invalid("addresses.unreadable", "the file cannot be read").because(error)
        })?;
        if more {
            report.lines += 1;
            if let Some(asked) = read(app, &bytes, &mut report) {
                if seen.insert(asked.blind) {
                    batch.push(asked);
                } else {
                    report.repeated += 1;
                }
            }
        }
        if batch.len() >= BATCH || (!more && !batch.is_empty()) {
            let became = work(&batch, &mut report)?;
            for (asked, became) in batch.drain(..).zip(became) {
                match became {
                    Became::Done => report.done += 1,
                    Became::Already => report.already += 1,
                    Became::Repeated => report.repeated += 1,
                    Became::NotOnList => report.reject(asked.line, LineReason::NotOnList),
                }
            }
        }
        if !more {
            break;
        }
    }
    report.rejects.sort_unstable_by_key(|reject| reject.line);
    if report.adds_up() {
        Ok(report)
    } else {
        Err(Refusal::internal("the report of the file does not add up"))
    }
}

/// The next line without its end; false at the end of the file. Of a line that is too long only its start is kept.
fn next_line(file: &mut dyn BufRead, bytes: &mut Vec<u8>) -> io::Result<bool> {
    bytes.clear();
    let read = (&mut *file).take(LONGEST + 2).read_until(b'\n', bytes)?;
    if read == 0 {
        return Ok(false);
    }
    if bytes.last() != Some(&b'\n') {
        skip_line(file)?;
    }
    while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
        bytes.pop();
    }
    Ok(true)
}

fn skip_line(file: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let held = file.fill_buf()?;
        if held.is_empty() {
            return Ok(());
        }
        let end = held.iter().position(|byte| *byte == b'\n');
        let length = held.len();
        file.consume(end.map_or(length, |end| end + 1));
        if end.is_some() {
            return Ok(());
        }
    }
}

fn read(app: &App, bytes: &[u8], report: &mut BulkReport) -> Option<Asked> {
    let line = report.lines;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LONGEST) {
        report.reject(line, LineReason::TooLong);
        return None;
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        report.reject(line, LineReason::NotText);
        return None;
    };
    let text = text.trim_start_matches('\u{feff}').trim().trim_matches('"').trim();
    if text.is_empty() {
        report.blank += 1;
        return None;
    }
    let first = report.header == 0 && report.lines == report.blank + 1;
    if first && HEADERS.contains(&text.to_lowercase().replace('_', " ").as_str()) {
        report.header = 1;
        return None;
    }
    if let Ok(email) = EmailAddress::parse(text) {
        let (blind, mail_key) = (app.vault.blind_email(&email), app.vault.suppress_email(&email));
        return Some(Asked { line, blind, mail_key });
    }
    let several = text.contains([',', ';', '\t']);
    report.reject(line, if several { LineReason::MoreThanOneColumn } else { LineReason::BrokenAddress });
    None
}
