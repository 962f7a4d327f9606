//! Promise 3: nothing is sent without the board's clearance of exactly these bytes, and every attempt leaves a trace.

use super::world::{Plan, Provider, World};
use hustings_app::{Kind, lend, send};
use hustings_domain::access::{Actor, Role};
use hustings_domain::loan::{Appeal, LoanState};

fn nothing_frozen(world: &World, number: hustings_domain::ids::LoanNumber) {
    assert!(world.planned(number).is_empty());
    let id = world.loan(number).id;
    assert!(world.read(|tx| Ok(tx.send(id)?)).is_none());
    assert!(world.entered("send.started").is_empty());
}

#[test]
fn without_clearance_it_is_denied_and_entered() {
    let plan = Plan::default();
    let world = World::new(&plan);
    let number = world.request("Tenants Together", plan.cap);
    let denied = send::start_send(&world.app, &world.steward, number).unwrap_err();
    assert_eq!((denied.kind, denied.code), (Kind::Denied, "loan.no-clearance"));
    let entries = world.entered("send.denied");
    assert_eq!(entries.len(), 1);
    assert_eq!((&entries[0]["code"], &entries[0]["by"]), (&"loan.no-clearance".into(), &"operator".into()));
    nothing_frozen(&world, number);
}

#[test]
fn no_other_role_begins_a_send() {
    let plan = Plan::default();
    let world = World::new(&plan);
    let number = world.cleared(&plan);
    let trustee = world.trustees[0].clone();
    let administrator =
        Actor { user: None, roles: vec![Role::Administrator], wing: None, borrower: None, through: None };
    for actor in [trustee, administrator, Actor::machine()] {
        let denied = send::start_send(&world.app, &actor, number).unwrap_err();
        assert_eq!((denied.kind, denied.code), (Kind::Denied, "access.denied"));
    }
    assert_eq!(world.entered("send.denied").len(), 3);
    nothing_frozen(&world, number);
}

#[test]
fn an_edited_text_has_no_clearance() {
    let plan = Plan::default();
    let world = World::new(&plan);
    let number = world.cleared(&plan);
    let appeal =
        Appeal { body: "Dear {{ given_name }}, something else.".to_owned(), ..world.loan(number).appeal };
    lend::edit_appeal(&world.app, &world.steward, number, appeal).unwrap();
    let denied = send::start_send(&world.app, &world.steward, number).unwrap_err();
    assert_eq!(denied.code, "loan.no-clearance");
    nothing_frozen(&world, number);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_byte_changed_behind_the_boards_back_goes_nowhere() {
    let plan = Plan::default();
    // Before the start, by somebody who writes to the store directly.
    let world = World::new(&plan);
    let number = world.cleared(&plan);
    let mut loan = world.loan(number);
    loan.appeal.body.push('!');
    assert_eq!(loan.state, LoanState::Cleared);
    world.write(|tx| Ok(tx.put_loan(&loan)?));
    assert_eq!(send::start_send(&world.app, &world.steward, number).unwrap_err().code, "loan.no-clearance");
    assert_eq!(world.entered("send.denied").len(), 1);
    nothing_frozen(&world, number);

    // After the start.
    let (world, number, _) = World::started(&plan);
    let mut loan = world.loan(number);
    loan.terms.cap += 1;
    world.write(|tx| Ok(tx.put_loan(&loan)?));
    let provider = Provider::start().await;
    assert_eq!(world.run(&provider, number).await.unwrap_err().code, "loan.no-clearance");
    assert!(provider.delivered().is_empty());
}

#[test]
fn an_unknown_loan_and_a_second_start() {
    let (world, number, _) = World::started(&Plan::default());
    let again = send::start_send(&world.app, &world.steward, number).unwrap_err();
    assert_eq!(again.code, "loan.wrong-state");
    let unknown =
        send::start_send(&world.app, &world.steward, hustings_domain::ids::LoanNumber(99)).unwrap_err();
    assert_eq!(unknown.code, "loan.unknown");
    assert!(world.entered("send.denied").is_empty());
}
