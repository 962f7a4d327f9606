//! Bytes of a file in whatever letters, as UTF-8, in a stream.

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8};
use std::io::{self, Read};
use std::ops::Range;

const INPUT: usize = 1 << 16;
const OUTPUT: usize = 1 << 17;

/// Reads `inner` in `encoding`, without its byte-order mark.
pub(super) struct Utf8<R> {
    inner: R,
    decoder: Decoder,
    bytes: Vec<u8>,
    unread: Range<usize>,
    text: Vec<u8>,
    unsaid: Range<usize>,
    over: bool,
    done: bool,
}

impl<R: Read> Utf8<R> {
    pub(super) fn new(inner: R, encoding: &'static Encoding) -> Self {
        let decoder =
            if encoding == UTF_8 { encoding.new_decoder_with_bom_removal() } else { encoding.new_decoder() };
        Self {
            inner,
            decoder,
            bytes: vec![0; INPUT],
            unread: 0..0,
            text: vec![0; OUTPUT],
            unsaid: 0..0,
            over: false,
            done: false,
        }
    }

    /// Decodes what comes next into `text`, which has been handed out.
    fn decode(&mut self) -> io::Result<()> {
        if self.unread.is_empty() && !self.over {
            self.unread = 0..self.inner.read(&mut self.bytes)?;
            self.over = self.unread.is_empty();
        }
        let input = self.bytes.get(self.unread.clone()).unwrap_or_default();
        let (result, read, written, _) = self.decoder.decode_to_utf8(input, &mut self.text, self.over);
        self.unread.start += read;
        self.unsaid = 0..written;
        self.done = self.over && result == CoderResult::InputEmpty;
        Ok(())
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.unsaid.is_empty() && !self.done {
            self.decode()?;
        }
        let mut text = self.text.get(self.unsaid.clone()).unwrap_or_default();
        let read = text.read(out)?;
        self.unsaid.start += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{UTF_16LE, WINDOWS_1252};

    fn all(bytes: &[u8], encoding: &'static Encoding) -> String {
        let mut text = String::new();
        Utf8::new(bytes, encoding).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn letters_of_old_tools_become_utf_8() {
        assert_eq!(all(b"\xef\xbb\xbfna\xc3\xafve", UTF_8), "na\u{ef}ve");
        assert_eq!(all(b"na\xefve \x80", WINDOWS_1252), "na\u{ef}ve \u{20ac}");
        let wide: Vec<u8> = "\u{feff}a\u{ef}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(all(&wide, UTF_16LE), "a\u{ef}");
        let long = "\u{e9}".repeat(100_000);
        assert_eq!(all(long.as_bytes(), UTF_8), long);
        assert_eq!(all(b"", UTF_8), "");
    }
}
