//! What a charter must refuse, and how it says so.

use super::*;

const EXAMPLE: &str = include_str!("../../../../docs/charter.example.toml");

fn broken(from: &str, to: &str) -> Vec<String> {
    assert!(EXAMPLE.contains(from), "{from}");
    let text = EXAMPLE.replacen(from, to, 1);
    Charter::from_toml(&text).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn the_example_holds() {
    let charter = Charter::from_toml(EXAMPLE).unwrap();
    assert_eq!(charter.purpose_of(Ask::Give).unwrap().id.as_str(), "appeals-money");
    assert_eq!(charter.in_kind_value(2_000, 2, 10), Cents(13_350));
}

#[test]
fn a_price_beyond_reason_has_a_value_all_the_same() {
    let mut charter = Charter::from_toml(EXAMPLE).unwrap();
    charter.rate_card.base_per_thousand = Cents(i64::MAX);
    charter.rate_card.selection_per_thousand = Cents(i64::MAX);
    charter.rate_card.introduction = Cents(i64::MAX);
    assert_eq!(charter.in_kind_value(u64::MAX, u32::MAX, u64::MAX), Cents(i64::MAX));
}

#[test]
fn a_wrong_charter_names_the_line_and_what_is_allowed() {
    let line = |needle: &str| EXAMPLE.lines().position(|line| line.starts_with(needle)).unwrap() + 1;
    let quorum = line("quorum");
    assert_eq!(
        broken("quorum = 3", "quorum = 0"),
        [format!("line {quorum}: `quorum` is 0: nobody would have to vote (allowed: 1 or more votes)")]
    );
    let wings = line("wings_needed");
    assert_eq!(
        broken("wings_needed = 2", "wings_needed = 3"),
        [format!("line {wings}: `wings_needed` is 3, but the board has 2 (allowed: 0 to 2)")]
    );
    let text = broken("quorum = 3", "quorum = \"three\"").join("");
    assert!(text.starts_with(&format!("line {quorum}: invalid type")), "{text}");
    let text = broken("quorum = 3", "quorom = 3").join("");
    assert!(text.starts_with(&format!("line {quorum}: unknown field `quorom`")), "{text}");
    assert!(broken("site = \"http://127.0.0.1:8470\"", "site = \"ftp://x\"").join("").contains("https://"));
    assert!(broken("question = 1250 ", "question = 0 ").join("").contains("exact counts"));
    assert!(broken("id = \"climate\"", "id = \"housing\"").join("").contains("twice"));
    assert!(
        broken("times = 1\ndays = 60", "times = 9\ndays = 60")
            .join("")
            .contains("asked for money more often")
    );
    assert!(broken("[\"hear\", \"vote\"]", "[\"hear\", \"give\"]").join("").contains("two purposes"));
}

#[test]
fn a_charter_without_the_later_sections_shares_evenly_under_no_law() {
    let (before, _) = EXAMPLE.split_once("# When cleared loans ask").unwrap();
    let charter = Charter::from_toml(&before.replace("net_name_per_mille = 1000", "")).unwrap();
    assert_eq!((charter.sharing, charter.jurisdiction.profile.as_str()), (Sharing::default(), "neutral"));
    assert_eq!(charter.rate_card.net_name_per_mille, 1_000);
    assert!(broken("candidate = 1000", "candidate = 0").join("").contains("no weight to share by"));
    assert!(broken("window_days = 14", "window_days = 0").join("").contains("1 to 90 days"));
    assert!(
        broken("profile = \"neutral\"", "profile = \"us-oz\"").join("").contains("us-wa, us-ca, eu or own")
    );
    assert!(broken("net_name_per_mille = 1000", "net_name_per_mille = 1001").join("").contains("0 to 1000"));
}

#[test]
fn people_lent_before_cost_less_and_never_more_of_them_than_the_arrangement_leaves() {
    let mut card = Charter::from_toml(EXAMPLE).unwrap().rate_card;
    // 10,000 people at $55 a thousand.
    assert_eq!(card.value(10_000, 5_000, 1, 0), Cents(55_000));
    (card.net_name_per_mille, card.repeat_per_thousand) = (850, Cents(300));
    assert_eq!(card.value(10_000, 0, 1, 0), Cents(55_000));
    assert_eq!(card.value(10_000, 1_000, 1, 0), Cents(49_500 + 300));
    // Half were lent before, and 85 in 100 are paid for all the same.
    assert_eq!(card.value(10_000, 5_000, 1, 0), Cents(46_750 + 450));
}

#[test]
fn no_amount_and_no_count_is_negative() {
    let line = |needle: &str| EXAMPLE.lines().position(|line| line.starts_with(needle)).unwrap() + 1;
    for (key, price) in [("selection_per_thousand", "1000"), ("introduction", "35")] {
        let refused = broken(&format!("\n{key} = {price}\n"), &format!("\n{key} = -1\n"));
        let line = line(&format!("{key} ="));
        assert_eq!(
            refused,
            [format!(
                "line {line}: `{key}` is -$0.01: a price below nothing would pay the borrower (allowed: 0 cents or more)"
            )]
        );
        let free = EXAMPLE.replacen(&format!("\n{key} = {price}\n"), &format!("\n{key} = 0\n"), 1);
        assert!(Charter::from_toml(&free).is_ok(), "{key} may be free");
    }
    let refused = broken("base_per_thousand = 4500", "base_per_thousand = -4500");
    assert!(refused[0].ends_with("(allowed: 1 cent or more)"), "{refused:?}");

    // Every other number of the example counts something.
    let mut counts = 0;
    for (number, text) in EXAMPLE.lines().enumerate() {
        let Some((key, value)) = text.split_once(" = ") else { continue };
        let value = value.split_whitespace().next().unwrap_or_default();
        if value.parse::<u32>().is_err() || key == "base_per_thousand" || key.starts_with('#') {
            continue;
        }
        let priced = ["selection_per_thousand", "introduction"].contains(&key);
        let lines = EXAMPLE.lines().enumerate().map(|(at, line)| {
            if at == number { format!("{key} = -{}", value.trim_start_matches('0')) } else { line.to_owned() }
        });
        let refused = Charter::from_toml(&lines.collect::<Vec<_>>().join("\n")).unwrap_err();
        assert_eq!(refused[0].line, number + 1, "{refused:?}");
        if !priced {
            counts += 1;
            assert_eq!(refused[0].allowed, "a whole number from 0 to 4294967295", "{refused:?}");
        }
    }
    assert!(counts > 20, "{counts}");
}

#[test]
fn not_toml_says_where() {
    let problems = Charter::from_toml("version = 1\n[owner\n").unwrap_err();
    assert_eq!(problems[0].line, 2);
}
