//! Rules and ways forward in words: what stands in braces is filled from the case.

use super::case::Case;
use hustings_domain::borrower::BorrowerKind;
use hustings_domain::charter::{Charter, LendingRule};
use hustings_domain::money::group_thousands;
use hustings_domain::words::Slug;

/// Fills in what stands in braces; what is not known stays as it stands.
pub(super) fn fill(text: &str, charter: &Charter, case: &Case) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let known = after.split_once('}').and_then(|(name, tail)| Some((value(name, charter, case)?, tail)));
        if let Some((value, tail)) = known {
            out.push_str(&value);
            rest = tail;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// The same without a case, for a page that lists rules: what stands in braces is said in general.
pub(super) fn in_general(text: &str) -> String {
    let said = [
        ("{a_kind}", "a borrower of this kind"),
        ("{kind}", "kind of borrower"),
        ("{asks}", "do what `[[lending]]` grants it"),
        ("{ask}", "do that"),
        ("{may_ask}", "ask for what `[[lending]]` grants"),
        ("{area}", "its own area"),
        ("{issues}", "the charter's issues"),
        ("{named}", "each issue that it names"),
        ("{unstated}", "those issues"),
        ("{unsourced}", "those issues"),
        ("{election}", "the day on file"),
        ("{standing}", "a steward checks, lifts a suspension, or takes it back"),
    ];
    said.iter().fold(text.to_owned(), |text, (name, words)| text.replace(name, words))
}

fn value(name: &str, charter: &Charter, case: &Case) -> Option<String> {
    let (asker, wanted) = (&case.asker, &case.wanted);
    let without = |known: &[Slug]| {
        let missing: Vec<&Slug> = wanted.issues.iter().filter(|issue| !known.contains(issue)).collect();
        quoted(missing.iter().map(|issue| issue.as_str()), "the issues that it names")
    };
    Some(match name {
        "kind" => asker.kind.label().to_owned(),
        "a_kind" => a(asker.kind),
        "area" => asker.area.to_string(),
        "ask" => wanted.ask.to_string(),
        "asks" => charter.rule_for(asker.kind).map_or_else(|| "nothing".to_owned(), asks_of),
        "may_ask" => may_ask_for(charter, case),
        "issues" => all_issues(charter),
        "named" => quoted(wanted.issues.iter().map(Slug::as_str), "each issue that it names"),
        "unstated" => without(&asker.positions),
        "unsourced" => without(&asker.sourced),
        "election" => asker.election.map_or_else(|| "not on file".to_owned(), |day| day.to_string()),
        "standing" => asker
            .standing_words
            .clone()
            .unwrap_or_else(|| "a steward checks identity and office first".to_owned()),
        _ => return None,
    })
}

/// `a candidate`, `an allied group`.
pub(super) fn a(kind: BorrowerKind) -> String {
    let label = kind.label();
    let article = if label.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {label}")
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>, none: &str) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() { none.to_owned() } else { names.join(", ") }
}

fn all_issues(charter: &Charter) -> String {
    let issues: Vec<&str> = charter.issues.iter().map(|issue| issue.id.as_str()).collect();
    issues.join(", ")
}

fn asks_of(rule: &LendingRule) -> String {
    let asks: Vec<&str> = rule.asks.iter().map(|ask| ask.as_str()).collect();
    if asks.is_empty() { "nothing".to_owned() } else { asks.join(", ") }
}

/// What this borrower may ask for, in one clause.
pub fn may_ask_for(charter: &Charter, case: &Case) -> String {
    let Some(rule) = charter.rule_for(case.asker.kind) else {
        return "the charter lends nothing to this kind of borrower".to_owned();
    };
    let place = if rule.own_area_only {
        format!("within `{}`", case.asker.area)
    } else {
        "in a named area".to_owned()
    };
    let issue = if rule.issue_required { " who declared an issue it names" } else { "" };
    format!(
        "{} may ask people {place}{issue} to {}, at most {} at a time",
        a(case.asker.kind),
        asks_of(rule),
        group_thousands(u64::from(rule.most_people))
    )
}
