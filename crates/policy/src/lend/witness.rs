//! A search for a request that passes, for each kind that the charter lends to. Cedar says when one rule alone can never
//! hold; this says when templates and flags together leave nothing to ask for. A hand-written rule is given the benefit
//! of the doubt: what it needs may be something that no try here has.

use super::case::{Asker, Case, Wanted};
use super::read::{Origin, Rules};
use hustings_domain::area::AreaId;
use hustings_domain::borrower::BorrowerKind;
use hustings_domain::charter::{CharterProblem, LendingRule, Setting, line_of_rule};
use hustings_domain::ids::BorrowerId;
use hustings_domain::words::Slug;
use jiff::civil::Date;
use jiff::{Span, Timestamp, ToSpan};

/// Days from asking to the window, and of the window.
const WINDOWS: [(i64, i64); 6] = [(0, 1), (0, 20), (8, 7), (40, 15), (200, 5), (800, 1)];

/// What is wrong with the rules taken together.
pub(super) fn look(rules: &Rules, text: &str) -> Vec<CharterProblem> {
    let mut problems = Vec::new();
    for (nth, lending) in rules.charter.lending.iter().enumerate() {
        if lending.asks.is_empty() || lending.most_people == 0 {
            problems.push(CharterProblem {
                line: line_of_rule(
                    text,
                    "lending",
                    nth,
                    if lending.asks.is_empty() { "asks" } else { "most_people" },
                ),
                what: format!("nothing can satisfy this: `{}` is lent nothing", lending.borrower),
                allowed: "at least one ask and one person; or leave this `[[lending]]` out".to_owned(),
            });
            continue;
        }
        if let Some(blocking) = blocked(rules, lending) {
            let line = match blocking {
                Origin::Template(rule) => line_of_rule(text, "rules", rule, "template"),
                _ => line_of_rule(text, "lending", nth, "borrower"),
            };
            problems.push(CharterProblem {
                line,
                what: format!(
                    "nothing can satisfy the rules for {}: every request that was tried is refused here",
                    super::words::a(lending.borrower)
                ),
                allowed: "rules that leave something to ask for; `hustings charter simulate` shows which refuse what"
                    .to_owned(),
            });
        }
    }
    problems
}

/// The rule that stands in the way of every try, if no try passes.
fn blocked(rules: &Rules, lending: &LendingRule) -> Option<Origin> {
    let mut seen: Vec<Origin> = Vec::new();
    for case in tries(rules, lending) {
        let broken: Vec<Origin> = rules
            .decide(&case)
            .broken
            .into_iter()
            .filter(|origin| !matches!(origin, Origin::Written(_)))
            .collect();
        let last = *broken.last()?;
        if !seen.contains(&last) {
            seen.push(last);
        }
    }
    // Of several, one of the templates is the likelier mistake.
    seen.iter().find(|origin| matches!(origin, Origin::Template(_))).or_else(|| seen.first()).copied()
}

fn tries(rules: &Rules, lending: &LendingRule) -> Vec<Case> {
    let charter = &rules.charter;
    let issues: Vec<Slug> = charter.issues.iter().map(|issue| issue.id.clone()).collect();
    let mut selections: Vec<Vec<Slug>> = issues.iter().map(|issue| vec![issue.clone()]).collect();
    selections.push(Vec::new());
    let mut cases = Vec::new();
    for year in [1990, 2026, 2090] {
        let Some(now) = noon(year) else { continue };
        for ask in &lending.asks {
            for area in areas(rules) {
                for named in selections.iter().take(2).chain(selections.last()) {
                    for (before, length) in WINDOWS {
                        let opens = later(now, before);
                        let closes = later(opens, length);
                        cases.push(Case {
                            now,
                            asker: asker(lending.borrower, &area, &issues, now, closes),
                            wanted: Wanted {
                                records: false,
                                area: Some(area.clone()),
                                ask: *ask,
                                issues: named.clone(),
                                people: Some(1),
                                fields: Vec::new(),
                                opens,
                                closes,
                            },
                        });
                    }
                }
            }
        }
    }
    cases
}

fn asker(kind: BorrowerKind, area: &AreaId, issues: &[Slug], now: Timestamp, closes: Timestamp) -> Asker {
    Asker {
        id: BorrowerId(uuid_of_nobody()),
        kind,
        office: "an office".to_owned(),
        area: area.clone(),
        good_standing: true,
        standing_words: None,
        positions: issues.to_vec(),
        sourced: issues.to_vec(),
        registered: later(now, -3000),
        election: Some(later(closes, 1).to_zoned(jiff::tz::TimeZone::UTC).date()),
        open_loans: 0,
        open_erasures: 0,
    }
}

fn uuid_of_nobody() -> uuid::Uuid {
    uuid::Uuid::nil()
}

/// The areas that rules name, a part of each level that they name, and one that none names.
fn areas(rules: &Rules) -> Vec<AreaId> {
    let mut found: Vec<AreaId> = "ocd-division/country:us/state:vt/sldl:1".parse().into_iter().collect();
    for rule in &rules.charter.rules {
        for key in ["areas", "levels"] {
            let texts = match rule.get(key) {
                Some(Setting::List(texts)) => texts.clone(),
                Some(Setting::Text(text)) => vec![text.clone()],
                _ => Vec::new(),
            };
            let bases: Vec<AreaId> = found.clone();
            for text in texts.iter().take(8) {
                if key == "areas" {
                    found.extend(text.parse::<AreaId>());
                } else {
                    found.extend(
                        bases.iter().take(9).filter_map(|base| format!("{base}/{text}:1").parse().ok()),
                    );
                }
            }
        }
    }
    found.truncate(40);
    found
}

fn noon(year: i16) -> Option<Timestamp> {
    let day: Date = Date::new(year, 2, 1).ok()?;
    Some(day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

fn later(at: Timestamp, days: i64) -> Timestamp {
    let hours: Span = (days * 24).hours();
    at.checked_add(hours).unwrap_or(at)
}
