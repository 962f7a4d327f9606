//! How a set divides.

use hustings_audience::{Bitmap, BreakdownBy, Index, Selection, parse};
use hustings_domain::facts::{Fact, FactValue, Origin, Profile};
use hustings_domain::ids::Ordinal;
use jiff::civil::date;

fn index() -> Index {
    let people = (0..5_000_u32).map(|ordinal| {
        let state = ["vt", "nh", "me"][ordinal as usize % 3];
        let area = format!("ocd-division/country:us/state:{state}/cd:{}", ordinal % 2);
        let origin = if ordinal % 10 == 0 { Origin::VoterFile } else { Origin::SelfGiven };
        let fact = |value| Fact { value, origin, source: u32::from(ordinal < 50) + 4 };
        let issue = if ordinal < 100 { "housing" } else { "climate" };
        Profile {
            ordinal: Ordinal(ordinal),
            joined: date(
                if ordinal == 7 { 9_999 } else { 2024 },
                i8::try_from(1 + ordinal % 12).unwrap(),
                28,
            ),
            facts: vec![
                fact(FactValue::Area(area.parse().unwrap())),
                fact(FactValue::Issue(issue.parse().unwrap())),
            ],
            consents: Vec::new(),
            gifts: Vec::new(),
        }
    });
    Index::build(people)
}

fn all(index: &Index) -> Bitmap {
    index.select(&parse("everyone").unwrap(), Selection::OwnUse, date(2025, 1, 1), 1)
}

fn rows(parts: &[(String, u64)]) -> Vec<(&str, u64)> {
    parts.iter().map(|(name, count)| (name.as_str(), *count)).collect()
}

#[test]
fn by_area_of_one_kind() {
    let index = index();
    let states = index.breakdown(
        &all(&index),
        &BreakdownBy::Area { inside: None, kind: "state".to_owned() },
        Selection::OwnUse,
        2,
    );
    let us = "ocd-division/country:us/state:";
    assert_eq!(
        rows(&states),
        [(&*format!("{us}me"), 1_666), (&*format!("{us}nh"), 1_667), (&*format!("{us}vt"), 1_667)]
    );
    let inside = Some(format!("{us}vt").parse().unwrap());
    let districts = index.breakdown(
        &all(&index),
        &BreakdownBy::Area { inside, kind: "cd".to_owned() },
        Selection::OwnUse,
        2,
    );
    assert_eq!(rows(&districts), [(&*format!("{us}vt/cd:0"), 834), (&*format!("{us}vt/cd:1"), 833)]);
}

#[test]
fn by_issue_and_what_was_declared() {
    let index = index();
    let people = all(&index);
    let own = index.breakdown(&people, &BreakdownBy::Issue, Selection::OwnUse, 1);
    assert_eq!(rows(&own), [("climate", 4_900), ("housing", 100)]);
    let lent = index.breakdown(&people, &BreakdownBy::Issue, Selection::Loan, 3);
    assert_eq!(rows(&lent), [("climate", 4_410), ("housing", 90)]);
}

#[test]
fn by_source() {
    let index = index();
    let sources = index.breakdown(&all(&index), &BreakdownBy::Source, Selection::OwnUse, 2);
    assert_eq!(rows(&sources), [("4", 4_950), ("5", 50)]);
}

#[test]
fn by_month_with_a_stray_date_far_away() {
    let index = index();
    let months = index.breakdown(&all(&index), &BreakdownBy::JoinedMonth, Selection::OwnUse, 2);
    assert_eq!(months.len(), 13);
    assert_eq!(rows(&months[..1]), [("2024-01", 417)]);
    assert_eq!(rows(&months[12..]), [("9999-08", 1)]);
    assert_eq!(months.iter().map(|(_, count)| count).sum::<u64>(), 5_000);
}
