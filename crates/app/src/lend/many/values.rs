//! One request out of what all rows share and what a row says itself: merged, its own values put into the appeal, and
//! read as any request file is.

use super::super::request::RequestFile;
use super::read::MOST_ROW_BYTES;
use hustings_domain::loan::Appeal;
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Before and after the name of an own value in a shared appeal: `{{ candidate.office }}`.
const OPENS: &str = "{{";
const CLOSES: &str = "}}";
const PREFIX: &str = "candidate.";

/// A row's own values, by name.
pub(super) type OwnValues = BTreeMap<String, String>;

/// `row` over `shared`; the members of an appeal are merged one by one.
pub(super) fn merged(shared: &Map<String, Value>, row: Map<String, Value>) -> Map<String, Value> {
    let mut all = shared.clone();
    for (key, value) in row {
        match (all.get_mut(&key), value) {
            (Some(Value::Object(under)), Value::Object(over)) if key == "appeal" => under.extend(over),
            (_, value) => drop(all.insert(key, value)),
        }
    }
    all
}

/// Reads the request; `used` gathers which own values its appeal names.
pub(super) fn request(
    mut all: Map<String, Value>,
    own: &OwnValues,
    used: &mut BTreeSet<String>,
) -> Result<RequestFile, String> {
    for (key, after) in [("opens", false), ("closes", true)] {
        if let Some(Value::String(text)) = all.get_mut(key) {
            *text = instant(text, after)?;
        }
    }
    let mut file: RequestFile =
        serde_json::from_value(Value::Object(all)).map_err(|error| error.to_string())?;
    file.appeal = filled(&file.appeal, own, used)?;
    Ok(file)
}

/// A day as an instant: its beginning, or its end. Anything else stays, for the reader of requests to judge.
fn instant(text: &str, after: bool) -> Result<String, String> {
    let Ok(day) = text.trim().parse::<Date>() else { return Ok(text.to_owned()) };
    // `Date` reads the day of a whole instant too.
    if text.contains(['T', 't', ':', ' ']) {
        return Ok(text.to_owned());
    }
    let day = if after { day.tomorrow() } else { Ok(day) };
    day.map(|day| format!("{day}T00:00:00Z")).map_err(|_| format!("`{text}` is out of range"))
}

fn filled(appeal: &Appeal, own: &OwnValues, used: &mut BTreeSet<String>) -> Result<Appeal, String> {
    Ok(Appeal {
        subject: fill(&appeal.subject, own, used)?,
        body: fill(&appeal.body, own, used)?,
        paid_for_by: fill(&appeal.paid_for_by, own, used)?,
    })
}

/// Own values in their places; every other tag stays, for the composer to judge.
fn fill(text: &str, own: &OwnValues, used: &mut BTreeSet<String>) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPENS) {
        out.push_str(before);
        let Some(tag) = after.trim_start().strip_prefix(PREFIX) else {
            // One brace further: of three in a row the last two may open a tag.
            out.push('{');
            rest = rest.get(before.len() + 1..).unwrap_or_default();
            continue;
        };
        let Some((name, tail)) = tag.split_once(CLOSES) else {
            return Err(format!("the appeal opens `{OPENS} {PREFIX}` and does not close it"));
        };
        let name = name.trim();
        let value = own.get(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            format!("the appeal names `{OPENS} {PREFIX}{name} {CLOSES}`, and this row has no `{name}`")
        })?;
        if value.chars().any(|c| c.is_control() || "{}".contains(c)) {
            return Err(format!("the value of `{name}` is not one line of plain words"));
        }
        // A short row may name a long value many times.
        if out.len() + value.len() > MOST_ROW_BYTES {
            return Err(format!("with its own values the text is longer than {} KiB", MOST_ROW_BYTES / 1024));
        }
        used.insert(name.to_owned());
        out.push_str(value);
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_values_go_into_their_places_and_other_tags_stay() {
        let own = OwnValues::from([("name".to_owned(), "Maya".to_owned()), ("no".to_owned(), String::new())]);
        let mut used = BTreeSet::new();
        let mut fill = |text: &str| fill(text, &own, &mut used);
        assert_eq!(
            fill("Dear {{ given_name }}, {{candidate.name}} here {{").unwrap(),
            "Dear {{ given_name }}, Maya here {{"
        );
        for missing in ["{{ candidate.hero }}", "{{ candidate.no }}"] {
            assert!(fill(missing).unwrap_err().contains("this row has no"), "{missing}");
        }
        assert_eq!(fill("{{{candidate.name}} {{{{").unwrap(), "{Maya {{{{");
        assert!(fill("{{ candidate.name").unwrap_err().contains("does not close"));
        assert_eq!(used.into_iter().collect::<Vec<_>>(), ["name"]);
        let tag = OwnValues::from([("name".to_owned(), "{{ given_name }}".to_owned())]);
        assert!(super::fill("{{ candidate.name }}", &tag, &mut BTreeSet::new()).is_err());
        // A short text that would become a huge one is refused before it is.
        let long = OwnValues::from([("a".to_owned(), "A".repeat(60_000))]);
        let twice = super::fill("{{candidate.a}}{{candidate.a}}", &long, &mut BTreeSet::new()).unwrap_err();
        assert!(twice.contains("longer than 64 KiB"), "{twice}");
    }

    #[test]
    fn a_day_is_its_beginning_or_its_end() {
        assert_eq!(instant("2026-10-01", false).unwrap(), "2026-10-01T00:00:00Z");
        assert_eq!(instant("2026-10-31", true).unwrap(), "2026-11-01T00:00:00Z");
        assert_eq!(instant("2026-10-31T10:00:00Z", true).unwrap(), "2026-10-31T10:00:00Z");
        assert_eq!(instant("soon", true).unwrap(), "soon");
    }
}
