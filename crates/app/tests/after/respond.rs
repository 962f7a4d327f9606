//! Answers: what is kept of them, what is refused, and that looking does nothing.

use super::world::{World, given_name, person_email, slugs, steward, yes};
use hustings_app::after::{StopScope, answer_page, my_page, reports, unsubscribe_page};
use hustings_app::send::links::LinkPurpose;
use hustings_app::{Kind, Refusal};
use hustings_domain::ids::Ordinal;
use hustings_domain::response::{Response, ResponseKind};
use hustings_store::records::Signal;
use hustings_vault::Field;
use jiff::Timestamp;

fn kept(
    world: &World,
    loan: &hustings_domain::loan::Loan,
    person: u32,
) -> Option<hustings_store::records::ResponseRecord> {
    world.app.store().read(|tx| Ok::<_, Refusal>(tx.response(loan.id, Ordinal(person))?)).unwrap()
}

#[test]
fn looking_changes_nothing() {
    let world = World::with_people(20);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..20);
    let before = world.fingerprint(&loan);
    for seq in 0..5 {
        answer_page(&world.app, &world.link(LinkPurpose::Answer, &loan, seq)).unwrap();
        unsubscribe_page(&world.app, &world.link(LinkPurpose::Unsubscribe, &loan, seq)).unwrap();
        my_page(&world.app, &world.link(LinkPurpose::MyPage, &loan, seq)).unwrap();
    }
    assert_eq!(world.fingerprint(&loan), before);
}

#[test]
fn the_page_shows_the_appeal_and_ticks_only_what_they_were_reached_by() {
    let world = World::with_people(20);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..20);
    let person = world.planned(&loan)[0];
    let page = answer_page(&world.app, &world.link(LinkPurpose::Answer, &loan, 0)).unwrap();
    assert_eq!(page.paragraphs, [format!("Dear {},", given_name(person)), "I am standing.".to_owned()]);
    assert_eq!((page.borrower.as_str(), page.office.as_str()), ("Jo Alvarez", "State House, District 4"));
    let ticked: Vec<Field> =
        page.fields.iter().filter(|field| field.ticked).map(|field| field.field).collect();
    assert_eq!(ticked, [Field::Email]);
    assert_eq!(page.fields[0].value, person_email(person));
    assert!(page.fields.iter().all(|field| field.field != Field::FamilyName), "not offered");
    assert!(page.answered.is_none());
    assert!(
        !format!("{page:?} {:?}", page.fields).contains(&given_name(person)),
        "personal data stay out of Debug"
    );
}

#[test]
fn a_yes_keeps_only_what_was_offered_ticked_and_known() {
    let world = World::with_people(20);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..20);
    let people = world.planned(&loan);
    let without_phone = people.iter().position(|person| person % 2 == 1).unwrap();
    let seq = u32::try_from(without_phone).unwrap();
    // `family-name` is known and not offered, `phone` offered and not known, `party` is no field at all.
    let answered =
        world.answer(&loan, seq, &yes(&["email", "given-name", "family-name", "phone", "party"])).unwrap();
    assert_eq!(kept(&world, &loan, people[without_phone]).unwrap().fields, slugs(&["email", "given-name"]));
    let passed: Vec<Field> = answered.fields.iter().map(|(field, _)| *field).collect();
    assert_eq!(passed, [Field::Email, Field::GivenName]);
    assert!(answered.receipt.starts_with("R-1-") && answered.receipt.len() == 20, "{}", answered.receipt);
}

#[test]
fn a_yes_needs_a_way_to_be_reached() {
    let world = World::with_people(20);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..20);
    for fields in [&[][..], &["given-name"], &["family-name", "party"]] {
        assert_eq!(world.answer(&loan, 0, &yes(fields)).unwrap_err().code, "answer.no-way");
    }
    assert!(kept(&world, &loan, world.planned(&loan)[0]).is_none());
}

#[test]
fn an_answer_can_be_changed_until_the_introduction() {
    let world = World::with_people(20);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..20);
    let first = world.answer(&loan, 0, &yes(&["email"])).unwrap();
    world.clock.advance_seconds(60);
    assert_eq!(
        world.answer(&loan, 0, &yes(&["email"])).unwrap(),
        first,
        "the same answer has the same receipt"
    );
    let other = world.answer(&loan, 0, &Response::Later).unwrap();
    assert_ne!(other.receipt, first.receipt);
    world.answer(&loan, 0, &yes(&["email"])).unwrap();
    world.copy(loan.number);
    for response in [yes(&["email", "given-name"]), Response::No, Response::Later] {
        assert_eq!(world.answer(&loan, 0, &response).unwrap_err().code, "answer.introduced");
    }
    let page = answer_page(&world.app, &world.link(LinkPurpose::Answer, &loan, 0)).unwrap();
    assert!(page.introduced.is_some());
}

#[test]
fn never_is_for_ever() {
    let world = World::with_people(20);
    let borrower = world.borrower("Jo Alvarez");
    let loan = world.sent_loan(&borrower, 0..20);
    world.answer(&loan, 0, &Response::Never).unwrap();
    assert_eq!(world.answer(&loan, 0, &yes(&["email"])).unwrap_err().code, "answer.stopped");
    let scope = hustings_domain::consent::SuppressionScope::Borrower(borrower.id);
    let stopped = world.app.store().read(|tx| Ok::<_, Refusal>(tx.stopped_supporters(&[scope])?)).unwrap();
    assert_eq!(stopped, [Ordinal(world.planned(&loan)[0])]);
    // Others are not stopped: the first of these who mailed this person hears a yes.
    let answered = ["Kim Doe", "Lee Park", "Max Roe"].into_iter().find_map(|name| {
        let other = world.sent_loan(&world.borrower(name), 0..20);
        let seq = world.planned(&other).iter().position(|person| Ordinal(*person) == stopped[0])?;
        Some(world.answer(&other, u32::try_from(seq).unwrap(), &yes(&["email"])).unwrap())
    });
    assert_eq!(answered.unwrap().kind, ResponseKind::Yes);
}

#[test]
fn a_report_is_sealed_counted_once_and_read_by_a_steward() {
    let world = World::with_people(20);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..20);
    let report = Response::Report { what: " They asked for my bank card. ".to_owned() };
    for _ in 0..2 {
        world.answer(&loan, 3, &report).unwrap();
    }
    let person = world.planned(&loan)[3];
    let sealed = kept(&world, &loan, person).unwrap().sealed_report.unwrap();
    assert!(!sealed.windows(9).any(|window| window == b"bank card"));
    let (signals, alarms) = world
        .app
        .store()
        .read(|tx| {
            Ok::<_, Refusal>((tx.signal_count(loan.id, Signal::Complaint, Timestamp::MIN)?, tx.alarms(10)?))
        })
        .unwrap();
    assert_eq!((signals, alarms.iter().filter(|alarm| alarm.kind == "report").count()), (1, 1));
    // Another answer does not lose the words.
    world.answer(&loan, 3, &Response::Never).unwrap();
    let read = reports(&world.app, &steward(), loan.number).unwrap();
    assert_eq!(read[0].words, "They asked for my bank card.");
    assert_eq!(world.ledger_kinds().last().unwrap(), "reports.read");
    let long = Response::Report { what: "x".repeat(4_001) };
    assert_eq!(world.answer(&loan, 4, &long).unwrap_err().kind, Kind::Invalid);
}

#[test]
fn answers_are_taken_after_the_window_for_as_long_as_the_link_lives() {
    let world = World::with_people(20);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..20);
    // The window closes on day 61, introductions end on day 91, the link on day 90.
    world.clock.advance_seconds(86_400 * 85);
    world.answer(&loan, 0, &yes(&["email"])).unwrap();
    assert_eq!(kept(&world, &loan, world.planned(&loan)[0]).unwrap().kind, ResponseKind::Yes);
    world.clock.advance_seconds(86_400 * 6);
    assert_eq!(world.answer(&loan, 1, &yes(&["email"])).unwrap_err().code, "link.expired");
}

#[test]
fn a_shorter_retention_ends_answers_before_the_link() {
    let world = World::with_people(20);
    let mut loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..20);
    loan.terms.closes = "2026-09-10T00:00:00Z".parse().unwrap();
    world.app.store().write(|tx| Ok::<_, Refusal>(tx.put_loan(&loan)?)).unwrap();
    world.clock.advance_seconds(86_400 * 45);
    for response in [yes(&["email"]), Response::Later, Response::No] {
        assert_eq!(world.answer(&loan, 0, &response).unwrap_err().code, "loan.expired");
    }
    assert_eq!(
        answer_page(&world.app, &world.link(LinkPurpose::Answer, &loan, 0)).unwrap_err().code,
        "loan.expired"
    );
    world.answer(&loan, 0, &Response::Never).unwrap();
    world.answer(&loan, 1, &Response::Report { what: String::new() }).unwrap();
}

#[test]
fn a_link_for_one_thing_does_no_other() {
    let world = World::with_people(20);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..20);
    let unsubscribe = world.link(LinkPurpose::Unsubscribe, &loan, 0);
    let answer = world.link(LinkPurpose::Answer, &loan, 0);
    assert_eq!(
        hustings_app::after::answer(&world.app, &unsubscribe, &yes(&["email"])).unwrap_err().code,
        "link.unknown"
    );
    let refused = hustings_app::after::unsubscribe(&world.app, &answer, StopScope::AllAppeals);
    assert_eq!(refused.unwrap_err().code, "link.unknown");
    assert_eq!(my_page(&world.app, &answer).unwrap_err().code, "link.unknown");
}
