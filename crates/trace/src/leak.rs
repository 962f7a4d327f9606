//! Reads what leaks look like: any table, with any separator, quoting, renamed columns or none, a workbook, a dump of
//! a database, or a text with addresses in it. Nothing is understood but addresses and telephone numbers, so nothing
//! can be hidden by reformatting. What is no text and no workbook is refused rather than read as nothing.

mod scan;
mod text;
mod workbook;

use serde::{Deserialize, Serialize};
use std::fmt;

pub use text::{LONGEST_LINE, MOST_RECORDS};
pub use workbook::{MOST_INFLATED, MOST_PARTS};

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeakError {
    /// One line is too long to be a row.
    #[error("line {line} is longer than 64 MiB: is this a text file?")]
    LineTooLong {
        /// Counted from 1.
        line: usize,
    },
    /// Too many rows.
    #[error("the file has more than 10 million rows: split it")]
    TooManyRecords,
    /// It is of a kind that is not read.
    #[error("this is {0}, which is not read: save it as CSV, XLSX or plain text")]
    NotRead(&'static str),
    /// It begins like a workbook and is none.
    #[error("the workbook cannot be read: {0}")]
    Workbook(String),
    /// A small file that becomes a huge one.
    #[error(
        "the workbook unpacks to more than 1 GiB, or to more than 2,000 parts: it is no list that was leaked"
    )]
    Bomb,
}

/// Where a row stands in the leaked file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The sheet of a workbook, counted from 1; 0 in a text.
    pub sheet: u32,
    /// The line of the text, or the row of the sheet, counted from 1.
    pub line: u64,
    /// The record of the line, counted from 1, where a dump has many in one line; 0 where it has one.
    pub record: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sheet > 0 {
            write!(f, "sheet {}, ", self.sheet)?;
        }
        write!(f, "row {}", self.line)?;
        if self.record > 0 {
            write!(f, ", record {}", self.record)?;
        }
        Ok(())
    }
}

/// The addresses and numbers of one row that has any.
#[derive(Clone, PartialEq, Eq)]
pub struct LeakRow {
    /// Where it stands.
    pub place: Place,
    /// Lower-case, in the order found, each once.
    pub emails: Vec<String>,
    /// 7 to 15 digits without separators, with `+` in front if the text had `+` or `00`; each once.
    pub phones: Vec<String>,
}

impl LeakRow {
    fn read(place: Place, row: &[u8]) -> Option<Self> {
        let (emails, spans) = scan::emails(row);
        let phones = scan::phones(row, &spans);
        (!emails.is_empty() || !phones.is_empty()).then_some(Self { place, emails, phones })
    }
}

impl fmt::Debug for LeakRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (emails, phones) = (self.emails.len(), self.phones.len());
        f.debug_struct("LeakRow")
            .field("place", &self.place)
            .field("emails", &emails)
            .field("phones", &phones)
            .finish()
    }
}

/// Every row of `bytes` in which an address or a number was found. Workbooks (XLSX), and texts in UTF-8, any one-byte
/// encoding, and UTF-16 with its mark or without are read; the size of the whole is the caller's to limit.
pub fn read_leak(bytes: &[u8]) -> Result<Vec<LeakRow>, LeakError> {
    match bytes {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => workbook::rows(bytes),
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, ..] => Err(LeakError::NotRead("an old Office file (.xls, .doc)")),
        [0x1f, 0x8b, 8, ..] => Err(LeakError::NotRead("a gzip archive")),
        [b'%', b'P', b'D', b'F', b'-', ..] => Err(LeakError::NotRead("a PDF")),
        [b'7', b'z', 0xbc, 0xaf, ..] => Err(LeakError::NotRead("a 7-Zip archive")),
        _ => text::rows(bytes),
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
        assert_eq!(rows.iter().map(|row| row.place.to_string()).collect::<Vec<_>>(), ["row 3"]);
        assert!(!format!("{rows:?}").contains("b.org"));
        let long = [b"ok\n".to_vec(), vec![b'x'; LONGEST_LINE + 1]].concat();
        assert_eq!(read_leak(&long), Err(LeakError::LineTooLong { line: 2 }));
        assert_eq!(read_leak(&vec![b'\n'; MOST_RECORDS + 1]), Err(LeakError::TooManyRecords));
    }

    #[test]
    fn utf_16_is_read() {
        let text: Vec<u8> = "\u{feff}a@b.org\r\nc@d.org".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for text in [&text[..], &text[2..]] {
            let found: Vec<_> = read_leak(text).unwrap().into_iter().flat_map(|row| row.emails).collect();
            assert_eq!(found, ["a@b.org", "c@d.org"]);
        }
        let big: Vec<u8> = "a@b.org\r\nc@d.org".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read_leak(&big).unwrap().len(), 2);
    }

    #[test]
    fn what_is_no_text_is_refused_by_name() {
        for (bytes, words) in [
            (&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1][..], "old Office"),
            (&[0x1f, 0x8b, 8, 0], "gzip"),
            (b"%PDF-1.7", "PDF"),
            (b"PK\x03\x04 and nothing more", "workbook cannot be read"),
        ] {
            let error = read_leak(bytes).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
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
