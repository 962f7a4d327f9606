//! A count in parts is charged by how many of them one person can be in, and a part alone has the same answer.

use super::world::{CHARTER, World, agent, appeal};
use hustings_app::Refusal;
use hustings_app::lend::{
    DivideBy, Divided, NewBorrower, RequestFile, Requested, add_borrower, divide, estimate, loan_view,
    request, verify_borrower,
};
use hustings_app::people::import::{ImportJob, import};
use hustings_app::people::places::load_divisions;
use hustings_domain::access::Actor;
use hustings_domain::borrower::{Borrower, BorrowerKind};
use hustings_domain::estimate::{Answer, RhoMillionths};
use hustings_domain::loan::{Ask, Loan};
use std::fmt::Write as _;

const STATE: &str = "ocd-division/country:us/state:vt";

fn ward(number: u32) -> String {
    format!("{STATE}/sldl:{number}")
}

/// District 1 has 500 people for housing, of whom 450 are for climate too; district 2 has 100; district 3 has 700, for
/// climate alone. Twenty of the first live in the second as well.
fn world(charter: &str) -> World {
    let world = World::new(0, charter);
    let mut text = "email,ocd_division,issues,hear_appeals\n".to_owned();
    for number in 0..500 {
        let also = if number < 450 { ";climate" } else { "" };
        let area = if number < 20 { format!("{};{}", ward(1), ward(2)) } else { ward(1) };
        writeln!(text, "a{number}@people.example,{area},housing{also},yes").unwrap();
    }
    for number in 0..100 {
        writeln!(text, "b{number}@people.example,{},housing,yes", ward(2)).unwrap();
    }
    for number in 0..700 {
        writeln!(text, "c{number}@people.example,{},climate,yes", ward(3)).unwrap();
    }
    let file = world.folder.path().join("districts.csv");
    std::fs::write(&file, text).unwrap();
    import(&world.app, &Actor::operator(), &ImportJob::new(&file), &mut |_| {}).unwrap();
    let divisions = world.folder.path().join("country-us.csv");
    let rows: String =
        (1..=3).fold("id,name\n".to_owned(), |rows, number| rows + &format!("{},W{number}\n", ward(number)));
    std::fs::write(&divisions, rows + &format!("{STATE},Vermont\n")).unwrap();
    load_divisions(&world.app, &Actor::operator(), &divisions, &mut |_| {}).unwrap();
    world
}

fn party(world: &World, name: &str) -> Borrower {
    let new = NewBorrower {
        name: name.to_owned(),
        kind: BorrowerKind::PartyCommittee,
        office: "state committee".to_owned(),
        area: STATE.parse().unwrap(),
        positions: vec!["housing".parse().unwrap(), "climate".parse().unwrap()],
        contact_email: "team@party.example".to_owned(),
        treasurer: "T".to_owned(),
    };
    let borrower = add_borrower(&world.app, &Actor::operator(), new).unwrap();
    verify_borrower(&world.app, &Actor::operator(), borrower.id).unwrap()
}

fn ask(world: &World, borrower: &Borrower, area: &str, issues: &[&str]) -> Loan {
    let file = RequestFile {
        borrower: Some(borrower.name.clone()),
        records: false,
        area: Some(area.parse().unwrap()),
        ask: Ask::Hear,
        issues: issues.iter().map(|issue| issue.parse().unwrap()).collect(),
        audience: None,
        cap: None,
        opens: None,
        closes: "2026-10-01T00:00:00Z".parse().unwrap(),
        ends_on: vec![],
        fields: vec!["email".parse().unwrap()],
        appeal: appeal("Two Saturdays"),
    };
    match request(&world.app, &Actor::operator(), file).unwrap() {
        Requested::Accepted { loan, .. } => *loan,
        Requested::Refused { checks } => panic!("{checks:?}"),
    }
}

fn spent(world: &World, borrower: &Borrower) -> (u32, RhoMillionths) {
    let season = world.app.charter().unwrap().estimates.season;
    let read = |tx: &mut dyn hustings_store::Tx| {
        let own = tx.estimates_for(borrower.id, &season)?.iter().map(|estimate| estimate.price.0).sum();
        Ok::<_, Refusal>((own, tx.season_spent(&season)?))
    };
    world.app.store().read(read).unwrap()
}

fn about(divided: &Divided, part: usize) -> Option<u32> {
    match divided.parts[part].answer {
        Answer::About { count, .. } => Some(count),
        Answer::BelowFloor { .. } => None,
    }
}

fn by_district() -> DivideBy {
    DivideBy::Kind("sldl".to_owned())
}

#[test]
fn districts_cost_one_question_and_a_district_alone_has_the_same_answer() {
    let world = world(CHARTER);
    let borrower = party(&world, "Party");
    let agent = agent(&borrower);
    let loan = ask(&world, &borrower, STATE, &["housing", "climate"]);
    let first = divide(&world.app, &agent, loan.number, &by_district()).unwrap();
    assert_eq!((first.questions, first.questions_left, first.repeated), (1, 99, false));
    assert_eq!(spent(&world, &borrower), (1_250, RhoMillionths(1_250)));
    // Who lives in two districts is counted in the first alone; 100 is under the floor.
    assert!((380..=620).contains(&about(&first, 0).unwrap()), "{first:?}");
    assert_eq!(about(&first, 1), None);
    assert!((580..=820).contains(&about(&first, 2).unwrap()), "{first:?}");
    assert_eq!(
        first.shown.count,
        about(&first, 0).unwrap() + about(&first, 2).unwrap(),
        "and nothing of the hidden"
    );
    let again = divide(&world.app, &agent, loan.number, &by_district()).unwrap();
    assert_eq!((again.repeated, &again.parts), (true, &first.parts));
    assert_eq!(spent(&world, &borrower), (1_250, RhoMillionths(1_250)));
    // The part alone, the hidden one too: not a new draw, and nothing more to pay.
    for (number, part) in (1..).zip(&first.parts) {
        let alone = ask(&world, &borrower, &ward(number), &["climate", "housing"]);
        let told = estimate(&world.app, &agent, alone.number).unwrap();
        assert_eq!((told.answer, told.repeated), (part.answer, true), "{}", part.name);
    }
    assert_eq!(spent(&world, &borrower), (1_250, RhoMillionths(1_250)));
    // Another borrower hears the same, and pays for it; the season has paid.
    let other = party(&world, "Other party");
    let others = ask(&world, &other, STATE, &["housing", "climate"]);
    let heard = divide(&world.app, &super::world::agent(&other), others.number, &by_district()).unwrap();
    assert_eq!(heard.parts, first.parts);
    assert_eq!(spent(&world, &other), (1_250, RhoMillionths(1_250)));
    let view = loan_view(&world.app, &agent, loan.number).unwrap();
    assert_eq!((view.reach, view.divisions.len()), (None, 1));
    assert_eq!((&view.divisions[0].parts, view.divisions[0].shown), (&first.parts, first.shown));
}

#[test]
fn a_part_that_was_asked_before_keeps_its_answer() {
    let world = world(CHARTER);
    let borrower = party(&world, "Party");
    let agent = agent(&borrower);
    let alone = ask(&world, &borrower, &ward(3), &["climate"]);
    let told = estimate(&world.app, &agent, alone.number).unwrap();
    let loan = ask(&world, &borrower, STATE, &["climate"]);
    let divided = divide(&world.app, &agent, loan.number, &by_district()).unwrap();
    assert_eq!(divided.parts[2].answer, told.answer);
    assert_eq!(spent(&world, &borrower).0, 2_500);
}

#[test]
fn issues_cost_one_question_each_because_a_person_may_have_several() {
    let world = world(&CHARTER.replace("borrower_budget = 125000", "borrower_budget = 3750"));
    let borrower = party(&world, "Party");
    let agent = agent(&borrower);
    let loan = ask(&world, &borrower, STATE, &["housing", "climate"]);
    let divided = divide(&world.app, &agent, loan.number, &DivideBy::Issue).unwrap();
    assert_eq!((divided.questions, divided.questions_left), (2, 1));
    assert_eq!(spent(&world, &borrower), (2_500, RhoMillionths(2_500)));
    let names: Vec<&str> = divided.parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["climate", "housing"]);
    assert!((1_030..=1_270).contains(&about(&divided, 0).unwrap()), "{divided:?}");
    // Of two issues there is only one question's worth left: refused whole, and nothing is charged.
    let other = ask(&world, &borrower, &ward(1), &["housing", "climate"]);
    let refused = divide(&world.app, &agent, other.number, &DivideBy::Issue).unwrap_err();
    assert_eq!(
        (refused.code, refused.message.as_str()),
        ("estimate.budget", "this costs 2 questions, and 1 are left this season")
    );
    assert_eq!(spent(&world, &borrower).0, 2_500);
}

#[test]
fn what_is_not_disjoint_or_divides_nothing_is_refused_and_costs_nothing() {
    let world = world(CHARTER);
    let borrower = party(&world, "Party");
    let agent = agent(&borrower);
    let loan = ask(&world, &borrower, STATE, &["housing"]);
    let areas = |texts: &[&str]| DivideBy::Areas(texts.iter().map(|text| text.parse().unwrap()).collect());
    let (one, two) = (ward(1), ward(2));
    for (by, said) in [
        (areas(&[STATE, &one]), "would be counted in both"),
        (areas(&[&one, &one]), "fewer than two parts"),
        (areas(&[&one, "ocd-division/country:us/state:nh"]), "does not lie in the area"),
        (DivideBy::Issue, "fewer than two parts"),
        (DivideBy::Kind("county".to_owned()), "fewer than two parts"),
    ] {
        let refused = divide(&world.app, &agent, loan.number, &by).unwrap_err();
        assert_eq!(refused.code, "estimate.parts");
        assert!(refused.causes.join(" ").contains(said) && !refused.hints.is_empty(), "{refused:?}");
    }
    assert_eq!(spent(&world, &borrower), (0, RhoMillionths(0)));
    let chosen = divide(&world.app, &agent, loan.number, &areas(&[&two, &one])).unwrap();
    assert_eq!((chosen.by.as_str(), chosen.parts[0].name.as_str()), ("area", one.as_str()));
    let stranger = super::world::agent(&world.rival);
    assert_eq!(divide(&world.app, &stranger, loan.number, &by_district()).unwrap_err().code, "loan.unknown");
}

/// The whole less what is shown of its parts has the noise of all of them: it is paid for, and it tells less of the
/// hidden part than a question about it alone would.
#[test]
fn the_whole_less_its_parts_does_not_uncover_the_hidden_one() {
    let world = world(CHARTER);
    let borrower = party(&world, "Party");
    let agent = agent(&borrower);
    let loan = ask(&world, &borrower, STATE, &["housing", "climate"]);
    divide(&world.app, &agent, loan.number, &by_district()).unwrap();
    let whole = estimate(&world.app, &agent, loan.number).unwrap();
    assert!(!whole.repeated, "the whole is a question of its own, with noise of its own");
    assert_eq!(spent(&world, &borrower), (2_500, RhoMillionths(2_500)));
    let kept = world.app.store().read(|tx| {
        let season = world.app.charter()?.estimates.season;
        Ok::<_, Refusal>(tx.estimates_for(borrower.id, &season)?)
    });
    // Not even the store holds a number of the hidden part.
    let hidden =
        kept.unwrap().into_iter().find(|kept| kept.part.as_ref().is_some_and(|part| part.name == ward(2)));
    assert_eq!(hidden.unwrap().answer, Answer::BelowFloor { floor: 300 });
}
