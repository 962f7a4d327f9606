//! An expression as a steward types it. What is printed reads back; the canonical text means the same and is
//! its own; and the index answers as the naive evaluator does.
#![no_main]

use hustings_audience::language::Answered;
use hustings_audience::language::{MAX_BYTES, MAX_TERMS};
use hustings_audience::{
    Binder, Engaged, Engagement, Expr, Found, Index, Selection, Span, Spanned, Vocabulary, check_for_loan,
    matches, parse, to_words,
};
use hustings_domain::attribute::AttributeText;
use hustings_domain::consent::{Channel, ConsentState};
use hustings_domain::facts::{Fact, FactValue, Gift, Origin, Profile};
use hustings_domain::ids::Ordinal;
use hustings_domain::money::Cents;
use hustings_domain::response::ResponseKind;
use hustings_domain::words::Slug;
use jiff::civil::{Date, date};
use libfuzzer_sys::fuzz_target;
use std::convert::Infallible;
use std::sync::{Arc, LazyLock};

const TODAY: Date = date(2026, 3, 1);
static PEOPLE: LazyLock<Vec<Profile>> = LazyLock::new(|| (0..12).map(person).collect());
static INDEX: LazyLock<Index> = LazyLock::new(|| Index::build(PEOPLE.iter().cloned()));

/// Twelve people who differ in everything that can be asked for.
fn person(ordinal: u32) -> Profile {
    let name = |text: &str| text.parse().expect("a short name");
    let area =
        |text: &str| FactValue::Area(format!("ocd-division/country:us/{text}").parse().expect("an area"));
    let day = i8::try_from(ordinal).expect("few people");
    let origin = if ordinal % 3 == 0 { Origin::Imported } else { Origin::SelfGiven };
    let values = [
        area(if ordinal % 2 == 0 { "state:vt/sldl:1" } else { "state:nh" }),
        FactValue::Issue(name(if ordinal % 5 == 0 { "climate" } else { "housing" })),
        FactValue::Tag(name("vip")),
        FactValue::Number(name("birth-year"), 1_940 + 7 * i64::from(ordinal)),
        FactValue::Date(name("moved-in"), date(2020, 1 + day, 1)),
        FactValue::Money(name("dues"), Cents(500 * i64::from(ordinal))),
        FactValue::Text(name("member-no"), AttributeText::parse(&format!("A-{ordinal}00{ordinal}")).expect("a text")),
        FactValue::Choice(name("party"), name(if ordinal % 2 == 0 { "green" } else { "red" })),
        FactValue::Choices(name("helps-with"), name("doors")),
        FactValue::NamedArea(name("works-in"), "ocd-division/country:us/state:vt".parse().expect("an area")),
    ];
    let states = [ConsentState::Given, ConsentState::Refused, ConsentState::Withdrawn, ConsentState::Expired];
    let state = states[ordinal as usize % states.len()];
    let gift =
        |months| Gift { on: date(2026 - months, 2, 1 + day), amount: Cents(2_500 * i64::from(ordinal)) };
    Profile {
        ordinal: Ordinal(ordinal * 7),
        joined: date(2019, 1 + day, 15),
        facts: values
            .into_iter()
            .take(1 + ordinal as usize % 11)
            .map(|value| Fact { value, origin, source: 1 })
            .collect(),
        consents: vec![(name("news"), Channel::Email, state)],
        gifts: (0..i16::try_from(ordinal % 4).expect("few gifts")).map(gift).collect(),
    }
}

/// What stands outside the profiles: every saved audience says the same, a source is known by the length of its
/// name, and every third person was addressed and answered.
struct Outside;

impl Binder for Outside {
    type Error = Infallible;

    fn audience(&mut self, _: &Spanned<Slug>) -> Result<Expr, Infallible> {
        let saved = parse("issue has \"housing\" and addressed(1y) = 1").expect("an expression");
        saved.bind(self)
    }

    fn sources(&mut self, names: &[Spanned<String>], starts: bool) -> Result<Vec<u32>, Infallible> {
        let number =
            |name: &Spanned<String>| u32::try_from(name.value.len() % 3).unwrap_or(0) + u32::from(starts);
        Ok(names.iter().map(number).collect())
    }

    fn engaged(&mut self, question: &Engaged, _: Span) -> Result<Found, Infallible> {
        let holds = |person: &&Profile| {
            let passed = person.ordinal.0.is_multiple_of(3);
            let engagement = Engagement {
                addressed: passed.then_some(date(2026, 2, 1)).into_iter().collect(),
                answered: passed
                    .then_some(Answered { kind: ResponseKind::Later, on: TODAY })
                    .into_iter()
                    .collect(),
            };
            question.holds(&engagement, TODAY)
        };
        let people = PEOPLE.iter().filter(holds).map(|person| person.ordinal).collect();
        Ok(Found { people: Arc::new(people), all_but: false })
    }
}

fn bound(expr: Expr) -> Expr {
    match expr.bind(&mut Outside) {
        Ok(expr) => expr,
        Err(never) => match never {},
    }
}

fn check_answers(expr: &Expr, other: &Expr) {
    for mode in [Selection::OwnUse, Selection::Loan] {
        let selected = INDEX.select(expr, mode, TODAY, 1);
        for profile in PEOPLE.iter() {
            let naive = matches(expr, profile, mode, TODAY);
            if mode == Selection::OwnUse || check_for_loan(expr).is_ok() {
                assert_eq!(
                    matches(other, profile, mode, TODAY),
                    naive,
                    "{other} answers otherwise than {expr}"
                );
                assert_eq!(selected.contains(profile.ordinal), naive, "{expr}, {:?}", profile.ordinal);
            } else {
                assert!(selected.is_empty(), "{expr} selects for a loan");
            }
        }
    }
}

fuzz_target!(|text: &str| {
    let expr = match parse(text) {
        Ok(expr) => expr,
        Err(error) => {
            assert!(error.span.start <= error.span.end && error.span.end <= text.len(), "{error:?}");
            assert!(error.render(text).starts_with("error: "));
            return;
        }
    };
    assert!(text.len() <= MAX_BYTES && expr.terms().len() <= MAX_TERMS);
    assert!(!to_words(&expr, str::to_owned).is_empty());
    if let Err(error) = expr.check(&Vocabulary::default()) {
        assert!(error.render(text).starts_with("error: "));
    }
    let printed = expr.to_string();
    assert_eq!(parse(&printed).as_ref(), Ok(&expr), "{printed}");

    // Written out, a question can outgrow what is read; else it reads back, as itself.
    let canonical = expr.canonical();
    let again = match parse(&canonical) {
        Ok(again) => again,
        Err(error) => {
            let limit = ["too long", "too many", "too deep"].iter().any(|why| error.message.contains(why));
            assert!(limit, "{canonical}: {error}");
            return;
        }
    };
    assert_eq!(again.canonical(), canonical);
    if !expr.is_bound() {
        assert_eq!(
            INDEX.count(&expr, Selection::OwnUse, TODAY, 1),
            0,
            "{expr} refers to what nobody answered for"
        );
    }
    let (expr, again) = (bound(expr), bound(again));
    assert!(expr.is_bound() && again.is_bound());
    check_answers(&expr, &again);
});
