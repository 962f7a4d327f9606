//! What borrowers report back: read, refused row by row, honoured, sealed, counted.

use super::world::{World, agent, person_email, steward};
use hustings_app::after::{
    OutcomeReason, duties, export_copy, forget_me, log_outcome, log_outcomes, my_export, my_page,
    outcome_form, take_back,
};
use hustings_app::send::links::LinkPurpose;
use hustings_app::worth::{Cell, changed};
use hustings_app::{Kind, Refusal};
use hustings_domain::access::{Actor, Role};
use hustings_domain::borrower::Borrower;
use hustings_domain::consent::{SuppressionReason, SuppressionScope};
use hustings_domain::ids::{CopyNumber, Ordinal};
use hustings_domain::loan::Loan;
use hustings_domain::money::Cents;
use hustings_domain::outcome::{Outcome, OutcomeKind};

/// A borrower with a copy that it fetched, with the reference of each person's row, and the seeds'.
fn fetched(people: usize) -> (World, Borrower, Loan, Vec<String>, Vec<String>) {
    fetched_in(World::with_people(60), people)
}

fn fetched_in(world: World, people: usize) -> (World, Borrower, Loan, Vec<String>, Vec<String>) {
    let jo = world.borrower("Jo Alvarez");
    let loan = world.sent_loan(&jo, 0..60);
    let who = world.everybody_says_yes(&loan, people, &["email"]);
    let (_, rows) = world.copy(loan.number);
    let row = |person: &u32| rows.iter().find(|row| row[1] == person_email(*person)).unwrap()[0].clone();
    let seeds = rows.iter().filter(|row| row[1].contains("seeds")).map(|row| row[0].clone()).collect();
    (world, jo, loan, who.iter().map(row).collect(), seeds)
}

fn file(rows: &[(&str, &str)]) -> Vec<u8> {
    let rows: Vec<String> =
        rows.iter().map(|(reference, outcome)| format!("{reference},{outcome}")).collect();
    format!("reference,outcome\n{}\n", rows.join("\n")).into_bytes()
}

fn stops(world: &World, person: Ordinal) -> Vec<(SuppressionScope, SuppressionReason)> {
    world
        .app
        .store()
        .read(|tx| {
            let key = tx.supporter(person)?.unwrap().mail_key.unwrap();
            Ok::<_, Refusal>(tx.stops_of(key)?.into_iter().map(|(scope, why, _)| (scope, why)).collect())
        })
        .unwrap()
}

#[test]
fn a_file_is_taken_row_by_row_and_the_same_file_twice_changes_nothing() {
    World::on_both(60).into_iter().for_each(taken_row_by_row);
}

fn taken_row_by_row(world: World) {
    let (world, jo, loan, rows, _) = fetched_in(world, 4);
    let text = format!(
        "reference,outcome,amount,on\n{},gave,27.50,2026-09-01\n{},volunteered,,\nC-7-0001,joined,,\n{},loved,,\n\
         {},joined,,2031-01-01\nC-1-9999,joined,,\n{},volunteered,,\n",
        rows[0], rows[1], rows[2], rows[2], rows[1]
    );
    let report = log_outcomes(&world.app, &agent(&jo), text.as_bytes()).unwrap();
    assert_eq!((report.rows, report.taken, report.already, report.refused), (7, 2, 1, 4));
    let reasons: Vec<_> = report.rejects.iter().map(|reject| (reject.line, reject.reason)).collect();
    assert_eq!(
        reasons,
        [
            (4, OutcomeReason::Stranger),
            (5, OutcomeReason::UnknownOutcome),
            (6, OutcomeReason::DayAhead),
            (7, OutcomeReason::Stranger)
        ]
    );
    let rejects = report.rejects_csv().unwrap();
    assert!(rejects.contains("4,stranger,") && !rejects.contains("loved"), "{rejects}");
    let (entries, kinds) = (world.entries().len(), world.ledger_kinds());
    assert_eq!(kinds.last().unwrap(), "outcomes.logged");
    let again = log_outcomes(&world.app, &agent(&jo), text.as_bytes()).unwrap();
    assert!(
        again.changed_nothing() && again.words().starts_with("nothing changed: all 3"),
        "{}",
        again.words()
    );
    assert_eq!(world.entries().len(), entries);
    let page = my_page(&world.app, &world.link(LinkPurpose::MyPage, &loan, 0)).unwrap();
    let told = &page.introductions[0].outcomes;
    assert_eq!(
        (told.len(), told[0].outcome.amount, told[0].borrower.as_str()),
        (1, Some(Cents(2_750)), "Jo Alvarez")
    );
    let export = my_export(&world.app, &world.link(LinkPurpose::MyPage, &loan, 0)).unwrap();
    assert_eq!(export.json["outcomes"][0]["outcome"], "gave");
    assert_eq!(export.json["outcomes"][0]["reported_by"], "Jo Alvarez");
    assert!(export.html.contains("What they reported of you") && export.html.contains("gave $27.50"));
}

#[test]
fn only_a_borrower_reports_and_only_of_its_own_copies() {
    let (world, jo, loan, rows, _) = fetched(3);
    let kim = world.borrower("Kim Doe");
    let report = log_outcomes(&world.app, &agent(&kim), &file(&[(&rows[0], "joined")])).unwrap();
    assert_eq!(
        report.rejects[0].reason,
        OutcomeReason::Stranger,
        "another's copy is as one that does not exist"
    );
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Borrower) {
        let actor = Actor { user: None, roles: vec![role], wing: None, borrower: None, through: None };
        let refused = log_outcomes(&world.app, &actor, &file(&[(&rows[0], "joined")])).unwrap_err();
        assert_eq!(refused.kind, Kind::Denied, "{role}");
    }
    world.answer(&loan, 5, &super::world::yes(&["email"])).unwrap();
    let second = export_copy(&world.app, &steward(), loan.number).unwrap();
    let unfetched = log_outcomes(&world.app, &agent(&jo), &file(&[("C-2-0001", "joined")])).unwrap();
    assert_eq!(unfetched.rejects[0].reason, OutcomeReason::Stranger, "{} was never fetched", second.number);
    let form = outcome_form(&world.app, &agent(&jo), CopyNumber(1)).unwrap();
    assert!(form.starts_with("reference,outcome,amount,on\nC-1-0001,,,\n") && !form.contains('@'));
    assert_eq!(outcome_form(&world.app, &agent(&kim), CopyNumber(1)).unwrap_err().code, "copy.unknown");
}

#[test]
fn who_asked_not_to_be_contacted_is_not_whatever_becomes_of_the_row() {
    let (world, jo, loan, rows, seeds) = fetched(4);
    let people = world.planned(&loan);
    let stop = (SuppressionScope::Borrower(jo.id), SuppressionReason::Objected);
    let none = Outcome { kind: OutcomeKind::NoContact, amount: None, on: None };
    let first = log_outcome(&world.app, &agent(&jo), &[&rows[0], &seeds[0]], none).unwrap();
    assert_eq!((first.taken, first.no_contact, first.refused), (2, 2, 0));
    assert!(stops(&world, Ordinal(people[0])).contains(&stop), "at once");
    // Taken back in the meantime: nothing is kept of it, and the wish holds all the same.
    take_back(&world.app, &world.link(LinkPurpose::MyPage, &loan, 1), CopyNumber(1)).unwrap();
    let recalled = log_outcome(&world.app, &agent(&jo), &[&rows[1]], none).unwrap();
    assert_eq!((recalled.taken, recalled.rejects[0].reason), (0, OutcomeReason::Gone));
    assert!(stops(&world, Ordinal(people[1])).contains(&stop));
    // And after the copy's time.
    world.clock.advance_seconds(181 * 86_400);
    let late = log_outcome(&world.app, &agent(&jo), &[&rows[2]], none).unwrap();
    assert_eq!(late.rejects[0].reason, OutcomeReason::CopyOver);
    assert!(stops(&world, Ordinal(people[2])).contains(&stop));
    assert!(stops(&world, Ordinal(people[3])).is_empty());
    let gift = Outcome { kind: OutcomeKind::Joined, amount: Some(Cents(5)), on: None };
    assert_eq!(log_outcome(&world.app, &agent(&jo), &[&rows[3]], gift).unwrap_err().code, "outcomes.amount");
}

#[test]
fn a_planted_row_answers_like_a_person() {
    let (world, jo, loan, rows, seeds) = fetched(12);
    for (reference, kind) in
        [(&rows[0], "no-contact"), (&seeds[0], "no-contact"), (&seeds[1], "wrong-person")]
    {
        let before = world.entries().len();
        let report = log_outcomes(&world.app, &agent(&jo), &file(&[(reference, kind)])).unwrap();
        assert_eq!((report.taken, report.refused), (1, 0));
        assert_eq!(world.entries().len(), before + 1, "in the ledger too");
        assert_eq!(log_outcomes(&world.app, &agent(&jo), &file(&[(reference, kind)])).unwrap().already, 1);
    }
    // What the borrower is told of its own reports has the planted rows in it; what the owner is told has not.
    let joined: Vec<(&str, &str)> =
        rows[..9].iter().chain(&seeds[..1]).map(|row| (row.as_str(), "joined")).collect();
    log_outcomes(&world.app, &agent(&jo), &file(&joined)).unwrap();
    let told = |actor: &Actor| {
        let changed = changed(&world.app, actor, loan.number).unwrap();
        let joined = changed.outcomes.iter().find(|(kind, _)| *kind == OutcomeKind::Joined).unwrap().1;
        (joined, changed.reported_of_seeds)
    };
    assert_eq!(told(&agent(&jo)), (Cell::People(10), None));
    assert_eq!(
        told(&steward()),
        (Cell::Few, Some(1)),
        "nine people; one planted row joined, which nobody can have"
    );
}

#[test]
fn what_was_reported_goes_with_the_person_and_selects_for_nobody() {
    let (world, jo, loan, rows, _) = fetched(3);
    let profile = |person| world.app.store().read(|tx| Ok::<_, Refusal>(tx.profile(person)?)).unwrap();
    let person = Ordinal(world.planned(&loan)[0]);
    let before = profile(person);
    let words = world.app.with_index(hustings_audience::Index::vocabulary).unwrap();
    log_outcomes(&world.app, &agent(&jo), &file(&[(&rows[0], "volunteered"), (&rows[1], "joined")])).unwrap();
    assert_eq!(profile(person), before, "no fact comes of it");
    let after = world.app.with_index(hustings_audience::Index::vocabulary).unwrap();
    assert_eq!(format!("{after:?}"), format!("{words:?}"), "and no word of the audience language");
    let kept = || world.app.store().read(|tx| Ok::<_, Refusal>(tx.outcomes_on(CopyNumber(1))?)).unwrap();
    let sealed: Vec<Vec<u8>> = kept().into_iter().map(|record| record.sealed).collect();
    assert!(sealed.iter().all(|bytes| !String::from_utf8_lossy(bytes).contains("volunteered")));
    forget_me(&world.app, &world.link(LinkPurpose::MyPage, &loan, 0)).unwrap();
    assert_eq!(kept().len(), 1, "erased with the person");
    let report = log_outcomes(&world.app, &agent(&jo), &file(&[(&rows[0], "volunteered")])).unwrap();
    assert_eq!(report.rejects[0].reason, OutcomeReason::Gone, "and does not come back");
    assert_eq!(duties(&world.app, &agent(&jo)).unwrap().len(), 1);
}

#[test]
fn no_small_number_is_told_of_what_was_reported() {
    let (world, jo, loan, rows, _) = fetched(20);
    assert!(
        changed(&world.app, &steward(), loan.number).unwrap().outcomes.is_empty(),
        "nothing was reported yet"
    );
    let some: Vec<(&str, &str)> = rows[..12]
        .iter()
        .map(|row| (row.as_str(), "volunteered"))
        .chain(rows[..9].iter().map(|row| (row.as_str(), "gave")))
        .collect();
    log_outcomes(&world.app, &agent(&jo), &file(&some)).unwrap();
    for actor in [steward(), agent(&jo)] {
        let changed = changed(&world.app, &actor, loan.number).unwrap();
        let cell = |kind| changed.outcomes.iter().find(|(known, _)| *known == kind).unwrap().1;
        assert_eq!(cell(OutcomeKind::Volunteered), Cell::People(12));
        assert_eq!(cell(OutcomeKind::Gave), Cell::Few);
        assert_eq!(cell(OutcomeKind::Joined), Cell::Few, "none and nine read alike");
        assert!(changed.cost_per_yes.is_some());
        for line in &changed.issues {
            assert_eq!(line.outcomes.is_empty(), actor.borrower.is_some(), "by issue for the owner alone");
            assert!(line.outcomes.iter().all(|(_, cell)| *cell != Cell::People(9)));
        }
    }
}
