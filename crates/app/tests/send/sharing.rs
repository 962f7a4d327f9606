//! Attention shared among loans, the owner's own mail first, and what a loan was worth.

use super::world::{Plan, Provider, World, set};
use hustings_app::calendar::{self, NewEntry};
use hustings_app::send::{self, Ended};
use hustings_app::{Kind, worth};
use hustings_domain::access::{Actor, Role};
use hustings_domain::consent::{Channel, Consent, ConsentState, SuppressionReason, SuppressionScope};
use hustings_domain::ids::{LoanNumber, Ordinal};
use std::collections::BTreeSet;

fn competing(world: &World, caps: &[u32]) -> Vec<LoanNumber> {
    let names = ["Tenants Together", "Renters Rising", "Homes for All"];
    names
        .iter()
        .zip(caps)
        .map(|(name, cap)| {
            let number = world.request(name, *cap);
            world.vote(number);
            number
        })
        .collect()
}

fn everybody_hears_news(world: &World, people: u32) {
    let at = world.now();
    let news = |n| {
        let purpose = "news".parse().unwrap();
        let (channel, state) = (Channel::Email, ConsentState::Given);
        (Ordinal(n), Consent { purpose, channel, state, notice: None, source: "test".to_owned(), at })
    };
    let given: Vec<_> = (0..people).map(news).collect();
    world.write(|tx| {
        tx.add_consents(&given)?;
        tx.record_change(Ordinal(0), Ordinal(people - 1))?;
        Ok(())
    });
}

fn newsletter(day: &str) -> NewEntry {
    NewEntry {
        title: "May newsletter".to_owned(),
        day: day.parse().unwrap(),
        audience: String::new(),
        money: false,
    }
}

fn reached(world: &World, number: LoanNumber) -> BTreeSet<Ordinal> {
    set(&world.planned(number)).union(&set(&world.held_back(number))).copied().collect()
}

#[test]
fn competing_loans_get_the_same_share_and_nobody_is_promised_twice() {
    let world = World::new(&Plan { people: 400, appeals_times: 1, ..Plan::default() });
    let loans = competing(&world, &[300, 150]);
    let shared = calendar::share(&world.app, &world.steward).unwrap();
    let percent: Vec<u32> = shared.shares.iter().map(|share| share.percent).collect();
    assert!(percent[0].abs_diff(percent[1]) <= 1 && (70..=90).contains(&percent[0]), "{percent:?}");
    for number in &loans {
        send::start_send(&world.app, &world.steward, *number).unwrap();
    }
    let (one, other) = (reached(&world, loans[0]), reached(&world, loans[1]));
    assert!(one.is_disjoint(&other), "somebody was given to both");
    assert_eq!(one.len() + other.len(), 400, "somebody with room was left out");
    // One in ten is held back, as the draw says and whoever was allotted.
    let held = world.held_back(loans[0]).len() + world.held_back(loans[1]).len();
    assert!((20..=62).contains(&held), "{held} of 400 held back");
    let entered = world.entered("calendar.shared");
    assert_eq!(entered.len(), 1);
    assert_eq!(entered[0]["seed"], shared.shares[0].seed);
    assert_eq!(entered[0]["loans"], 2);
    assert!(entered[0].get("shares").is_none(), "the public ledger tells nobody's share");
}

#[test]
fn a_loan_that_took_no_part_leaves_people_to_those_that_did() {
    let world = World::new(&Plan { people: 300, appeals_times: 1, ..Plan::default() });
    let first = competing(&world, &[100])[0];
    calendar::share(&world.app, &world.steward).unwrap();
    let late = world.request("Renters Rising", 20_000);
    world.vote(late);
    send::start_send(&world.app, &world.steward, late).unwrap();
    send::start_send(&world.app, &world.steward, first).unwrap();
    assert!(reached(&world, first).is_disjoint(&reached(&world, late)));
    assert_eq!(world.planned(first).len(), 100, "what was allotted was still there");
}

#[test]
fn the_owners_own_mail_takes_its_peoples_room_and_gives_it_back() {
    let world = World::new(&Plan { people: 120, appeals_times: 1, ..Plan::default() });
    let number = competing(&world, &[100])[0];
    everybody_hears_news(&world, 60);
    let (entry, people) = calendar::plan(&world.app, &world.steward, &newsletter("2026-06-11")).unwrap();
    assert_eq!(people, 60);
    send::start_send(&world.app, &world.steward, number).unwrap();
    assert!(reached(&world, number).iter().all(|person| person.0 >= 60), "own mail comes first");
    calendar::cancel(&world.app, &world.steward, entry.id).unwrap();
    let again = calendar::cancel(&world.app, &world.steward, entry.id).unwrap_err();
    assert_eq!(again.code, "calendar.cancelled");
    let other = world.request("Renters Rising", 100);
    world.vote(other);
    send::start_send(&world.app, &world.steward, other).unwrap();
    assert!(reached(&world, other).iter().any(|person| person.0 < 60), "their room came back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn own_mail_planned_after_the_freezing_is_kept_to_when_people_are_claimed() {
    let plan = Plan { people: 120, appeals_times: 1, ..Plan::default() };
    let (world, number, frozen) = World::started(&plan);
    everybody_hears_news(&world, 60);
    calendar::plan(&world.app, &world.steward, &newsletter("2026-06-11")).unwrap();
    let provider = Provider::start().await;
    assert_eq!(world.run(&provider, number).await.unwrap().ended, Ended::Finished);
    assert!(provider.got().iter().all(|person| person.0 >= 60), "the cap holds where people are claimed");
    let counts = world.counts(number);
    assert_eq!(counts.accepted + counts.stopped, frozen.planned);
}

#[test]
fn the_calendar_is_the_owners_and_a_borrower_is_told_its_own_share_without_a_number() {
    let world = World::new(&Plan { people: 200, appeals_times: 1, ..Plan::default() });
    let loans = competing(&world, &[150, 150]);
    calendar::share(&world.app, &world.steward).unwrap();
    let own = world.loan(loans[0]).terms.borrower;
    let borrower =
        Actor { user: None, roles: vec![Role::Borrower], wing: None, borrower: Some(own), through: None };
    assert_eq!(calendar::calendar(&world.app, &borrower).unwrap_err().kind, Kind::Denied);
    assert_eq!(calendar::share(&world.app, &borrower).unwrap_err().kind, Kind::Denied);
    let told = hustings_app::lend::loan_view(&world.app, &borrower, loans[0]).unwrap().share.unwrap();
    assert_eq!(told.explained, told.for_borrower);
    assert!(told.explained.starts_with("you received "), "{}", told.explained);
    let others = hustings_app::lend::loan_view(&world.app, &borrower, loans[1]).unwrap_err();
    assert_eq!(others.kind, Kind::NotFound);
}

#[test]
fn what_cannot_be_planned_or_shared_says_why() {
    let world = World::new(&Plan { people: 60, ..Plan::default() });
    let refused = |entry: &NewEntry| calendar::plan(&world.app, &world.steward, entry).unwrap_err().code;
    assert_eq!(calendar::share(&world.app, &world.steward).unwrap_err().code, "calendar.nothing-to-share");
    assert_eq!(refused(&newsletter("2026-05-31")), "calendar.past");
    assert_eq!(refused(&newsletter("2026-06-11")), "calendar.nobody");
    assert_eq!(refused(&NewEntry { title: "  ".to_owned(), ..newsletter("2026-06-11") }), "calendar.title");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_loan_is_measured_against_those_held_back_once_they_were_looked_at_long_enough() {
    let plan = Plan { people: 400, ..Plan::default() };
    let (world, number, frozen) = World::started(&plan);
    let provider = Provider::start().await;
    assert_eq!(world.run(&provider, number).await.unwrap().ended, Ended::Finished);
    let early = worth::changed(&world.app, &world.steward, number).unwrap();
    let stopped = early.stopped.unwrap();
    assert_eq!(
        (stopped.mailed.people, stopped.held_back.people),
        (0, 0),
        "nobody has been looked at for a week"
    );
    // Two in three of the mailed stop within the week, nobody of the held back.
    world.clock.advance_seconds(86_400);
    let now = world.now();
    let leaving: Vec<Ordinal> = world.planned(number).into_iter().filter(|person| person.0 % 3 > 0).collect();
    world.write(|tx| {
        for person in &leaving {
            let key = tx.supporter(*person)?.unwrap().mail_key.unwrap();
            tx.suppress(key, &SuppressionScope::Everything, SuppressionReason::Unsubscribed, now)?;
        }
        Ok(())
    });
    world.clock.advance_seconds(7 * 86_400);
    let changed = worth::changed(&world.app, &world.steward, number).unwrap();
    let stopped = changed.stopped.unwrap();
    assert_eq!((stopped.mailed.people, stopped.held_back.people), (frozen.planned, frozen.held_back));
    assert_eq!((stopped.mailed.did as usize, stopped.held_back.did), (leaving.len(), 0));
    assert!(stopped.is_sure() && stopped.interval.low > 0.3, "{stopped:?}");
    assert!(!changed.gave.unwrap().is_sure());
    assert_eq!(changed.value.addressed, frozen.planned);
    let own = world.loan(number).terms.borrower;
    let borrower =
        Actor { user: None, roles: vec![Role::Borrower], wing: None, borrower: Some(own), through: None };
    let told = worth::changed(&world.app, &borrower, number).unwrap();
    assert!(told.stopped.is_none() && told.gave.is_none(), "small numbers are not for borrowers");
    assert!(told.answers.iter().all(|(_, cell)| *cell == worth::Cell::Few), "{:?}", told.answers);
    let statement = worth::statement(&world.app, &borrower, None).unwrap();
    assert_eq!(statement.lines.len(), 1);
    assert!(statement.csv().unwrap().contains("Tenants Together"));
}
