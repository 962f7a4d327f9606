//! What another charter would have decided about the last requests, those included that were refused. It changes
//! nothing and counts nobody.

use super::{load, read_rules};
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::LoanNumber;
use hustings_policy::{Case, RuleCheck, Rules, permit};
use jiff::Timestamp;
use serde::Serialize;

/// The most requests that are decided again.
pub const MOST: u32 = 1_000;

/// One request, decided twice.
#[derive(Debug, Clone, Serialize)]
pub struct Redecided {
    /// When it was asked.
    pub at: Timestamp,
    /// Who asked, by name.
    pub borrower: String,
    /// What for, in words.
    pub asked: String,
    /// The loan that it became, unless it was refused.
    pub loan: Option<LoanNumber>,
    /// Whether the charter in force lets it through.
    pub allowed_now: bool,
    /// Whether the other one would.
    pub allowed_then: bool,
    /// The rules that refuse it under the charter in force.
    pub broken_now: Vec<RuleCheck>,
    /// The rules that would refuse it under the other.
    pub broken_then: Vec<RuleCheck>,
}

impl Redecided {
    /// Whether the two charters decide it differently, or for other reasons.
    pub fn differs(&self) -> bool {
        self.allowed_now != self.allowed_then
    }

    /// Whether both refuse it, but by other rules.
    pub fn other_reasons(&self) -> bool {
        let rules =
            |checks: &[RuleCheck]| -> Vec<String> { checks.iter().map(|check| check.rule.clone()).collect() };
        !self.differs() && rules(&self.broken_now) != rules(&self.broken_then)
    }

    /// What changes, in a sentence.
    pub fn verdict(&self) -> &'static str {
        match (self.allowed_now, self.allowed_then) {
            (true, false) => "goes to the board now; would be refused",
            (false, true) => "is refused now; would go to the board",
            (true, true) => "goes to the board under both",
            (false, false) => "is refused under both",
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Simulation {
    /// The version in force.
    pub in_force: u32,
    /// The version of the other.
    pub other: u32,
    /// Those that are decided differently first, then those refused for other reasons, then the rest; the newest of
    /// each first.
    pub requests: Vec<Redecided>,
    /// How many are decided differently.
    pub differ: usize,
}

/// Decides the last `last` requests again, under the charter in `toml`.
pub fn simulate(app: &App, actor: &Actor, toml: &str, last: u32) -> Result<Simulation> {
    permit(actor, Action::ReadBorrowers)?;
    let (other, theirs) = read_rules(toml)?;
    app.store.read(|tx| {
        let ours = load::rules(app, tx)?;
        let borrowers = tx.borrowers()?;
        let mut requests = Vec::new();
        for asking in tx.askings(last.min(MOST))? {
            let case: Case = serde_json::from_str(&asking.case)
                .map_err(|error| Refusal::internal("a kept request does not read").because(error))?;
            let name = borrowers.iter().find(|borrower| borrower.id == asking.borrower);
            requests.push(decided_twice(
                &ours,
                &theirs,
                &case,
                name.map_or_else(|| asking.borrower.to_string(), |borrower| borrower.name.clone()),
                asking.loan,
            ));
        }
        requests.sort_by_key(|one| if one.differs() { 0 } else { 1 + u8::from(!one.other_reasons()) });
        Ok(Simulation {
            in_force: ours.charter().version,
            other: other.version,
            differ: requests.iter().filter(|one| one.differs()).count(),
            requests,
        })
    })
}

fn decided_twice(
    ours: &Rules,
    theirs: &Rules,
    case: &Case,
    borrower: String,
    loan: Option<LoanNumber>,
) -> Redecided {
    let broken = |rules: &Rules| -> Vec<RuleCheck> {
        rules.decide(case).checks.into_iter().filter(|check| !check.passed).collect()
    };
    let (broken_now, broken_then) = (broken(ours), broken(theirs));
    Redecided {
        at: case.now,
        borrower,
        asked: asked_in_words(case),
        loan,
        allowed_now: broken_now.is_empty(),
        allowed_then: broken_then.is_empty(),
        broken_now,
        broken_then,
    }
}

/// `people to give, in sldl 4, state vt, on housing, at most 500 people`.
fn asked_in_words(case: &Case) -> String {
    let wanted = &case.wanted;
    if wanted.records {
        return "for the records themselves".to_owned();
    }
    let place =
        wanted.area.as_ref().map_or_else(|| "everywhere".to_owned(), |area| format!("in {}", area.label()));
    let issues: Vec<&str> = wanted.issues.iter().map(hustings_domain::words::Slug::as_str).collect();
    let issues = if issues.is_empty() { String::new() } else { format!(", on {}", issues.join(", ")) };
    let people = wanted.people.map_or_else(String::new, |people| format!(", at most {people} people"));
    format!("people to {}, {place}{issues}{people}", wanted.ask)
}
