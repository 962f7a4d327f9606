//! The outer form of a signed note: a text, an empty line, signature lines (C2SP signed-note, "Format").

use super::CheckpointError;
use data_encoding::BASE64;

/// The longest note that is read, in bytes: room for sixteen post-quantum signatures of 5 kB.
pub const MAX_NOTE_BYTES: usize = 128 * 1024;

/// The most signatures on a note that is read.
pub const MAX_SIGNATURES: usize = 64;

/// A note taken apart; nothing about it is checked yet.
pub(crate) struct Note {
    pub(crate) text: String,
    pub(crate) signatures: Vec<Signature>,
}

/// One signature line taken apart.
pub(crate) struct Signature {
    pub(crate) name: String,
    pub(crate) key_id: [u8; 4],
    pub(crate) bytes: Vec<u8>,
}

impl Note {
    pub(crate) fn parse(note: &str) -> Result<Self, CheckpointError> {
        let malformed = CheckpointError::Note;
        if note.len() > MAX_NOTE_BYTES {
            return Err(malformed("it has more than 131072 bytes"));
        }
        if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return Err(malformed("it has control characters"));
        }
        let (text, lines) = note.rsplit_once("\n\n").ok_or(malformed("no empty line ends the text"))?;
        let lines = lines.strip_suffix('\n').ok_or(malformed("the last line does not end"))?;
        if lines.split('\n').count() > MAX_SIGNATURES {
            return Err(malformed("it has more than 64 signatures"));
        }
        let signatures: Option<Vec<_>> = lines.split('\n').map(Signature::parse).collect();
        let signatures = signatures.ok_or(malformed("a line after the text is not a signature"))?;
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    pub(crate) fn to_text(&self) -> String {
        let lines: String = self.signatures.iter().map(Signature::to_line).collect();
        format!("{}\n{lines}", self.text)
    }
}

impl Signature {
    /// The line, with its end. A line has one spelling, so it is the one that was read.
    pub(crate) fn to_line(&self) -> String {
        let bytes = [&self.key_id, self.bytes.as_slice()].concat();
        format!("\u{2014} {} {}\n", self.name, BASE64.encode(&bytes))
    }

    pub(crate) fn parse(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let bytes = BASE64.decode(base64.as_bytes()).ok()?;
        let (key_id, bytes) = bytes.split_first_chunk()?;
        let names_a_key = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+');
        names_a_key.then(|| Self { name: name.to_owned(), key_id: *key_id, bytes: bytes.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_ends_at_the_last_empty_line() {
        let note = Note::parse("a\n\nb\n\n\u{2014} key AAAAAQI=\n").unwrap();
        assert_eq!(note.text, "a\n\nb\n");
        let [signature] = note.signatures.as_slice() else { panic!("one signature") };
        assert_eq!((signature.name.as_str(), signature.key_id), ("key", [0, 0, 0, 1]));
        assert_eq!(signature.bytes, [2]);
    }

    #[test]
    fn malformed_notes_are_refused() {
        let many = format!("a\n\n{}", "\u{2014} key AAAAAQI=\n".repeat(MAX_SIGNATURES + 1));
        let long = format!("{}\n\n\u{2014} key AAAAAQI=\n", "a".repeat(MAX_NOTE_BYTES));
        for note in [
            "",
            "a\n",
            "a\n\n",
            "a\n\n\u{2014} key AAAAAQI=",
            "a\n\n- key AAAAAQI=\n",
            "a\n\n\u{2014} key AAAAAQI\n",
            "a\n\n\u{2014} key AAA=\n",
            "a\n\n\u{2014} k+y AAAAAQI=\n",
            "a\n\n\u{2014}  AAAAAQI=\n",
            "a\r\n\n\u{2014} key AAAAAQI=\n",
            &many,
            &long,
        ] {
            assert!(Note::parse(note).is_err(), "{note:?}");
        }
    }
}
