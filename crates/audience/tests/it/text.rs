//! Texts: reading, printing, one form for one question, limits, words for trustees.

use crate::people::{Outside, TODAY, engagement, expr, profile};
use hustings_audience::language::{MAX_BYTES, MAX_DEPTH, MAX_TERMS};
use hustings_audience::{Selection, matches, parse, to_words};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_printed_reads_back(expr in expr()) {
        let text = expr.to_string();
        prop_assert_eq!(parse(&text).map_err(|error| TestCaseError::fail(error.render(&text)))?, expr);
    }

    #[test]
    fn the_canonical_text_asks_the_same_and_is_its_own(
        expr in expr(),
        people in prop::collection::vec(profile(0_u32..9), 12),
        passed in prop::collection::btree_map(0_u32..9, engagement(), 0..9),
    ) {
        let expr = expr.bind(&mut Outside(&passed))?;
        let canonical = expr.canonical();
        prop_assert!(!canonical.contains("audience"), "saved audiences stand there by what they say");
        let again = parse(&canonical).map_err(|error| TestCaseError::fail(error.render(&canonical)))?;
        prop_assert_eq!(again.canonical(), canonical);
        let again = again.bind(&mut Outside(&passed))?;
        for one in people {
            prop_assert_eq!(
                matches(&expr, &one, Selection::OwnUse, TODAY),
                matches(&again, &one, Selection::OwnUse, TODAY)
            );
        }
    }

    #[test]
    fn no_text_breaks_the_parser(text in "\\PC{0,60}") {
        if let Err(error) = parse(&text) {
            prop_assert!(error.render(&text).starts_with("error: "));
            prop_assert!(error.span.start <= error.span.end && error.span.end <= text.len());
        }
    }

    #[test]
    fn no_heap_of_its_own_words_breaks_the_parser(words in prop::collection::vec(prop::sample::select(&[
        "and", "or", "not", "in", "has", "on", "is", "within", "between", "everyone", "area", "issue", "tag",
        "consent", "gave", "gifts", "last_gift", "joined", "source", "starts", "before", "after", "since", "until",
        "addressed", "answered", "audience", "yes", "to", "ago", "2025", "(", ")", ",", "\"a\"", "“é", "\"", "$", "$5", "$1.5",
        "5", "-5", "90d", "0d", "2025-01-01", "2025-13-01", ">=", "=", "<>", "birth-year", "\n", "99999999999999999999",
    ]), 0..14), gap in prop::sample::select(&["", " "])) {
        let text = words.join(gap);
        match parse(&text) {
            Ok(expr) => prop_assert_eq!(parse(&expr.to_string()).unwrap(), expr),
            Err(error) => prop_assert!(!error.render(&text).is_empty()),
        }
    }
}

#[test]
fn the_canonical_text_is_one_for_one_question() {
    for (left, right) in [
        (r#"issue "b" and issue "a""#, r#"issue has "a" and (issue in ("b", "b"))"#),
        (r#"tag in ("x", "y")"#, r#"tag "y" or tag "x""#),
        ("not not everyone", "everyone"),
        (r#"everyone and tag "x""#, r#"tag "x""#),
        (r#"everyone or tag "x""#, "everyone"),
        ("gave(3m) >= $27.00", "GAVE (90d) >= $27"),
        ("score between 1 and 5", "score <= 5 and score >= 1"),
        ("gave(2025) >= $5", "gave(2025-01-01 to 2025-12-31) >= $5"),
        (
            "joined before 2025-01-01 and joined since 2024-01-01",
            "joined >= 2024-01-01 and joined < 2025-01-01",
        ),
        ("joined before 3m ago", "joined before 90d"),
        ("answered in (later, yes)", "answered in (yes, later, yes)"),
        (r#"audience "x""#, r#"in audience "x""#),
        (r#"consent "appeals" on email is given"#, r#"consent "appeals""#),
    ] {
        assert_eq!(parse(left).unwrap().canonical(), parse(right).unwrap().canonical(), "{left} / {right}");
    }
    assert_ne!(parse(r#"tag "x""#).unwrap().canonical(), parse(r#"not tag "x""#).unwrap().canonical());
}

#[test]
fn limits_hold() {
    let nested = |depth: usize| format!("{}everyone{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(parse(&nested(MAX_DEPTH + 1)).unwrap_err().message, "the expression is nested too deep");
    assert!(parse(&"not ".repeat(MAX_DEPTH + 1)).unwrap_err().message.contains("too deep"));
    let many = |terms: usize| format!("issue in ({})", vec!["\"a\""; terms].join(","));
    assert!(parse(&many(MAX_TERMS)).is_ok());
    assert_eq!(parse(&many(MAX_TERMS + 1)).unwrap_err().message, "the expression has too many terms");
    let long = format!("everyone{}", " ".repeat(MAX_BYTES));
    assert_eq!(parse(&long).unwrap_err().message, "the expression is too long");
    assert_eq!(parse("score > 99999999999999").unwrap_err().message, "this number is too large");
    assert_eq!(parse("gave > $99999999999999").unwrap_err().message, "this number is too large");
}

#[test]
fn pasted_texts_read_too() {
    let curly = "Issue HAS “health-care” AND gave ≥ $1,027.50";
    assert_eq!(parse(curly).unwrap().to_string(), r#"issue has "health-care" and gave >= $1027.50"#);
}

#[test]
fn a_trustee_reads_a_sentence() {
    let label = |area: &str| if area.ends_with("state:vt") { "Vermont".to_owned() } else { area.to_owned() };
    let words = |text: &str| to_words(&parse(text).unwrap(), label);
    assert_eq!(
        words(
            r#"area in "ocd-division/country:us/state:vt" and issue has "health-care" and gave(90d) >= $27 and not tag "staff""#
        ),
        "People who live in Vermont, and who declared the issue health-care, and who gave at least $27 in the last 90 days, and who do not carry the tag staff."
    );
    assert_eq!(
        words(
            r#"in audience "locals" and addressed(30d) = 0 and answered yes within 1y and joined before 90d"#
        ),
        "People who are in the audience locals, and who were addressed for borrowers exactly 0 times in the last 30 days, and who answered an appeal with yes in the last year, and who joined more than 90 days ago."
    );
    assert_eq!(
        words(r#"gave(2025) >= $5 and source starts "peti" and tag starts "vol-""#),
        "People who gave at least $5 from 2025-01-01 to 2025-12-31, and who came to us with a source whose name begins with peti, and who carry a tag whose name begins with vol-."
    );
    assert_eq!(words("everyone"), "Everyone on the list.");
    assert_eq!(
        words(r#"issue in ("a", "b", "c") or not consent "appeals" on phone"#),
        "People who either declared the issue a, b or c, or have not agreed to appeals by phone."
    );
    assert_eq!(
        words("not (joined within 1y and birth-year between 1960 and 1985)"),
        "People who are not among those who (joined in the last year, and also have a birth-year of between 1960 and 1985)."
    );
}
