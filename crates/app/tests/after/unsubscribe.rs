//! One click: at once, once, and no further than asked.

use super::world::{World, slugs};
use hustings_app::Refusal;
use hustings_app::after::{StopScope, unsubscribe, unsubscribe_page};
use hustings_app::send::links::LinkPurpose;
use hustings_domain::consent::{Channel, ConsentState, SuppressionScope};
use hustings_domain::ids::Ordinal;
use hustings_store::records::Signal;
use jiff::Timestamp;

fn given(world: &World, person: u32) -> Vec<String> {
    let consents =
        world.app.store().read(|tx| Ok::<_, Refusal>(tx.consents_in_force(Ordinal(person))?)).unwrap();
    let mut given: Vec<String> = consents
        .into_iter()
        .filter(|known| known.state.counts())
        .map(|known| known.purpose.to_string())
        .collect();
    given.sort();
    given
}

#[test]
fn one_click_stops_appeals_at_once_and_twice_is_once() {
    let world = World::with_people(20);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..20);
    let person = world.planned(&loan)[0];
    let token = world.link(LinkPurpose::Unsubscribe, &loan, 0);
    let first = unsubscribe(&world.app, &token, StopScope::AllAppeals).unwrap();
    assert!(first.changed);
    assert_eq!(first.further, [StopScope::Everything]);
    assert_eq!(given(&world, person), ["news"], "our own news is another purpose");
    let scopes: Vec<_> = slugs(&["appeals-volunteer"]).into_iter().map(SuppressionScope::Purpose).collect();
    let stopped = world.app.store().read(|tx| Ok::<_, Refusal>(tx.stopped_supporters(&scopes)?)).unwrap();
    assert_eq!(stopped, [Ordinal(person)]);
    let before = world.fingerprint(&loan);
    let again = unsubscribe(&world.app, &token, StopScope::AllAppeals).unwrap();
    assert!(!again.changed);
    assert_eq!(world.fingerprint(&loan), before);
    let signals = world
        .app
        .store()
        .read(|tx| Ok::<_, Refusal>(tx.signal_count(loan.id, Signal::Unsubscribe, Timestamp::MIN)?));
    assert_eq!(signals.unwrap(), 1);
    assert_eq!(unsubscribe_page(&world.app, &token).unwrap().stopped, [StopScope::AllAppeals]);
}

#[test]
fn the_stop_is_in_the_index_at_once() {
    let world = World::with_people(20);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..20);
    let steward = super::world::steward();
    let count = || {
        let home = hustings_app::after::dashboard(&world.app, &steward).unwrap();
        home.consents.iter().map(|line| (line.purpose.to_string(), line.given)).collect::<Vec<_>>()
    };
    assert!(count().iter().all(|(_, given)| *given == 20));
    unsubscribe(&world.app, &world.link(LinkPurpose::Unsubscribe, &loan, 0), StopScope::AllAppeals).unwrap();
    let after: Vec<u64> = count().into_iter().map(|(_, given)| given).collect();
    assert_eq!(after, [20, 19, 19, 19]);
}

#[test]
fn only_these_stops_no_more_than_these() {
    let world = World::with_people(20);
    let borrower = world.borrower("Jo Alvarez");
    let loan = world.sent_loan(&borrower, 0..20);
    let person = world.planned(&loan)[1];
    let token = world.link(LinkPurpose::Unsubscribe, &loan, 1);
    let stopped = unsubscribe(&world.app, &token, StopScope::ThisBorrower).unwrap();
    assert_eq!(stopped.further, [StopScope::AllAppeals, StopScope::Everything]);
    assert_eq!(given(&world, person).len(), 4, "no purpose is withdrawn");
    assert_eq!(unsubscribe_page(&world.app, &token).unwrap().stopped, [StopScope::ThisBorrower]);
}

#[test]
fn everything_is_everything() {
    let world = World::with_people(20);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..20);
    let person = world.planned(&loan)[2];
    let stopped =
        unsubscribe(&world.app, &world.link(LinkPurpose::Unsubscribe, &loan, 2), StopScope::Everything)
            .unwrap();
    assert!(stopped.changed && stopped.further.is_empty());
    assert!(given(&world, person).is_empty());
    let consents =
        world.app.store().read(|tx| Ok::<_, Refusal>(tx.consents_in_force(Ordinal(person))?)).unwrap();
    assert!(
        consents
            .iter()
            .all(|known| known.state == ConsentState::Withdrawn && known.channel == Channel::Email)
    );
}

#[test]
fn scopes_read_back() {
    for scope in StopScope::ALL {
        assert_eq!(scope.as_str().parse::<StopScope>().unwrap(), scope);
    }
    assert!("all".parse::<StopScope>().is_err());
}
