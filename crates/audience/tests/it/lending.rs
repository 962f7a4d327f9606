//! What holds for a loan whatever the expression says.

use crate::people::TODAY;
use hustings_audience::{Bitmap, Index, Selection, check_for_loan, explain, parse};
use hustings_domain::consent::{Channel, ConsentState};
use hustings_domain::facts::{Fact, FactValue, Origin, Profile};
use hustings_domain::ids::Ordinal;

fn person(ordinal: u32, origin: Origin) -> Profile {
    let fact = |value| Fact { value, origin, source: 1 };
    Profile {
        ordinal: Ordinal(ordinal),
        joined: TODAY,
        facts: vec![
            fact(FactValue::Area("ocd-division/country:us/state:vt/cd:1".parse().unwrap())),
            fact(FactValue::Issue("health-care".parse().unwrap())),
            fact(FactValue::Tag("staff".parse().unwrap())),
        ],
        consents: vec![("appeals".parse().unwrap(), Channel::Email, ConsentState::Given)],
        gifts: Vec::new(),
    }
}

fn index() -> Index {
    let origins = [Origin::SelfGiven, Origin::Imported, Origin::VoterFile, Origin::Inferred];
    Index::build((0..).zip(origins).map(|(ordinal, origin)| person(ordinal, origin)))
}

#[test]
fn only_declared_facts_select_for_a_loan() {
    let index = index();
    for text in [r#"area in "ocd-division/country:us/state:vt""#, r#"issue has "health-care""#] {
        let expr = parse(text).unwrap();
        assert_eq!(index.count(&expr, Selection::OwnUse, TODAY, 1), 4, "{text}");
        let lent = index.select(&expr, Selection::Loan, TODAY, 1);
        assert_eq!(lent.iter().collect::<Vec<_>>(), [Ordinal(0)], "{text}");
    }
}

#[test]
fn another_term_selects_nobody_for_a_loan_even_when_nobody_checked() {
    let index = index();
    for text in [
        r#"tag "staff""#,
        r#"not tag "press""#,
        "everyone or gave >= $1",
        r#"issue has "health-care" and consent "appeals""#,
        "joined within 90d",
        "member-no starts \"a\" or everyone",
    ] {
        let expr = parse(text).unwrap();
        assert!(check_for_loan(&expr).is_err(), "{text}");
        assert_eq!(index.count(&expr, Selection::Loan, TODAY, 1), 0, "{text}");
        assert!(index.select(&expr, Selection::Loan, TODAY, 1).is_empty(), "{text}");
        assert!(!explain(&expr, &person(0, Origin::SelfGiven), Selection::Loan, TODAY).is_in, "{text}");
    }
}

#[test]
fn the_callers_restrictions_cannot_be_written_away() {
    let index = index();
    let (must, must_not): (Bitmap, Bitmap) =
        ([0, 1, 2].map(Ordinal).into_iter().collect(), [1].map(Ordinal).into_iter().collect());
    for text in
        ["everyone", "everyone or not everyone", r#"not tag "press""#, r#"not (not everyone) or tag "staff""#]
    {
        let expr = parse(text).unwrap();
        let reached = index.select_within(&expr, &[&must], &[&must_not], Selection::OwnUse, TODAY, 2);
        assert_eq!(reached.iter().collect::<Vec<_>>(), [Ordinal(0), Ordinal(2)], "{text}");
        assert_eq!(
            index.count_within(&expr, &[&must], &[&must_not], Selection::OwnUse, TODAY, 2),
            2,
            "{text}"
        );
    }
}

#[test]
fn somebody_removed_is_in_no_audience() {
    let mut index = index();
    index.remove(Ordinal(0));
    for text in ["everyone", r#"not issue has "x""#, "gifts = 0", r#"consent "news" is unknown"#] {
        let expr = parse(text).unwrap();
        assert!(!index.select(&expr, Selection::OwnUse, TODAY, 1).contains(Ordinal(0)), "{text}");
        assert!(
            !index.explain(&expr, &person(0, Origin::SelfGiven), Selection::OwnUse, TODAY).is_in,
            "{text}"
        );
    }
}

#[test]
fn an_explanation_goes_term_by_term() {
    let text = r#"area in "ocd-division/country:us/state:vt" and (tag "press" or not issue "housing")"#;
    let explanation = explain(&parse(text).unwrap(), &person(0, Origin::SelfGiven), Selection::OwnUse, TODAY);
    assert!(explanation.is_in);
    let terms: Vec<_> =
        explanation.terms.iter().map(|term| (&text[term.span.start..term.span.end], term.holds)).collect();
    assert_eq!(
        terms,
        [
            (r#"area in "ocd-division/country:us/state:vt""#, true),
            (r#"tag "press""#, false),
            (r#"issue "housing""#, false)
        ]
    );
}
