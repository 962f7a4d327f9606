//! The least reader of HTML that the tests need: tags and their attributes, quotes respected.

/// Elements that have no end.
pub(super) const VOID: [&str; 7] = ["meta", "link", "input", "br", "hr", "img", "!doctype"];

/// A start or end tag; an end tag's name begins with a slash.
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) self_closed: bool,
}

/// Every tag, in order.
pub(super) fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        let (tag, left) = read_tag(after);
        found.push(tag);
        rest = left;
    }
    found
}

fn split_at_first(text: &str, ends: impl Fn(usize, char) -> bool) -> (&str, &str) {
    let end = text.char_indices().find(|(at, c)| ends(*at, *c)).map_or(text.len(), |(at, _)| at);
    text.split_at(end)
}

fn read_tag(text: &str) -> (Tag, &str) {
    let (name, mut rest) =
        split_at_first(text, |at, c| c.is_whitespace() || c == '>' || (at > 0 && c == '/'));
    let mut tag = Tag { name: name.to_lowercase(), attributes: Vec::new(), self_closed: false };
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            tag.self_closed = true;
            return (tag, after);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (tag, after);
        }
        if rest.is_empty() {
            return (tag, rest);
        }
        let (key, after) =
            split_at_first(rest, |at, c| (at > 0 && c == '/') || c.is_whitespace() || c == '>' || c == '=');
        let mut value = "";
        rest = after;
        if let Some(after) = after.strip_prefix('=') {
            (value, rest) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').expect("a quote is left open"),
                None => split_at_first(after, |_, c| c.is_whitespace() || c == '>'),
            };
        }
        tag.attributes.push((key.to_lowercase(), value.to_owned()));
    }
}

#[test]
fn a_break_out_is_seen() {
    let tags = tags(r#"<a href="x"onclick="y" checked>t</a><rect width="1"/><br>"#);
    let names: Vec<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(names, ["a", "/a", "rect", "br"]);
    let keys: Vec<&str> = tags[0].attributes.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["href", "onclick", "checked"]);
    assert!(tags[2].self_closed && !tags[0].self_closed);
}
