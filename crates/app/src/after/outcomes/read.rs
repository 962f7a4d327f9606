//! Reading a file of outcomes: `reference`, `outcome`, and if need be `amount` and `on`. Any other column refuses the file:
//! nobody's address or name comes back this way. What stands in a row is repeated in no error.

use super::report::OutcomeReason;
use crate::people::import::amount;
use crate::refusal::{Refusal, Result};
use csv::StringRecord;
use hustings_domain::outcome::{Outcome, OutcomeKind, RowReference};

/// The longest file, in bytes.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
/// The most rows.
pub const MOST_ROWS: usize = 200_000;
/// The longest cell, in bytes.
const LONGEST_CELL: usize = 64;
const COLUMNS: [&str; 4] = ["reference", "outcome", "amount", "on"];

/// A row of the file: the line on which it begins, and what it says or why it says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutcomeRow {
    /// The line.
    pub line: u64,
    /// What it says.
    pub said: std::result::Result<(RowReference, Outcome), OutcomeReason>,
}

fn wrong(code: &'static str, what: impl Into<String>) -> Refusal {
    Refusal::invalid(code, what)
        .hint("the columns are `reference`, `outcome`, and if need be `amount` and `on`")
}

/// Reads a file; a row with a reference and nothing beside it says nothing, and is passed over. Refused as a whole are one that is too long, has no such columns, or has others.
pub fn read_outcomes(file: &[u8]) -> Result<Vec<OutcomeRow>> {
    if file.len() > MOST_BYTES {
        let most = MOST_BYTES / 1024 / 1024;
        return Err(wrong("outcomes.too-long", format!("the file is longer than {most} MiB")));
    }
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let first = file.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let separator = [b';', b'\t'].into_iter().find(|byte| first.contains(byte)).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(file);
    let mut rows = Vec::new();
    let mut places: Option<[Option<usize>; 4]> = None;
    let mut width = 0;
    for record in reader.byte_records() {
        let record = record.map_err(|error| {
            wrong("outcomes.unreadable", "the file is not a table").because(error.to_string())
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let text = StringRecord::from_byte_record(record);
        let Some(places) = places else {
            let header =
                text.map_err(|_| wrong("outcomes.unreadable", "the first line is not text in UTF-8"))?;
            width = header.len();
            places = Some(columns(&header)?);
            continue;
        };
        if rows.len() == MOST_ROWS {
            return Err(wrong("outcomes.too-long", format!("the file has more than {MOST_ROWS} rows")));
        }
        let text = text.map_err(|_| OutcomeReason::NotText);
        if text.as_ref().is_ok_and(|row| says_nothing(row, &places)) {
            continue;
        }
        let said = text.and_then(|row| read_row(&row, &places, width));
        rows.push(OutcomeRow { line, said });
    }
    if places.is_none() {
        return Err(wrong("outcomes.empty", "the file is empty"));
    }
    Ok(rows)
}

/// Where each column stands. A header that is not ours is named by its place: it may be somebody's address.
fn columns(header: &StringRecord) -> Result<[Option<usize>; 4]> {
    let mut places = [None; 4];
    for (place, name) in header.iter().enumerate() {
        let name = name.to_ascii_lowercase();
        let known = COLUMNS.iter().position(|column| *column == name).and_then(|at| places.get_mut(at));
        let Some(known) = known else {
            let what = format!("column {} does not belong into a file of outcomes", place + 1);
            return Err(wrong("outcomes.column", what)
                .hint("leave names and addresses out: the reference says whom you mean"));
        };
        if known.replace(place).is_some() {
            return Err(wrong("outcomes.column", format!("column {} stands there twice", place + 1)));
        }
    }
    for needed in [0, 1] {
        if places.get(needed).copied().flatten().is_none() {
            let name = COLUMNS.get(needed).copied().unwrap_or_default();
            return Err(wrong("outcomes.column", format!("the first line names no column `{name}`")));
        }
    }
    Ok(places)
}

/// A row of an empty file that nobody wrote anything into: its reference, and no more.
fn says_nothing(row: &StringRecord, places: &[Option<usize>; 4]) -> bool {
    let reference = places.first().copied().flatten();
    row.iter().enumerate().all(|(place, cell)| Some(place) == reference || cell.is_empty())
}

fn read_row(
    row: &StringRecord,
    places: &[Option<usize>; 4],
    width: usize,
) -> std::result::Result<(RowReference, Outcome), OutcomeReason> {
    if row.len() > width {
        return Err(OutcomeReason::TooManyCells);
    }
    if row.iter().any(|cell| cell.len() > LONGEST_CELL) {
        return Err(OutcomeReason::TooLong);
    }
    let cell = |column: usize| {
        places.get(column).copied().flatten().and_then(|place| row.get(place)).unwrap_or_default()
    };
    let reference: RowReference = cell(0).parse().map_err(|_| OutcomeReason::BrokenReference)?;
    let kind: OutcomeKind =
        cell(1).to_ascii_lowercase().parse().map_err(|_| OutcomeReason::UnknownOutcome)?;
    // That somebody asked not to be contacted is heard whatever stands beside it.
    if kind == OutcomeKind::NoContact {
        return Ok((reference, Outcome { kind, amount: None, on: cell(3).parse().ok() }));
    }
    let amount = match cell(2) {
        "" => None,
        _ if kind != OutcomeKind::Gave => return Err(OutcomeReason::AmountWithoutGift),
        text => Some(amount(text).map_err(|_| OutcomeReason::BrokenAmount)?),
    };
    let on = match cell(3) {
        "" => None,
        text => Some(text.parse().map_err(|_| OutcomeReason::BrokenDay)?),
    };
    Ok((reference, Outcome { kind, amount, on }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hustings_domain::money::Cents;

    fn reasons(text: &str) -> Vec<Option<OutcomeReason>> {
        read_outcomes(text.as_bytes()).unwrap().into_iter().map(|row| row.said.err()).collect()
    }

    #[test]
    fn a_file_reads_in_whatever_order_and_with_whatever_separator() {
        let text =
            "\u{feff}Outcome;on;Reference;amount\ngave; 2026-09-03 ;C-1-0007;\"27.50\"\njoined;;c-1-8;\n";
        let rows = read_outcomes(text.as_bytes()).unwrap();
        let (reference, outcome) = rows[0].said.unwrap();
        assert_eq!((reference.to_string(), rows[0].line), ("C-1-0007".to_owned(), 2));
        assert_eq!((outcome.kind, outcome.amount), (OutcomeKind::Gave, Some(Cents(2_750))));
        assert_eq!(outcome.on.unwrap().to_string(), "2026-09-03");
        assert_eq!(rows[1].said.unwrap().0.to_string(), "C-1-0008");
        let empty = read_outcomes(b"reference,outcome,amount,on\nC-1-0001,,,\nC-1-0002,,,\n").unwrap();
        assert!(empty.is_empty(), "an empty file as it was handed out says nothing");
    }

    #[test]
    fn each_slip_has_its_reason() {
        let long = "x".repeat(65);
        let text = format!(
            "reference,outcome,amount,on\nada@x.example,joined,,\nC-1-1,loved,,\nC-1-1,gave,ten,\nC-1-1,joined,5,\n\
             C-1-1,joined,,soon\nC-1-1,joined,,,extra\n{long},joined,,\nC-1-1,joined\n"
        );
        assert_eq!(
            reasons(&text),
            [
                Some(OutcomeReason::BrokenReference),
                Some(OutcomeReason::UnknownOutcome),
                Some(OutcomeReason::BrokenAmount),
                Some(OutcomeReason::AmountWithoutGift),
                Some(OutcomeReason::BrokenDay),
                Some(OutcomeReason::TooManyCells),
                Some(OutcomeReason::TooLong),
                None
            ]
        );
    }

    #[test]
    fn a_file_with_anything_about_people_in_it_is_refused_and_not_repeated() {
        for (text, code) in [
            ("reference,outcome,email\nC-1-1,joined,ada@x.example\n", "outcomes.column"),
            ("ada@x.example,joined\n", "outcomes.column"),
            ("reference,reference,outcome\n", "outcomes.column"),
            ("reference\nC-1-1\n", "outcomes.column"),
            ("", "outcomes.empty"),
        ] {
            let refused = read_outcomes(text.as_bytes()).unwrap_err();
            assert_eq!(refused.code, code, "{text}");
            assert!(!format!("{refused:?}").contains("ada"), "{refused:?}");
        }
        assert_eq!(read_outcomes(&vec![b'a'; MOST_BYTES + 1]).unwrap_err().code, "outcomes.too-long");
        let not_text = read_outcomes(b"reference,outcome\nC-1-1,jo\xffned\n").unwrap();
        assert_eq!(not_text[0].said, Err(OutcomeReason::NotText));
    }
}
