//! The supporter's own page and its buttons.

use super::world::{World, person_email, yes};
use hustings_app::after::{StopScope, forget_me, my_export, my_page, set_consent, take_back, unsubscribe};
use hustings_app::send::links::LinkPurpose;
use hustings_domain::consent::{Channel, ConsentState};
use hustings_domain::ids::CopyNumber;
use hustings_vault::Field;

#[test]
fn the_page_says_who_may_who_has_and_what_is_held() {
    let world = World::with_people(40);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..40);
    let person = world.planned(&loan)[0];
    let answered = world.answer(&loan, 0, &yes(&["email"])).unwrap();
    world.copy(loan.number);
    let token = world.link(LinkPurpose::MyPage, &loan, 0);
    let page = my_page(&world.app, &token).unwrap();
    assert_eq!(page.owner, "Green Mountain Forward");
    assert!(
        page.purposes.len() == 4 && page.purposes.iter().all(|line| line.state.counts() && !line.stopped)
    );
    assert_eq!(page.loans[0].borrower, "Jo Alvarez");
    assert_eq!(page.loans[0].receipt.as_ref(), Some(&answered.receipt));
    let introduction = &page.introductions[0];
    assert_eq!(
        (introduction.copy, introduction.fields.as_slice()),
        (CopyNumber(1), [Field::Email].as_slice())
    );
    assert!(introduction.fetched.is_some() && introduction.taken_back.is_none());
    let held = page.fields.iter().find(|held| held.field == Field::Email).unwrap();
    assert_eq!(held.value, person_email(person));
    take_back(&world.app, &token, CopyNumber(1)).unwrap();
    assert!(my_page(&world.app, &token).unwrap().introductions[0].taken_back.is_some());
    assert!(my_export(&world.app, &token).unwrap().html.contains(&person_email(person)));
}

#[test]
fn a_switch_goes_off_and_on_but_lifts_no_stop() {
    let world = World::with_people(20);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..20);
    let token = world.link(LinkPurpose::MyPage, &loan, 0);
    let purpose = "appeals".parse().unwrap();
    let set = |state| set_consent(&world.app, &token, &purpose, Channel::Email, state);
    let line = || {
        my_page(&world.app, &token)
            .unwrap()
            .purposes
            .into_iter()
            .find(|line| line.purpose == purpose)
            .unwrap()
    };
    assert!(set(ConsentState::Withdrawn).unwrap().changed);
    assert_eq!(line().state, ConsentState::Withdrawn);
    assert!(set(ConsentState::Given).unwrap().changed);
    assert_eq!((line().state, line().since.unwrap().1.as_str()), (ConsentState::Given, "my page"));
    let unknown = "gossip".parse().unwrap();
    let refused = set_consent(&world.app, &token, &unknown, Channel::Email, ConsentState::Given);
    assert_eq!(refused.unwrap_err().code, "consent.unknown-purpose");
    unsubscribe(&world.app, &world.link(LinkPurpose::Unsubscribe, &loan, 0), StopScope::AllAppeals).unwrap();
    assert!(line().stopped);
    assert_eq!(set(ConsentState::Given).unwrap_err().code, "consent.stopped");
    assert_eq!(line().state, ConsentState::Withdrawn);
}

#[test]
fn whoever_is_forgotten_has_no_page() {
    let world = World::with_people(20);
    let loan = world.sent_loan(&world.borrower("Jo Alvarez"), 0..20);
    let token = world.link(LinkPurpose::MyPage, &loan, 0);
    forget_me(&world.app, &token).unwrap();
    for refused in [my_page(&world.app, &token).map(|_| ()), forget_me(&world.app, &token).map(|_| ())] {
        assert_eq!(refused.unwrap_err().code, "supporter.gone");
    }
    assert_eq!(world.answer(&loan, 0, &yes(&["email"])).unwrap_err().code, "supporter.gone");
}
