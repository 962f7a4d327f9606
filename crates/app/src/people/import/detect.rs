//! What a file is before anything of it is believed: letters, separator, header, hash. Whatever is no list is
//! refused here, with nothing imported.

use super::container::Contents;
use super::json_lines;
use super::scan::{LONGEST_ROW, RowScan, Utf8Check, pieces};
use super::target::by_alias;
use super::transcode::Utf8;
use crate::refusal::{Refusal, Result};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use hustings_domain::canonical::ContentHash;
use hustings_vault::EmailAddress;
use std::io::{self, Read};

/// What may stand between cells.
pub(super) const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

const SAMPLE: u64 = 1 << 16;

/// A file that can be read row by row.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) contents: Contents,
    /// Whether its rows are JSON objects, which are read as CSV.
    pub(super) json: bool,
    pub(super) encoding: &'static Encoding,
    pub(super) separator: u8,
    pub(super) header: Vec<String>,
    /// Rows below the header.
    pub(super) rows: u64,
    pub(super) empty_lines: u64,
    /// Of its bytes, unpacked.
    pub(super) sha256: ContentHash,
    /// Rows that are not read again, because they are in already.
    pub(super) skip: u64,
    /// A batch ends after this row, so that a run that goes on meets the place where the last one ended.
    pub(super) seam: u64,
    /// How long the file of what was rejected of those rows is.
    pub(super) reject_bytes: u64,
}

/// Looks a table over. `separator` is sniffed when none is given.
pub(super) fn look_over(contents: Contents, separator: Option<u8>) -> Result<Table> {
    let failed = |error: io::Error| contents.unreadable(&error);
    let mut sample = Vec::new();
    contents.open()?.take(SAMPLE).read_to_end(&mut sample).map_err(failed)?;
    let marked = Encoding::for_bom(&sample).map(|(encoding, _)| encoding);
    let wide = marked.filter(|encoding| [UTF_16LE, UTF_16BE].contains(encoding));
    let text = decode(&sample, wide.unwrap_or(UTF_8));
    if text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty() && sample.len() < 1 << 16
    {
        return Err(Refusal::invalid("import.empty", format!("`{}` is empty", contents.display())));
    }
    if text.contains('\0') {
        return Err(not_text(&contents));
    }
    if json_lines::looks_like(&text) {
        return of_json(contents);
    }
    if text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').starts_with("[{") {
        return Err(Refusal::invalid(
            "import.json",
            format!("`{}` is one JSON array, which cannot be read row by row", contents.display()),
        )
        .hint("write one object a line, such as `jq -c '.[]' list.json` makes"));
    }
    let separator = separator.unwrap_or_else(|| sniff(&text));
    let scanned = scan(&contents, separator, wide)?;
    let encoding = wide.unwrap_or(if scanned.utf8 { UTF_8 } else { WINDOWS_1252 });
    if let Some(line) = scanned.rows.too_long {
        return Err(Refusal::invalid(
            "import.line-too-long",
            format!("the row on line {line} is longer than {} MiB", LONGEST_ROW >> 20),
        )
        .hint("look for a quote on that line that is never closed; nothing was imported"));
    }
    let header = header(&decode(&sample, encoding), separator);
    let header = header.iter().map(|name| clean(name)).collect();
    let table = Table {
        contents,
        json: false,
        encoding,
        separator,
        header,
        rows: scanned.rows.rows.saturating_sub(1),
        empty_lines: scanned.rows.empty_lines,
        sha256: scanned.sha256,
        skip: 0,
        seam: u64::MAX,
        reject_bytes: 0,
    };
    with_names(table)
}

/// The same of a file of JSON objects.
fn of_json(contents: Contents) -> Result<Table> {
    let found = json_lines::scan(&contents)?;
    with_names(Table {
        contents,
        json: true,
        encoding: UTF_8,
        separator: b',',
        header: found.names,
        rows: found.rows,
        empty_lines: found.empty_lines,
        sha256: found.sha256,
        skip: 0,
        seam: u64::MAX,
        reject_bytes: 0,
    })
}

/// The table, unless what should be the names of its columns are somebody's.
fn with_names(table: Table) -> Result<Table> {
    if table.header.iter().any(|name| EmailAddress::parse(name).is_ok()) {
        return Err(Refusal::invalid(
            "import.no-header",
            format!("`{}` has no header: an address stands in its first row", table.contents.display()),
        )
        .hint("put a row with the names of the columns on top, such as `email,first_name,last_name`"));
    }
    Ok(table)
}

impl Table {
    /// Reads the rows, the header first.
    pub(super) fn reader(&self) -> Result<csv::Reader<Box<dyn Read + Send>>> {
        let bytes = self.contents.open()?;
        let text: Box<dyn Read + Send> = if self.json {
            Box::new(json_lines::Rows::new(bytes, &self.header))
        } else if self.encoding == UTF_8 {
            bytes
        } else {
            Box::new(Utf8::new(bytes, self.encoding))
        };
        Ok(csv::ReaderBuilder::new()
            .delimiter(self.separator)
            .has_headers(true)
            .flexible(true)
            .buffer_capacity(1 << 17)
            .from_reader(text))
    }

    /// How many lines of what is read stand in no file: the header that names what JSON objects hold.
    pub(super) fn lines_added(&self) -> u64 {
        u64::from(self.json)
    }
}

fn not_text(contents: &Contents) -> Refusal {
    Refusal::invalid("import.not-text", format!("`{}` is not a text file", contents.display()))
        .hint("save the sheet as CSV (UTF-8) and import that")
}

struct Scanned {
    rows: RowScan,
    utf8: bool,
    sha256: ContentHash,
}

fn scan(contents: &Contents, separator: u8, wide: Option<&'static Encoding>) -> Result<Scanned> {
    let mut rows = RowScan::new(separator);
    let (mut utf8, mut nul) = (Utf8Check::new(), false);
    let mut hash = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    let failed = |error: io::Error| contents.unreadable(&error);
    pieces(&mut contents.open()?, |piece| {
        hash.update(piece);
        if wide.is_none() {
            utf8.feed(piece);
            nul |= piece.contains(&0);
            rows.feed(piece);
        }
    })
    .map_err(failed)?;
    if let Some(encoding) = wide {
        pieces(&mut Utf8::new(contents.open()?, encoding), |piece| {
            nul |= piece.contains(&0);
            rows.feed(piece);
        })
        .map_err(failed)?;
    }
    if nul {
        return Err(not_text(contents));
    }
    rows.finish();
    let mut sha256 = [0; 32];
    sha256.iter_mut().zip(hash.finish().as_ref()).for_each(|(to, from)| *to = *from);
    Ok(Scanned { rows, utf8: utf8.finish(), sha256: ContentHash(sha256) })
}

fn decode(sample: &[u8], encoding: &'static Encoding) -> String {
    encoding.decode_with_bom_removal(sample).0.into_owned()
}

/// The separator under which the header names the most that is known, then makes the most columns.
fn sniff(text: &str) -> u8 {
    let score = |separator: u8| {
        let header = header(text, separator);
        (header.iter().filter(|name| by_alias(name).is_some()).count(), header.len())
    };
    let mut best = (b',', score(b','));
    for separator in SEPARATORS {
        let other = score(separator);
        if other > best.1 {
            best = (separator, other);
        }
    }
    best.0
}

fn header(text: &str, separator: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let first = reader.records().next().and_then(std::result::Result::ok);
    first.map(|record| record.iter().map(clean).collect()).unwrap_or_default()
}

fn clean(name: &str) -> String {
    name.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_owned()
}
