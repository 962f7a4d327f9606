//! What a form carries: `application/x-www-form-urlencoded` (the URL standard, section 5), and
//! `multipart/form-data` (RFC 7578) for the one form that takes a file. Bytes are bounded before they come here.

use axum::http::{HeaderMap, header};
use hustings_app::{Refusal, Result};
use percent_encoding::percent_decode_str;
use std::fmt;

/// The longest field of a form with a file: a file of many requests, once looked at, goes back in one.
const MOST_FIELD_BYTES: usize = 1024 * 1024;
/// The most fields that a form may have.
const MOST_FIELDS: usize = 256;

/// Names and values; a name may come more than once. Never printed: they may hold personal data.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<(String, String)>);

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fields({})", self.0.len())
    }
}

impl Fields {
    /// Reads a query or a form's body; what is beyond the limit is refused.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let pairs: Vec<(String, String)> = text
            .split('&')
            .filter(|pair| !pair.is_empty())
            .take(MOST_FIELDS + 1)
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect();
        if pairs.len() > MOST_FIELDS {
            return Err(Refusal::invalid(
                "form.too-many-fields",
                format!("a form has at most {MOST_FIELDS} fields"),
            ));
        }
        Ok(Self(pairs))
    }

    /// The first value of this name.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find_map(|(key, value)| (key == name).then_some(value.as_str()))
    }

    /// The first value of this name, or nothing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.first(name).unwrap_or_default()
    }

    /// Every value of this name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter_map(move |(key, value)| (key == name).then_some(value.as_str()))
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// A form's fields, and its file when it has one.
#[derive(Clone, Default)]
pub(crate) struct Form {
    /// The fields.
    pub(crate) fields: Fields,
    /// The file's bytes.
    pub(crate) file: Option<Vec<u8>>,
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Form({:?}, {} bytes)", self.fields, self.file.as_ref().map_or(0, Vec::len))
    }
}

/// Reads a form by its content type.
pub(crate) fn read_form(headers: &HeaderMap, body: &[u8]) -> Result<Form> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let wrong = || {
        Refusal::invalid("form.unreadable", "this form cannot be read")
            .hint("send it as a browser does: application/x-www-form-urlencoded, or multipart/form-data with a file")
    };
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/x-www-form-urlencoded" => {
            let text = std::str::from_utf8(body).map_err(|_| wrong())?;
            Ok(Form { fields: Fields::parse(text)?, file: None })
        }
        "multipart/form-data" => multipart(boundary(kind).ok_or_else(wrong)?, body).ok_or_else(wrong),
        "" if body.is_empty() => Ok(Form::default()),
        _ => Err(wrong()),
    }
}

fn boundary(content_type: &str) -> Option<&str> {
    let (_, rest) = content_type.split_once("boundary=")?;
    let boundary = rest.split(';').next()?.trim().trim_matches('"');
    // RFC 2046, section 5.1.1: 1 to 70 characters.
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

/// Parts between `--boundary` lines; a part with a file name is the file, every other a field of at most 1 MiB.
fn multipart(boundary: &str, body: &[u8]) -> Option<Form> {
    let opening = format!("--{boundary}").into_bytes();
    let between = format!("\r\n--{boundary}").into_bytes();
    let mut rest = body.get(find(body, &opening)? + opening.len()..)?;
    let mut form = Form::default();
    for _ in 0..MOST_FIELDS {
        if rest.starts_with(b"--") {
            return Some(form);
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let head_end = find(rest, b"\r\n\r\n").filter(|end| *end <= 4_096)?;
        let head = std::str::from_utf8(rest.get(..head_end)?).ok()?;
        rest = rest.get(head_end + 4..)?;
        let end = find(rest, &between)?;
        let content = rest.get(..end)?;
        rest = rest.get(end + between.len()..)?;
        let disposition = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find_map(|(name, value)| name.eq_ignore_ascii_case("content-disposition").then_some(value))?;
        if parameter(disposition, "filename").is_some() {
            form.file = Some(content.to_vec());
        } else if content.len() <= MOST_FIELD_BYTES {
            let value = String::from_utf8_lossy(content).into_owned();
            form.fields.0.push((parameter(disposition, "name")?, value));
        } else {
            return None;
        }
    }
    None
}

fn parameter(disposition: &str, name: &str) -> Option<String> {
    disposition
        .split(';')
        .filter_map(|part| part.trim().split_once('='))
        .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then(|| value.trim_matches('"').to_owned()))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    loop {
        let at = from + haystack.get(from..)?.iter().position(|byte| *byte == first)?;
        if haystack.get(at..)?.starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &str, body: &[u8]) -> Result<Form> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
        read_form(&headers, body)
    }

    #[test]
    fn an_encoded_form_is_read() {
        let form = read("application/x-www-form-urlencoded; charset=utf-8", b"a=1+2&field=x&field=%C3%A9&b")
            .unwrap();
        assert_eq!(form.fields.text("a"), "1 2");
        assert_eq!(form.fields.all("field").collect::<Vec<_>>(), ["x", "\u{e9}"]);
        assert_eq!(form.fields.first("b"), Some(""));
        assert_eq!(form.fields.first("c"), None);
    }

    #[test]
    fn a_form_with_a_file_is_read() {
        let body = b"--XX\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nsecret\r\n--XX\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"leak.csv\"\r\nContent-Type: text/csv\r\n\r\n\
            a,b\r\n1,2\r\n\r\n--XX--\r\n";
        let form = read("multipart/form-data; boundary=XX", body).unwrap();
        assert_eq!(form.fields.text("csrf"), "secret");
        assert_eq!(form.file.as_deref(), Some(&b"a,b\r\n1,2\r\n"[..]));
    }

    #[test]
    fn a_broken_form_is_refused_and_never_half_read() {
        let whole = b"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nsecret\r\n--XX--";
        for end in 0..whole.len() {
            assert!(read("multipart/form-data; boundary=XX", &whole[..end]).is_err(), "{end}");
        }
        assert!(read("multipart/form-data; boundary=XX", whole).is_ok());
        assert!(read("multipart/form-data", whole).is_err());
        assert!(read("text/plain", b"a=1").is_err());
        assert!(read("application/x-www-form-urlencoded", &[0xff]).is_err());
        let many = "a=1&".repeat(300);
        assert_eq!(
            read("application/x-www-form-urlencoded", many.as_bytes()).unwrap_err().code,
            "form.too-many-fields"
        );
    }

    #[test]
    fn nothing_of_a_form_is_printed() {
        let form = read("application/x-www-form-urlencoded", b"address=ada@example.org").unwrap();
        assert!(!format!("{form:?}").contains("ada"));
    }
}
