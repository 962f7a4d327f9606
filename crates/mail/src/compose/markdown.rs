//! Markdown to clean HTML and to plain text, from one reading. Raw HTML is shown as text, pictures are refused
//! because they tell their owner who reads, and a link may go to the web or to an address only.

use super::Problem;
use super::tags::Source;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Elements that our own Markdown can make; nothing else survives, and no attribute but a link's target.
const ELEMENTS: [&str; 18] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "strong",
    "em",
    "del",
    "a",
    "ul",
    "ol",
    "li",
    "blockquote",
    "hr",
    "br",
    "code",
];

/// A letter's body in both shapes, tokens still in it. The HTML has its braces escaped.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) html: String,
    pub(super) text: String,
    /// Fixed link targets in order.
    pub(super) links: Vec<String>,
}

/// Reads the body; every forbidden thing in it is a problem.
pub(super) fn render(source: &Source) -> Result<Parts, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut links = Vec::new();
    let mut events = Vec::new();
    for (event, range) in Parser::new_ext(&source.tokenised, Options::ENABLE_STRIKETHROUGH).into_offset_iter()
    {
        let before = source.tokenised.get(..range.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let mut wrong = |why: String| problems.push(Problem { field: source.field, line, why });
        match &event {
            Event::Start(Tag::Image { .. }) => {
                wrong("pictures are not sent, because they report who reads: link to it instead".into());
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let target = dest_url.as_ref();
                if let Some(tag) = source.personal_tag_in(target) {
                    wrong(format!("{tag} inside a link would give it away to the site: use the tag as text"));
                } else if !is_target(target) {
                    let shown: String = target.chars().take(60).collect();
                    wrong(format!("`{shown}` is no link for a letter: use https://, http:// or mailto:"));
                } else if !source.is_merged_link(target) {
                    links.push(target.to_owned());
                }
            }
            _ => {}
        }
        events.push(match event {
            Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            Event::Start(Tag::CodeBlock(_)) => Event::Start(Tag::BlockQuote(None)),
            Event::End(TagEnd::CodeBlock) => Event::End(TagEnd::BlockQuote(None)),
            other => other,
        });
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let text = plain(&events);
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events.into_iter());
    Ok(Parts { html: styled(&cleaned(&html)), text, links })
}

fn is_target(target: &str) -> bool {
    let shaped = ["https://", "http://", "mailto:"].into_iter().any(|scheme| {
        target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && target.len() > scheme.len()
    });
    shaped && !target.chars().any(|c| c.is_control() || c.is_whitespace() || "<>\"{}".contains(c))
}

fn cleaned(html: &str) -> String {
    ammonia::Builder::empty()
        .tags(ELEMENTS.into_iter().collect())
        .tag_attributes([("a", ["href"].into_iter().collect())].into_iter().collect())
        .url_schemes(["https", "http", "mailto"].into_iter().collect())
        .link_rel(None)
        .clean(html)
        .to_string()
        .replace('{', "&#123;")
        .replace('}', "&#125;")
}

/// Styles on the elements themselves, because many mail readers drop style sheets. After cleaning, a `<` is always
/// an element of [`ELEMENTS`] and never text.
fn styled(html: &str) -> String {
    [
        ("<p>", "<p style=\"margin:0 0 16px\">"),
        ("<h1>", "<h1 style=\"margin:0 0 16px;font-size:24px;line-height:1.3\">"),
        ("<h2>", "<h2 style=\"margin:24px 0 12px;font-size:20px;line-height:1.3\">"),
        ("<h3>", "<h3 style=\"margin:20px 0 8px;font-size:17px;line-height:1.3\">"),
        ("<ul>", "<ul style=\"margin:0 0 16px;padding:0 0 0 24px\">"),
        ("<ol>", "<ol style=\"margin:0 0 16px;padding:0 0 0 24px\">"),
        (
            "<blockquote>",
            "<blockquote style=\"margin:0 0 16px;padding:0 0 0 16px;border-left:3px solid #b8b4a8\">",
        ),
        ("<hr>", "<hr style=\"border:0;border-top:1px solid #b8b4a8;margin:24px 0\">"),
        ("<a href=", "<a style=\"color:#1f5fa8;text-decoration:underline\" href="),
    ]
    .into_iter()
    .fold(html.to_owned(), |html, (bare, styled)| html.replace(bare, styled))
}

/// The body for people and programs that read plain text.
fn plain(events: &[Event<'_>]) -> String {
    let mut out = Plain::default();
    for event in events {
        match event {
            Event::Text(text) | Event::Code(text) => out.write(text),
            Event::SoftBreak => out.write(" "),
            Event::HardBreak | Event::End(TagEnd::Item) => out.line(),
            Event::Rule => {
                out.paragraph();
                out.write("----");
                out.paragraph();
            }
            Event::Start(Tag::List(first)) => {
                out.block();
                out.lists.push(*first);
            }
            Event::Start(Tag::Item) => out.item(),
            Event::Start(Tag::BlockQuote(_)) => {
                out.paragraph();
                out.quotes += 1;
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                out.links.push((out.text.len(), dest_url.to_string()));
            }
            Event::End(TagEnd::Link) => out.link_end(),
            Event::End(TagEnd::List(_)) => {
                out.lists.pop();
                out.paragraph();
            }
            Event::End(TagEnd::BlockQuote(_)) => {
                out.quotes = out.quotes.saturating_sub(1);
                out.paragraph();
            }
            Event::End(TagEnd::Paragraph) if !out.lists.is_empty() => out.line(),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_)) => out.paragraph(),
            _ => {}
        }
    }
    let lines: Vec<&str> = out.text.trim().lines().map(str::trim_end).collect();
    lines.join("\n")
}

#[derive(Debug, Default)]
struct Plain {
    text: String,
    lists: Vec<Option<u64>>,
    quotes: usize,
    links: Vec<(usize, String)>,
    after_marker: bool,
}

impl Plain {
    fn write(&mut self, words: &str) {
        for (position, line) in words.split('\n').enumerate() {
            if position > 0 {
                self.line();
            }
            if !line.is_empty() && (self.text.is_empty() || self.text.ends_with('\n')) {
                self.text.push_str(&"> ".repeat(self.quotes));
            }
            self.text.push_str(line);
            self.after_marker &= line.is_empty();
        }
    }

    /// Ends the line, unless it is empty or holds a list marker only.
    fn line(&mut self) {
        if !self.after_marker && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn paragraph(&mut self) {
        self.line();
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Begins a list: a nested one follows its item at once.
    fn block(&mut self) {
        self.after_marker = false;
        if self.lists.is_empty() { self.paragraph() } else { self.line() }
    }

    fn item(&mut self) {
        self.line();
        let indent = "  ".repeat(self.lists.len().saturating_sub(1));
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                let marker = format!("{indent}{number}. ");
                *number += 1;
                marker
            }
            _ => format!("{indent}- "),
        };
        self.write(&marker);
        self.after_marker = true;
    }

    fn link_end(&mut self) {
        let Some((start, target)) = self.links.pop() else { return };
        let words = self.text.get(start..).unwrap_or_default();
        let address = target.strip_prefix("mailto:").unwrap_or(&target);
        if words != target && words != address {
            self.write(&format!(" ({address})"));
        }
    }
}
