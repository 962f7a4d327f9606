//! A noised reach in parts. Parts in which nobody can be twice cost one question together; where a person can be in
//! several, each part costs one. A part asked for alone has the same answer.

use super::budget::Budget;
use super::estimate::{question, question_of};
use super::load;
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use crate::send::audience::eligible_now;
use hustings_audience::language::Node;
use hustings_audience::{Bitmap, Expr, Selection, parse};
use hustings_domain::access::{Action, Actor};
use hustings_domain::area::AreaId;
use hustings_domain::canonical::ContentHash;
use hustings_domain::charter::Charter;
use hustings_domain::estimate::{Answer, NotDisjoint, PartOf, Parting, RhoMillionths, Shown, noised_count};
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::{Loan, Terms};
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_store::records::EstimateRecord;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::json;

/// By what a reach is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DivideBy {
    /// The divisions of one kind inside the request's area that the register of places has, such as `county`.
    Kind(String),
    /// These areas.
    Areas(Vec<AreaId>),
    /// The issues that the request names, or, when it names none, those of the charter.
    Issue,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The area's id or the issue.
    pub name: String,
    /// Its noised reach.
    pub answer: Answer,
}

/// A reach in parts, and what is left to ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Divided {
    /// By what: `county`, `area`, `issue`.
    pub by: String,
    /// The parts, in the order of names.
    pub parts: Vec<Part>,
    /// What is shown of them together.
    pub shown: Shown,
    /// How many questions it costs.
    pub questions: u32,
    /// About so many more questions in this season.
    pub questions_left: u32,
    /// Whether this division was answered before, at no further charge.
    pub repeated: bool,
}

/// What is asked, before anybody is counted.
struct Asking {
    loan: Loan,
    charter: Charter,
    by: String,
    parting: Parting,
    whole: ContentHash,
    division: ContentHash,
    /// The parts' rules in their one form, and their questions.
    rules: Vec<(String, ContentHash)>,
}

impl Asking {
    /// The answers of this division that the borrower has had.
    fn known<'a>(&'a self, asked: &'a [EstimateRecord]) -> impl Iterator<Item = &'a EstimateRecord> {
        asked.iter().filter(|known| known.part.as_ref().is_some_and(|part| part.division == self.division))
    }

    /// What the borrower pays, and the season: nothing for noise that was drawn before.
    fn prices(&self, tx: &mut dyn Tx) -> Result<(RhoMillionths, RhoMillionths)> {
        let rules = &self.charter.estimates;
        let mut fresh = 0;
        for (_, question) in &self.rules {
            fresh += u32::from(tx.estimate_of(&rules.season, *question)?.is_none());
        }
        let questions = self.parting.questions();
        Ok((rules.question.times(questions), rules.question.times(questions.min(fresh))))
    }

    fn divided(&self, parts: Vec<Part>, questions_left: u32, repeated: bool) -> Divided {
        Divided {
            by: self.by.clone(),
            shown: Shown::of(parts.iter().map(|part| &part.answer), self.charter.estimates.question),
            parts,
            questions: self.parting.questions(),
            questions_left,
            repeated,
        }
    }
}

// INVARIANT (promise 7): every part has noise of its own before anything is shown, and no part in which a person could
// be twice is paid for once: areas are made disjoint in the counting itself, issues are paid for each.
/// Estimates the reach of a loan in parts.
pub fn divide(app: &App, actor: &Actor, number: LoanNumber, by: &DivideBy) -> Result<Divided> {
    permit(actor, Action::EstimateLoan)?;
    let now = app.now();
    let asking = app.store.read(|tx| {
        let asking = asking(tx, actor, number, by, now)?;
        let mut budget = Budget::read(tx, &asking.charter.estimates, asking.loan.terms.borrower)?;
        if asking.known(&budget.asked).next().is_none() {
            let (price, season_price) = asking.prices(tx)?;
            budget.pay(price, season_price)?;
        }
        Ok::<_, Refusal>(asking)
    })?;
    let exact = counts(app, &asking, now)?;
    let rules = &asking.charter.estimates;
    app.store.write(|tx| {
        let borrower = asking.loan.terms.borrower;
        let mut budget = Budget::read(tx, rules, borrower)?;
        let known: Vec<Part> = asking.known(&budget.asked).filter_map(part_of).collect();
        if !known.is_empty() {
            return Ok(asking.divided(known, budget.questions_left(), true));
        }
        let (price, season_price) = asking.prices(tx)?;
        budget.pay(price, season_price)?;
        let mut parts = Vec::new();
        for ((name, (_, question)), exact) in asking.parting.names().into_iter().zip(&asking.rules).zip(exact)
        {
            let known = tx.estimate_of(&rules.season, *question)?;
            let answer = known.map_or_else(
                || {
                    let noised = noised_count(exact, rules.question, &mut *app.rng("estimate"));
                    Answer::of(noised, rules.question, rules.floor)
                },
                |known| known.answer,
            );
            // The whole price stands with the first part.
            let is_first = parts.is_empty();
            tx.add_estimate(&EstimateRecord {
                borrower,
                season: rules.season.clone(),
                question: *question,
                answer,
                price: if is_first { price } else { RhoMillionths(0) },
                season_price: if is_first { season_price } else { RhoMillionths(0) },
                at: now,
                part: Some(PartOf {
                    whole: asking.whole,
                    division: asking.division,
                    by: asking.by.clone(),
                    name: name.clone(),
                }),
            })?;
            parts.push(Part { name, answer });
        }
        let body = json!({"loan": number, "question": asking.division, "parts": parts.len(),
            "rho_millionths": price, "season_rho_millionths": season_price});
        enter(tx, now, actor, "estimate.divided", body)?;
        Ok(asking.divided(parts, budget.questions_left(), false))
    })
}

/// The divisions of this question that were answered, each with its parts, the newest last.
pub(super) fn divisions(whole: ContentHash, asked: &[EstimateRecord], charter: &Charter) -> Vec<Divided> {
    let mut found: Vec<(ContentHash, Divided)> = Vec::new();
    for estimate in asked {
        let Some(part) = estimate.part.as_ref().filter(|part| part.whole == whole) else { continue };
        let answer = Part { name: part.name.clone(), answer: estimate.answer };
        if let Some((_, divided)) = found.iter_mut().find(|(division, _)| *division == part.division) {
            divided.parts.push(answer);
            continue;
        }
        let shown = Shown { parts: 0, hidden: 0, count: 0, margin: 0 };
        let questions = estimate.price.0 / charter.estimates.question.0.max(1);
        let divided = Divided {
            by: part.by.clone(),
            parts: vec![answer],
            shown,
            questions,
            questions_left: 0,
            repeated: true,
        };
        found.push((part.division, divided));
    }
    let spent: u32 = asked.iter().map(|estimate| estimate.price.0).sum();
    let left =
        charter.estimates.borrower_budget.0.saturating_sub(spent) / charter.estimates.question.0.max(1);
    let with_sum = |(_, divided): (ContentHash, Divided)| Divided {
        shown: Shown::of(divided.parts.iter().map(|part| &part.answer), charter.estimates.question),
        questions_left: left,
        ..divided
    };
    found.into_iter().map(with_sum).collect()
}

fn part_of(estimate: &EstimateRecord) -> Option<Part> {
    Some(Part { name: estimate.part.as_ref()?.name.clone(), answer: estimate.answer })
}

fn asking(
    tx: &mut dyn Tx,
    actor: &Actor,
    number: LoanNumber,
    by: &DivideBy,
    now: Timestamp,
) -> Result<Asking> {
    let loan = load::loan_numbered(tx, actor, number)?;
    let charter = load::charter(tx)?;
    let terms = &loan.terms;
    let (by, parting) = match by {
        DivideBy::Kind(kind) => {
            let areas = of_kind(tx, &terms.area, kind, now)?;
            (kind.clone(), Parting::areas(&terms.area, areas).map_err(|why| not_divided(&why, kind))?)
        }
        DivideBy::Areas(areas) => {
            let parting = Parting::areas(&terms.area, areas.clone());
            ("area".to_owned(), parting.map_err(|why| not_divided(&why, "area"))?)
        }
        DivideBy::Issue => {
            let issues = if terms.issues.is_empty() {
                charter.issues.iter().map(|issue| issue.id.clone()).collect()
            } else {
                terms.issues.clone()
            };
            ("issue".to_owned(), Parting::issues(issues).map_err(|why| not_divided(&why, "issue"))?)
        }
    };
    let whole = question(terms)?;
    let names = parting.names();
    let division = ContentHash::of(&json!({"whole": whole, "by": by, "parts": names}))?;
    let mut rules = Vec::new();
    for name in &names {
        let rule = rule_of(terms, &parting, name)?;
        let question = question_of(terms, &rule)?;
        rules.push((rule, question));
    }
    Ok(Asking { loan, charter, by, parting, whole, division, rules })
}

fn not_divided(why: &NotDisjoint, by: &str) -> Refusal {
    let refusal =
        Refusal::invalid("estimate.parts", format!("the reach cannot be divided by `{by}`")).because(why);
    match (why, by) {
        (NotDisjoint::TooFew, "issue") => {
            refusal.hint("name two issues or more in the request, or none of them for all of the charter's")
        }
        (NotDisjoint::TooFew, _) => refusal.hint(
            "the register of places has to know two divisions of that kind inside the request's area; `--area` names others",
        ),
        (NotDisjoint::TooMany(_), _) => refusal.hint("ask for a smaller area, or name some of them with `--area`"),
        (NotDisjoint::Nested { .. } | NotDisjoint::Kinds { .. }, _) => {
            refusal.hint("name areas that do not overlap: parts in which nobody is twice are charged once")
        }
        (NotDisjoint::Outside(_), _) => refusal.hint("name areas inside the area of the request"),
    }
}

/// The divisions of a kind inside an area, by the register alone: which of them anybody lives in is not asked, as that
/// would tell it.
fn of_kind(tx: &mut dyn Tx, whole: &AreaId, kind: &str, now: Timestamp) -> Result<Vec<AreaId>> {
    const PAGE: u32 = 5_000;
    let today = now.to_zoned(TimeZone::UTC).date();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = tx.divisions(Some(whole), after.as_ref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(found) };
        after = Some(last.id.clone());
        let valid = page.into_iter().filter(|division| {
            division.id.kind() == kind && division.ended(today).is_none() && division.begins(today).is_none()
        });
        found.extend(valid.map(|division| division.id));
    }
}

/// A part's rule: the request's, with the part in the place of its area or its issues; as a request for the part alone
/// has it.
fn rule_of(terms: &Terms, parting: &Parting, name: &str) -> Result<String> {
    let unreadable = |error: hustings_audience::ParseError| {
        Refusal::internal("the audience rule does not read").because(error)
    };
    let part = match parting {
        Parting::Areas(_) => format!("area in \"{name}\""),
        Parting::Issues(_) => format!("issue has \"{name}\""),
    };
    let instead_of = match parting {
        Parting::Areas(_) => format!("area in \"{}\"", terms.area),
        Parting::Issues(_) => {
            let any: Vec<String> =
                terms.issues.iter().map(|issue| format!("issue has \"{issue}\"")).collect();
            if any.is_empty() { "everyone".to_owned() } else { any.join(" or ") }
        }
    };
    let instead_of = parse(&instead_of).map_err(unreadable)?.canonical();
    let rule = parse(&terms.audience).map_err(unreadable)?;
    let kept = match rule.node {
        Node::And(parts) => parts,
        _ => vec![rule],
    };
    let kept = kept.into_iter().filter(|conjunct| conjunct.canonical() != instead_of);
    let all = kept.chain([parse(&part).map_err(unreadable)?]).collect();
    Ok(Expr::new(Node::And(all)).canonical())
}

/// How many are in each part now, exactly; nobody in two areas.
fn counts(app: &App, asking: &Asking, now: Timestamp) -> Result<Vec<u64>> {
    let eligible = eligible_now(app, &asking.charter, &asking.loan.terms)?;
    let today = now.to_zoned(TimeZone::UTC).date();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut exact = Vec::new();
    let mut taken = Bitmap::new();
    for (rule, _) in &asking.rules {
        let rule =
            parse(rule).map_err(|error| Refusal::internal("a part's rule does not read").because(error))?;
        let people = app.with_index(|index| {
            index.select_within(&rule, &[&eligible], &[&taken], Selection::Loan, today, threads)
        })?;
        exact.push(people.count());
        if matches!(asking.parting, Parting::Areas(_)) {
            taken = taken.or(&people);
        }
    }
    Ok(exact)
}
