//! Merge tags: which there are, and how a text with them becomes a template that holds nothing else.

use super::{Problem, RenderError};
use hustings_domain::words::nearest;
use std::fmt;

/// What may be merged into a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tag {
    /// `given_name`
    GivenName,
    /// `family_name`
    FamilyName,
    /// `area`
    Area,
    /// `answer_link`
    AnswerLink,
    /// `yes_link`
    YesLink,
    /// `later_link`
    LaterLink,
    /// `no_link`
    NoLink,
    /// `never_link`
    NeverLink,
    /// `report_link`
    ReportLink,
    /// `unsubscribe_link`
    UnsubscribeLink,
    /// `preferences_link`
    PreferencesLink,
}

impl Tag {
    /// Every tag.
    pub const ALL: [Self; 11] = [
        Self::GivenName,
        Self::FamilyName,
        Self::Area,
        Self::AnswerLink,
        Self::YesLink,
        Self::LaterLink,
        Self::NoLink,
        Self::NeverLink,
        Self::ReportLink,
        Self::UnsubscribeLink,
        Self::PreferencesLink,
    ];

    /// The name between the braces.
    pub fn name(self) -> &'static str {
        match self {
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Area => "area",
            Self::AnswerLink => "answer_link",
            Self::YesLink => "yes_link",
            Self::LaterLink => "later_link",
            Self::NoLink => "no_link",
            Self::NeverLink => "never_link",
            Self::ReportLink => "report_link",
            Self::UnsubscribeLink => "unsubscribe_link",
            Self::PreferencesLink => "preferences_link",
        }
    }

    /// Whether its value is a link.
    pub fn is_link(self) -> bool {
        !matches!(self, Self::GivenName | Self::FamilyName | Self::Area)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.name())
    }
}

/// One use of a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Use {
    tag: Tag,
    default: Option<String>,
    token: String,
}

/// A text whose tags were taken out and stand as tokens, which Markdown and HTML leave alone.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) field: &'static str,
    pub(super) tokenised: String,
    uses: Vec<Use>,
}

impl Source {
    /// Reads `text`, or gives every wrong tag in it.
    pub(super) fn read(field: &'static str, text: &str) -> Result<Self, Vec<Problem>> {
        let text = text.replace("\r\n", "\n");
        // A token that the text holds already could be mistaken for one of ours.
        let mut candidates = (0..=text.len()).map(|n| format!("mergetag{n}x"));
        let prefix = candidates.find(|prefix| !text.contains(prefix.as_str())).unwrap_or_default();
        let (mut tokenised, mut uses, mut problems) = (String::new(), Vec::new(), Vec::new());
        let mut rest = text.as_str();
        let mut line = 1;
        while let Some((before, after)) = rest.split_once('{') {
            tokenised.push_str(before);
            line += before.matches('\n').count();
            let mut wrong = |why: String| problems.push(Problem { field, line, why });
            if after.starts_with(['%', '#']) {
                wrong("`{%` and `{#` are not allowed: use merge tags like `{{ given_name }}` only".into());
                rest = after;
            } else if let Some(inside) = after.strip_prefix('{') {
                // A tag ends on its own line.
                let on_line = inside.split('\n').next().unwrap_or_default();
                if let Some((expression, _)) = on_line.split_once("}}") {
                    match read_tag(expression) {
                        Ok((tag, default)) => {
                            let number = uses.len();
                            let token = if tag.is_link() {
                                format!("https://{prefix}{number}x.invalid/")
                            } else {
                                format!("{prefix}{number}x")
                            };
                            tokenised.push_str(&token);
                            uses.push(Use { tag, default, token });
                        }
                        Err(why) => wrong(why),
                    }
                    rest = inside.split_once("}}").map_or("", |(_, rest)| rest);
                } else {
                    wrong("`{{` has no `}}` on its line".into());
                    rest = inside;
                }
            } else {
                tokenised.push('{');
                rest = after;
            }
        }
        tokenised.push_str(rest);
        if problems.is_empty() { Ok(Self { field, tokenised, uses }) } else { Err(problems) }
    }

    /// `text` with its tokens replaced by template expressions; all other braces must have been escaped.
    pub(super) fn template(&self, text: &str) -> String {
        // The last first, so that no token is the beginning of another.
        self.uses.iter().rev().fold(text.to_owned(), |text, used| {
            let name = used.tag.name();
            let expression = match &used.default {
                Some(default) => format!("{{{{ {name}|default(\"{default}\") }}}}"),
                None => format!("{{{{ {name} }}}}"),
            };
            text.replace(&used.token, &expression)
        })
    }

    /// The tags used.
    pub(super) fn tags(&self) -> impl Iterator<Item = Tag> {
        self.uses.iter().map(|used| used.tag)
    }

    /// The tags used without a default.
    pub(super) fn required(&self) -> impl Iterator<Item = Tag> {
        self.uses.iter().filter(|used| used.default.is_none()).map(|used| used.tag)
    }

    /// The personal tag that a link destination would carry, if any.
    pub(super) fn personal_tag_in(&self, destination: &str) -> Option<Tag> {
        let mut inside = self.uses.iter().filter(|used| destination.contains(&used.token));
        inside.find(|used| !used.tag.is_link() || destination != used.token).map(|used| used.tag)
    }

    /// Whether a link destination is one of the merged links.
    pub(super) fn is_merged_link(&self, destination: &str) -> bool {
        self.uses.iter().any(|used| used.tag.is_link() && used.token == destination)
    }
}

/// `name` or `name | default("words")`.
fn read_tag(expression: &str) -> Result<(Tag, Option<String>), String> {
    let (name, filter) = match expression.split_once('|') {
        Some((name, filter)) => (name.trim(), Some(filter.trim())),
        None => (expression.trim(), None),
    };
    let Some(tag) = Tag::ALL.into_iter().find(|tag| tag.name() == name) else {
        let shown: String = name.chars().take(40).collect();
        let names = Tag::ALL.map(Tag::name);
        return Err(match nearest(&shown, names) {
            Some(near) => format!("there is no merge tag `{shown}`; did you mean `{near}`?"),
            None => format!("there is no merge tag `{shown}`; there are {}", names.join(", ")),
        });
    };
    let Some(filter) = filter else { return Ok((tag, None)) };
    if tag.is_link() {
        return Err(format!("{tag} is a link and takes no default"));
    }
    let words = filter
        .strip_prefix("default")
        .and_then(|rest| rest.trim().strip_prefix('(')?.strip_suffix(')'))
        .map(str::trim)
        .and_then(|quoted| {
            let double = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            double.or_else(|| quoted.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')))
        });
    let plain = |words: &&str| {
        words.chars().count() <= 60 && !words.chars().any(|c| c.is_control() || "\"\\{}".contains(c))
    };
    match words.filter(plain) {
        Some(words) => Ok((tag, Some(words.to_owned()))),
        None => Err(format!(
            "after `|` only `default(\"words\")` is allowed, as in `{{{{ {name} | default(\"friend\") }}}}`"
        )),
    }
}

/// Text in which no brace means anything to the template engine.
pub(super) fn escape_braces_text(text: &str) -> String {
    text.replace('{', "{{ '{' }}")
}

/// A value fit for the page: one line, and for links a link.
pub(super) fn clean(tag: Tag, value: &str) -> Result<String, RenderError> {
    if !tag.is_link() {
        return Ok(value.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect());
    }
    if is_link(value) { Ok(value.to_owned()) } else { Err(RenderError::Link(tag)) }
}

/// Whether `value` is an absolute `https` link (or `http` to this machine, for demo and tests) of plain characters.
pub(super) fn is_link(value: &str) -> bool {
    let local = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
    let known = |start: &str| {
        value.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    };
    let shaped = value.starts_with("https://") || local.into_iter().any(known);
    let plain =
        |b: u8| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"' | b'\'' | b'\\' | b'`' | b',');
    shaped && value.len() <= 900 && value.bytes().all(plain)
}
