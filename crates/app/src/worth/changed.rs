//! What a loan changed, against those who were held back at random. Everybody is looked at for as long, from the
//! moment that their message was taken; whoever was held back from the moment at which they would have come, by their
//! place in the sending order. People count once they have been looked at that long, so the numbers grow one person
//! after another and the intervals hold at every look (`hustings_domain::lift`).

use super::value::{Valued, value_of};
use crate::after::{OutcomeCounts, outcomes_counted};
use crate::context::App;
use crate::lend::loan_numbered;
use crate::refusal::{Refusal, Result};
use crate::send::audience::scopes;
use crate::send::freeze::in_sending_order;
use hustings_domain::access::{Action, Actor};
use hustings_domain::facts::FactValue;
use hustings_domain::ids::{LoanNumber, Ordinal};
use hustings_domain::lift::{Lift, Tally};
use hustings_domain::loan::{Loan, LoanState};
use hustings_domain::money::Cents;
use hustings_domain::outcome::OutcomeKind;
use hustings_domain::response::ResponseKind;
use hustings_domain::words::Slug;
use hustings_policy::permit;
use hustings_store::Tx;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How long each person is looked at.
const LOOKED_AT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The chance that an interval is wrong at some look.
const ALPHA: f64 = 0.05;
/// A borrower is shown no number of people below this.
pub(super) const LEAST_CELL: u32 = 10;
/// People read at a time.
const PAGE: usize = 1_000;

/// A number of people, or that it is too small to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// So many.
    People(u32),
    /// Fewer than may be told: said without a number.
    Few,
}

impl Cell {
    /// As it is said.
    pub fn words(self) -> String {
        match self {
            Self::People(count) => hustings_domain::money::group_thousands(u64::from(count)),
            Self::Few => format!("fewer than {LEAST_CELL}"),
        }
    }
}

/// One issue.
#[derive(Debug, Clone, Serialize)]
pub struct IssueLine {
    /// The issue.
    pub issue: Slug,
    /// Those who declared it and were mailed; not for borrowers, to whom counts have a price.
    pub mailed: Option<Cell>,
    /// Those of them who said yes.
    pub yes: Cell,
    /// What their borrower reported of them; not for borrowers, who choose whom they report of and could learn from
    /// the numbers who declared what.
    pub outcomes: Vec<(OutcomeKind, Cell)>,
}

/// What a loan changed.
#[derive(Debug, Clone, Serialize)]
pub struct Changed {
    /// The loan.
    pub loan: LoanNumber,
    /// When it was looked at.
    pub as_of: Timestamp,
    /// How many days each person is looked at.
    pub days: i64,
    /// Who stopped, mailed against held back: what it cost. Not for borrowers while a count is small.
    pub stopped: Option<Lift>,
    /// Who gave to the owner. Not for borrowers while a count is small.
    pub gave: Option<Lift>,
    /// Who said yes among the mailed, however long ago; nobody held back could.
    pub answers: Vec<(ResponseKind, Cell)>,
    /// By declared issue.
    pub issues: Vec<IssueLine>,
    /// What the borrower reported of those who were introduced; empty until it has reported anything.
    pub outcomes: Vec<(OutcomeKind, Cell)>,
    /// How many planted rows it reported something of that only a person can have done; not for borrowers.
    pub reported_of_seeds: Option<u32>,
    /// What it was worth.
    pub value: Valued,
    /// What each yes came to by the rate card; none while few said yes.
    pub cost_per_yes: Option<Cents>,
}

// INVARIANT (promise 7): while a send runs its borrower learns no number of it.
pub(super) fn expect_over(actor: &Actor, loan: &Loan) -> Result<()> {
    if actor.borrower.is_none() || matches!(loan.state, LoanState::Sent | LoanState::Settled) {
        return Ok(());
    }
    Err(Refusal::conflict("worth.not-over", "what a send did is told when it is over")
        .hint("the page of the request says where it stands"))
}

/// What a loan changed so far; a borrower's people may ask about their own, and get no small number.
pub fn changed(app: &App, actor: &Actor, number: LoanNumber) -> Result<Changed> {
    let own = actor.borrower.is_some();
    permit(actor, if own { Action::ReadOwnLoans } else { Action::ReadWorth })?;
    let now = app.now();
    app.store.read(|tx| {
        let loan = loan_numbered(tx, actor, number)?;
        expect_over(actor, &loan)?;
        let mailed = tx.accepted(loan.id)?;
        let held_back = would_have_come(app, tx, &loan, &mailed)?;
        let (stopped_mailed, gave_mailed) = tallies(tx, &loan, &mailed, now)?;
        let (stopped_held, gave_held) = tallies(tx, &loan, &held_back, now)?;
        let told = |lift: Lift| (!own || is_large(&lift)).then_some(lift);
        let responses = tx.responses(loan.id)?;
        let answers = ResponseKind::ALL.into_iter().map(|kind| {
            let count = responses.iter().filter(|response| response.kind == kind).count();
            (kind, cell(count, own))
        });
        let yes: BTreeSet<Ordinal> = responses
            .iter()
            .filter(|response| response.kind == ResponseKind::Yes)
            .map(|response| response.ordinal)
            .collect();
        let counts = outcomes_counted(app, tx, &loan)?;
        let value = value_of(tx, &loan)?;
        let cost_per_yes = u32::try_from(yes.len())
            .ok()
            .filter(|yes| *yes >= LEAST_CELL)
            .map(|yes| Cents((value.value.0 + i64::from(yes) / 2) / i64::from(yes)));
        Ok(Changed {
            loan: number,
            as_of: now,
            days: LOOKED_AT.as_hours() / 24,
            stopped: told(Lift::of(stopped_mailed, stopped_held, ALPHA)),
            gave: told(Lift::of(gave_mailed, gave_held, ALPHA)),
            answers: answers.collect(),
            issues: by_issue(tx, &mailed, &yes, &counts, own)?,
            outcomes: outcomes(&counts, own),
            reported_of_seeds: (!own).then(|| u32::try_from(counts.seeds.len()).unwrap_or(u32::MAX)),
            value,
            cost_per_yes,
        })
    })
}

// INVARIANT: a borrower is told no number of people from 1 to 9, nor one from which such a number could be worked out:
// the answers come without their sum, and a lift only when every count in it is large.
fn cell(count: usize, own: bool) -> Cell {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    if own && count < LEAST_CELL { Cell::Few } else { Cell::People(count) }
}

/// By outcome; no number below [`LEAST_CELL`] is told of what was reported, to whomever. A borrower's own count has the
/// planted rows in it: without them it could find out which they are.
fn outcomes(counts: &OutcomeCounts, own: bool) -> Vec<(OutcomeKind, Cell)> {
    if counts.rows.is_empty() {
        return Vec::new();
    }
    let count = |kind: OutcomeKind| {
        let (rows, people) = (counts.rows.get(&kind), counts.people.get(&kind));
        if own { rows.map_or(0, BTreeSet::len) } else { people.map_or(0, BTreeSet::len) }
    };
    OutcomeKind::ALL.into_iter().map(|kind| (kind, cell(count(kind), true))).collect()
}

fn is_large(lift: &Lift) -> bool {
    let large = |tally: Tally| tally.did >= LEAST_CELL && tally.people - tally.did >= LEAST_CELL;
    large(lift.mailed) && large(lift.held_back)
}

/// Those held back with the moment at which each would have been mailed: that of whoever stands at the same part of
/// the mailed, both in the loan's own sending order.
fn would_have_come(
    app: &App,
    tx: &mut dyn Tx,
    loan: &Loan,
    mailed: &[(Ordinal, Timestamp)],
) -> Result<Vec<(Ordinal, Timestamp)>> {
    let held_back = in_sending_order(app, loan, tx.held_back(loan.id)?);
    let count = held_back.len().max(1);
    let at = |place: usize| mailed.get(place * mailed.len() / count).map(|(_, at)| *at);
    Ok(held_back.into_iter().enumerate().filter_map(|(place, person)| Some((person, at(place)?))).collect())
}

/// Of the people who have been looked at long enough: who stopped, and who gave.
fn tallies(
    tx: &mut dyn Tx,
    loan: &Loan,
    people: &[(Ordinal, Timestamp)],
    now: Timestamp,
) -> Result<(Tally, Tally)> {
    let scopes = scopes(&loan.terms);
    let (mut stopped, mut gave) = (Tally::default(), Tally::default());
    let mut ready = Vec::new();
    for (person, from) in people {
        let until = from
            .checked_add(LOOKED_AT)
            .map_err(|error| Refusal::internal("a look ends after time").because(error))?;
        if until <= now {
            ready.push((*person, *from, until));
        }
    }
    ready.sort_unstable();
    for page in ready.chunks(PAGE) {
        let ordinals: Vec<Ordinal> = page.iter().map(|(person, ..)| *person).collect();
        for (record, (person, from, until)) in tx.supporters(&ordinals)?.into_iter().zip(page) {
            // Whoever was erased has left no trace to count, on either side.
            let Some(record) = record else { continue };
            let within = |at: Timestamp| *from <= at && at < *until;
            let stops = record.mail_key.map_or(Ok(Vec::new()), |key| tx.stops_of(key))?;
            let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
            let gifts = tx.gifts(*person)?;
            stopped.people += 1;
            stopped.did +=
                u32::from(stops.iter().any(|(scope, _, at)| scopes.contains(scope) && within(*at)));
            gave.people += 1;
            gave.did += u32::from(gifts.iter().any(|gift| day(*from) < gift.on && gift.on <= day(*until)));
        }
    }
    Ok((stopped, gave))
}

/// Mailed people and yeses by declared issue.
fn by_issue(
    tx: &mut dyn Tx,
    mailed: &[(Ordinal, Timestamp)],
    yes: &BTreeSet<Ordinal>,
    reported: &OutcomeCounts,
    own: bool,
) -> Result<Vec<IssueLine>> {
    let mut people: Vec<Ordinal> = mailed.iter().map(|(person, _)| *person).collect();
    people.sort_unstable();
    let mut counts: BTreeMap<Slug, (usize, usize, BTreeMap<OutcomeKind, usize>)> = BTreeMap::new();
    for page in people.chunks(PAGE) {
        for (facts, person) in tx.facts_of(page)?.into_iter().zip(page) {
            for fact in facts.into_iter().filter(|fact| fact.origin.may_be_lent()) {
                if let FactValue::Issue(issue) = fact.value {
                    let count = counts.entry(issue).or_default();
                    count.0 += 1;
                    count.1 += usize::from(yes.contains(person));
                    for (kind, _) in reported.people.iter().filter(|(_, people)| people.contains(person)) {
                        *count.2.entry(*kind).or_default() += 1;
                    }
                }
            }
        }
    }
    let told = !own && !reported.rows.is_empty();
    let line = |(issue, (mailed, yes, outcomes)): (Slug, (usize, usize, BTreeMap<OutcomeKind, usize>))| {
        let outcome = |kind: OutcomeKind| (kind, cell(outcomes.get(&kind).copied().unwrap_or(0), true));
        IssueLine {
            issue,
            mailed: (!own).then(|| cell(mailed, own)),
            yes: cell(yes, own),
            outcomes: if told { OutcomeKind::ALL.into_iter().map(outcome).collect() } else { Vec::new() },
        }
    };
    // That an issue stands there at all would say that somebody declared it.
    let large = |(_, (mailed, ..)): &(Slug, (usize, usize, BTreeMap<OutcomeKind, usize>))| {
        !own || u32::try_from(*mailed).unwrap_or(u32::MAX) >= LEAST_CELL
    };
    Ok(counts.into_iter().filter(large).map(line).collect())
}
