//! Random people and random questions about them, from small sets of names so that they meet.

use hustings_audience::language::{Expr, Node, Op, Period, PeriodUnit, Span, Spanned, Term, Test, When};
use hustings_domain::consent::{Channel, ConsentState};
use hustings_domain::facts::{Fact, FactValue, Gift, Origin, Profile};
use hustings_domain::ids::Ordinal;
use hustings_domain::money::Cents;
use hustings_domain::words::Slug;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::sample::select;

pub(crate) const TODAY: Date = date(2025, 6, 15);

const AREAS: [&str; 6] = [
    "ocd-division/country:us",
    "ocd-division/country:us/state:vt",
    "ocd-division/country:us/state:vt/sldl:chittenden-1",
    "ocd-division/country:us/state:vt/sldl:chittenden-10",
    "ocd-division/country:us/state:nh",
    "ocd-division/country:us/state:nh/cd:2",
];

fn slug(names: &'static [&'static str]) -> impl Strategy<Value = Slug> + Clone {
    select(names).prop_map(|name| name.parse().unwrap())
}

fn issue() -> impl Strategy<Value = Slug> + Clone {
    slug(&["health-care", "housing", "climate"])
}

fn tag() -> impl Strategy<Value = Slug> + Clone {
    slug(&["staff", "press"])
}

fn purpose() -> impl Strategy<Value = Slug> + Clone {
    slug(&["appeals", "news"])
}

fn number_name() -> impl Strategy<Value = Slug> + Clone {
    slug(&["birth-year", "score"])
}

fn date_name() -> impl Strategy<Value = Slug> + Clone {
    slug(&["renewed-on", "met-on"])
}

fn number() -> impl Strategy<Value = i64> + Clone {
    prop_oneof![5 => 1950_i64..1990, 2 => -5_i64..5, 1 => -9_999_999_999_999_i64..9_999_999_999_999]
}

/// Mostly near today, on both sides of it.
fn day() -> impl Strategy<Value = Date> + Clone {
    prop_oneof![
        6 => (-100_i64..5).prop_map(|days| TODAY.checked_add(days.days()).unwrap()),
        2 => (-4_000_i64..400).prop_map(|days| TODAY.checked_add(days.days()).unwrap()),
        1 => (0_i16..9_999).prop_map(|year| date(year, 3, 1)),
    ]
}

fn cents() -> impl Strategy<Value = Cents> + Clone {
    prop_oneof![3 => select(&[0_i64, 100, 2_700, 2_750, 5_400]), 1 => -500_i64..100_000].prop_map(Cents)
}

fn channel() -> impl Strategy<Value = Channel> + Clone {
    select(&Channel::ALL)
}

fn state() -> impl Strategy<Value = ConsentState> + Clone {
    select(&ConsentState::ALL)
}

fn origin() -> impl Strategy<Value = Origin> + Clone {
    select(&[Origin::SelfGiven, Origin::SelfGiven, Origin::Imported, Origin::VoterFile, Origin::Inferred])
}

fn fact() -> impl Strategy<Value = Fact> {
    let value = prop_oneof![
        select(&AREAS).prop_map(|area| FactValue::Area(area.parse().unwrap())),
        issue().prop_map(FactValue::Issue),
        tag().prop_map(FactValue::Tag),
        (number_name(), number()).prop_map(|(name, number)| FactValue::Number(name, number)),
        (date_name(), day()).prop_map(|(name, day)| FactValue::Date(name, day)),
    ];
    (value, origin(), 0_u32..3).prop_map(|(value, origin, source)| Fact { value, origin, source })
}

pub(crate) fn profile(ordinal: impl Strategy<Value = u32>) -> impl Strategy<Value = Profile> {
    let gift = (day(), cents()).prop_map(|(on, amount)| Gift { on, amount });
    (
        ordinal.prop_map(Ordinal),
        day(),
        prop::collection::vec(fact(), 0..6),
        prop::collection::vec((purpose(), channel(), state()), 0..4),
        prop::collection::vec(gift, 0..4),
    )
        .prop_map(|(ordinal, joined, facts, consents, gifts)| Profile {
            ordinal,
            joined,
            facts,
            consents,
            gifts,
        })
}

fn test<T: std::fmt::Debug + Ord + Clone + 'static>(
    value: impl Strategy<Value = T> + Clone + 'static,
) -> BoxedStrategy<Test<T>> {
    prop_oneof![
        3 => (select(&Op::ALL), value.clone()).prop_map(|(op, value)| Test::Compare(op, value)),
        1 => (value.clone(), value).prop_map(|(a, b)| if a <= b { Test::Between(a, b) } else { Test::Between(b, a) }),
    ]
    .boxed()
}

fn period() -> impl Strategy<Value = Period> + Clone {
    let unit = select(&[PeriodUnit::Days, PeriodUnit::Weeks, PeriodUnit::Months, PeriodUnit::Years]);
    (prop_oneof![4 => 1_u32..13, 1 => 13_u32..100], unit).prop_map(|(count, unit)| Period { count, unit })
}

fn when() -> impl Strategy<Value = When> {
    prop_oneof![test(day()).prop_map(When::Test), period().prop_map(When::Within)]
}

fn spanned<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Spanned<T>> {
    value.prop_map(|value| Spanned { value, span: Span::default() })
}

fn amount() -> impl Strategy<Value = Cents> + Clone {
    prop_oneof![3 => select(&[0_i64, 100, 2_700, 2_750, 5_400]), 1 => 0_i64..100_000].prop_map(Cents)
}

fn declared_term() -> impl Strategy<Value = Term> {
    let area = select(&AREAS).prop_map(|area| area.parse().unwrap());
    prop_oneof![
        prop::collection::vec(spanned(area), 1..3).prop_map(Term::Area),
        prop::collection::vec(spanned(issue()), 1..3).prop_map(Term::Issue),
    ]
}

fn any_term() -> impl Strategy<Value = Term> {
    prop_oneof![
        2 => declared_term(),
        1 => prop::collection::vec(spanned(tag()), 1..3).prop_map(Term::Tag),
        1 => (spanned(purpose()), channel(), state())
            .prop_map(|(purpose, channel, state)| Term::Consent { purpose, channel, state }),
        1 => (prop::option::of(period()), test(amount())).prop_map(|(period, test)| Term::Gave { period, test }),
        1 => (prop::option::of(period()), test(-1_i64..4)).prop_map(|(period, test)| Term::Gifts { period, test }),
        1 => when().prop_map(Term::LastGift),
        1 => when().prop_map(Term::Joined),
        1 => (spanned(number_name()), test(number())).prop_map(|(name, test)| Term::Number { name, test }),
        1 => (spanned(date_name()), when()).prop_map(|(name, when)| Term::Date { name, when }),
    ]
}

fn over(term: impl Strategy<Value = Term> + 'static) -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        9 => term.prop_map(|term| Expr::new(Node::Term(term))),
        1 => Just(Expr::new(Node::Everyone)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Expr::new(Node::Not(Box::new(inner)))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| Expr::new(Node::And(parts))),
            prop::collection::vec(inner, 2..4).prop_map(|parts| Expr::new(Node::Or(parts))),
        ]
    })
}

/// Any question.
pub(crate) fn expr() -> impl Strategy<Value = Expr> {
    over(any_term())
}

/// A question that may select for a loan.
pub(crate) fn declared_expr() -> impl Strategy<Value = Expr> {
    over(declared_term())
}
