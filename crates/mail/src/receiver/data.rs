//! Reading a message body up to `CRLF . CRLF` and nothing else: a dot between bare line breaks ends no message
//! here, so that a second message cannot be smuggled in behind it (CVE-2023-51764 and its like).

/// What was found wrong with a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    BareLineBreak,
    TooLarge,
}

/// A body being read.
#[derive(Debug)]
pub(super) struct Body {
    message: Vec<u8>,
    size_limit: usize,
    flaw: Option<Flaw>,
    /// The line before ended in CRLF; so does DATA itself.
    at_line_start: bool,
}

impl Body {
    pub(super) fn new(size_limit: usize) -> Self {
        Self { message: Vec::new(), size_limit, flaw: None, at_line_start: true }
    }

    /// Takes what it can of `bytes`: how many, and whether the final dot was among them.
    pub(super) fn take(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut taken = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if !line.ends_with(b"\n") {
                break;
            }
            taken += line.len();
            if self.at_line_start && line == b".\r\n" {
                return (taken, true);
            }
            let content = if self.at_line_start { line.strip_prefix(b".").unwrap_or(line) } else { line };
            self.at_line_start = line.ends_with(b"\r\n");
            let before_break = line.strip_suffix(b"\r\n").unwrap_or(line);
            if !self.at_line_start || before_break.contains(&b'\r') {
                self.flaw.get_or_insert(Flaw::BareLineBreak);
            }
            if self.message.len() + content.len() > self.size_limit {
                self.flaw.get_or_insert(Flaw::TooLarge);
            }
            if self.flaw.is_none() {
                self.message.extend_from_slice(content);
            }
        }
        (taken, false)
    }

    /// The message, or why it is none.
    pub(super) fn finish(self) -> Result<Vec<u8>, Flaw> {
        self.flaw.map_or(Ok(self.message), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> (usize, Option<Result<Vec<u8>, Flaw>>) {
        let mut body = Body::new(100);
        let (taken, ended) = body.take(bytes);
        (taken, ended.then(|| body.finish()))
    }

    #[test]
    fn dots_are_taken_away_again() {
        assert_eq!(read(b"..a\r\nb\r\n.\r\nMAIL"), (11, Some(Ok(b".a\r\nb\r\n".to_vec()))));
        assert_eq!(read(b".\r\n"), (3, Some(Ok(Vec::new()))));
        assert_eq!(read(b"a\r\n."), (3, None));
    }

    #[test]
    fn no_other_dot_ends_a_message() {
        for smuggled in [&b"a\n.\n"[..], b"a\n.\r\n", b"a\r.\r\n", b"a\r\n.\n", b"a\r\n.\r", b"a\r.\r"] {
            assert_eq!(read(smuggled).1, None, "{smuggled:?}");
            let ended = [smuggled, b"\r\n.\r\n"].concat();
            assert_eq!(read(&ended).1, Some(Err(Flaw::BareLineBreak)), "{smuggled:?}");
        }
    }

    #[test]
    fn the_limit_holds() {
        let long = [&[b'x'; 101][..], b"\r\n.\r\n"].concat();
        assert_eq!(read(&long).1, Some(Err(Flaw::TooLarge)));
    }

    proptest! {
        #[test]
        fn stuffing_and_reading_are_inverse(lines in proptest::collection::vec("[a.\u{e9}]{0,5}", 0..8)) {
            let message = lines.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect::<String>();
            let mut wire = Vec::new();
            for line in message.split_inclusive('\n') {
                if line.starts_with('.') {
                    wire.push(b'.');
                }
                wire.extend_from_slice(line.as_bytes());
            }
            wire.extend_from_slice(b".\r\n");
            // In one piece, and byte by byte.
            prop_assert_eq!(read(&wire), (wire.len(), Some(Ok(message.clone().into_bytes()))));
            let mut body = Body::new(100);
            let (mut start, mut ended) = (0, false);
            for end in 1..=wire.len() {
                let (taken, done) = body.take(&wire[start..end]);
                start += taken;
                ended |= done;
            }
            prop_assert!(ended);
            prop_assert_eq!(body.finish(), Ok(message.into_bytes()));
        }
    }
}
