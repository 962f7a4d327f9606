//! The limits that hold for every charter, and those that the flags of `[[lending]]` stand for.

use super::super::words::a;
use super::Filled;
use hustings_domain::charter::{Charter, LendingRule};
use hustings_domain::money::group_thousands;

/// What holds for every charter, besides that the records themselves are lent to nobody.
pub(crate) fn of_program(charter: &Charter) -> Vec<(&'static str, Filled)> {
    let kinds: Vec<String> =
        charter.lending.iter().map(|rule| format!("Kind::\"{}\"", rule.borrower)).collect();
    let lent = if kinds.is_empty() {
        "true".to_owned()
    } else {
        format!("!([{}].contains(principal.kind))", kinds.join(", "))
    };
    let issues: Vec<String> = charter.issues.iter().map(|issue| format!("Issue::\"{}\"", issue.id)).collect();
    let unknown = if issues.is_empty() {
        "!resource.issues.isEmpty()".to_owned()
    } else {
        format!("!([{}].containsAll(resource.issues))", issues.join(", "))
    };
    vec![
        (
            "standing",
            Filled::new(
                "!principal.good_standing",
                "a steward has verified the borrower, and its standing holds",
                "{standing}",
            ),
        ),
        (
            "kind",
            Filled::new(
                lent,
                "the charter lends to {a_kind}",
                "the charter has no rule for this kind of borrower",
            ),
        ),
        (
            "election",
            Filled {
                kinds: Some(vec![hustings_domain::borrower::BorrowerKind::Candidate]),
                ..Filled::new(
                    "principal has election && context.now.toDate() > principal.election",
                    "the election that a candidate stands in is still to come",
                    "the last election on file was on {election}; if there is another (a runoff, a general election), \
                     send its day to the steward, who enters it with `hustings borrower election`",
                )
            },
        ),
        (
            "area",
            Filled::new(
                "!(resource has area)",
                "the request names an area",
                "nobody is lent everybody; {may_ask}",
            ),
        ),
        (
            "issues",
            Filled::new(
                unknown,
                "people are selected by issues of the charter alone",
                "name one of: {issues}",
            ),
        ),
    ]
}

/// What the flags of one `[[lending]]` stand for, as templates.
pub(crate) fn of_lending(rule: &LendingRule) -> Vec<(&'static str, Filled)> {
    let who = a(rule.borrower);
    let most = group_thousands(u64::from(rule.most_people));
    let mut limits = Vec::new();
    if rule.own_area_only {
        limits.push((
            "own-area",
            Filled::new(
                "resource has area && !(resource.area in principal.area)",
                format!("{who} asks only within its own area"),
                "ask for `{area}` or a part of it",
            )
            .with_area(),
        ));
    }
    if rule.issue_required {
        limits.push((
            "issue",
            Filled::new(
                "resource.issues.isEmpty()",
                "people are selected by an issue they declared",
                "name one of: {issues}",
            ),
        ));
    }
    if rule.position_required {
        limits.push((
            "position",
            Filled::new(
                "!principal.positions.containsAll(resource.issues)",
                "the borrower has stated a position on {named}",
                "state the position on {unstated} in public and have a steward enter it",
            ),
        ));
    }
    limits.push((
        "people",
        Filled::new(
            format!("resource has people && resource.people > {}", rule.most_people),
            format!("at most {most} people"),
            format!("ask for {most} or fewer"),
        ),
    ));
    limits
        .into_iter()
        .map(|(name, filled)| (name, Filled { kinds: Some(vec![rule.borrower]), ..filled }))
        .collect()
}
