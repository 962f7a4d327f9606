//! Whether one person is in an audience, read straight from the profile: the oracle that the index is held
//! against, and the last look at a person before anything is sent.

use crate::language::{Asks, Expr, Node, Period, Prefixed, Spanned, Stretch, Term, When, check_for_loan};
use hustings_domain::area::AreaId;
use hustings_domain::attribute::{AttributeText, fold};
use hustings_domain::consent::ConsentState;
use hustings_domain::facts::{Fact, FactValue, Gift, Origin, Profile};
use hustings_domain::money::Cents;
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
        Term::Number { .. } | Term::Date { .. } | Term::Money { .. } | Term::Named { .. } => {
            attribute_holds(term, facts(), mode, today)
        }
    }
}

/// Whether a question about an attribute holds of these facts; of one that has one value, the value in force.
fn attribute_holds<'a>(
    term: &Term,
    mut facts: impl Iterator<Item = &'a Fact>,
    mode: Selection,
    today: Date,
) -> bool {
    let Some((Spanned { value: name, .. }, _)) = term.attribute() else { return false };
    match term {
        Term::Number { test, .. } => in_force(facts, name, number).is_some_and(|(_, n)| test.holds(&n)),
        Term::Date { when, .. } => {
            in_force(facts, name, day).is_some_and(|(_, date)| happened(*when, date, today))
        }
        Term::Money { test, .. } => in_force(facts, name, money).is_some_and(|(_, sum)| test.holds(&sum)),
        Term::Named { asks: Asks::Has(choices), .. } => facts.any(|fact| match &fact.value {
            FactValue::Choices(of, chosen) => {
                of == name && choices.iter().any(|choice| choice.value == *chosen)
            }
            _ => false,
        }),
        Term::Named { asks: Asks::Within(areas), .. } => in_force(facts, name, area)
            .is_some_and(|(_, lies)| areas.iter().any(|area| area.value.contains(&lies))),
        // INVARIANT (promise 1): a text can single out one person, and selects nobody for a loan.
        Term::Named { asks: Asks::Starts(prefix), .. } => {
            mode == Selection::OwnUse
                && in_force(facts, name, text)
                    .is_some_and(|(_, text)| text.folded().starts_with(&fold(&prefix.value)))
        }
        Term::Named { asks: Asks::Is(values), .. } => {
            let facts: Vec<&Fact> = facts.collect();
            let is = |said: &str| values.iter().any(|value| fold(&value.value) == said);
            in_force(facts.iter().copied(), name, choice).is_some_and(|(_, choice)| is(choice.as_str()))
                || mode == Selection::OwnUse
                    && in_force(facts.iter().copied(), name, text).is_some_and(|(_, text)| is(&text.folded()))
        }
        _ => false,
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

/// A value of one type under one name.
type Read<T> = fn(&FactValue) -> Option<(&Slug, T)>;

pub(crate) fn number(value: &FactValue) -> Option<(&Slug, i64)> {
    if let FactValue::Number(name, number) = value { Some((name, *number)) } else { None }
}

pub(crate) fn day(value: &FactValue) -> Option<(&Slug, Date)> {
    if let FactValue::Date(name, date) = value { Some((name, *date)) } else { None }
}

pub(crate) fn money(value: &FactValue) -> Option<(&Slug, Cents)> {
    if let FactValue::Money(name, cents) = value { Some((name, *cents)) } else { None }
}

pub(crate) fn text(value: &FactValue) -> Option<(&Slug, AttributeText)> {
    if let FactValue::Text(name, text) = value { Some((name, text.clone())) } else { None }
}

pub(crate) fn choice(value: &FactValue) -> Option<(&Slug, Slug)> {
    if let FactValue::Choice(name, choice) = value { Some((name, choice.clone())) } else { None }
}

pub(crate) fn area(value: &FactValue) -> Option<(&Slug, AreaId)> {
    if let FactValue::NamedArea(name, area) = value { Some((name, area.clone())) } else { None }
}

/// The one value in force under a name, and how it came: what the person said goes before what a file said, then
/// the latest source, then the larger value.
pub(crate) fn in_force<'a, T: Ord>(
    facts: impl Iterator<Item = &'a Fact>,
    name: &Slug,
    read: Read<T>,
) -> Option<(Origin, T)> {
    facts
        .filter_map(|fact| {
            let (_, value) = read(&fact.value).filter(|(of, _)| *of == name)?;
            Some((std::cmp::Reverse(fact.origin), fact.source, value))
        })
        .max()
        .map(|(origin, _, value)| (origin.0, value))
}
