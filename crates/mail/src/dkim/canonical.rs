//! A message in the form that is signed: *relaxed* header and body canonicalisation (RFC 6376, 3.4.2 and 3.4.4).
//! A line may end with CR LF or with LF alone, as stored mail does.

/// One header as it stands: its name, and everything after the colon without the last line break.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
}

impl Header<'_> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The name in lower case, a colon, and the value on one line with its white space folded.
    pub(super) fn relaxed(&self, out: &mut Vec<u8>) {
        out.extend(self.name.iter().map(u8::to_ascii_lowercase));
        out.push(b':');
        // WSP is a space or a tab (RFC 6376, section 2.8), and a line is folded by CRLF; a form feed is text.
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let words = self.value.split(is_space).filter(|word| !word.is_empty());
        for (place, word) in words.enumerate() {
            if place > 0 {
                out.push(b' ');
            }
            out.extend_from_slice(word);
        }
    }
}

/// A message cut into its headers and its body.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    pub(super) headers: Vec<Header<'a>>,
    /// All headers, as bytes.
    pub(super) head: &'a [u8],
    pub(super) body: &'a [u8],
}

/// How many headers of a message are looked at.
const HEADER_LIMIT: usize = 1000;

impl<'a> Parts<'a> {
    /// None when there is no header, when a line of the head is none, when there are more than 1,000, when some
    /// lines end in CRLF and others in LF, or when a CR ends no line: programs differ on where those end.
    pub(super) fn of(message: &'a [u8]) -> Option<Self> {
        if has_stray_ends(message) {
            return None;
        }
        let mut headers: Vec<Header<'a>> = Vec::new();
        let mut rest = message;
        loop {
            let (unit, after) = logical_line(rest);
            if unit.is_empty() {
                let length = message.len() - rest.len();
                let head = message.get(..length)?;
                return (!headers.is_empty()).then_some(Self { headers, head, body: after });
            }
            let colon = unit.iter().position(|byte| *byte == b':')?;
            let (name, value) = unit.split_at_checked(colon)?;
            let name = name.trim_ascii_end();
            let shaped = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
            if !shaped || headers.len() == HEADER_LIMIT {
                return None;
            }
            headers.push(Header { name, value: value.get(1..).unwrap_or_default() });
            rest = after;
        }
    }
}

/// The first line with the lines that continue it, without its last line break; and what follows.
fn logical_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    loop {
        let rest = bytes.get(end..).unwrap_or_default();
        let line = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
        let is_first_and_empty = end == 0 && rest.get(..line).unwrap_or_default().trim_ascii().is_empty();
        end += line;
        let continues = matches!(bytes.get(end), Some(b' ' | b'\t'));
        if line == 0 || is_first_and_empty || !continues {
            let (unit, after) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
            return (without_break(unit), after);
        }
    }
}

fn has_stray_ends(message: &[u8]) -> bool {
    let (mut with_return, mut bare, mut before) = (false, false, 0);
    for byte in message {
        if *byte == b'\n' {
            with_return |= before == b'\r';
            bare |= before != b'\r';
        } else if before == b'\r' {
            return true;
        }
        before = *byte;
    }
    with_return && bare || before == b'\r'
}

fn without_break(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The body with the white space of each line folded, none at its end, and no empty lines at the end of it all.
pub(super) fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 2);
    let mut empty_lines = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let line = without_break(line);
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
        if line.iter().all(is_space) {
            empty_lines += 1;
            continue;
        }
        (0..std::mem::take(&mut empty_lines)).for_each(|_| out.extend_from_slice(b"\r\n"));
        let mut space_due = false;
        for byte in line {
            if is_space(byte) {
                space_due = true;
            } else {
                if std::mem::take(&mut space_due) {
                    out.push(b' ');
                }
                out.push(*byte);
            }
        }
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// The covered headers and then, without a line break, the signature's own header, which has no signature yet.
///
/// Of several headers of one name the last is meant first (RFC 6376, 5.4.2); a name that no header is left for
/// stands for nothing, so that adding one later breaks the signature.
pub(super) fn signed_text<'n>(
    headers: &[Header<'_>],
    covered: impl Iterator<Item = &'n str>,
    signature: &Header<'_>,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    let mut taken = vec![false; headers.len()];
    for name in covered {
        let found = headers.iter().zip(&mut taken).rev().find(|(header, taken)| header.is(name) && !**taken);
        if let Some((header, taken)) = found {
            *taken = true;
            header.relaxed(&mut out);
            out.extend_from_slice(b"\r\n");
        }
    }
    signature.relaxed(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc() {
        // RFC 6376, 3.4.5, the relaxed example.
        let message = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let parts = Parts::of(message).unwrap();
        let mut head = Vec::new();
        for header in &parts.headers {
            header.relaxed(&mut head);
            head.extend_from_slice(b"\r\n");
        }
        assert_eq!(head, b"a:X\r\nb:Y Z\r\n");
        assert_eq!(relaxed_body(parts.body), b" C\r\nD E\r\n");
    }

    #[test]
    fn bodies_end_where_their_text_does() {
        for (body, relaxed) in [
            ("", ""),
            ("\r\n\r\n", ""),
            (" \t\r\n", ""),
            ("x", "x\r\n"),
            ("x\ny \n\n", "x\r\ny\r\n"),
            ("a\r\n\r\n \r\nb", "a\r\n\r\n\r\nb\r\n"),
            ("a\rb\r\n", "a\rb\r\n"),
        ] {
            assert_eq!(relaxed_body(body.as_bytes()), relaxed.as_bytes(), "{body:?}");
        }
    }

    #[test]
    fn what_has_no_headers_is_no_message() {
        for wrong in ["", "\r\n", "\r\nFrom: x\r\n", "no colon\r\n\r\nbody", ": x\r\n\r\n", "a b: c\r\n\r\n"]
        {
            assert!(Parts::of(wrong.as_bytes()).is_none(), "{wrong:?}");
        }
        let parts = Parts::of(b"From: x").unwrap();
        assert_eq!((parts.headers.len(), parts.body), (1, b"".as_slice()));
    }
}
