//! An appeal as plain paragraphs for one person's page: merge tags filled, Markdown's marks taken off. The page
//! escapes what it shows; nothing here is markup.

/// The paragraphs of `body`; `value` gives what stands for a merge tag, if anything does.
pub(super) fn paragraphs(body: &str, value: impl Fn(&str) -> Option<String>) -> Vec<String> {
    filled(&body.replace("\r\n", "\n"), value)
        .split("\n\n")
        .map(|paragraph| paragraph.lines().map(plain_line).collect::<Vec<_>>().join("\n").trim().to_owned())
        .filter(|paragraph| !paragraph.is_empty())
        .collect()
}

/// `text` with its merge tags filled; a tag without a value gives its default, or nothing.
pub(super) fn filled(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((tag, behind)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        let (name, default) = match tag.split_once('|') {
            Some((name, filter)) => (name.trim(), quoted(filter)),
            None => (tag.trim(), None),
        };
        out.push_str(&value(name).or_else(|| default.map(str::to_owned)).unwrap_or_default());
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// The words of `default("words")`.
fn quoted(filter: &str) -> Option<&str> {
    let inside = filter.trim().strip_prefix("default")?.trim().strip_prefix('(')?.strip_suffix(')')?.trim();
    ['"', '\''].into_iter().find_map(|quote| inside.strip_prefix(quote)?.strip_suffix(quote))
}

fn plain_line(line: &str) -> String {
    let line = line.trim_start_matches('#').trim_start_matches('>').trim();
    let line = without_links(line);
    line.replace("**", "").replace("__", "").replace('`', "")
}

/// `[words](target)` becomes `words (target)`, so that nobody is led somewhere without seeing where.
fn without_links(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        let link = after.split_once("](").and_then(|(words, more)| {
            let (target, behind) = more.split_once(')')?;
            Some((words, target, behind))
        });
        match link {
            Some((words, target, behind)) if !words.contains('[') => {
                out.push_str(words);
                if !target.is_empty() && target != words {
                    for part in [" (", target, ")"] {
                        out.push_str(part);
                    }
                }
                rest = behind;
            }
            _ => {
                out.push('[');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: &str) -> Option<String> {
        (name == "given_name").then(|| "Ada".to_owned())
    }

    #[test]
    fn tags_are_filled_and_marks_fall_away() {
        let body = "# Hello {{ given_name }}\r\n\r\nI am **Jo**, {{ area | default(\"your town\") }}.\n\n\n\n\
            See [our plan](https://jo.example/plan). {{ answer_link }}";
        assert_eq!(
            paragraphs(body, value),
            ["Hello Ada", "I am Jo, your town.", "See our plan (https://jo.example/plan)."]
        );
    }

    #[test]
    fn what_is_no_tag_stays() {
        assert_eq!(filled("a {{ b", value), "a {{ b");
        assert_eq!(filled("{{ given_name | upper }}{{x}}", value), "Ada");
        assert_eq!(paragraphs("[a] (b) [c](d", value), ["[a] (b) [c](d"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(body in ".{0,200}") {
            paragraphs(&body, value);
        }
    }
}
