//! Reading one header of a message in hand, without a parser that would forgive what must not be forgiven.

/// The only header called `name`, unfolded and trimmed; `None` when there is none, or more than one.
pub(crate) fn only(message: &[u8], name: &str) -> Option<String> {
    let mut found: Option<Vec<u8>> = None;
    let mut in_it = false;
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        let content = line.trim_ascii_end();
        if content.is_empty() {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            if let (true, Some(value)) = (in_it, &mut found) {
                value.push(b' ');
                value.extend_from_slice(content.trim_ascii_start());
            }
            continue;
        }
        let colon = content.iter().position(|byte| *byte == b':')?;
        let (key, value) = content.split_at_checked(colon)?;
        in_it = key.trim_ascii_end().eq_ignore_ascii_case(name.as_bytes());
        if in_it {
            if found.is_some() {
                return None;
            }
            found = Some(value.get(1..).unwrap_or_default().trim_ascii().to_vec());
        }
    }
    found.map(|value| String::from_utf8_lossy(&value).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_found_and_two_are_none() {
        let message = b"From: a\r\nMessage-ID:\r\n <x@y>\r\nto: B\r\n more\r\n\r\nSubject: in the body\r\n";
        assert_eq!(only(message, "message-id").as_deref(), Some("<x@y>"));
        assert_eq!(only(message, "To").as_deref(), Some("B more"));
        assert_eq!(only(message, "Subject"), None);
        assert_eq!(only(b"From: a\r\nFrom: b\r\n\r\n", "from"), None);
        assert_eq!(only(b"no colon\r\nFrom: b\r\n", "from"), None);
    }
}
