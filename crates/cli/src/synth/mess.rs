//! How a clean fact becomes a cell that somebody typed, exported or pasted, and how careless tools write rows.

use super::Tally;
use super::draw::{happens, pick, pick_weighted};
use super::person::{Address, Person};
use hustings_domain::chance::{Rng as _, SeededRng};
use hustings_domain::consent::ConsentState;
use std::io::{self, Write};

/// Cells that a spreadsheet would run; they are text, and must stay text.
pub(super) const FORMULAS: [&str; 5] = [
    r#"=HYPERLINK("http://click.example/","Open")"#,
    "+1-802-555-0100 evenings",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3",
    "=1+1",
];

/// The bytes of a file's letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    Utf8,
    Windows1252,
}

/// Rows on their way into a file, counted.
pub(super) struct Sheet<'a, W: Write> {
    out: &'a mut W,
    separator: char,
    ending: &'static str,
    letters: Letters,
    line: String,
    pub(super) tally: Tally,
}

impl<'a, W: Write> Sheet<'a, W> {
    /// Starts with the header.
    pub(super) fn new(
        out: &'a mut W,
        separator: char,
        ending: &'static str,
        letters: Letters,
        header: &[&str],
    ) -> io::Result<Self> {
        let mut sheet =
            Self { out, separator, ending, letters, line: String::new(), tally: Tally::default() };
        sheet.put(header)?;
        Ok(sheet)
    }

    /// One good row.
    pub(super) fn row(&mut self, cells: &[impl AsRef<str>]) -> io::Result<()> {
        self.tally.rows += 1;
        self.put(cells)
    }

    /// What careless tools leave between the rows: a copy of this one cut short or with a cell too many,
    /// a row of separators, an empty line.
    pub(super) fn litter(&mut self, rng: &mut SeededRng, cells: &[impl AsRef<str>]) -> io::Result<()> {
        if happens(rng, 2) {
            let mut cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
            match rng.below(3) {
                0 => cells.push("imported"),
                1 => cells.insert(cells.len().min(3), "Apt 4"),
                _ => cells.truncate(cells.len() - 1),
            }
            self.tally.wrong_width += 1;
            self.row(&cells)?;
        }
        if happens(rng, 1) {
            self.tally.blank += 1;
            self.row(&vec![""; cells.len()])?;
        }
        if happens(rng, 2) { self.blank_line() } else { Ok(()) }
    }

    /// A line with nothing on it.
    pub(super) fn blank_line(&mut self) -> io::Result<()> {
        self.out.write_all(self.ending.as_bytes())
    }

    fn put(&mut self, cells: &[impl AsRef<str>]) -> io::Result<()> {
        self.line.clear();
        for (position, cell) in cells.iter().enumerate() {
            if position > 0 {
                self.line.push(self.separator);
            }
            let cell = cell.as_ref();
            // Quotes only where it cannot be read without: a quote inside a bare cell is left as it is.
            if cell.starts_with('"') || cell.contains([self.separator, '\n', '\r']) {
                self.line.push('"');
                self.line.push_str(&cell.replace('"', "\"\""));
                self.line.push('"');
            } else {
                self.line.push_str(cell);
            }
        }
        self.line.push_str(self.ending);
        match self.letters {
            Letters::Utf8 => self.out.write_all(self.line.as_bytes()),
            Letters::Windows1252 => self.out.write_all(&encoding_rs::WINDOWS_1252.encode(&self.line).0),
        }
    }
}

/// A person's address as it stands in some file; empty when they have none.
pub(super) fn worn_address(rng: &mut SeededRng, person: &Person) -> String {
    match &person.address {
        Address::Valid(address) => worn(rng, address),
        Address::Broken(text) => text.clone(),
        Address::None => String::new(),
    }
}

/// The same address, written another way.
pub(super) fn worn(rng: &mut SeededRng, address: &str) -> String {
    let unicode = address.replace("xn--bcher-kva", "bücher");
    let address = if happens(rng, 500) { unicode } else { address.to_owned() };
    match rng.below(100) {
        0..70 => address,
        70..82 => capitalised(&address),
        82..88 => address.to_uppercase(),
        88..91 => format!(" {address}"),
        91..95 => format!("{address} "),
        95..96 => format!("{address}\u{a0}"),
        _ => match address.split_once('@') {
            Some((local, domain)) => format!("{local}@{}", capitalised(domain)),
            None => address,
        },
    }
}

/// First and last name, as two cells: now and then swapped, run together, shouted, or a formula.
pub(super) fn name_cells(rng: &mut SeededRng, given: &str, family: &str) -> (String, String) {
    let (given, family) = (given.to_owned(), family.to_owned());
    match rng.below(1000) {
        0..930 => (given, family),
        930..942 => (family, given),
        942..952 => (format!("{family}, {given}"), String::new()),
        952..964 => (given.to_uppercase(), family.to_uppercase()),
        964..974 => (given.to_lowercase(), family.to_lowercase()),
        974..982 => (format!("{given} \"Mo\""), family),
        982..986 => (given, family.replacen(['a', 'e'], "\"", 1)),
        986..989 => (pick(rng, &FORMULAS).to_owned(), family),
        _ => (format!(" {given} "), format!("{family}  ")),
    }
}

/// Ten digits as people write them.
pub(super) fn worn_phone(rng: &mut SeededRng, digits: &str) -> String {
    let (Some(area), Some(exchange), Some(line)) = (digits.get(..3), digits.get(3..6), digits.get(6..))
    else {
        return digits.to_owned();
    };
    match rng.below(6) {
        0 => format!("({area}) {exchange}-{line}"),
        1 => format!("{area}-{exchange}-{line}"),
        2 => digits.to_owned(),
        3 => format!("+1 {area} {exchange} {line}"),
        4 => format!("1-{area}-{exchange}-{line}"),
        _ => format!("{area}.{exchange}.{line}"),
    }
}

/// A postal code: whole, without its leading zero as a spreadsheet leaves it, or with the four digits more.
pub(super) fn worn_postal(rng: &mut SeededRng, code: &str) -> String {
    match rng.below(10) {
        0 => code.trim_start_matches('0').to_owned(),
        1 => format!("{code}-{:04}", rng.below(10_000)),
        _ => code.to_owned(),
    }
}

/// The word in a column of consents; silence is an empty cell.
pub(super) fn word(rng: &mut SeededRng, said: ConsentState) -> &'static str {
    const YES: [(u64, &str); 6] = [(70, "yes"), (10, "Yes"), (8, "Y"), (5, "TRUE"), (5, "1"), (2, " yes ")];
    const NO: [(u64, &str); 6] = [(70, "no"), (10, "No"), (8, "N"), (5, "FALSE"), (5, "0"), (2, "NO")];
    match said {
        ConsentState::Given => pick_weighted(rng, &YES),
        ConsentState::Unknown => "",
        ConsentState::Refused | ConsentState::Withdrawn | ConsentState::Expired => pick_weighted(rng, &NO),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wear_of_an_address_is_the_same_address() {
        let mut rng = SeededRng::new(2);
        let mut forms = std::collections::BTreeSet::new();
        for _ in 0..500 {
            let text = worn(&mut rng, "mary.smith7@xn--bcher-kva.example");
            let back = text.trim().to_lowercase().replace("bücher", "xn--bcher-kva");
            assert_eq!(back, "mary.smith7@xn--bcher-kva.example");
            forms.insert(text);
        }
        assert!(forms.len() >= 10, "{forms:?}");
    }

    #[test]
    fn rows_read_back_as_they_were_meant() {
        let mut bytes = Vec::new();
        let cells = ["a;b", "two\nlines", "\"starts\"", "in\"side", FORMULAS[0]];
        let mut sheet = Sheet::new(&mut bytes, ';', "\r\n", Letters::Utf8, &["h"; 5]).unwrap();
        sheet.row(&cells).unwrap();
        assert_eq!(sheet.tally.rows, 1);
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(bytes.as_slice());
        let record = reader.records().next().unwrap().unwrap();
        assert_eq!(record.iter().collect::<Vec<_>>(), cells);
    }
}
