//! From a charter to rules that decide: the program's own, those that `[[lending]]` stands for, templates filled in, and
//! what a steward wrote in Cedar. Whatever is wrong is named with its line and what is allowed.

use super::case::Case;
use super::problems::Place;
use super::schema;
use super::templates::{Filled, of_lending, of_rule};
use super::witness;
use super::words::in_general;
use crate::engine::Kind;
use cedar_policy::{EntityUid, Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};
use hustings_domain::borrower::BorrowerKind;
use hustings_domain::charter::{Charter, CharterProblem, line_of_rule};
use hustings_domain::loan::Ask;
use std::collections::BTreeSet;

/// The most rules of a charter: each is looked at for every request, and read by people.
const MOST_RULES: usize = 200;

/// The longest rule in Cedar, in bytes.
const LONGEST_RULE: usize = 16 * 1024;

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The program: it holds for every charter.
    Program,
    /// What grants: `asks` of `[[lending]]`, and hand-written permits.
    Grant,
    /// The nth `[[lending]]`.
    Lending(usize),
    /// The nth `[[rules]]`, a template.
    Template(usize),
    /// The nth `[[rules]]`, in Cedar.
    Written(usize),
}

/// A rule with its words.
#[derive(Debug, Clone)]
pub(super) struct Described {
    pub(super) id: String,
    pub(super) origin: Origin,
    /// The kinds of borrower that it bears on; none bears on all.
    pub(super) kinds: Option<Vec<BorrowerKind>>,
    /// The asks that it bears on.
    pub(super) asks: Option<Vec<Ask>>,
    /// Whether it says something about a request without an area.
    pub(super) needs_area: bool,
    pub(super) words: String,
    pub(super) instead: String,
}

impl Described {
    pub(super) fn bears_on(&self, case: &Case, lent: bool) -> bool {
        (lent || self.origin == Origin::Program && (self.id == "standing" || self.id == "kind"))
            && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&case.asker.kind))
            && self.asks.as_ref().is_none_or(|asks| asks.contains(&case.wanted.ask))
            && (!self.needs_area || case.wanted.area.is_some())
    }
}

/// A rule of the charter for a page: where it stands and what it says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RuleWords {
    /// `the program`, `[[lending]] 2`, `[[rules]] 3, own-area`.
    pub place: String,
    /// The rule, in words.
    pub words: String,
    /// What may be asked for instead.
    pub instead: String,
    /// As the engine reads it.
    pub cedar: String,
}

/// The kinds of things, their names read once.
#[derive(Debug)]
pub(super) struct Kinds {
    pub(super) borrower: Kind,
    pub(super) request: Kind,
    pub(super) kind: Kind,
    pub(super) ask: Kind,
    pub(super) issue: Kind,
    pub(super) area: Kind,
    pub(super) ask_action: EntityUid,
}

impl Kinds {
    fn new() -> Result<Self, String> {
        Ok(Self {
            borrower: Kind::named("Borrower")?,
            request: Kind::named("Request")?,
            kind: Kind::named("Kind")?,
            ask: Kind::named("Ask")?,
            issue: Kind::named("Issue")?,
            area: Kind::named("Area")?,
            ask_action: Kind::named("Action")?.of("ask"),
        })
    }
}

/// The rules of a charter, compiled.
#[derive(Debug)]
pub struct Rules {
    pub(super) charter: Charter,
    pub(super) grants: PolicySet,
    pub(super) limits: PolicySet,
    pub(super) described: Vec<Described>,
    pub(super) kinds: Kinds,
}

impl Rules {
    /// Compiles the rules of `charter`, which was read from `text`. Every problem is reported, each with its line.
    pub fn read(charter: &Charter, text: &str) -> Result<Self, Vec<CharterProblem>> {
        let rules = Reader::new(charter, text).read()?;
        let problems = witness::look(&rules, text);
        if problems.is_empty() { Ok(rules) } else { Err(problems) }
    }

    /// Reads charter and rules from one text.
    pub fn from_toml(text: &str) -> Result<(Charter, Self), Vec<CharterProblem>> {
        let charter = Charter::from_toml(text)?;
        let rules = Self::read(&charter, text)?;
        Ok((charter, rules))
    }

    /// What a rule of this charter may speak of, in Cedar's notation for schemas.
    pub fn schema(charter: &Charter) -> String {
        schema::text(charter)
    }

    /// The charter that they were read from.
    pub fn charter(&self) -> &Charter {
        &self.charter
    }

    /// Every rule in words, in the order in which they are held against a request.
    pub fn in_words(&self) -> Vec<RuleWords> {
        let cedar = |id: &str| {
            let id = PolicyId::new(id);
            let found = self.limits.policy(&id).or_else(|| self.grants.policy(&id));
            found.map_or_else(String::new, ToString::to_string)
        };
        self.described
            .iter()
            .map(|rule| RuleWords {
                place: self.place_of(rule.origin),
                words: in_general(&rule.words),
                instead: in_general(&rule.instead),
                cedar: cedar(&rule.id),
            })
            .collect()
    }

    fn place_of(&self, origin: Origin) -> String {
        match origin {
            Origin::Program => "holds for every charter".to_owned(),
            Origin::Grant => "[[lending]]".to_owned(),
            Origin::Lending(nth) => format!("[[lending]] {}", nth + 1),
            Origin::Template(nth) => {
                let template = self.charter.rules.get(nth).and_then(|rule| rule.text("template"));
                format!("[[rules]] {}, {}", nth + 1, template.unwrap_or_default())
            }
            Origin::Written(nth) => format!("[[rules]] {}, in Cedar", nth + 1),
        }
    }
}

/// What is read so far.
struct Reader<'a> {
    charter: &'a Charter,
    text: &'a str,
    problems: Vec<CharterProblem>,
    described: Vec<Described>,
    grants: Vec<Policy>,
    limits: Vec<Policy>,
    places: Vec<(String, Place)>,
}

impl<'a> Reader<'a> {
    fn new(charter: &'a Charter, text: &'a str) -> Self {
        Self {
            charter,
            text,
            problems: Vec::new(),
            described: Vec::new(),
            grants: Vec::new(),
            limits: Vec::new(),
            places: Vec::new(),
        }
    }

    fn read(mut self) -> Result<Rules, Vec<CharterProblem>> {
        if self.charter.rules.len() > MOST_RULES {
            self.problem(
                line_of_rule(self.text, "rules", MOST_RULES, ""),
                format!("the charter has {} rules", self.charter.rules.len()),
                format!("at most {MOST_RULES}"),
            );
            return Err(self.problems);
        }
        self.calendar();
        for (id, filled) in super::templates::of_program(self.charter) {
            self.limit(id, Origin::Program, filled);
        }
        self.granted();
        for (nth, lending) in self.charter.lending.iter().enumerate() {
            for (name, filled) in of_lending(lending) {
                self.limit(&format!("lending-{nth}-{name}"), Origin::Lending(nth), filled);
            }
        }
        for (nth, rule) in self.charter.rules.iter().enumerate() {
            match (rule.text("template"), rule.text("cedar")) {
                (Some(_), None) => match of_rule(self.charter, self.text, nth, rule) {
                    Ok(filled) => self.limit(&format!("rule-{nth}"), Origin::Template(nth), filled),
                    Err(problems) => self.problems.extend(problems),
                },
                (None, Some(cedar)) => {
                    for key in rule.0.keys().filter(|key| *key != "cedar") {
                        self.problem(
                            line_of_rule(self.text, "rules", nth, key),
                            format!("`{key}` means nothing beside `cedar`"),
                            "`cedar` alone".to_owned(),
                        );
                    }
                    self.written(nth, cedar);
                }
                _ => self.problem(
                    line_of_rule(self.text, "rules", nth, ""),
                    "a rule is a template filled in, or Cedar".to_owned(),
                    "`template = \"…\"` with its settings, or `cedar = \"\"\"…\"\"\"`; `hustings charter templates` lists them"
                        .to_owned(),
                ),
            }
        }
        self.finish()
    }

    fn problem(&mut self, line: usize, what: String, allowed: String) {
        self.problems.push(CharterProblem { line, what, allowed });
    }

    fn calendar(&mut self) {
        let mut seen = BTreeSet::new();
        for (nth, day) in self.charter.calendar.iter().enumerate() {
            if !seen.insert(&day.id) {
                let line = line_of_rule(self.text, "calendar", nth, "id");
                self.problem(
                    line,
                    format!("the day `{}` stands here twice", day.id),
                    "each day once".to_owned(),
                );
            }
        }
    }

    /// What `[[lending]]` grants, as one rule in words.
    fn granted(&mut self) {
        for (nth, lending) in self.charter.lending.iter().enumerate() {
            if lending.asks.is_empty() {
                continue;
            }
            let asks: Vec<String> = lending.asks.iter().map(|ask| format!("Ask::\"{ask}\"")).collect();
            let text = format!(
                "permit (principal, action == Action::\"ask\", resource) when {{ principal.kind == Kind::\"{}\" && [{}].contains(resource.ask) }};",
                lending.borrower,
                asks.join(", ")
            );
            self.generated(&format!("grant-{nth}"), &text, true);
        }
        self.described.push(Described {
            id: "grant".to_owned(),
            origin: Origin::Grant,
            kinds: None,
            asks: None,
            needs_area: false,
            words: "{a_kind} may ask people to {asks}".to_owned(),
            instead: "it may not ask people to {ask}; {may_ask}".to_owned(),
        });
    }

    fn limit(&mut self, id: &str, origin: Origin, filled: Filled) {
        let text = format!(
            "forbid (principal, action == Action::\"ask\", resource) when {{ {} }};",
            filled.condition()
        );
        self.generated(id, &text, false);
        self.described.push(Described {
            id: id.to_owned(),
            origin,
            kinds: filled.kinds,
            asks: filled.asks,
            needs_area: filled.needs_area,
            words: filled.words,
            instead: filled.instead,
        });
    }

    fn generated(&mut self, id: &str, text: &str, grants: bool) {
        match Policy::parse(Some(PolicyId::new(id)), text) {
            Ok(policy) if grants => self.grants.push(policy),
            Ok(policy) => self.limits.push(policy),
            Err(error) => self.problem(
                1,
                format!("a rule that the program wrote cannot be read: {error}"),
                "this is a mistake of the program; report it with the charter".to_owned(),
            ),
        }
    }

    fn written(&mut self, nth: usize, cedar: &str) {
        let place = Place::of(self.text, nth, cedar);
        if cedar.len() > LONGEST_RULE {
            return self.problem(
                place.line,
                format!("this rule has {} bytes", cedar.len()),
                format!("at most {LONGEST_RULE}: split it into rules that can be read"),
            );
        }
        let id = format!("rule-{nth}");
        let policy = match Policy::parse(Some(PolicyId::new(&id)), cedar) {
            Ok(policy) => policy,
            Err(errors) => return self.problems.extend(place.unreadable(&errors)),
        };
        let Some(words) = policy.annotation("words").map(str::trim).filter(|words| !words.is_empty()) else {
            return self.problem(
                place.line,
                "this rule says in no words what it means, and whoever it refuses is shown the rule".to_owned(),
                "`@words(\"nobody is asked on a Sunday\")` before it; and `@instead(\"…\")`, what may be asked for"
                    .to_owned(),
            );
        };
        let grants = policy.effect() == cedar_policy::Effect::Permit;
        if !grants {
            self.described.push(Described {
                id: id.clone(),
                origin: Origin::Written(nth),
                kinds: None,
                asks: None,
                needs_area: false,
                words: words.to_owned(),
                instead: policy.annotation("instead").unwrap_or("{may_ask}").to_owned(),
            });
        }
        self.places.push((id, place));
        if grants { self.grants.push(policy) } else { self.limits.push(policy) }
    }

    fn finish(mut self) -> Result<Rules, Vec<CharterProblem>> {
        self.validate();
        let set =
            |policies: Vec<Policy>| PolicySet::from_policies(policies).map_err(|error| error.to_string());
        // So that the engine names every limit that a case breaks, something has to permit it first.
        let blank = Policy::parse(Some(PolicyId::new("anything")), "permit (principal, action, resource);");
        if let Ok(blank) = blank {
            self.limits.push(blank);
        }
        if !self.problems.is_empty() {
            self.problems.sort_by_key(|problem| problem.line);
            return Err(self.problems);
        }
        let built = set(self.grants).and_then(|grants| Ok((grants, set(self.limits)?, Kinds::new()?)));
        match built {
            Ok((grants, limits, kinds)) => {
                Ok(Rules { charter: self.charter.clone(), grants, limits, described: self.described, kinds })
            }
            Err(error) => Err(vec![CharterProblem {
                line: 1,
                what: format!("the rules do not go together: {error}"),
                allowed: "this is a mistake of the program; report it with the charter".to_owned(),
            }]),
        }
    }

    fn validate(&mut self) {
        let schema = match Schema::from_cedarschema_str(&schema::text(self.charter)) {
            Ok((schema, _)) => schema,
            Err(error) => {
                let allowed = "this is a mistake of the program; report it with the charter".to_owned();
                return self.problem(1, format!("the rules' vocabulary cannot be read: {error}"), allowed);
            }
        };
        let all = self.grants.iter().chain(&self.limits).cloned();
        let Ok(set) = PolicySet::from_policies(all) else { return };
        let found = Validator::new(schema).validate(&set, ValidationMode::Strict);
        let place = |id: &PolicyId| self.places.iter().find(|(known, _)| known == AsRef::<str>::as_ref(id));
        let mut problems = Vec::new();
        for error in found.validation_errors() {
            problems.push(match place(error.policy_id()) {
                Some((_, place)) => place.invalid(error),
                None => CharterProblem {
                    line: self.line_of_generated(error.policy_id()),
                    what: format!("this rule does not fit what rules speak of: {error}"),
                    allowed: "settings as `hustings charter templates` lists them".to_owned(),
                },
            });
        }
        for warning in found.validation_warnings() {
            if let Some((_, place)) = place(warning.policy_id()) {
                problems.push(place.doubtful(warning));
            }
        }
        self.problems.extend(problems);
    }

    fn line_of_generated(&self, id: &PolicyId) -> usize {
        let name: &str = id.as_ref();
        match name.strip_prefix("rule-").and_then(|nth| nth.parse().ok()) {
            Some(nth) => line_of_rule(self.text, "rules", nth, "template"),
            None => 1,
        }
    }
}
