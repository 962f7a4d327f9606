//! Attributes that a list declares for itself: each has a name, a title for people and one type, which it keeps.
//! Values are facts (see [`crate::facts`]) and carry where they came from.

use crate::words::Slug;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The most characters of a text.
pub const MAX_TEXT: usize = 120;
/// The most different choices of one attribute: more are a text, not a choice.
pub const MAX_CHOICES: usize = 1_000;
/// The most characters of a title.
pub const MAX_TITLE: usize = 80;

/// What the values of an attribute are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttributeType {
    /// A short text, such as a number of membership.
    Text,
    /// A whole number.
    Number,
    /// An amount in the list's currency.
    Money,
    /// A day.
    Date,
    /// One of several choices.
    Choice,
    /// Any of several choices.
    Choices,
    /// An area, besides the one where the person lives.
    Area,
}

impl AttributeType {
    /// Every type.
    pub const ALL: [Self; 7] =
        [Self::Text, Self::Number, Self::Money, Self::Date, Self::Choice, Self::Choices, Self::Area];

    /// The word of files, commands and rules.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Money => "money",
            Self::Date => "date",
            Self::Choice => "choice",
            Self::Choices => "choices",
            Self::Area => "area",
        }
    }

    /// As it stands in a sentence: `party` is *a choice*.
    pub fn words(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Money => "money",
            Self::Date => "a date",
            Self::Choice => "a choice",
            Self::Choices => "several choices",
            Self::Area => "an area",
        }
    }

    /// How a rule asks for it, with a name in place of `NAME`.
    pub fn example(self, name: &str) -> String {
        match self {
            Self::Text => format!("{name} starts \"A\""),
            Self::Number => format!("{name} >= 2"),
            Self::Money => format!("{name} >= $27"),
            Self::Date => format!("{name} within 90d"),
            Self::Choice => format!("{name} is \"...\""),
            Self::Choices => format!("{name} has \"...\""),
            Self::Area => format!("{name} within \"ocd-division/...\""),
        }
    }
}

impl fmt::Display for AttributeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for AttributeType {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        // `tags` is what people call several choices.
        let text = if text == "tags" { "choices" } else { text };
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            format!("`{text}` is not a type: text, number, money, date, choice, choices or area")
        })
    }
}

/// An attribute, declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// How files and rules name it.
    pub name: Slug,
    /// How people read it.
    pub title: String,
    /// What its values are; never changed.
    pub kind: AttributeType,
    /// The choices, of a type that has them.
    #[serde(default)]
    pub choices: BTreeSet<Slug>,
    /// Whether other choices than those may come.
    #[serde(default)]
    pub open: bool,
    /// When it was declared.
    pub declared: Timestamp,
    /// Since when nothing new comes under it, if so.
    #[serde(default)]
    pub retired: Option<Timestamp>,
}

/// The text of a person's attribute: one line, trimmed. Shown by [`AttributeText::as_str`] alone, for it may be personal.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttributeText(Arc<str>);

impl AttributeText {
    /// Reads one; none when nothing is left of it, or more than [`MAX_TEXT`] characters.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = !text.is_empty()
            && text.chars().take(MAX_TEXT + 1).count() <= MAX_TEXT
            && !text.chars().any(char::is_control);
        fits.then(|| Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is compared: capitals do not matter.
    pub fn folded(&self) -> String {
        fold(&self.0)
    }
}

/// A text as it is compared.
pub fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// What may be personal stays out of logs.
impl fmt::Debug for AttributeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttributeText({} characters)", self.0.chars().count())
    }
}

impl Serialize for AttributeText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AttributeText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("this is no text of an attribute"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_read_back() {
        for kind in AttributeType::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!("tags".parse(), Ok(AttributeType::Choices));
        assert!("colour".parse::<AttributeType>().unwrap_err().starts_with("`colour` is not a type: text,"));
    }

    #[test]
    fn texts_are_short_lines_that_do_not_show_themselves() {
        let text = AttributeText::parse("  A-1234 ").unwrap();
        assert_eq!((text.as_str(), text.folded().as_str()), ("A-1234", "a-1234"));
        assert_eq!(format!("{text:?}"), "AttributeText(6 characters)");
        for bad in ["", "  ", "a\nb", "a\0", &"x".repeat(MAX_TEXT + 1)] {
            assert_eq!(AttributeText::parse(bad), None);
        }
        assert!(AttributeText::parse(&"ä".repeat(MAX_TEXT)).is_some());
    }
}
