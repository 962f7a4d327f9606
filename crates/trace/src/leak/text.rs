//! Texts: lines, and the records of a line where a dump of a database or JSON has many in one.

use super::{LeakError, LeakRow, Place};
use std::borrow::Cow;

/// The longest line, in bytes: dumps of databases have thousands of records in one.
pub const LONGEST_LINE: usize = 64 << 20;
/// The most rows.
pub const MOST_RECORDS: usize = 10_000_000;
/// Bytes that are looked at to tell UTF-16 without a mark.
const SAMPLE: usize = 4_096;

pub(super) fn rows(bytes: &[u8]) -> Result<Vec<LeakRow>, LeakError> {
    let text = as_bytes(bytes);
    let mut rows = Vec::new();
    let mut read = 0;
    for (line, position) in lines(&text).zip(1_u64..) {
        if line.len() > LONGEST_LINE {
            return Err(LeakError::LineTooLong { line: usize::try_from(position).unwrap_or(usize::MAX) });
        }
        let mut rest = Some(line);
        let mut record = 0;
        while let Some(open) = rest {
            let (row, after) = first_record(open);
            read += 1;
            if read > MOST_RECORDS {
                return Err(LeakError::TooManyRecords);
            }
            record += u32::from(record > 0 || after.is_some());
            rows.extend(LeakRow::read(Place { sheet: 0, line: position, record }, row));
            rest = after;
        }
    }
    Ok(rows)
}

/// Lines that end in `\n`, `\r\n` or, as old spreadsheets write them, `\r`.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        rest = match after {
            [b'\r', b'\n', more @ ..] | [_, more @ ..] => more,
            [] => after,
        };
        Some(line)
    })
}

/// Parts a line where one record ends and the next begins: `),(` in SQL, `},{` in JSON, with or without spaces.
fn first_record(line: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut from = 0;
    while let Some(at) = line.get(from..).and_then(|rest| rest.iter().position(|b| matches!(b, b')' | b'}')))
    {
        let end = from + at + 1;
        let (row, after) = line.split_at(end);
        let opening = if row.ends_with(b")") { b'(' } else { b'{' };
        let next = after.trim_ascii_start().strip_prefix(b",").map(<[u8]>::trim_ascii_start);
        if let Some(next) = next.filter(|next| next.first() == Some(&opening)) {
            return (row, Some(next));
        }
        from = end;
    }
    (line, None)
}

/// UTF-16 becomes UTF-8; anything else stays as it is.
fn as_bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    let decode = |body: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = body.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
        let text: String =
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        Cow::Owned(text.into_bytes())
    };
    match bytes {
        [0xff, 0xfe, body @ ..] => decode(body, u16::from_le_bytes),
        [0xfe, 0xff, body @ ..] => decode(body, u16::from_be_bytes),
        _ => {
            let pairs = bytes.as_chunks::<2>().0;
            let pairs = pairs.get(..SAMPLE.min(pairs.len())).unwrap_or_default();
            // Latin letters in UTF-16 are a byte and a nought; a text of one-byte letters has no nought at all.
            let mostly = |nought: usize| pairs.len() > 3 && nought * 10 > pairs.len() * 7;
            let noughts = |side: usize| pairs.iter().filter(|pair| pair.get(side) == Some(&0)).count();
            if mostly(noughts(1)) && noughts(0) == 0 {
                decode(bytes, u16::from_le_bytes)
            } else if mostly(noughts(0)) && noughts(1) == 0 {
                decode(bytes, u16::from_be_bytes)
            } else {
                Cow::Borrowed(bytes)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_one_line_are_told_apart() {
        let places = |text: &str| -> Vec<String> {
            rows(text.as_bytes()).unwrap().iter().map(|row| row.place.to_string()).collect()
        };
        let dump = "-- dump\nINSERT INTO p VALUES (1,'a@x.org'),(2,'Mrs (B), C'), (3,'c@x.org');\n";
        assert_eq!(places(dump), ["row 2, record 1", "row 2, record 3"]);
        assert_eq!(places(r#"[{"m":"a@x.org"}, {"m":"b@x.org"}]"#), ["row 1, record 1", "row 1, record 2"]);
        assert_eq!(places("{\"m\":\"a@x.org\"}\n{\"m\":\"b@x.org\"}"), ["row 1", "row 2"]);
    }
}
