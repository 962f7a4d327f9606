//! The whole story, and then nobody of the list can be found in the ledger or in the alarms.

use super::world::{World, given_name, person_email, person_phone, steward, yes};
use hustings_app::after::{
    StopScope, alarms, export_copy, forget_me, open_case, seed_mail, take_back, trace, unsubscribe,
};
use hustings_app::send::links::LinkPurpose;
use hustings_domain::ids::CopyNumber;
use hustings_domain::response::Response;

#[test]
fn no_entry_and_no_alarm_holds_personal_data() {
    let world = World::with_people(40);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..40);
    world.everybody_says_yes(&loan, 12, &["email", "given-name", "phone", "postal-code"]);
    let report = format!("I am {} and my address is {}", given_name(3), person_email(3));
    world.answer(&loan, 12, &Response::Report { what: report }).unwrap();
    world.answer(&loan, 13, &Response::Never).unwrap();
    unsubscribe(&world.app, &world.link(LinkPurpose::Unsubscribe, &loan, 14), StopScope::Everything).unwrap();
    let (_, rows) = world.copy(loan.number);
    let leak: String = rows.iter().map(|row| row.join(",") + "\n").collect();
    trace(&world.app, &steward(), leak.as_bytes()).unwrap();
    open_case(&world.app, &steward(), leak.as_bytes(), &[]).unwrap();
    hustings_app::after::reports(&world.app, &steward(), loan.number).unwrap();
    let decoy = rows.iter().map(|row| &row[1]).find(|email| email.contains("@seeds.")).unwrap();
    seed_mail(&world.app, decoy, b"From: x@y.example\r\n\r\nhi").unwrap().unwrap();
    take_back(&world.app, &world.link(LinkPurpose::MyPage, &loan, 0), CopyNumber(1)).unwrap();
    forget_me(&world.app, &world.link(LinkPurpose::MyPage, &loan, 1)).unwrap();
    world.answer(&loan, 15, &yes(&["email"])).unwrap();
    export_copy(&world.app, &steward(), loan.number).unwrap();

    let mut public: Vec<String> =
        world.entries().into_iter().map(|entry| String::from_utf8(entry).unwrap()).collect();
    public.extend(alarms(&world.app, &steward()).unwrap().into_iter().map(|alarm| alarm.what));
    assert!(public.len() > 12, "the story is in the ledger");
    let all = public.join("\n").to_lowercase();
    for number in 0..40 {
        for personal in [
            person_email(number),
            given_name(number),
            format!("Family{number}x"),
            person_phone(2_000 + number),
            super::world::person_id(number).to_string(),
        ] {
            assert!(!all.contains(&personal.to_lowercase()), "{personal}");
        }
    }
    for decoy in rows.iter().filter(|row| row[1].contains("@seeds.")) {
        assert!(!all.contains(&decoy[1]), "a decoy in the ledger would be a decoy no more");
    }
    assert!(!all.contains('@'));
}
