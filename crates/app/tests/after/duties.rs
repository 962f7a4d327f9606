//! What borrowers owe: told, acknowledged, late, marked, made good.

use super::world::{World, agent, steward, yes};
use hustings_app::after::{
    DutyStage, Kept, Said, acknowledge, correct_me, duties, duty_mailed, duty_mails, export_copy, fetch_copy,
    forget_me, keep_duties, log_outcomes, mark_of, my_page, take_back, take_correction,
};
use hustings_app::lend::{RequestFile, Requested, check_request, request};
use hustings_app::people::correct::Change;
use hustings_app::send::links::LinkPurpose;
use hustings_app::{Kind, Refusal};
use hustings_domain::access::Actor;
use hustings_domain::borrower::Borrower;
use hustings_domain::duty::{DoneWith, DutyKind};
use hustings_domain::ids::CopyNumber;
use hustings_domain::loan::Loan;
use hustings_vault::Field;

const DAY: i64 = 86_400;
const ERASED: Said = Said { done: DoneWith::Deleted, processors: 0 };

/// A borrower with a copy of five people that it fetched.
fn fetched() -> (World, Borrower, Loan) {
    fetched_in(World::with_people(40))
}

fn fetched_in(world: World) -> (World, Borrower, Loan) {
    let jo = world.borrower("Jo Alvarez");
    let loan = world.sent_loan(&jo, 0..40);
    world.everybody_says_yes(&loan, 5, &["email", "phone"]);
    world.copy(loan.number);
    (world, jo, loan)
}

fn me(world: &World, loan: &Loan, seq: u32) -> String {
    world.link(LinkPurpose::MyPage, loan, seq)
}

fn borrower(world: &World, jo: &Borrower) -> Borrower {
    world.app.store().read(|tx| Ok::<_, Refusal>(tx.borrower(jo.id)?)).unwrap().unwrap()
}

fn another_request(jo: &Borrower) -> RequestFile {
    let file = format!(
        "borrower = \"{}\"\narea = \"{}\"\nask = \"volunteer\"\nissues = [\"housing\"]\n\
         closes = \"2026-12-01T00:00:00Z\"\n[appeal]\nsubject = \"Homes again\"\n\
         paid_for_by = \"Paid for by {}.\"\nbody = \"I am standing.\"\n",
        jo.name, jo.area, jo.name
    );
    RequestFile::parse(&file).unwrap()
}

#[test]
fn each_kind_is_told_with_a_due_day_and_says_what_was_done() {
    let (world, jo, loan) = fetched();
    take_back(&world.app, &me(&world, &loan, 0), CopyNumber(1)).unwrap();
    forget_me(&world.app, &me(&world, &loan, 1)).unwrap();
    let change = Change { field: Field::GivenName, text: "Ada".to_owned() };
    correct_me(&world.app, &me(&world, &loan, 2), &[change]).unwrap();
    let owed = duties(&world.app, &agent(&jo)).unwrap();
    let kinds: Vec<DutyKind> = owed.iter().map(|line| line.duty.kind).collect();
    assert_eq!(kinds, [DutyKind::Recall, DutyKind::Erasure], "the first name had never passed");
    let now = world.app.now();
    assert!(owed.iter().all(|line| line.duty.due.duration_since(now).as_hours() == 14 * 24 && !line.is_mark));
    let ids: Vec<_> = owed.iter().map(|line| line.duty.id).collect();
    let kim = world.borrower("Kim Doe");
    for (actor, code) in [(agent(&kim), "duty.unknown"), (steward(), "policy.denied")] {
        let refused = acknowledge(&world.app, &actor, &ids, ERASED).unwrap_err();
        assert!(refused.code == code || refused.kind == Kind::Denied, "{refused:?}");
    }
    let put_right = Said { done: DoneWith::PutRight, processors: 0 };
    assert_eq!(acknowledge(&world.app, &agent(&jo), &ids, put_right).unwrap_err().code, "duty.unfit");
    let too_many = Said { done: DoneWith::Deleted, processors: 1_001 };
    assert_eq!(acknowledge(&world.app, &agent(&jo), &ids, too_many).unwrap_err().code, "duty.said");
    assert_eq!(acknowledge(&world.app, &agent(&jo), &[], ERASED).unwrap_err().code, "duty.said");
    let said = Said { done: DoneWith::Deleted, processors: 3 };
    let done = acknowledge(&world.app, &agent(&jo), &ids, said).unwrap();
    assert_eq!((done.now, done.before, done.mark_lifted), (2, 0, false));
    let entries = world.entries().len();
    let again = acknowledge(&world.app, &agent(&jo), &ids, ERASED).unwrap();
    assert_eq!((again.now, again.before), (0, 2));
    assert_eq!(world.entries().len(), entries, "saying it again enters nothing");
    let kept = duties(&world.app, &steward()).unwrap().remove(0).duty.acknowledged.unwrap();
    assert_eq!((kept.done, kept.processors), (DoneWith::Deleted, 3));
    assert!(kept.by.starts_with("borrower") || kept.by == "operator", "{}", kept.by);
    let page = my_page(&world.app, &me(&world, &loan, 0)).unwrap();
    assert_eq!(page.introductions[0].said.as_ref().unwrap().processors, 3, "the person reads it");
}

#[test]
fn a_correction_is_taken_and_then_acknowledged_unless_the_row_must_go() {
    let (world, jo, loan) = fetched();
    let person = world.planned(&loan).iter().position(|person| person % 2 == 0).unwrap();
    let seq = u32::try_from(person).unwrap();
    let phone = |text: &str| Change { field: Field::Phone, text: text.to_owned() };
    correct_me(&world.app, &me(&world, &loan, seq), &[phone("+18025559901")]).unwrap();
    let duty = duties(&world.app, &agent(&jo)).unwrap().remove(0).duty;
    assert_eq!((duty.kind, duty.fields.len()), (DutyKind::Correction, 1));
    world.clock.advance_seconds(2 * DAY);
    correct_me(&world.app, &me(&world, &loan, seq), &[phone("+18025559902")]).unwrap();
    let owed = duties(&world.app, &agent(&jo)).unwrap();
    assert_eq!(owed.len(), 1, "what was not taken is said once");
    assert_eq!((owed[0].duty.id, owed[0].duty.due), (duty.id, duty.due), "and is due when it was");
    let file = take_correction(&world.app, &agent(&jo), duty.id).unwrap();
    assert!(String::from_utf8(file).unwrap().contains("+18025559902"));
    assert!(duties(&world.app, &agent(&jo)).unwrap()[0].duty.is_open(), "taking it is not putting it right");
    let put_right = Said { done: DoneWith::PutRight, processors: 1 };
    acknowledge(&world.app, &agent(&jo), &[duty.id], put_right).unwrap();
    correct_me(&world.app, &me(&world, &loan, seq), &[phone("+18025559903")]).unwrap();
    take_back(&world.app, &me(&world, &loan, seq), CopyNumber(1)).unwrap();
    let open: Vec<_> =
        duties(&world.app, &agent(&jo)).unwrap().into_iter().filter(|line| line.duty.is_open()).collect();
    assert_eq!(open.len(), 1, "what must be erased is not put right any more");
    assert_eq!(open[0].duty.kind, DutyKind::Recall);
}

#[test]
fn of_what_never_left_nothing_is_owed() {
    let world = World::with_people(40);
    let jo = world.borrower("Jo Alvarez");
    let loan = world.sent_loan(&jo, 0..40);
    world.everybody_says_yes(&loan, 3, &["email"]);
    export_copy(&world.app, &steward(), loan.number).unwrap();
    let taken = take_back(&world.app, &me(&world, &loan, 0), CopyNumber(1)).unwrap();
    assert!(!taken.had_left);
    let duty = duties(&world.app, &agent(&jo)).unwrap().remove(0).duty;
    assert_eq!(duty.acknowledged.unwrap().done, DoneWith::NeverLeft);
    world.clock.advance_seconds(400 * DAY);
    assert_eq!(keep_duties(&world.app).unwrap(), Kept::default(), "nor is a copy that nobody fetched");
}

#[test]
fn a_copy_whose_time_is_over_is_owed_back_with_everything_in_it() {
    let (world, jo, loan) = fetched();
    world.clock.advance_seconds(176 * DAY);
    assert_eq!(keep_duties(&world.app).unwrap(), Kept::default());
    take_back(&world.app, &me_later(&world, &loan, 0), CopyNumber(1)).unwrap();
    world.clock.advance_seconds(DAY);
    assert_eq!(keep_duties(&world.app).unwrap(), Kept { ending: 1, marked: 0 });
    assert_eq!(keep_duties(&world.app).unwrap(), Kept::default(), "once");
    let owed = duties(&world.app, &agent(&jo)).unwrap();
    let whole = owed.iter().find(|line| line.duty.kind == DutyKind::Expiry).unwrap();
    assert_eq!(whole.duty.reference, None);
    let copy = world.app.store().read(|tx| Ok::<_, Refusal>(tx.copy(CopyNumber(1))?)).unwrap().unwrap();
    assert_eq!(whole.duty.due, copy.expires, "told three days before, due when its time is over");
    let done = acknowledge(&world.app, &agent(&jo), &[whole.duty.id], ERASED).unwrap();
    assert_eq!(done.now, 2, "whoever erased all of it has erased the row");
    assert!(!duties(&world.app, &agent(&jo)).unwrap()[0].duty.is_open());
}

/// A link of a later mail: the first has run out by then.
fn me_later(world: &World, loan: &Loan, seq: u32) -> String {
    let place = hustings_app::send::links::LinkPlace { loan: loan.number, seq };
    hustings_app::send::links::mint(&world.app, LinkPurpose::MyPage, place, world.app.now()).unwrap()
}

#[test]
fn what_is_late_marks_the_standing_stops_what_the_charter_says_and_is_made_good() {
    World::on_both(40).into_iter().for_each(late_marked_and_made_good);
}

fn late_marked_and_made_good(world: World) {
    let (world, jo, loan) = fetched_in(world);
    take_back(&world.app, &me(&world, &loan, 0), CopyNumber(1)).unwrap();
    world.answer(&loan, 6, &yes(&["email"])).unwrap();
    let duty = duties(&world.app, &agent(&jo)).unwrap().remove(0).duty;
    world.clock.advance_seconds(20 * DAY);
    assert_eq!(keep_duties(&world.app).unwrap().marked, 0, "late, and not yet by the charter's days");
    assert!(check_request(&world.app, &steward(), &another_request(&jo)).unwrap().qualifies());
    world.clock.advance_seconds(DAY);
    // By the calendar alone, whether or not anybody has written it down.
    let mark = mark_of(&world.app, jo.id).unwrap().unwrap();
    assert_eq!((mark.duties, mark.first_due), (1, duty.due));
    let refused = request(&world.app, &steward(), another_request(&jo)).unwrap();
    let Requested::Refused { checks } = refused else { panic!("{refused:?}") };
    let broken: Vec<String> =
        checks.iter().filter(|check| !check.passed).map(|check| format!("{check:?}")).collect();
    assert!(broken.len() == 1 && broken[0].contains("acknowledged on the desk"), "{broken:?}");
    let no_copy = export_copy(&world.app, &steward(), loan.number).unwrap_err();
    assert_eq!((no_copy.code, no_copy.kind), ("copy.marked", Kind::Conflict));
    fetch_copy(&world.app, &agent(&jo), CopyNumber(1)).unwrap();
    assert_eq!(keep_duties(&world.app).unwrap(), Kept { ending: 0, marked: 1 });
    assert_eq!(keep_duties(&world.app).unwrap(), Kept::default(), "once");
    let kept = borrower(&world, &jo);
    assert!(kept.marked.is_some());
    assert_eq!(kept.history.last().unwrap().to, "marked");
    assert!(world.ledger_kinds().contains(&"borrower.marked".to_owned()));
    let alarms = hustings_app::after::alarms(&world.app, &steward()).unwrap();
    assert!(alarms.iter().any(|alarm| alarm.kind == "duty" && alarm.what.contains("Jo Alvarez")));
    let cured = acknowledge(&world.app, &agent(&jo), &[duty.id], ERASED).unwrap();
    assert!(cured.mark_lifted);
    assert_eq!(world.ledger_kinds().last().unwrap(), "borrower.mark-lifted");
    assert_eq!(mark_of(&world.app, jo.id).unwrap(), None);
    let kept = borrower(&world, &jo);
    assert!(kept.marked.is_none());
    let history: Vec<&str> = kept.history.iter().map(|change| change.to.as_str()).collect();
    assert_eq!(&history[history.len() - 2..], ["marked", "mark lifted"], "it stays in the history");
    assert!(matches!(
        request(&world.app, &steward(), another_request(&jo)).unwrap(),
        Requested::Accepted { .. }
    ));
    export_copy(&world.app, &steward(), loan.number).unwrap();
}

#[test]
fn mails_go_when_something_comes_about_and_each_once() {
    let (world, jo, loan) = fetched();
    let due = |world: &World| duty_mails(&world.app, &Actor::machine()).unwrap();
    assert!(due(&world).is_empty());
    world.clock.advance_seconds(3_600);
    take_back(&world.app, &me(&world, &loan, 0), CopyNumber(1)).unwrap();
    let mail = due(&world).remove(0);
    assert_eq!((mail.stage, mail.open, mail.address.as_str()), (DutyStage::Told, 1, "desk@borrower.example"));
    assert!(!format!("{mail:?}").contains('@'));
    assert_eq!(due(&world).len(), 1, "until it has gone out");
    duty_mailed(&world.app, &mail).unwrap();
    assert!(due(&world).is_empty());
    world.clock.advance_seconds(3_600);
    take_back(&world.app, &me(&world, &loan, 1), CopyNumber(1)).unwrap();
    assert!(due(&world).is_empty(), "what is just told waits for the mail of the next day");
    world.clock.advance_seconds(DAY);
    let mail = due(&world).remove(0);
    assert_eq!((mail.stage, mail.open), (DutyStage::Told, 2));
    duty_mailed(&world.app, &mail).unwrap();
    let mut stages = Vec::new();
    for _ in 0..40 {
        world.clock.advance_seconds(DAY);
        for mail in due(&world) {
            stages.push(mail.stage);
            duty_mailed(&world.app, &mail).unwrap();
        }
    }
    assert_eq!(stages.first(), Some(&DutyStage::Soon));
    assert!(stages.contains(&DutyStage::Late) && stages.last() == Some(&DutyStage::Marked));
    assert!(stages.len() <= 6, "{stages:?}");
    let ids: Vec<_> = duties(&world.app, &agent(&jo)).unwrap().iter().map(|line| line.duty.id).collect();
    acknowledge(&world.app, &agent(&jo), &ids, ERASED).unwrap();
    world.clock.advance_seconds(30 * DAY);
    assert!(due(&world).is_empty());
    assert_eq!(duty_mails(&world.app, &agent(&jo)).unwrap_err().kind, Kind::Denied);
}

#[test]
fn a_charter_without_the_section_marks_and_stops_nothing() {
    let charter = super::world::CHARTER;
    let (before, rest) = charter.split_once("[duties]").unwrap();
    let rest = rest.split_once("[rate_card]").unwrap().1;
    let read = hustings_domain::charter::Charter::from_toml(&format!("{before}[rate_card]{rest}")).unwrap();
    assert!(read.duties.mark_stops.is_empty());
    let wrong = charter.replace("remind_days = 3  ", "remind_days = 30 ");
    let problems = hustings_domain::charter::Charter::from_toml(&wrong).unwrap_err();
    assert!(problems.iter().any(|problem| problem.to_string().contains("30 days before")), "{problems:?}");
}

#[test]
fn nothing_of_anybody_is_in_duties_entries_and_alarms() {
    let (world, jo, loan) = fetched();
    take_back(&world.app, &me(&world, &loan, 0), CopyNumber(1)).unwrap();
    world.clock.advance_seconds(30 * DAY);
    keep_duties(&world.app).unwrap();
    let ids: Vec<_> = duties(&world.app, &agent(&jo)).unwrap().iter().map(|line| line.duty.id).collect();
    acknowledge(&world.app, &agent(&jo), &ids, ERASED).unwrap();
    log_outcomes(&world.app, &agent(&jo), b"reference,outcome\nC-1-0001,joined\n").unwrap();
    let entries =
        world.entries().iter().map(|entry| String::from_utf8_lossy(entry).into_owned()).collect::<String>();
    for person in world.planned(&loan) {
        assert!(!entries.contains(&super::world::person_email(person)));
    }
    assert!(!entries.contains("C-1-00"), "no row of anybody");
}
