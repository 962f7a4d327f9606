//! Whether a request qualifies, rule by rule, in words; a refusal names what may be asked for instead.

use super::{Charter, LendingRule};
use crate::area::AreaId;
use crate::borrower::Borrower;
use crate::loan::Ask;
use crate::words::Slug;

/// One rule held against a request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RuleCheck {
    /// The rule, in words.
    pub rule: String,
    /// Whether the request keeps it.
    pub passed: bool,
    /// Why not, and what would be allowed.
    pub instead: Option<String>,
}

impl RuleCheck {
    fn of(rule: impl Into<String>, passed: bool, instead: impl FnOnce() -> String) -> Self {
        Self { rule: rule.into(), passed, instead: (!passed).then(instead) }
    }
}

/// What a request asks for, as far as the charter rules on it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Where; none asks for everybody.
    pub area: Option<&'a AreaId>,
    /// What people are asked to do.
    pub ask: Ask,
    /// The issues that select people.
    pub issues: &'a [Slug],
    /// The most people.
    pub cap: Option<u32>,
    /// Whether the records themselves are asked for.
    pub records: bool,
}

// INVARIANT (promise 1): the records themselves are refused to everybody, whatever the charter says.
/// Holds a request against the charter: every rule, kept or not.
pub fn qualify(charter: &Charter, borrower: &Borrower, asked: Asked<'_>) -> Vec<RuleCheck> {
    let mut checks = vec![
        RuleCheck::of("the list is lent, never handed over", !asked.records, || {
            format!("ask for reach: {}", may_ask_for(charter, borrower))
        }),
        RuleCheck::of("a steward has verified the borrower", borrower.is_verified(), || {
            "a steward checks identity and office first".to_owned()
        }),
    ];
    let Some(rule) = charter.rule_for(borrower.kind) else {
        checks.push(RuleCheck::of(
            format!("the charter lends to a {}", borrower.kind.label()),
            false,
            || "the charter has no rule for this kind of borrower".to_owned(),
        ));
        return checks;
    };
    checks.push(RuleCheck::of(
        format!("a {} may ask people to {}", borrower.kind.label(), asks_of(rule)),
        rule.asks.contains(&asked.ask),
        || format!("it may not ask people to {}; {}", asked.ask, may_ask_for(charter, borrower)),
    ));
    checks.push(RuleCheck::of("the request names an area", asked.area.is_some(), || {
        format!("nobody is lent everybody; {}", may_ask_for(charter, borrower))
    }));
    if let (Some(area), true) = (asked.area, rule.own_area_only) {
        checks.push(RuleCheck::of(
            format!("a {} asks only within its own area", borrower.kind.label()),
            borrower.area.contains(area),
            || format!("ask for `{}` or a part of it", borrower.area),
        ));
    }
    if rule.issue_required {
        checks.push(RuleCheck::of(
            "people are selected by an issue they declared",
            !asked.issues.is_empty(),
            || format!("name one of: {}", all_issues(charter)),
        ));
    }
    for issue in asked.issues {
        checks.push(RuleCheck::of(
            format!("`{issue}` is an issue of the charter"),
            charter.issues.iter().any(|known| known.id == *issue),
            || format!("name one of: {}", all_issues(charter)),
        ));
        if rule.position_required {
            checks.push(RuleCheck::of(
                format!("the borrower has stated a position on `{issue}`"),
                borrower.positions.contains(issue),
                || "state the position in public and have a steward enter it".to_owned(),
            ));
        }
    }
    checks.push(RuleCheck::of(
        format!("at most {} people", crate::money::group_thousands(u64::from(rule.most_people))),
        asked.cap.is_none_or(|cap| cap <= rule.most_people),
        || format!("ask for {} or fewer", crate::money::group_thousands(u64::from(rule.most_people))),
    ));
    checks
}

fn asks_of(rule: &LendingRule) -> String {
    let asks: Vec<&str> = rule.asks.iter().map(|ask| ask.as_str()).collect();
    asks.join(", ")
}

fn all_issues(charter: &Charter) -> String {
    let issues: Vec<&str> = charter.issues.iter().map(|issue| issue.id.as_str()).collect();
    issues.join(", ")
}

fn may_ask_for(charter: &Charter, borrower: &Borrower) -> String {
    let Some(rule) = charter.rule_for(borrower.kind) else {
        return "the charter lends nothing to this kind of borrower".to_owned();
    };
    let place =
        if rule.own_area_only { format!("within `{}`", borrower.area) } else { "in a named area".to_owned() };
    let issue = if rule.issue_required { " who declared an issue it names" } else { "" };
    format!(
        "a {} may ask people {place}{issue} to {}, at most {} at a time",
        borrower.kind.label(),
        asks_of(rule),
        crate::money::group_thousands(u64::from(rule.most_people))
    )
}
