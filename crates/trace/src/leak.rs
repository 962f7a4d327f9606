//! Reads what leaks look like: any table, with any separator, quoting, renamed columns or none, or a text with
//! addresses in it. Nothing is understood but addresses and telephone numbers, so nothing can be hidden by
//! reformatting; no input makes it fail but one beyond the limits.

mod scan;

use std::borrow::Cow;
use std::fmt;

/// The longest line, in bytes.
pub const LONGEST_LINE: usize = 1 << 20;
/// The most lines.
pub const MOST_LINES: usize = 10_000_000;

/// Why a file was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeakError {
    /// One line is too long to be a row.
    #[error("line {line} is longer than 1 MiB: is this a text file?")]
    LineTooLong {
        /// Counted from 1.
        line: usize,
    },
    /// Too many lines.
    #[error("the file has more than 10 million lines: split it")]
    TooManyLines,
}

/// The addresses and numbers of one line that has any.
#[derive(Clone, PartialEq, Eq)]
pub struct LeakRow {
    /// Counted from 1.
    pub line: usize,
    /// Lower-case, in the order found, each once.
    pub emails: Vec<String>,
    /// 7 to 15 digits without separators, with `+` in front if the text had `+` or `00`; each once.
    pub phones: Vec<String>,
}

impl fmt::Debug for LeakRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (emails, phones) = (self.emails.len(), self.phones.len());
        f.debug_struct("LeakRow")
            .field("line", &self.line)
            .field("emails", &emails)
            .field("phones", &phones)
            .finish()
    }
}

/// Every row of `bytes` in which an address or a number was found. UTF-8, any one-byte encoding, and UTF-16
/// with its mark are read; the size of the whole is the caller's to limit.
pub fn read_leak(bytes: &[u8]) -> Result<Vec<LeakRow>, LeakError> {
    let text = as_bytes(bytes);
    let mut rows = Vec::new();
    for (position, line) in lines(&text).enumerate() {
        if position >= MOST_LINES {
            return Err(LeakError::TooManyLines);
        }
        if line.len() > LONGEST_LINE {
            return Err(LeakError::LineTooLong { line: position + 1 });
        }
        let (emails, spans) = scan::emails(line);
        let phones = scan::phones(line, &spans);
        if !emails.is_empty() || !phones.is_empty() {
            rows.push(LeakRow { line: position + 1, emails, phones });
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

/// UTF-16 with a byte order mark becomes UTF-8; anything else stays as it is.
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
        _ => Cow::Borrowed(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn emails(text: &str) -> Vec<String> {
        read_leak(text.as_bytes()).unwrap().into_iter().flat_map(|row| row.emails).collect()
    }

    fn phones(text: &str) -> Vec<String> {
        read_leak(text.as_bytes()).unwrap().into_iter().flat_map(|row| row.phones).collect()
    }

    #[test]
    fn every_shape_of_table_is_read() {
        for text in [
            "E-Mail,Name\nAnn@Example.org,Ann",
            "name\tkontakt\nann\tANN@example.ORG",
            "1;\"Ann \"\"A\"\" B\";\"ann@example.org\"",
            "INSERT INTO p VALUES (1,'ann@example.org',NULL);",
            "Ann B <ann@example.org>, see mailto:ann@example.org.",
            "{\"email\":\"ann@example.org\"}",
            "email=ann@example.org&x=1",
            "x|ann@example.org|y\r\rz",
        ] {
            assert_eq!(emails(text), ["ann@example.org"], "{text}");
        }
        assert_eq!(emails("a@x.org b@x.org\rc@x.org\r\n\nd@x.org").len(), 4);
        assert_eq!(emails("o'brien@x.org,first.last+tag@sub.x-y.org").len(), 2);
        assert_eq!(emails("J\u{f6}rg@M\u{dc}LLER.example"), ["j\u{f6}rg@m\u{fc}ller.example"]);
    }

    #[test]
    fn what_is_no_address_is_left() {
        for text in ["@", "a@", "@b.org", "a@b", "a@.org", "a @ b.org", "@@@@", "a@b..", "a@-.c"] {
            assert!(emails(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn telephone_numbers_lose_their_dress() {
        assert_eq!(phones("Ann,(802) 555-0100,05401"), ["8025550100"]);
        assert_eq!(phones("+1 802.555.0100\t0044 20 7946 0018"), ["+18025550100", "+442079460018"]);
        assert_eq!(phones("05401 8025550100"), ["054018025550100", "8025550100"]);
        assert!(phones("ann8025550100@x.org,12345,a5550100,2024").is_empty());
        assert!(phones("12345678901234567890").is_empty());
    }

    #[test]
    fn lines_are_counted_and_bounded() {
        let rows = read_leak(b"name\n\nx,a@b.org\n").unwrap();
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3]);
        assert!(!format!("{rows:?}").contains("b.org"));
        let long = [b"ok\n".to_vec(), vec![b'x'; LONGEST_LINE + 1]].concat();
        assert_eq!(read_leak(&long), Err(LeakError::LineTooLong { line: 2 }));
        assert_eq!(read_leak(&vec![b'\n'; MOST_LINES + 1]), Err(LeakError::TooManyLines));
    }

    #[test]
    fn utf_16_is_read() {
        let text: Vec<u8> = "\u{feff}a@b.org\r\nc@d.org".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let found: Vec<_> = read_leak(&text).unwrap().into_iter().flat_map(|row| row.emails).collect();
        assert_eq!(found, ["a@b.org", "c@d.org"]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(
            prop_oneof![any::<u8>(), Just(b'@'), Just(b'.'), Just(b'a'), Just(b'5'), Just(b' '), Just(b'\n')], 0..400,
        )) {
            for row in read_leak(&bytes).unwrap() {
                for email in &row.emails {
                    prop_assert_eq!(email, &email.to_lowercase());
                    prop_assert!(email.split_once('@').is_some_and(|(l, d)| !l.is_empty() && d.contains('.')));
                }
                for phone in &row.phones {
                    let digits = phone.trim_start_matches('+');
                    prop_assert!((7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()));
                }
            }
        }

        #[test]
        fn a_written_table_gives_back_its_addresses(
            people in prop::collection::vec(("[a-z]{1,9}[.]?[a-z0-9]{1,9}", "[a-z]{1,9}", ".{0,12}"), 1..20),
            separator in prop::sample::select(b",;\t|".to_vec()),
        ) {
            let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
            let addresses: Vec<_> =
                people.iter().map(|(local, domain, _)| format!("{local}@{domain}.example")).collect();
            for ((_, _, note), address) in people.iter().zip(&addresses) {
                writer.write_record([&note.replace('@', ""), address, "x"]).unwrap();
            }
            let found: Vec<_> = read_leak(&writer.into_inner().unwrap())
                .unwrap()
                .into_iter()
                .flat_map(|row| row.emails)
                .collect();
            prop_assert_eq!(found, addresses);
        }
    }
}
