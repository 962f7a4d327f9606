//! Copies: who is in them, what of each, who may fetch them, and what happens when somebody leaves.

use super::world::{World, agent, person_email, person_phone, slugs, steward, table, yes};
use hustings_app::after::{
    Said, acknowledge, copies, copy_view, duties, export_copy, fetch_copy, take_back, unsubscribe,
};
use hustings_app::send::links::LinkPurpose;
use hustings_app::{Kind, Refusal};
use hustings_domain::access::{Actor, Role};
use hustings_domain::duty::DoneWith;
use hustings_domain::ids::{CopyNumber, Ordinal};
use hustings_domain::response::{Response, ResponseKind};
use hustings_store::records::ResponseRecord;

fn text(world: &World, copy: CopyNumber) -> String {
    String::from_utf8(fetch_copy(&world.app, &steward(), copy).unwrap()).unwrap()
}

#[test]
fn a_copy_holds_those_who_said_yes_with_what_each_ticked() {
    let world = World::with_people(40);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..40);
    let people = world.planned(&loan);
    world.answer(&loan, 0, &yes(&["email"])).unwrap();
    world.answer(&loan, 1, &yes(&["email", "given-name", "postal-code"])).unwrap();
    world.answer(&loan, 2, &Response::No).unwrap();
    world.answer(&loan, 3, &Response::Later).unwrap();
    world.answer(&loan, 4, &Response::Never).unwrap();
    let (copy, rows) = world.copy(loan.number);
    assert_eq!((copy.people, rows.len()), (2, 2 + usize::try_from(copy.seeds).unwrap()));
    assert!(copy.seeds >= 10);
    let row = |person: u32| rows.iter().find(|row| row.contains(&person_email(person)));
    assert_eq!(
        row(people[0]).unwrap()[2..],
        ["", "", ""].map(str::to_owned),
        "columns: phone, given-name, postal-code"
    );
    assert!(row(people[1]).unwrap()[3].starts_with("Given"));
    for person in people.iter().skip(2) {
        assert!(row(*person).is_none(), "{person} never said yes");
    }
    assert!(rows.iter().enumerate().all(|(at, row)| row[0] == format!("C-1-{:04}", at + 1)));
    assert_eq!(
        world.ledger_kinds().iter().rev().take(2).rev().collect::<Vec<_>>(),
        ["copy.made", "copy.fetched"]
    );
}

#[test]
fn nothing_passes_without_a_yes_whatever_the_store_says() {
    let world = World::with_people(40);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..40);
    let people = world.planned(&loan);
    // Broken on purpose: a "no" with fields, and a yes that names fields that were never offered.
    let put = |person: u32, kind, fields: &[&str]| {
        let record = ResponseRecord {
            loan: loan.id,
            ordinal: Ordinal(person),
            kind,
            fields: slugs(fields),
            sealed_report: None,
            at: world.app.now(),
        };
        world.app.store().write(|tx| Ok::<_, Refusal>(tx.put_response(&record)?)).unwrap();
    };
    put(people[0], ResponseKind::No, &["email", "given-name"]);
    put(people[1], ResponseKind::Later, &["email"]);
    put(people[2], ResponseKind::Yes, &["email", "family-name", "party", "turnout"]);
    put(people[3], ResponseKind::Yes, &["family-name", "party"]);
    let (copy, _) = world.copy(loan.number);
    assert_eq!(copy.people, 1);
    let file = text(&world, copy.number);
    assert_eq!(file.lines().next().unwrap(), "reference,email,phone,given-name,postal-code");
    assert!(file.contains(&person_email(people[2])));
    for leaked in
        [&person_email(people[0]), &person_email(people[1]), &person_email(people[3]), "Family", "party"]
    {
        assert!(!file.contains(leaked), "{leaked}");
    }
}

#[test]
fn seeds_look_like_the_others_and_order_tells_nothing() {
    let world = World::with_people(80);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..80);
    world.everybody_says_yes(&loan, 50, &["email", "given-name", "phone", "postal-code"]);
    let (copy, rows) = world.copy(loan.number);
    let is_seed = |row: &Vec<String>| row[1].ends_with("@seeds.forward.example");
    assert_eq!(rows.iter().filter(|row| is_seed(row)).count(), usize::try_from(copy.seeds).unwrap());
    assert!(rows.iter().filter(|row| is_seed(row)).all(|row| !row[3].is_empty() && row[4].starts_with("05")));
    let first_seed = rows.iter().position(is_seed).unwrap();
    assert!(first_seed < 20, "seeds stand among the others");
    let order: Vec<&String> = rows.iter().filter(|row| !is_seed(row)).map(|row| &row[1]).collect();
    assert!(!order.is_sorted());
}

#[test]
fn the_next_copy_holds_only_who_is_new() {
    let world = World::with_people(40);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..40);
    assert_eq!(export_copy(&world.app, &steward(), loan.number).unwrap_err().code, "copy.nobody");
    world.answer(&loan, 0, &yes(&["email"])).unwrap();
    assert_eq!(world.copy(loan.number).0.people, 1);
    let twice = export_copy(&world.app, &steward(), loan.number).unwrap_err();
    assert_eq!((twice.code, twice.kind), ("copy.made-already", Kind::Conflict));
    assert!(twice.hints[0].contains("fetch copy C-1 again"), "{:?}", twice.hints);
    world.answer(&loan, 1, &yes(&["email"])).unwrap();
    let (second, rows) = world.copy(loan.number);
    assert_eq!((second.number, second.people), (CopyNumber(2), 1));
    assert!(rows.iter().all(|row| row[1] != person_email(world.planned(&loan)[0])));
}

#[test]
fn who_stopped_after_the_yes_is_not_introduced() {
    let world = World::with_people(40);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..40);
    world.everybody_says_yes(&loan, 3, &["email"]);
    world.clock.advance_seconds(60);
    let stop = |seq, scope| {
        unsubscribe(&world.app, &world.link(LinkPurpose::Unsubscribe, &loan, seq), scope).unwrap()
    };
    stop(0, hustings_app::after::StopScope::ThisBorrower);
    stop(1, hustings_app::after::StopScope::Everything);
    let (copy, rows) = world.copy(loan.number);
    assert_eq!(copy.people, 1);
    assert!(rows.iter().any(|row| row[1] == person_email(world.planned(&loan)[2])));
}

#[test]
fn only_its_borrower_and_a_steward_fetch_a_copy() {
    let world = World::with_people(40);
    let (jo, kim) = (world.borrower("Jo Alvarez"), world.borrower("Kim Doe"));
    let loan = world.sent_loan(&jo, 0..40);
    world.everybody_says_yes(&loan, 5, &["email"]);
    let copy = export_copy(&world.app, &steward(), loan.number).unwrap();
    let own = fetch_copy(&world.app, &agent(&jo), copy.number).unwrap();
    assert_eq!(fetch_copy(&world.app, &steward(), copy.number).unwrap(), own);
    let unknown = fetch_copy(&world.app, &agent(&kim), CopyNumber(9)).unwrap_err();
    let others = fetch_copy(&world.app, &agent(&kim), copy.number).unwrap_err();
    assert_eq!(others.message.replace("C-1", "C-9"), unknown.message);
    assert_eq!((others.kind, others.code, others.hints.clone()), (unknown.kind, unknown.code, unknown.hints));
    assert_eq!(others.kind, Kind::NotFound);
    assert!(copies(&world.app, &agent(&kim)).unwrap().is_empty());
    assert_eq!(copies(&world.app, &agent(&jo)).unwrap().len(), 1);
    assert_eq!(copy_view(&world.app, &agent(&kim), copy.number).unwrap_err().code, "copy.unknown");
    for role in [Role::Trustee, Role::Treasurer, Role::Administrator] {
        let actor = Actor { user: None, roles: vec![role], wing: None, borrower: None, through: None };
        assert_eq!(fetch_copy(&world.app, &actor, copy.number).unwrap_err().kind, Kind::Denied);
        assert_eq!(export_copy(&world.app, &actor, loan.number).unwrap_err().kind, Kind::Denied);
    }
    assert_eq!(export_copy(&world.app, &agent(&jo), loan.number).unwrap_err().kind, Kind::Denied);
}

#[test]
fn a_copy_is_sealed_and_ends() {
    let world = World::with_people(40);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..40);
    let people = world.everybody_says_yes(&loan, 5, &["email"]);
    let copy = export_copy(&world.app, &steward(), loan.number).unwrap();
    let sealed = world.app.store().read(|tx| Ok::<_, Refusal>(tx.copy_file(copy.number)?)).unwrap().unwrap();
    let address = person_email(people[0]);
    assert!(!sealed.windows(address.len()).any(|window| window == address.as_bytes()));
    world.clock.advance_seconds(86_400 * 181);
    assert_eq!(fetch_copy(&world.app, &steward(), copy.number).unwrap_err().code, "copy.expired");
    assert_eq!(export_copy(&world.app, &steward(), loan.number).unwrap_err().code, "loan.expired");
}

#[test]
fn what_is_taken_back_leaves_no_more_and_is_acknowledged() {
    let world = World::with_people(40);
    let (jo, kim) = (world.borrower("Jo Alvarez"), world.borrower("Kim Doe"));
    let loan = world.sent_loan(&jo, 0..40);
    let people = world.everybody_says_yes(&loan, 5, &["email"]);
    let (copy, _) = world.copy(loan.number);
    let token = world.link(LinkPurpose::MyPage, &loan, 0);
    let taken = take_back(&world.app, &token, copy.number).unwrap();
    assert!(taken.had_left && taken.borrower == "Jo Alvarez");
    let before = world.entries().len();
    assert_eq!(take_back(&world.app, &token, copy.number).unwrap(), taken, "twice is once");
    assert_eq!(world.entries().len(), before);
    assert_eq!(take_back(&world.app, &token, CopyNumber(7)).unwrap_err().code, "copy.unknown");
    let rows = table(&fetch_copy(&world.app, &agent(&jo), copy.number).unwrap());
    assert!(rows.iter().all(|row| row[1] != person_email(people[0])));
    assert!(rows.iter().any(|row| row[1] == person_email(people[1])));
    let owed = duties(&world.app, &agent(&jo)).unwrap().remove(0).duty;
    assert!(owed.reference.as_ref().unwrap().starts_with("C-1-") && owed.is_open());
    assert!(duties(&world.app, &agent(&kim)).unwrap().is_empty());
    let done =
        |actor| acknowledge(&world.app, &actor, &[owed.id], Said { done: DoneWith::Deleted, processors: 0 });
    assert_eq!(done(agent(&kim)).unwrap_err().code, "duty.unknown");
    assert_eq!(done(steward()).unwrap_err().kind, Kind::Denied);
    assert_eq!(done(agent(&jo)).unwrap().now, 1);
    assert_eq!(world.ledger_kinds().last().unwrap(), "erasure.acknowledged");
    assert_eq!(done(agent(&jo)).unwrap().before, 1);
    assert_eq!(
        export_copy(&world.app, &steward(), loan.number).unwrap_err().code,
        "copy.made-already",
        "not again"
    );
}

#[test]
fn the_others_of_a_copy_that_never_left_are_introduced_anew() {
    let world = World::with_people(40);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..40);
    let people = world.everybody_says_yes(&loan, 5, &["email", "phone"]);
    let first = export_copy(&world.app, &steward(), loan.number).unwrap();
    hustings_app::after::forget_me(&world.app, &world.link(LinkPurpose::MyPage, &loan, 0)).unwrap();
    assert_eq!(fetch_copy(&world.app, &steward(), first.number).unwrap_err().code, "copy.dropped");
    let (second, rows) = world.copy(loan.number);
    assert_eq!(second.people, 4);
    let gone = [person_email(people[0]), person_phone(2_000 + people[0])];
    assert!(rows.iter().flatten().all(|cell| !gone.contains(cell)));
    let view = copy_view(&world.app, &steward(), first.number).unwrap();
    assert!(!view.held && view.fetched.is_none() && view.notices.len() == 1);
}
