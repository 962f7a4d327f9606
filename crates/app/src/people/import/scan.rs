//! One pass over a file before anything is imported: its hash, its letters, and whether any row is too long to
//! be one. Memory does not grow with the file, whatever it holds.

use memchr::{memchr2, memchr3};
use std::io::{self, Read};

/// The longest row, in bytes.
pub(super) const LONGEST_ROW: u64 = 1 << 20;

/// Finds the ends of rows as the reader of CSV does, and counts them.
#[derive(Debug)]
pub(super) struct RowScan {
    separator: u8,
    place: Place,
    line: u64,
    row_line: u64,
    row_bytes: u64,
    after_return: bool,
    /// Rows with anything in them, the header included.
    pub(super) rows: u64,
    /// Lines with nothing in them.
    pub(super) empty_lines: u64,
    /// The first line of a row that is too long.
    pub(super) too_long: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    CellStart,
    Bare,
    Quoted,
    AfterQuote,
}

impl RowScan {
    pub(super) fn new(separator: u8) -> Self {
        Self {
            separator,
            place: Place::CellStart,
            line: 1,
            row_line: 1,
            row_bytes: 0,
            after_return: false,
            rows: 0,
            empty_lines: 0,
            too_long: None,
        }
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            self.step(byte);
            // Inside a cell only a few bytes mean anything: the others are passed over many at a time.
            let next = match self.place {
                Place::Bare => memchr3(self.separator, b'\n', b'\r', after),
                Place::Quoted => memchr2(b'"', b'\n', after),
                Place::CellStart | Place::AfterQuote => Some(0),
            };
            let (passed, more) = after.split_at(next.unwrap_or(after.len()));
            if !passed.is_empty() {
                self.after_return = false;
                self.lengthen(passed.len() as u64);
            }
            rest = more;
        }
    }

    /// Ends the last row. Call once, at the end.
    pub(super) fn finish(&mut self) {
        if self.row_bytes > 0 {
            self.end_row();
        }
    }

    fn step(&mut self, byte: u8) {
        let after_return = std::mem::replace(&mut self.after_return, false);
        if byte == b'\n' {
            self.line += 1;
        }
        let breaks = byte == b'\n' || byte == b'\r';
        if breaks && self.place != Place::Quoted {
            self.after_return = byte == b'\r';
            if byte == b'\n' && after_return {
                self.row_line = self.line;
                return;
            }
            if self.row_bytes == 0 {
                self.empty_lines += 1;
                self.row_line = self.line;
            } else {
                self.end_row();
            }
            return;
        }
        self.lengthen(1);
        self.place = match (self.place, byte) {
            (Place::Quoted, b'"') => Place::AfterQuote,
            (Place::Quoted, _) | (Place::CellStart | Place::AfterQuote, b'"') => Place::Quoted,
            (_, byte) if byte == self.separator => Place::CellStart,
            _ => Place::Bare,
        };
    }

    fn lengthen(&mut self, bytes: u64) {
        self.row_bytes += bytes;
        if self.row_bytes > LONGEST_ROW && self.too_long.is_none() {
            self.too_long = Some(self.row_line);
        }
    }

    fn end_row(&mut self) {
        self.rows += 1;
        self.row_bytes = 0;
        self.place = Place::CellStart;
        self.row_line = self.line;
    }
}

/// Whether bytes that come in pieces are UTF-8.
#[derive(Debug)]
pub(super) struct Utf8Check {
    tail: Vec<u8>,
    valid: bool,
}

impl Utf8Check {
    pub(super) fn new() -> Self {
        Self { tail: Vec::new(), valid: true }
    }

    pub(super) fn feed(&mut self, piece: &[u8]) {
        if !self.valid {
            return;
        }
        let joined;
        let bytes = if self.tail.is_empty() {
            piece
        } else {
            joined = [self.tail.as_slice(), piece].concat();
            &joined
        };
        let rest = match std::str::from_utf8(bytes) {
            Ok(_) => Vec::new(),
            Err(error) if error.error_len().is_none() => {
                bytes.get(error.valid_up_to()..).unwrap_or_default().to_vec()
            }
            Err(_) => {
                self.valid = false;
                Vec::new()
            }
        };
        self.tail = rest;
    }

    pub(super) fn finish(self) -> bool {
        self.valid && self.tail.is_empty()
    }
}

/// Hands every piece of `from` to `each`.
pub(super) fn pieces(from: &mut impl Read, mut each: impl FnMut(&[u8])) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 18];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => each(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scan(text: &str, piece: usize) -> RowScan {
        let mut scan = RowScan::new(b',');
        text.as_bytes().chunks(piece).for_each(|bytes| scan.feed(bytes));
        scan.finish();
        scan
    }

    #[test]
    fn empty_lines_and_quotes_are_told_apart() {
        let scan = scan("a,b\r\n\r\n\n1,\"two\n\nlines\"\n\"\",\nlast", 3);
        assert_eq!((scan.rows, scan.empty_lines), (4, 2));
    }

    #[test]
    fn a_quote_that_never_closes_is_found_on_its_line() {
        let text = format!("a,b\n1,2\n3,\"{}", "x\n".repeat(600_000));
        assert_eq!(scan(&text, 4096).too_long, Some(3));
        assert_eq!(scan("a,b\n1,2\n", 4096).too_long, None);
    }

    #[test]
    fn utf_8_is_told_across_pieces() {
        for (bytes, valid) in
            [("na\u{ef}ve \u{1f600}".as_bytes(), true), (b"na\xefve", false), (b"ends \xc3", false)]
        {
            for piece in 1..5 {
                let mut check = Utf8Check::new();
                bytes.chunks(piece).for_each(|bytes| check.feed(bytes));
                assert_eq!(check.finish(), valid);
            }
        }
    }

    proptest! {
        #[test]
        fn rows_are_those_of_the_reader(text in "[a,\"\n\r ]{0,60}", piece in 1_usize..9) {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let rows = reader.byte_records().flatten().count() as u64;
            prop_assert_eq!(scan(&text, piece).rows, rows);
        }
    }
}
