//! Whether one person is in an audience, read straight from the profile: the oracle that the index is held
//! against, and the last look at a person before anything is sent.

use crate::language::{Expr, Node, Period, Prefixed, Stretch, Term, When, check_for_loan};
use hustings_domain::consent::ConsentState;
use hustings_domain::facts::{Fact, FactValue, Gift, Profile};
use hustings_domain::words::Slug;
use jiff::ToSpan as _;
use jiff::civil::Date;

/// What the people are selected for; it decides which facts count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Selection {
    /// The list owner's own mail: every fact counts.
    OwnUse,
    /// A loan: declared facts alone count, and an expression that asks for anything else selects nobody.
    Loan,
}

/// Whether `profile` is in the audience of `expr` on the day `today`.
pub fn matches(expr: &Expr, profile: &Profile, mode: Selection, today: Date) -> bool {
    // INVARIANT (promise 1): a caller that forgot `check_for_loan` reaches nobody, not everybody.
    if mode == Selection::Loan && check_for_loan(expr).is_err() {
        return false;
    }
    // INVARIANT: what refers to something nobody answered for selects nobody, under `not` either.
    expr.is_bound() && holds(expr, profile, mode, today)
}

fn holds(expr: &Expr, profile: &Profile, mode: Selection, today: Date) -> bool {
    match &expr.node {
        Node::Everyone => true,
        Node::Not(inner) => !holds(inner, profile, mode, today),
        Node::And(parts) => parts.iter().all(|part| holds(part, profile, mode, today)),
        Node::Or(parts) => parts.iter().any(|part| holds(part, profile, mode, today)),
        Node::Term(term) => term_holds(term, profile, mode, today),
    }
}

/// Whether one term holds of a person.
pub(crate) fn term_holds(term: &Term, profile: &Profile, mode: Selection, today: Date) -> bool {
    let facts = || profile.facts.iter().filter(|fact| mode == Selection::OwnUse || fact.origin.may_be_lent());
    match term {
        Term::Area(areas) => facts().any(|fact| match &fact.value {
            FactValue::Area(lives) => areas.iter().any(|area| area.value.contains(lives)),
            _ => false,
        }),
        Term::Issue(issues) => facts().any(|fact| match &fact.value {
            FactValue::Issue(declared) => issues.iter().any(|issue| issue.value == *declared),
            _ => false,
        }),
        Term::Tag(tags) => facts().any(|fact| match &fact.value {
            FactValue::Tag(carried) => tags.iter().any(|tag| tag.value == *carried),
            _ => false,
        }),
        Term::Starts { what, prefix } => facts().any(|fact| match (&fact.value, what) {
            (FactValue::Issue(name), Prefixed::Issue) | (FactValue::Tag(name), Prefixed::Tag) => {
                name.as_str().starts_with(&prefix.value)
            }
            _ => false,
        }),
        Term::Source { numbers, .. } => {
            let numbers = numbers.as_deref().unwrap_or_default();
            facts().any(|fact| numbers.contains(&fact.source))
        }
        Term::Engaged { found, .. } => {
            found.as_ref().is_some_and(|found| found.people.contains(profile.ordinal) != found.all_but)
        }
        Term::Audience { meaning, .. } => {
            meaning.as_ref().is_some_and(|meaning| holds(meaning, profile, mode, today))
        }
        Term::Consent { purpose, channel, state } => profile
            .consents
            .iter()
            .filter(|(of, on, _)| *of == purpose.value && on == channel)
            .fold(ConsentState::Unknown, |strictest, (_, _, said)| strictest.stricter(*said))
            .eq(state),
        Term::Gave { period, test } => {
            let sum: i128 = gifts(profile, *period, today).map(|gift| i128::from(gift.amount.0)).sum();
            test.map(|cents| i128::from(cents.0)).holds(&sum)
        }
        Term::Gifts { period, test } => {
            test.holds(&i64::try_from(gifts(profile, *period, today).count()).unwrap_or(i64::MAX))
        }
        Term::LastGift(when) => gifts(profile, None, today)
            .map(|gift| gift.on)
            .max()
            .is_some_and(|last| happened(*when, last, today)),
        Term::Joined(when) => happened(*when, profile.joined, today),
        Term::Number { name, test } => {
            number_in_force(&profile.facts, &name.value).is_some_and(|n| test.holds(&n))
        }
        Term::Date { name, when } => {
            date_in_force(&profile.facts, &name.value).is_some_and(|date| happened(*when, date, today))
        }
    }
}

/// The gifts up to today, in the stretch of time if there is one.
fn gifts(profile: &Profile, stretch: Option<Stretch>, today: Date) -> impl Iterator<Item = &Gift> {
    let inside = move |day: Date| match stretch {
        None => true,
        Some(Stretch::Trailing(period)) => is_within(period, day, today),
        Some(Stretch::Days(first, last)) => first <= day && day <= last,
    };
    profile.gifts.iter().filter(move |gift| gift.on <= today && inside(gift.on))
}

pub(crate) fn is_within(period: Period, day: Date, today: Date) -> bool {
    day <= today && today.checked_sub(i64::from(period.days()).days()).map_or(true, |start| day > start)
}

pub(crate) fn happened(when: When, day: Date, today: Date) -> bool {
    match when {
        When::Test(test) => test.holds(&day),
        When::Within(period) => is_within(period, day, today),
        When::Before(period) => {
            today.checked_sub(i64::from(period.days()).days()).is_ok_and(|start| day <= start)
        }
    }
}

/// The one number in force under a name: what the person said goes before what a file said, then the
/// latest source, then the larger number.
pub(crate) fn number_in_force(facts: &[Fact], name: &Slug) -> Option<i64> {
    in_force(facts, |value| match value {
        FactValue::Number(of, number) if of == name => Some(*number),
        _ => None,
    })
}

/// The one date in force under a name, by the same rule.
pub(crate) fn date_in_force(facts: &[Fact], name: &Slug) -> Option<Date> {
    in_force(facts, |value| match value {
        FactValue::Date(of, date) if of == name => Some(*date),
        _ => None,
    })
}

fn in_force<T: Ord>(facts: &[Fact], read: impl Fn(&FactValue) -> Option<T>) -> Option<T> {
    facts
        .iter()
        .filter_map(|fact| {
            read(&fact.value).map(|value| (std::cmp::Reverse(fact.origin), fact.source, value))
        })
        .max()
        .map(|(_, _, value)| value)
}
