//! Deciding one case: which rules it keeps, which it breaks.

use super::case::Case;
use super::read::{Described, Origin, Rules};
use super::words::{fill, may_ask_for};
use crate::engine;
use cedar_policy::{Context, Entity, EntityUid, Request, RestrictedExpression};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};

/// One rule held against a request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RuleCheck {
    /// The rule, in words.
    pub rule: String,
    /// Whether the request keeps it.
    pub passed: bool,
    /// Why not, and what would be allowed.
    pub instead: Option<String>,
}

/// What the rules say of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Every rule that bears on it, kept or not, in the order of the charter.
    pub checks: Vec<RuleCheck>,
    /// Where the rules that it breaks come from: for the search for a case that nothing can satisfy.
    pub(super) broken: Vec<Origin>,
}

impl Ruling {
    /// Whether every rule is kept.
    pub fn allows(&self) -> bool {
        self.checks.iter().all(|check| check.passed)
    }
}

impl Rules {
    // INVARIANT (promise 1): the records themselves are refused to everybody, whatever the charter says. This is not
    // left to the engine: it is looked at before any rule is, and a rule can only refuse more.
    /// Holds a case against every rule.
    pub fn decide(&self, case: &Case) -> Ruling {
        let mut checks = vec![RuleCheck {
            rule: "the list is lent, never handed over".to_owned(),
            passed: !case.wanted.records,
            instead: case
                .wanted
                .records
                .then(|| format!("ask for reach: {}", may_ask_for(&self.charter, case))),
        }];
        let mut broken = if case.wanted.records { vec![Origin::Program] } else { Vec::new() };
        let outcome = self.ask(case);
        let Ok((granted, limits)) = outcome else {
            checks.push(RuleCheck {
                rule: "the charter's rules can be worked out for this request".to_owned(),
                passed: false,
                instead: Some("a steward looks at the charter with `hustings charter check`".to_owned()),
            });
            broken.push(Origin::Program);
            return Ruling { checks, broken };
        };
        let lent = self.charter.rule_for(case.asker.kind).is_some();
        for rule in self.described.iter().filter(|rule| rule.bears_on(case, lent)) {
            let (passed, unclear) = match rule.origin {
                Origin::Grant => (granted, false),
                // What cannot be worked out is not kept: a rule that fails counts for nothing with the engine.
                _ => (!limits.reasons.contains(&rule.id), limits.failed.contains(&rule.id)),
            };
            let passed = passed && !unclear;
            checks.push(self.check(rule, case, passed));
            if !passed {
                broken.push(rule.origin);
            }
        }
        Ruling { checks, broken }
    }

    fn check(&self, rule: &Described, case: &Case, passed: bool) -> RuleCheck {
        RuleCheck {
            rule: fill(&rule.words, &self.charter, case),
            passed,
            instead: (!passed).then(|| fill(&rule.instead, &self.charter, case)),
        }
    }

    /// Whether something grants it, and what limits it.
    fn ask(&self, case: &Case) -> Result<(bool, engine::Outcome), String> {
        let borrower = self.kinds.borrower.of("one");
        let wanted = self.kinds.request.of("one");
        let entities = engine::things(self.things(case, &borrower, &wanted)?)?;
        let context = Context::from_pairs([("now".to_owned(), instant(case.now))])
            .map_err(|error| error.to_string())?;
        let request = Request::new(borrower, self.kinds.ask_action.clone(), wanted, context, None)
            .map_err(|error| error.to_string())?;
        let grants = engine::ask(&request, &self.grants, &entities);
        let limits = engine::ask(&request, &self.limits, &entities);
        Ok((grants.allowed, limits))
    }

    fn things(&self, case: &Case, borrower: &EntityUid, wanted: &EntityUid) -> Result<Vec<Entity>, String> {
        let (asker, want) = (&case.asker, &case.wanted);
        let uid = RestrictedExpression::new_entity_uid;
        let issues = |of: &[hustings_domain::words::Slug]| {
            RestrictedExpression::new_set(of.iter().map(|issue| uid(self.kinds.issue.of(issue.as_str()))))
        };
        let number = |number: u32| RestrictedExpression::new_long(i64::from(number));
        let mut of_borrower = HashMap::from([
            ("kind".to_owned(), uid(self.kinds.kind.of(asker.kind.as_str()))),
            ("office".to_owned(), RestrictedExpression::new_string(asker.office.clone())),
            ("area".to_owned(), uid(self.kinds.area.of(asker.area.as_str()))),
            ("good_standing".to_owned(), RestrictedExpression::new_bool(asker.good_standing)),
            ("positions".to_owned(), issues(&asker.positions)),
            ("sourced".to_owned(), issues(&asker.sourced)),
            ("registered".to_owned(), instant(asker.registered)),
            ("open_loans".to_owned(), number(asker.open_loans)),
            ("open_erasures".to_owned(), number(asker.open_erasures)),
        ]);
        if let Some(election) = asker.election {
            of_borrower
                .insert("election".to_owned(), RestrictedExpression::new_datetime(election.to_string()));
        }
        let fields =
            want.fields.iter().map(|field| RestrictedExpression::new_string(field.as_str().to_owned()));
        let mut of_request = HashMap::from([
            ("records".to_owned(), RestrictedExpression::new_bool(want.records)),
            ("ask".to_owned(), uid(self.kinds.ask.of(want.ask.as_str()))),
            ("issues".to_owned(), issues(&want.issues)),
            ("fields".to_owned(), RestrictedExpression::new_set(fields)),
            ("opens".to_owned(), instant(want.opens)),
            ("closes".to_owned(), instant(want.closes)),
        ]);
        let mut areas = HashMap::from([(asker.area.as_str(), &asker.area)]);
        if let Some(area) = &want.area {
            of_request.insert("area".to_owned(), uid(self.kinds.area.of(area.as_str())));
            of_request.insert("level".to_owned(), RestrictedExpression::new_string(area.kind().to_owned()));
            areas.insert(area.as_str(), area);
        }
        if let Some(people) = want.people {
            of_request.insert("people".to_owned(), number(people));
        }
        let mut all = vec![
            engine::thing(borrower.clone(), of_borrower, HashSet::new())?,
            engine::thing(wanted.clone(), of_request, HashSet::new())?,
        ];
        for area in areas.into_values() {
            let within: HashSet<EntityUid> = area
                .steps()
                .filter(|step| *step != area.as_str())
                .map(|step| self.kinds.area.of(step))
                .collect();
            all.push(engine::thing(self.kinds.area.of(area.as_str()), HashMap::new(), within)?);
        }
        Ok(all)
    }
}

/// An instant as Cedar writes one, to the millisecond.
fn instant(at: Timestamp) -> RestrictedExpression {
    RestrictedExpression::new_datetime(at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string())
}
