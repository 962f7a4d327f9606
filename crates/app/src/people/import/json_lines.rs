//! A file of JSON objects, one a line, as rows of a table: the names in them are its columns. A value that is an
//! object itself is kept as JSON in its cell, which only a column of `attributes` takes apart.

use super::container::Contents;
use super::scan::LONGEST_ROW;
use crate::refusal::{Refusal, Result};
use aws_lc_rs::digest;
use hustings_domain::canonical::ContentHash;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;
use std::io::{self, BufRead as _, BufReader, Read};

/// More names than this are not columns.
const MOST_NAMES: usize = 2_000;

/// What a first pass over the file found.
pub(super) struct Scanned {
    /// Every name, in order of its first line.
    pub(super) names: Vec<String>,
    pub(super) rows: u64,
    pub(super) empty_lines: u64,
    pub(super) sha256: ContentHash,
}

/// Whether a file that begins so is one of JSON.
pub(super) fn looks_like(text: &str) -> bool {
    text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').starts_with('{')
}

/// Reads the file once and finds its names. A line that is no object is the end of it: nothing is imported.
pub(super) fn scan(contents: &Contents) -> Result<Scanned> {
    let mut lines = Lines::new(contents.open()?);
    let mut places = HashMap::new();
    let mut found = Scanned { names: Vec::new(), rows: 0, empty_lines: 0, sha256: ContentHash([0; 32]) };
    let mut hash = digest::Context::new(&digest::SHA256);
    loop {
        let ended = lines.next().map_err(|error| contents.unreadable(&error))?;
        if lines.too_long {
            return Err(Refusal::invalid(
                "import.line-too-long",
                format!("line {} is longer than {} MiB", lines.number, LONGEST_ROW >> 20),
            )
            .hint("write one object a line, each on a line of its own; nothing was imported"));
        }
        if ended {
            break;
        }
        hash.update(&lines.line);
        if lines.text().is_empty() {
            found.empty_lines += 1;
            continue;
        }
        found.rows += 1;
        let pairs = lines.pairs().map_err(|why| {
            Refusal::invalid("import.json", format!("line {} is no JSON object", lines.number))
                .because(why)
                .hint("write one object a line, such as `jq -c '.[]' list.json` makes; nothing was imported")
        })?;
        for (name, _) in pairs {
            if !places.contains_key(&name) {
                places.insert(name.clone(), found.names.len());
                found.names.push(name);
            }
        }
        if found.names.len() > MOST_NAMES {
            return Err(Refusal::invalid(
                "import.too-many-columns",
                format!(
                    "up to line {} the objects have more than {MOST_NAMES} different names",
                    lines.number
                ),
            )
            .hint("put what differs from person to person under one name and map that to `attributes`"));
        }
    }
    found.sha256.0.iter_mut().zip(hash.finish().as_ref()).for_each(|(to, from)| *to = *from);
    Ok(found)
}

/// The same file as CSV with a line for the header, and then one line a line.
pub(super) struct Rows<R> {
    lines: Lines<R>,
    places: HashMap<String, usize>,
    cells: Vec<String>,
    text: Vec<u8>,
    given: usize,
    over: bool,
}

impl<R: Read> Rows<R> {
    pub(super) fn new(inner: R, names: &[String]) -> Self {
        let places = names.iter().cloned().zip(0..).collect();
        let cells = vec![String::new(); names.len()];
        // Of the header only its line is read, and a name may have several.
        let text = b"names\n".to_vec();
        Self { lines: Lines::new(inner), places, cells, text, given: 0, over: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.given = 0;
        self.over = self.lines.next()?;
        if self.over {
            return Ok(());
        }
        if self.lines.text().is_empty() {
            self.text.push(b'\n');
            return Ok(());
        }
        self.cells.iter_mut().for_each(String::clear);
        // The scan has read the same line: what fails now has changed since.
        for (name, value) in self.lines.pairs().map_err(io::Error::other)? {
            if let Some(cell) = self.places.get(&name).and_then(|place| self.cells.get_mut(*place)) {
                *cell = cell_of(value);
            }
        }
        self.text = as_csv(std::mem::take(&mut self.text), &self.cells)?;
        Ok(())
    }
}

impl<R: Read> Read for Rows<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.over {
            self.fill()?;
        }
        let read = self.text.get(self.given..).unwrap_or_default().read(out)?;
        self.given += read;
        Ok(read)
    }
}

fn as_csv(into: Vec<u8>, cells: &[String]) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().from_writer(into);
    writer.write_record(cells)?;
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// A value as it would stand in a cell. No field has lines, and each object must stay on its own: a line break is a
/// space.
fn cell_of(value: Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        Value::Array(parts) if parts.iter().all(|part| !part.is_object() && !part.is_array()) => {
            parts.into_iter().map(cell_of).collect::<Vec<_>>().join(";")
        }
        other => other.to_string(),
    };
    if text.contains(['\n', '\r']) { text.replace(['\n', '\r'], " ") } else { text }
}

/// The lines of a file, none longer than a row may be.
struct Lines<R> {
    inner: BufReader<R>,
    line: Vec<u8>,
    number: u64,
    too_long: bool,
}

impl<R: Read> Lines<R> {
    fn new(inner: R) -> Self {
        let inner = BufReader::with_capacity(1 << 17, inner);
        Self { inner, line: Vec::new(), number: 0, too_long: false }
    }

    /// Goes to the next line; true when there is none.
    fn next(&mut self) -> io::Result<bool> {
        self.line.clear();
        (&mut self.inner).take(LONGEST_ROW + 1).read_until(b'\n', &mut self.line)?;
        self.number += 1;
        self.too_long = self.line.len() as u64 > LONGEST_ROW;
        Ok(self.line.is_empty())
    }

    /// The line without what is around the object.
    fn text(&self) -> &[u8] {
        let line = self.line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.line);
        line.trim_ascii()
    }

    fn pairs(&self) -> std::result::Result<Vec<(String, Value)>, String> {
        // What serde_json says quotes nothing of the line but single letters; its line is always 1.
        let read: Object = serde_json::from_slice(self.text()).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => error.to_string().split(" at line").next().map_or_else(
                || "it is something else".to_owned(),
                |what| {
                    if what.starts_with(TWICE) {
                        what.to_owned()
                    } else {
                        "it is another kind of value".to_owned()
                    }
                },
            ),
            _ => format!("what stands at letter {} does not fit", error.column()),
        })?;
        Ok(read.0)
    }
}

const TWICE: &str = "a name stands in it twice";

/// An object in the order of the file, no name in it twice.
struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Object;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Object, A::Error> {
                let mut pairs: Vec<(String, Value)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if pairs.iter().any(|(known, _)| *known == name) {
                        return Err(serde::de::Error::custom(format!("{TWICE}: `{name}`")));
                    }
                    pairs.push((name, value));
                }
                Ok(Object(pairs))
            }
        }
        from.deserialize_map(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, names: &[&str]) -> String {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut out = String::new();
        Rows::new(text.as_bytes(), &names).read_to_string(&mut out).unwrap();
        out
    }

    #[test]
    fn objects_become_rows_on_their_own_lines() {
        let text = "\u{feff}{\"email\":\"a@example.org\",\"n\":1.5,\"tags\":[\"x\",\"y\"]}\n\n \
            {\"note\":\"two\\nlines\",\"more\":{\"a\":[1]},\"email\":null,\"yes\":true}\r\n{}";
        assert_eq!(
            rows(text, &["email", "n", "tags", "note", "more", "yes"]),
            "names\na@example.org,1.5,x;y,,,\n\n,,,two lines,\"{\"\"a\"\":[1]}\",true\n,,,,,\n"
        );
    }

    #[test]
    fn what_is_no_object_is_said_without_what_stands_in_it() {
        for (line, why) in [
            ("[\"ann@example.org\"]", "it is another kind of value"),
            ("{\"email\":\"ann@example.org\",\"email\":1}", "a name stands in it twice: `email`"),
            ("{\"email\":\"ann@example.org\"", "what stands at letter 26 does not fit"),
            ("ann@example.org", "what stands at letter 1 does not fit"),
        ] {
            let mut lines = Lines::new(line.as_bytes());
            lines.next().unwrap();
            assert_eq!(lines.pairs().unwrap_err(), why);
        }
    }
}
