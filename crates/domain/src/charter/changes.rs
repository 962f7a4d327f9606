//! What a new charter would change, in words; and which trustees it would need that nobody has seated. Whatever a
//! charter comes to hold is compared: a part that has no words of its own is named by its place in the file.

use super::Charter;
use crate::clearance::{Signing, Trustee};
use crate::words::Slug;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The words of the parts that people ask about most.
const WORDS: [(&str, &str); 27] = [
    ("owner.name", "the owner's name"),
    ("owner.domain", "the domain that mail is signed with"),
    ("owner.from_address", "the address that mail comes from"),
    ("owner.postal_address", "the owner's postal address"),
    ("owner.site", "the address of the pages"),
    ("board.quorum", "the votes needed"),
    ("board.wings_needed", "the wings that approvals must come from"),
    ("board.signed", "whether votes are signed"),
    ("board.decide_days", "the days in which the board decides"),
    ("board.remind_days", "the days before that when whoever is missing is reminded"),
    ("board.delegation_days", "the longest that another may vote for somebody, in days"),
    ("board.delegations_held", "for how many others one trustee may vote"),
    ("board.pause_hours", "the hours after which an unconfirmed pause ends"),
    ("board.review_days", "the days in which a borrower may ask for a review"),
    ("board.grant_hours", "the hours within which a trustee grants what another asks for"),
    ("fatigue.appeals.times", "how often one person may be addressed"),
    ("fatigue.appeals.days", "the days over which that is counted"),
    ("fatigue.money.times", "how often one person may be asked for money"),
    ("fatigue.money.days", "the days over which asks for money are counted"),
    ("estimates.floor", "the smallest count that is shown"),
    ("retention.copy_days", "the days after which a copy is erased"),
    ("duties.answer_days", "the days within which a borrower acknowledges what it owes"),
    ("duties.remind_days", "the days before that when it is reminded"),
    ("duties.mark_days", "the days after that when its standing gets a mark"),
    ("duties.mark_stops", "what such a mark stops"),
    ("rate_card.base_per_thousand", "the price of a thousand people addressed, in cents"),
    ("wings", "the wings of the board"),
];

/// What differs, one sentence each; nothing for the version, which always does.
pub fn changes(from: &Charter, to: &Charter) -> Vec<String> {
    let (before, after) = (parts(from), parts(to));
    let places: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    places
        .into_iter()
        .filter(|place| *place != "version")
        .filter_map(|place| {
            let name = WORDS
                .iter()
                .find(|(known, _)| known == place)
                .map_or_else(|| format!("`{place}`"), |(_, words)| (*words).to_owned());
            match (before.get(place), after.get(place)) {
                (Some(was), Some(becomes)) if was != becomes => {
                    Some(format!("{name}: {was} becomes {becomes}"))
                }
                (None, Some(new)) => Some(format!("new: {name} is {new}")),
                (Some(gone), None) => Some(format!("gone: {name}, which was {gone}")),
                _ => None,
            }
        })
        .collect()
}

fn parts(charter: &Charter) -> BTreeMap<String, String> {
    let mut parts = BTreeMap::new();
    flatten("", &serde_json::to_value(charter).unwrap_or_default(), &mut parts);
    parts
}

/// Every leaf under its place; things in a list by their name, so that their order means nothing.
fn flatten(place: &str, value: &Value, parts: &mut BTreeMap<String, String>) {
    let under = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| flatten(&under(name), value, parts)),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (position, item) in items.iter().enumerate() {
                let name = ["id", "name", "borrower", "title"]
                    .iter()
                    .find_map(|key| item.get(*key).and_then(Value::as_str))
                    .map_or_else(|| (position + 1).to_string(), str::to_owned);
                flatten(&under(&name), item, parts);
            }
        }
        Value::Array(items) => {
            let words: Vec<String> = items.iter().map(plain).collect();
            let said = if words.is_empty() { "nothing".to_owned() } else { words.join(", ") };
            parts.insert(place.to_owned(), said);
        }
        Value::Null => {}
        leaf => {
            parts.insert(place.to_owned(), plain(leaf));
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    }
}

/// Why a board, or a panel of it, could never decide under a charter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreachable {
    /// The panel; none for the whole board.
    pub panel: Option<Slug>,
    /// What is missing, in words.
    pub missing: String,
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.panel {
            Some(panel) => write!(f, "the panel `{panel}`: {}", self.missing),
            None => write!(f, "the board: {}", self.missing),
        }
    }
}

/// What is missing for every decision of this charter to be reached with these trustees.
pub fn unreachable(charter: &Charter, board: &[Trustee]) -> Vec<Unreachable> {
    let rules = &charter.board;
    let mut found = Vec::new();
    let mut ask = |panel: Option<&Slug>, missing: Option<String>| {
        found.extend(missing.map(|missing| Unreachable { panel: panel.cloned(), missing }));
    };
    let least = if rules.signed == Signing::Required { rules.quorum.max(2) } else { rules.quorum };
    ask(None, too_few(board, least));
    ask(None, too_few_wings(charter, board, rules.wings_needed));
    for trustee in board.iter().filter(|trustee| !charter.wings.contains(&trustee.wing)) {
        ask(
            None,
            Some(format!("{} sits in the wing `{}`, which this charter has not", trustee.name, trustee.wing)),
        );
    }
    for panel in &rules.panels {
        let seated: Vec<Trustee> = board
            .iter()
            .filter(|trustee| panel.trustees.is_empty() || panel.trustees.contains(&trustee.name))
            .cloned()
            .collect();
        let strangers: Vec<&str> = panel
            .trustees
            .iter()
            .filter(|name| board.iter().all(|trustee| trustee.name != **name))
            .map(String::as_str)
            .collect();
        let name = Some(&panel.name);
        ask(
            name,
            (!strangers.is_empty()).then(|| format!("no trustee is called {}", strangers.join(", nor "))),
        );
        ask(name, too_few(&seated, panel.quorum));
        ask(name, too_few_wings(charter, &seated, panel.wings_needed));
    }
    found
}

fn too_few(seated: &[Trustee], quorum: u32) -> Option<String> {
    let missing = (quorum as usize).checked_sub(seated.len()).filter(|missing| *missing > 0)?;
    let names: Vec<&str> = seated.iter().map(|trustee| trustee.name.as_str()).collect();
    let seats = if names.is_empty() {
        "nobody is seated".to_owned()
    } else {
        format!("seated are {}", names.join(", "))
    };
    let noun = if missing == 1 { "trustee is" } else { "trustees are" };
    Some(format!("{missing} more {noun} needed for {quorum} votes: {seats}"))
}

fn too_few_wings(charter: &Charter, seated: &[Trustee], needed: u32) -> Option<String> {
    let present: BTreeSet<&Slug> = seated.iter().map(|trustee| &trustee.wing).collect();
    if present.len() >= needed as usize {
        return None;
    }
    let absent: Vec<String> =
        charter.wings.iter().filter(|wing| !present.contains(wing)).map(|wing| format!("`{wing}`")).collect();
    Some(format!(
        "approvals must come from {needed} wings, and nobody sits in {}",
        if absent.is_empty() { "any other".to_owned() } else { absent.join(" or ") }
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededRng;
    use crate::ids::UserId;
    use jiff::Timestamp;

    fn charter() -> Charter {
        Charter::from_toml(include_str!("../../../../docs/charter.example.toml")).unwrap()
    }

    fn board(wings: &[&str]) -> Vec<Trustee> {
        let mut rng = SeededRng::new(1);
        let seat = |(number, wing): (usize, &&str)| Trustee {
            id: UserId::new(Timestamp::UNIX_EPOCH, &mut rng),
            name: format!("Trustee {number}"),
            wing: wing.parse().unwrap(),
        };
        wings.iter().enumerate().map(seat).collect()
    }

    #[test]
    fn a_change_is_told_in_words_and_the_version_is_none() {
        let mut new = charter();
        new.version += 1;
        assert_eq!(changes(&charter(), &new), Vec::<String>::new());
        new.board.quorum = 4;
        new.issues.remove(0);
        let words = changes(&charter(), &new);
        assert!(words.contains(&"the votes needed: 3 becomes 4".to_owned()), "{words:?}");
        assert!(words.iter().any(|words| words.starts_with("gone: `issues.")), "{words:?}");
    }

    #[test]
    fn the_order_of_a_list_is_no_change() {
        let mut new = charter();
        new.issues.reverse();
        new.purposes.reverse();
        assert_eq!(changes(&charter(), &new), Vec::<String>::new());
    }

    #[test]
    fn who_is_missing_is_named() {
        let mut charter = charter();
        assert_eq!(unreachable(&charter, &board(&["labor", "labor", "climate"])), []);
        let said: Vec<String> =
            unreachable(&charter, &board(&["labor", "labor"])).iter().map(Unreachable::to_string).collect();
        assert_eq!(
            said,
            [
                "the board: 1 more trustee is needed for 3 votes: seated are Trustee 0, Trustee 1",
                "the board: approvals must come from 2 wings, and nobody sits in `climate`"
            ]
        );
        charter.board.panels.push(crate::clearance::Panel {
            name: "money".parse().unwrap(),
            asks: vec![crate::loan::Ask::Give],
            quorum: 2,
            wings_needed: 1,
            trustees: vec!["Trustee 0".to_owned(), "Rosa".to_owned()],
        });
        let said: Vec<String> = unreachable(&charter, &board(&["labor", "labor", "climate"]))
            .iter()
            .map(Unreachable::to_string)
            .collect();
        assert_eq!(
            said,
            [
                "the panel `money`: no trustee is called Rosa",
                "the panel `money`: 1 more trustee is needed for 2 votes: seated are Trustee 0"
            ]
        );
    }
}
