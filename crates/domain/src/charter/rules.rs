//! Rules as they stand in a charter's file, not yet understood: a template with its settings, or Cedar. This room knows
//! their shape and their lines; what they mean is for the room `policy`.

use crate::words::Slug;
use jiff::civil::Date;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A day that rules may name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarDay {
    /// Its short name.
    pub id: Slug,
    /// The day, `2026-11-03`, with or without quotes in the file.
    #[serde(deserialize_with = "day")]
    pub day: Date,
    /// In a person's words: `the primary`.
    pub label: String,
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    match Setting::deserialize(deserializer)? {
        Setting::Text(text) => {
            text.parse().map_err(|_| serde::de::Error::custom("not a day, expected 2026-11-03"))
        }
        _ => Err(serde::de::Error::custom("not a day, expected 2026-11-03")),
    }
}

/// One `[[rules]]`: its keys and what they are set to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleText(pub BTreeMap<String, Setting>);

impl RuleText {
    /// What `key` is set to.
    pub fn get(&self, key: &str) -> Option<&Setting> {
        self.0.get(key)
    }

    /// The text that `key` is set to.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.0.get(key) {
            Some(Setting::Text(text)) => Some(text),
            _ => None,
        }
    }
}

/// What one key of a rule is set to. A day is a text, `2026-11-03`, with or without quotes in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Setting {
    /// True or false.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// Texts.
    List(Vec<String>),
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
            Self::List(texts) => f.write_str(&texts.join(", ")),
        }
    }
}

impl<'de> Deserialize<'de> for Setting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Setting;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text in quotes, a whole number, true or false, or a list of texts")
            }
            fn visit_bool<E>(self, flag: bool) -> Result<Setting, E> {
                Ok(Setting::Flag(flag))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Setting, E> {
                Ok(Setting::Number(number))
            }
            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Setting, E> {
                i64::try_from(number).map(Setting::Number).map_err(E::custom)
            }
            fn visit_str<E>(self, text: &str) -> Result<Setting, E> {
                Ok(Setting::Text(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Setting, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element::<String>()? {
                    texts.push(text);
                }
                Ok(Setting::List(texts))
            }
            // TOML hands a day without quotes over as a table of one text.
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Setting, A::Error> {
                match map.next_entry::<String, String>()? {
                    Some((_, day)) if day.parse::<Date>().is_ok() => Ok(Setting::Text(day)),
                    _ => {
                        Err(serde::de::Error::custom("this is a table, expected a text, a number or a list"))
                    }
                }
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// The line, counted from 1, of `key` in the `nth` (from 0) table `[[table]]` of `text`; of the table's head where the
/// key does not stand in it.
pub fn line_of_rule(text: &str, table: &str, nth: usize, key: &str) -> usize {
    let (mut seen, mut head) = (0, 1);
    let mut quoted = false;
    for (number, line) in text.lines().enumerate() {
        // What stands inside a text of several lines is not a key.
        let was_quoted = quoted;
        if !quoted && line.trim_start().starts_with('#') {
            continue;
        }
        if line.matches("\"\"\"").count() % 2 == 1 || line.matches("'''").count() % 2 == 1 {
            quoted = !quoted;
        }
        if was_quoted {
            continue;
        }
        let line = line.trim_start();
        if line.starts_with('[') {
            let name = line.split('#').next().unwrap_or_default();
            if name.trim_matches(|c| c == '[' || c == ']' || c == ' ') == table && name.starts_with("[[") {
                seen += 1;
                if seen == nth + 1 {
                    head = number + 1;
                }
            } else if seen == nth + 1 {
                seen += 1;
            }
        } else if seen == nth + 1
            && line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='))
        {
            return number + 1;
        }
    }
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct File {
        rules: Vec<RuleText>,
    }

    #[test]
    fn settings_read_as_what_they_are() {
        let file: File = toml::from_str(
            "[[rules]]\ntemplate = \"t\"\ndays = 3\non = true\nday = 2026-11-03\nasks = [\"give\"]\n",
        )
        .unwrap();
        let rule = &file.rules[0];
        assert_eq!(rule.text("template"), Some("t"));
        assert_eq!(rule.get("days"), Some(&Setting::Number(3)));
        assert_eq!(rule.get("on"), Some(&Setting::Flag(true)));
        assert_eq!(rule.text("day"), Some("2026-11-03"));
        assert_eq!(rule.get("asks"), Some(&Setting::List(vec!["give".to_owned()])));
        for wrong in ["x = 1.5", "x = [1]", "x = { a = 1 }", "x = { a = \"b\" }"] {
            assert!(toml::from_str::<File>(&format!("[[rules]]\n{wrong}\n")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_day_of_the_calendar_reads_with_and_without_quotes() {
        for day in ["2026-08-11", "\"2026-08-11\""] {
            let text = format!("id = \"primary\"\nday = {day}\nlabel = \"the primary\"\n");
            let read: CalendarDay = toml::from_str(&text).unwrap();
            assert_eq!(read.day.to_string(), "2026-08-11");
        }
        assert!(toml::from_str::<CalendarDay>("id = \"p\"\nday = \"soon\"\nlabel = \"l\"\n").is_err());
    }

    #[test]
    fn a_line_is_found_in_its_own_table() {
        let text =
            "[[rules]]\ncedar = \"\"\"\ndays = 1\n\"\"\"\n[[rules]]\n# x\ndays = 2\n[other]\ndays = 3\n";
        assert_eq!(line_of_rule(text, "rules", 0, "days"), 1);
        assert_eq!(line_of_rule(text, "rules", 0, "cedar"), 2);
        assert_eq!(line_of_rule(text, "rules", 1, "days"), 7);
        assert_eq!(line_of_rule(text, "rules", 1, "hours"), 5);
    }
}
