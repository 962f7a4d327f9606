//! Random people and random questions about them, from small sets of names so that they meet.

use hustings_audience::language::{
    Answered, Asks, Binder, Engaged, Engagement, Expr, Found, Node, Op, Period, PeriodUnit, Prefixed, Span,
    Spanned, Stretch, Term, Test, When, parse,
};
use hustings_domain::attribute::AttributeText;
use hustings_domain::consent::{Channel, ConsentState};
use hustings_domain::facts::{Fact, FactValue, Gift, Origin, Profile};
use hustings_domain::ids::Ordinal;
use hustings_domain::money::Cents;
use hustings_domain::response::ResponseKind;
use hustings_domain::words::Slug;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;

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

pub(crate) fn named(name: &str) -> Slug {
    name.parse().unwrap()
}

/// Around the seven bytes that a piece of a text has.
fn member_no() -> impl Strategy<Value = &'static str> + Clone {
    select(&["A", "a-1234", "A-12345", "a-123456", "A-1234567890123", "B", "\u{c4}rger", "a-12345 x"][..])
}

fn party() -> impl Strategy<Value = Slug> + Clone {
    slug(&["green", "a", "b"])
}

fn helps() -> impl Strategy<Value = Slug> + Clone {
    slug(&["phones", "doors", "tables"])
}

fn asks() -> impl Strategy<Value = (Slug, Asks)> {
    let text = || spanned(member_no().prop_map(str::to_owned));
    let prefix = select(&["a", "A-1", "a-12345", "A-123456", "\u{e4}", "zz"][..]).prop_map(str::to_owned);
    prop_oneof![
        (Just(named("member-no")), prop::collection::vec(text(), 1..3).prop_map(Asks::Is)),
        (Just(named("member-no")), spanned(prefix).prop_map(Asks::Starts)),
        (
            Just(named("party")),
            prop::collection::vec(spanned(party().prop_map(|name| name.to_string())), 1..3)
                .prop_map(Asks::Is)
        ),
        (Just(named("helps-with")), prop::collection::vec(spanned(helps()), 1..3).prop_map(Asks::Has)),
        (
            Just(named("works-in")),
            prop::collection::vec(spanned(select(&AREAS).prop_map(|area| area.parse().unwrap())), 1..3)
                .prop_map(Asks::Within)
        ),
    ]
}

fn attribute_term() -> impl Strategy<Value = Term> {
    prop_oneof![
        1 => (spanned(number_name()), test(number())).prop_map(|(name, test)| Term::Number { name, test }),
        1 => (spanned(date_name()), when()).prop_map(|(name, when)| Term::Date { name, when }),
        1 => test(amount()).prop_map(|test| Term::Money { name: Spanned { value: named("dues"), span: Span::default() }, test }),
        4 => asks().prop_map(|(name, asks)| Term::Named { name: Spanned { value: name, span: Span::default() }, asks }),
    ]
}

fn fact() -> impl Strategy<Value = Fact> {
    let value = prop_oneof![
        select(&AREAS).prop_map(|area| FactValue::Area(area.parse().unwrap())),
        issue().prop_map(FactValue::Issue),
        tag().prop_map(FactValue::Tag),
        (number_name(), number()).prop_map(|(name, number)| FactValue::Number(name, number)),
        (date_name(), day()).prop_map(|(name, day)| FactValue::Date(name, day)),
        cents().prop_map(|cents| FactValue::Money(named("dues"), cents)),
        member_no().prop_map(|text| FactValue::Text(named("member-no"), AttributeText::parse(text).unwrap())),
        party().prop_map(|choice| FactValue::Choice(named("party"), choice)),
        helps().prop_map(|choice| FactValue::Choices(named("helps-with"), choice)),
        select(&AREAS).prop_map(|area| FactValue::NamedArea(named("works-in"), area.parse().unwrap())),
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
    prop_oneof![
        test(day()).prop_map(When::Test),
        period().prop_map(When::Within),
        period().prop_map(When::Before)
    ]
}

fn stretch() -> impl Strategy<Value = Stretch> {
    let days = (day(), day()).prop_map(|(a, b)| Stretch::Days(a.min(b), a.max(b)));
    prop_oneof![2 => period().prop_map(Stretch::Trailing), 1 => days]
}

fn answer() -> impl Strategy<Value = ResponseKind> + Clone {
    select(&ResponseKind::ALL)
}

fn engaged() -> impl Strategy<Value = Engaged> {
    prop_oneof![
        (prop::option::of(period()), test(-1_i64..4))
            .prop_map(|(period, test)| Engaged::Addressed { period, test }),
        (prop::collection::vec(answer(), 0..3), prop::option::of(when()))
            .prop_map(|(kinds, when)| Engaged::Answered { kinds, when }),
    ]
}

/// The audiences that are saved in these tests; the second names the first.
pub(crate) const SAVED: [(&str, &str); 2] = [
    ("healers", r#"issue has "health-care" and not tag "staff""#),
    ("givers", r#"in audience "healers" or gave(90d) >= $27 and source starts "peti""#),
];

/// The sources of these tests, by number.
const SOURCES: [&str; 3] = ["petition-2025", "petition-2026", "old file"];

pub(crate) fn engagement() -> impl Strategy<Value = Engagement> {
    let answered = (answer(), day()).prop_map(|(kind, on)| Answered { kind, on });
    (prop::collection::vec(day(), 0..4), prop::collection::vec(answered, 0..3))
        .prop_map(|(addressed, answered)| Engagement { addressed, answered })
}

/// Answers for what stands outside the profiles, from what passed between the list and each person.
pub(crate) struct Outside<'a>(pub(crate) &'a BTreeMap<u32, Engagement>);

impl Binder for Outside<'_> {
    type Error = TestCaseError;

    fn audience(&mut self, name: &Spanned<Slug>) -> Result<Expr, TestCaseError> {
        let (_, text) = SAVED.iter().find(|(saved, _)| *saved == name.value.as_str()).unwrap();
        parse(text).unwrap().bind(self)
    }

    fn sources(&mut self, names: &[Spanned<String>], starts: bool) -> Result<Vec<u32>, TestCaseError> {
        let meant = |source: &str| {
            names
                .iter()
                .any(|name| if starts { source.starts_with(&name.value) } else { source == name.value })
        };
        Ok((0..).zip(SOURCES).filter(|(_, source)| meant(source)).map(|(number, _)| number).collect())
    }

    fn engaged(&mut self, question: &Engaged, _: Span) -> Result<Found, TestCaseError> {
        // As the store answers: how often those were addressed who were at all, and who answered.
        if let Engaged::Addressed { period, test } = question {
            let once = |engagement: &Engagement| {
                let times = (1_i64..).take_while(|times| {
                    let at_least = Test::Compare(Op::AtLeast, *times);
                    Engaged::Addressed { period: *period, test: at_least }.holds(engagement, TODAY)
                });
                i64::try_from(times.count()).unwrap()
            };
            let times = self.0.iter().map(|(who, engagement)| (Ordinal(*who), once(engagement)));
            return Ok(Found::by_times(times.filter(|(_, times)| *times > 0), test));
        }
        let people = self.0.iter().filter(|(_, engagement)| question.holds(engagement, TODAY));
        Ok(Found {
            people: std::sync::Arc::new(people.map(|(who, _)| Ordinal(*who)).collect()),
            all_but: false,
        })
    }
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
        attribute_term().prop_filter("texts select for no loan", |term| {
            !matches!(term, Term::Named { asks: Asks::Starts(_), .. })
        }),
    ]
}

fn any_term() -> impl Strategy<Value = Term> {
    prop_oneof![
        2 => declared_term(),
        1 => prop::collection::vec(spanned(tag()), 1..3).prop_map(Term::Tag),
        1 => (spanned(purpose()), channel(), state())
            .prop_map(|(purpose, channel, state)| Term::Consent { purpose, channel, state }),
        1 => (prop::option::of(stretch()), test(amount())).prop_map(|(period, test)| Term::Gave { period, test }),
        1 => (prop::option::of(stretch()), test(-1_i64..4)).prop_map(|(period, test)| Term::Gifts { period, test }),
        1 => when().prop_map(Term::LastGift),
        1 => when().prop_map(Term::Joined),
        3 => attribute_term(),
        1 => (select(&[Prefixed::Issue, Prefixed::Tag]), spanned(select(&["h", "health-", "s", "zz"]).prop_map(str::to_owned)))
            .prop_map(|(what, prefix)| Term::Starts { what, prefix }),
        1 => prop::collection::vec(spanned(select(&["petition-2025", "old file", "no such"]).prop_map(str::to_owned)), 1..3)
            .prop_map(|names| Term::Source { names, starts: false, numbers: None }),
        1 => spanned(select(&["petition-", "old"]).prop_map(str::to_owned))
            .prop_map(|name| Term::Source { names: vec![name], starts: true, numbers: None }),
        2 => engaged().prop_map(|what| Term::Engaged { what, found: None }),
        1 => spanned(select(&["healers", "givers"]).prop_map(|name: &str| name.parse().unwrap()))
            .prop_map(|name| Term::Audience { name, meaning: None }),
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
