//! From a letter and one person's values to the bytes of a message. The letter is checked and compiled once; a
//! person's message is two template runs and a MIME frame, and the same inputs give the same bytes.
//! What a borrower writes may carry merge tags and Markdown and nothing else: no HTML, pictures or template code.

mod layout;
mod letter;
mod look;
mod markdown;
mod mime;
mod note;
mod tags;

pub use letter::{Feedback, Letter, Merge};
pub use look::{Remark, Weight, lix, look_over};
pub use note::Note;
pub use tags::Tag;

use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use std::fmt;
use tags::Source;

/// Above this the largest provider cuts a message short and hides the unsubscribe link.
const HTML_LIMIT: usize = 100_000;
/// Steps of the template engine for one part; a letter uses a few per merge tag.
const FUEL: u64 = 20_000;

/// The name of the one template whose values are escaped.
const HTML: &str = "body.html";

/// One thing wrong with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which field: `subject`, `body`, `from_address` and so on.
    pub field: &'static str,
    /// The line in that field, from 1.
    pub line: usize,
    /// What is wrong and what is allowed.
    pub why: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}: {}", self.field, self.line, self.why)
    }
}

/// Everything that is wrong with a letter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the letter cannot be sent as it is: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct Problems(pub Vec<Problem>);

/// Why one person's message could not be made. Names the tag, never the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The letter uses a tag without a default and this person has no value for it.
    #[error("this person has no value for {tags}, and the letter gives no default")]
    Missing {
        /// The tags, as they are written.
        tags: String,
    },
    /// A link is not `https`, or has characters that no link has.
    #[error("the value of {0} is not an `https` link")]
    Link(Tag),
    /// The recipient or the Message-ID is not one.
    #[error("the {0} of this message is not one")]
    Header(&'static str),
    /// The template engine gave up.
    #[error("the letter could not be filled in: {0}")]
    Template(String),
}

/// A finished message.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The whole message (RFC 5322), CRLF only, unsigned.
    pub message: Vec<u8>,
    /// The subject, for a preview.
    pub subject: String,
    /// The plain part, for a preview.
    pub text: String,
    /// The HTML part, for a preview.
    pub html: String,
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rendered").field("bytes", &self.message.len()).finish_non_exhaustive()
    }
}

/// A letter, checked and compiled. Share it between threads.
#[derive(Debug)]
pub struct Composer {
    letter: Letter,
    templates: Environment<'static>,
    used: Vec<Tag>,
    required: Vec<Tag>,
    links: Vec<String>,
}

impl Composer {
    /// Checks and compiles `letter`.
    ///
    /// # Errors
    /// Everything that is wrong with it, with lines.
    pub fn new(letter: Letter) -> Result<Self, Problems> {
        let mut problems = letter.problems();
        let mut read = |field, text: &str| match Source::read(field, text) {
            Ok(source) => Some(source),
            Err(found) => {
                problems.extend(found);
                None
            }
        };
        let (subject, body) = (read("subject", &letter.subject), read("body", &letter.body_markdown));
        let body = body.and_then(|source| match markdown::render(&source) {
            Ok(parts) => Some((source, parts)),
            Err(found) => {
                problems.extend(found);
                None
            }
        });
        let (Some(subject), Some((body, parts))) = (subject, body) else { return Err(Problems(problems)) };
        let html = layout::html(&letter, &parts.html);
        if html.len() > HTML_LIMIT {
            let why =
                format!("the message has {} bytes of HTML, and above {HTML_LIMIT} it is cut off", html.len());
            problems.push(Problem { field: "body", line: 1, why });
        }
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        let mut templates = engine();
        let added = [
            ("subject.txt", subject.template(&tags::escape_braces_text(&subject.tokenised))),
            ("text.txt", layout::text(&letter, &body.template(&tags::escape_braces_text(&parts.text)))),
            (HTML, body.template(&html)),
        ]
        .into_iter()
        .try_for_each(|(name, template)| templates.add_template_owned(name, template));
        if let Err(error) = added {
            return Err(Problems(vec![Problem { field: "body", line: 1, why: error.to_string() }]));
        }
        let mut used: Vec<Tag> = subject.tags().chain(body.tags()).collect();
        used.extend(layout::tags(&letter));
        let mut required: Vec<Tag> = subject.required().chain(body.required()).collect();
        required.extend(layout::tags(&letter));
        for list in [&mut used, &mut required] {
            list.sort_unstable();
            list.dedup();
        }
        Ok(Self { letter, templates, used, required, links: parts.links })
    }

    /// The tags that a person must have a value for, because no default is given.
    pub fn required(&self) -> &[Tag] {
        &self.required
    }

    /// Every tag that the letter uses.
    pub fn used(&self) -> &[Tag] {
        &self.used
    }

    /// The fixed links of the body, in order, for the trustees to look at.
    pub fn links(&self) -> &[String] {
        &self.links
    }

    /// The letter.
    pub fn letter(&self) -> &Letter {
        &self.letter
    }

    /// The message to one person.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn render(&self, merge: &Merge) -> Result<Rendered, RenderError> {
        let missing: Vec<String> = self
            .required
            .iter()
            .filter(|tag| merge.value(**tag).is_none())
            .map(ToString::to_string)
            .collect();
        if !missing.is_empty() {
            return Err(RenderError::Missing { tags: missing.join(", ") });
        }
        let (mut plain, mut escaped) = (Vec::new(), Vec::new());
        for tag in &self.used {
            let Some(value) = merge.value(*tag) else { continue };
            let value = tags::clean(*tag, value)?;
            // A checked link has nothing to escape but `&`; scanners trip over slashes written as entities.
            escaped.push((
                tag.name(),
                if tag.is_link() {
                    Value::from_safe_string(value.replace('&', "&amp;"))
                } else {
                    Value::from(&value)
                },
            ));
            plain.push((tag.name(), Value::from(value)));
        }
        let (plain, escaped) = (Value::from_pairs(plain), Value::from_pairs(escaped));
        let fill = |name, values: &Value| {
            self.templates
                .get_template(name)
                .and_then(|template| template.render(values.clone()))
                .map_err(|error| RenderError::Template(error.kind().to_string()))
        };
        let subject = fill("subject.txt", &plain)?;
        let (text, html) = (fill("text.txt", &plain)?, fill(HTML, &escaped)?);
        let message = mime::message(&self.letter, merge, &subject, &text, &html)?;
        Ok(Rendered { message, subject, text, html })
    }
}

/// A template engine that knows `default` and nothing else, and takes nothing undefined.
fn engine() -> Environment<'static> {
    let mut engine = Environment::empty();
    engine.add_filter("default", minijinja::filters::default);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(FUEL));
    // The engine's `debug` feature is off: a failed run carries nobody's values into an error.
    engine.set_auto_escape_callback(|name| if name == HTML { AutoEscape::Html } else { AutoEscape::None });
    engine
}

#[cfg(test)]
mod tests;
