//! The receipt for a yes, held against the fields of ISO/IEC TS 27560, and taking the yes back from it.

use super::world::{World, agent, person_email, yes};
use hustings_app::after::{duties, export_copy, my_page, take_back_yes, yes_receipt};
use hustings_app::send::links::LinkPurpose;
use hustings_domain::response::{Response, ResponseKind};
use serde_json::Value;

const FIELDS: &str = include_str!("../../../../docs/consent-receipt.md");
/// What the standard demands of a record, by section.
const DEMANDED: [(&str, &[&str]); 4] = [
    ("header", &["schema version", "record id", "pii principal id", "receipt id"]),
    (
        "processing",
        &[
            "privacy notice",
            "language",
            "purpose",
            "pii information",
            "pii controllers",
            "storage locations",
            "retention period",
            "jurisdiction",
            "withdrawal method",
        ],
    ),
    ("party", &["id", "address", "name", "contact", "type"]),
    ("event", &["time", "validity duration", "entity id", "type", "state"]),
];

fn lines() -> Vec<[String; 4]> {
    FIELDS
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| section"))
        .map(|line| {
            let cells: Vec<String> =
                line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
            cells.try_into().unwrap()
        })
        .collect()
}

#[test]
fn a_receipt_has_every_field_that_the_standard_demands() {
    let world = World::with_people(20);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..20);
    let person = world.planned(&loan)[0];
    let answered = world.answer(&loan, 0, &yes(&["email"])).unwrap();
    let token = world.link(LinkPurpose::Answer, &loan, 0);
    let before = world.fingerprint(&loan);
    let receipt = yes_receipt(&world.app, LinkPurpose::Answer, &token, None).unwrap();
    assert_eq!(world.fingerprint(&loan), before, "looking changes nothing");
    assert_eq!(receipt.number, answered.receipt);
    let lines = lines();
    for (section, fields) in DEMANDED {
        for field in fields {
            let line = lines.iter().find(|line| line[0] == section && line[1] == *field);
            let line = line.unwrap_or_else(|| panic!("docs name no place for {section}: {field}"));
            assert_eq!(line[2], "yes", "{section}: {field}");
        }
    }
    for [section, field, demanded, place] in &lines {
        let Some(pointer) = place.strip_prefix('`').and_then(|place| place.strip_suffix('`')) else {
            assert_eq!(demanded, "no", "{section}: {field} is demanded");
            continue;
        };
        let found =
            receipt.json.pointer(pointer).unwrap_or_else(|| panic!("{section}: {field} is not at {pointer}"));
        assert!(found.as_str().is_some_and(|text| !text.trim().is_empty()), "{section}: {field} is {found}");
    }
    let text = receipt.text();
    assert!(text.contains(&person_email(person)) && text.contains("Jo Alvarez"));
    assert!(!text.contains("Given") || text.contains("ConsentGiven"), "what was not ticked is not in it");
    assert!(!text.contains("given-name\","), "nor named as passed");
    let passed = &receipt.json["dpv:hasRecordOfActivity"]["dpv:hasProcess"]["dpv:hasPersonalData"];
    assert_eq!(passed.as_array().unwrap().len(), 1);
    assert!(!format!("{receipt:?}").contains('@'));
}

#[test]
fn a_yes_is_taken_back_from_its_receipt_before_and_after_it_passed() {
    let world = World::with_people(20);
    let jo = world.borrower("Jo Alvarez");
    let loan = world.sent_loan(&jo, 0..20);
    let answer = |seq| world.link(LinkPurpose::Answer, &loan, seq);
    let me = |seq| world.link(LinkPurpose::MyPage, &loan, seq);
    world.answer(&loan, 0, &yes(&["email"])).unwrap();
    world.answer(&loan, 1, &yes(&["email"])).unwrap();
    world.answer(&loan, 2, &Response::No).unwrap();
    assert!(my_page(&world.app, &me(0)).unwrap().loans[0].waits);
    let before = take_back_yes(&world.app, LinkPurpose::Answer, &answer(0), None).unwrap();
    assert_eq!((before.borrower.as_str(), before.copies.len()), ("Jo Alvarez", 0));
    let page = my_page(&world.app, &me(0)).unwrap();
    assert_eq!(page.loans[0].answered.unwrap().0, ResponseKind::No);
    let again = take_back_yes(&world.app, LinkPurpose::Answer, &answer(0), None).unwrap_err();
    assert_eq!(again.code, "answer.no-yes");
    let never = yes_receipt(&world.app, LinkPurpose::Answer, &answer(2), None).unwrap_err();
    assert_eq!(never.code, "answer.no-yes");
    assert_eq!(world.copy(loan.number).0.people, 1, "whoever took it back is in no copy");
    let number = yes_receipt(&world.app, LinkPurpose::MyPage, &me(1), Some(loan.number)).unwrap().number;
    world.clock.advance_seconds(60);
    let after = take_back_yes(&world.app, LinkPurpose::MyPage, &me(1), Some(loan.number)).unwrap();
    assert!(after.copies[0].had_left);
    assert_eq!(duties(&world.app, &agent(&jo)).unwrap().len(), 1);
    assert_eq!(
        take_back_yes(&world.app, LinkPurpose::MyPage, &me(1), Some(loan.number)).unwrap(),
        after,
        "once"
    );
    let receipt = yes_receipt(&world.app, LinkPurpose::Answer, &answer(1), None).unwrap();
    assert_eq!(receipt.number, number, "the receipt stays the same");
    let events = &receipt.json["dpv:hasRecordOfActivity"]["dpv:hasConsentStatus"];
    let states: Vec<&str> =
        events.as_array().unwrap().iter().filter_map(|event| event["@type"].as_str()).collect();
    assert_eq!(states, ["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]);
    assert_eq!(events[1]["dct:date"], Value::String(after.copies[0].told.to_string()));
}

#[test]
fn a_link_for_one_thing_takes_nothing_else_back() {
    let world = World::with_people(20);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..20);
    world.answer(&loan, 0, &yes(&["email"])).unwrap();
    export_copy(&world.app, &super::world::steward(), loan.number).unwrap();
    let stop = world.link(LinkPurpose::Unsubscribe, &loan, 0);
    assert_eq!(take_back_yes(&world.app, LinkPurpose::Answer, &stop, None).unwrap_err().code, "link.unknown");
    assert_eq!(yes_receipt(&world.app, LinkPurpose::MyPage, &stop, None).unwrap_err().code, "link.unknown");
}
