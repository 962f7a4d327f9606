//! The file: CSV with a row for each candidate, TOML with `[[request]]`, or JSON. What all rows share stands once. A row
//! that cannot be read says why, with its line; only a file that is no table at all is refused as a whole.

use super::super::request::RequestFile;
use super::values::{OwnValues, merged, request};
use crate::refusal::{Refusal, Result};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use toml::Spanned;

/// The longest file, in bytes.
pub const MOST_BYTES: usize = 1024 * 1024;
/// The most rows of a file.
pub const MOST_ROWS: usize = 500;
/// The longest appeal or other text of one row, in bytes: what is shared is written out in each.
pub(super) const MOST_ROW_BYTES: usize = 64 * 1024;
/// The columns that hold several, with `;` between them.
const LISTS: [&str; 3] = ["issues", "ends_on", "fields"];
const TEXTS: [&str; 6] = ["borrower", "area", "ask", "audience", "opens", "closes"];
const APPEAL: [&str; 3] = ["subject", "body", "paid_for_by"];

/// A file that was read.
#[derive(Debug, Clone)]
pub struct ManyFile {
    /// Its rows.
    pub rows: Vec<ManyRow>,
    /// Columns of own values that no appeal names.
    pub unused: Vec<String>,
}

/// A row.
#[derive(Debug, Clone)]
pub struct ManyRow {
    /// Where it begins, counted from 1; in JSON which of the requests it is.
    pub line: usize,
    /// The borrower as it is named there, or empty.
    pub borrower: String,
    /// The request, or why there is none.
    pub request: std::result::Result<RequestFile, String>,
}

/// A row before it is a request.
struct Raw {
    line: usize,
    members: std::result::Result<Map<String, Value>, String>,
    own: OwnValues,
}

fn wrong(why: impl Into<String>) -> Refusal {
    Refusal::invalid("many.unreadable", "the file cannot be read").because(why.into()).hint(
        "CSV with a header row, TOML with `[[request]]`, or JSON with `requests`: docs/api.md shows each",
    )
}

impl ManyFile {
    /// Reads a file. `shared` holds, as TOML or JSON, what rows leave out: any field of a request, the appeal too; empty
    /// for nothing.
    pub fn parse(text: &str, shared: &str) -> Result<Self> {
        if text.len() > MOST_BYTES || shared.len() > MOST_ROW_BYTES {
            return Err(wrong(format!(
                "a file is at most {} KiB, and what its rows share at most {} KiB",
                MOST_BYTES / 1024,
                MOST_ROW_BYTES / 1024
            )));
        }
        // The same file has the same rows, whichever machine wrote it.
        let text = text.replace("\r\n", "\n");
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let shared = table(shared)?;
        let (inner, raw) = match kind(text) {
            Format::Json => json(text)?,
            Format::Toml => toml_rows(text)?,
            Format::Csv => (Map::new(), csv_rows(text)?),
        };
        if raw.is_empty() {
            return Err(wrong("it has no row"));
        }
        if raw.len() > MOST_ROWS {
            return Err(wrong(format!("a file has at most {MOST_ROWS} rows, not {}", raw.len())));
        }
        let shared = merged(&shared, inner);
        if Value::Object(shared.clone()).to_string().len() > MOST_ROW_BYTES {
            return Err(wrong(format!("what its rows share is at most {} KiB", MOST_ROW_BYTES / 1024)));
        }
        let columns: BTreeSet<String> = raw.iter().flat_map(|row| row.own.keys().cloned()).collect();
        let mut used = BTreeSet::new();
        let rows = raw.into_iter().map(|raw| row(raw, &shared, &mut used)).collect();
        Ok(Self { rows, unused: columns.difference(&used).cloned().collect() })
    }
}

fn row(raw: Raw, shared: &Map<String, Value>, used: &mut BTreeSet<String>) -> ManyRow {
    let mut borrower = String::new();
    let request = raw.members.and_then(|members| {
        let all = merged(shared, members);
        let named = all.get("borrower").and_then(Value::as_str).unwrap_or_default();
        borrower = named.chars().filter(|c| !c.is_control()).take(200).collect();
        let bytes = |map: &Map<String, Value>| Value::Object(map.clone()).to_string().len();
        if bytes(&all) > MOST_ROW_BYTES {
            return Err(format!("it is longer than {} KiB", MOST_ROW_BYTES / 1024));
        }
        let mut own = raw.own;
        own.insert("borrower".to_owned(), borrower.clone());
        request(all, &own, used)
    });
    ManyRow { line: raw.line, borrower, request }
}

enum Format {
    Json,
    Toml,
    Csv,
}

fn kind(text: &str) -> Format {
    let start = text.trim_start();
    let is_json_list =
        || start.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(['{', ']']));
    if start.starts_with('{') || is_json_list() {
        return Format::Json;
    }
    let is_toml = text.lines().any(|line| line.trim_end() == "[[request]]");
    if is_toml { Format::Toml } else { Format::Csv }
}

/// What rows share, as one table.
fn table(text: &str) -> Result<Map<String, Value>> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    let read = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| error.to_string())
    } else {
        toml::from_str::<toml::Table>(text).map_err(|error| error.to_string()).map(plain)
    };
    read.map_err(|why| wrong(format!("what the rows share: {why}")))
}

fn json(text: &str) -> Result<(Map<String, Value>, Vec<Raw>)> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        List(Vec<Value>),
        Whole(Whole),
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Whole {
        #[serde(default)]
        shared: Map<String, Value>,
        #[serde(default)]
        requests: Vec<Value>,
        #[serde(default)]
        csv: Option<String>,
    }
    let (shared, requests) = match serde_json::from_str(text).map_err(|error| wrong(error.to_string()))? {
        Either::List(requests) => (Map::new(), requests),
        Either::Whole(whole) => {
            if let Some(csv) = whole.csv {
                if !whole.requests.is_empty() {
                    return Err(wrong("it has both `requests` and `csv`"));
                }
                return Ok((whole.shared, csv_rows(&csv)?));
            }
            (whole.shared, whole.requests)
        }
    };
    let raw = requests.into_iter().enumerate().map(|(place, value)| match value {
        Value::Object(members) => with_values(place + 1, members),
        _ => Raw { line: place + 1, members: Err("it is no object".to_owned()), own: OwnValues::new() },
    });
    Ok((shared, raw.collect()))
}

fn toml_rows(text: &str) -> Result<(Map<String, Value>, Vec<Raw>)> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Whole {
        #[serde(default)]
        shared: toml::Table,
        request: Vec<Spanned<toml::Table>>,
    }
    let whole: Whole = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
    let line_of = |byte: usize| 1 + text.bytes().take(byte).filter(|byte| *byte == b'\n').count();
    let raw = whole.request.into_iter().map(|row| {
        let line = line_of(row.span().start);
        with_values(line, plain(row.into_inner()))
    });
    Ok((plain(whole.shared), raw.collect()))
}

/// A row's `values` apart from its request.
fn with_values(line: usize, mut members: Map<String, Value>) -> Raw {
    let mut own = OwnValues::new();
    let members = match members.remove("values") {
        None => Ok(members),
        Some(Value::Object(values)) => {
            let texts = values.into_iter().map(|(name, value)| match value {
                Value::String(text) => Ok((name, text)),
                Value::Number(number) => Ok((name, number.to_string())),
                _ => Err(format!("the value of `{name}` is neither a text nor a number")),
            });
            texts.collect::<std::result::Result<OwnValues, String>>().map(|texts| {
                own = texts;
                members
            })
        }
        Some(_) => Err("`values` is no table".to_owned()),
    };
    Raw { line, members, own }
}

fn csv_rows(text: &str) -> Result<Vec<Raw>> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b'\t', b';']
        .into_iter()
        .max_by_key(|mark| first.bytes().filter(|byte| byte == mark).count())
        .unwrap_or(b',');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| wrong(error.to_string()))?.clone();
    let header: Vec<String> =
        header.iter().map(|name| name.trim().to_lowercase().replace([' ', '-'], "_")).collect();
    if !header.iter().any(|name| name == "borrower") {
        return Err(wrong("its first row has no column `borrower`"));
    }
    let twice =
        header.iter().enumerate().find(|(at, name)| header.iter().take(*at).any(|before| before == *name));
    if let Some((_, name)) = twice {
        return Err(wrong(format!("two columns are called `{name}`")));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        if rows.len() > MOST_ROWS {
            break;
        }
        let record = record.map_err(|error| wrong(error.to_string()))?;
        let line = record.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or(usize::MAX));
        rows.push(csv_row(line, &header, &record));
    }
    Ok(rows)
}

fn csv_row(line: usize, header: &[String], record: &csv::StringRecord) -> Raw {
    let (mut members, mut appeal, mut own) = (Map::new(), Map::new(), OwnValues::new());
    if record.len() != header.len() {
        let why = format!("it has {} cells, and the header has {}", record.len(), header.len());
        return Raw { line, members: Err(why), own };
    }
    for (name, cell) in header.iter().zip(record) {
        let cell = cell.trim();
        if cell.is_empty() {
            continue;
        }
        let text = || Value::String(cell.to_owned());
        if LISTS.contains(&name.as_str()) {
            let each = cell.split(';').map(str::trim).filter(|one| !one.is_empty());
            let each = each.map(|one| Value::String(one.to_owned())).collect();
            members.insert(name.clone(), Value::Array(each));
        } else if TEXTS.contains(&name.as_str()) {
            members.insert(name.clone(), text());
        } else if APPEAL.contains(&name.as_str()) {
            appeal.insert(name.clone(), text());
        } else if name == "cap" {
            let number: std::result::Result<u32, _> = cell.replace([',', ' ', '\''], "").parse();
            let Ok(number) = number else {
                let why = format!("the most people, `{}`, is no whole number", cell.escape_debug());
                return Raw { line, members: Err(why), own };
            };
            members.insert(name.clone(), Value::from(number));
        } else {
            own.insert(name.clone(), cell.to_owned());
        }
    }
    if !appeal.is_empty() {
        members.insert("appeal".to_owned(), Value::Object(appeal));
    }
    Raw { line, members: Ok(members), own }
}

/// TOML as JSON: days and times are their text.
fn plain(table: toml::Table) -> Map<String, Value> {
    table.into_iter().map(|(key, value)| (key, plain_value(value))).collect()
}

fn plain_value(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(is) => Value::Bool(is),
        toml::Value::Datetime(at) => Value::String(at.to_string()),
        toml::Value::Array(all) => Value::Array(all.into_iter().map(plain_value).collect()),
        toml::Value::Table(table) => Value::Object(plain(table)),
    }
}

#[cfg(test)]
mod tests;
