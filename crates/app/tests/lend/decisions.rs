//! What the board decides on is what it read, while it may.

use super::world::{CHARTER, World, agent, appeal};
use hustings_app::Kind;
use hustings_app::lend::{edit_appeal, estimate, loan_view};
use hustings_domain::access::Actor;
use hustings_domain::clearance::Decision;
use hustings_domain::loan::{Ask, LoanState};

#[test]
fn a_vote_on_old_text_is_refused_and_an_edit_voids_a_clearance() {
    let world = World::new(0, CHARTER);
    let loan = world.request(&world.candidate, Ask::Hear);
    for trustee in [0, 1, 3] {
        world.vote(trustee, &loan).unwrap();
    }
    let view = loan_view(&world.app, &Actor::operator(), loan.number).unwrap();
    assert_eq!(view.loan.state, LoanState::Cleared);
    let edited =
        edit_appeal(&world.app, &agent(&world.candidate), loan.number, appeal("Three Saturdays")).unwrap();
    assert_eq!(edited.state, LoanState::Requested);
    let refusal = world.vote(4, &loan).unwrap_err();
    assert_eq!(refusal.code, "vote.old-text");
    let Decision::Open { missing } = world.vote(4, &edited).unwrap() else { panic!() };
    assert_eq!(missing.first().unwrap(), "1 of 3 votes are in");
}

#[test]
fn nobody_votes_on_an_expired_loan_and_nobody_without_a_seat_votes() {
    let world = World::new(0, CHARTER);
    let loan = world.request(&world.candidate, Ask::Hear);
    let content = loan.content_hash().unwrap();
    let said =
        hustings_app::lend::Said::Vote { ballot: hustings_domain::clearance::Ballot::Approve, content };
    let refusal = hustings_app::lend::say(&world.app, &Actor::operator(), loan.number, said).unwrap_err();
    assert_eq!(refusal.kind, Kind::Denied);
    world.clock.advance_seconds(40 * 86_400);
    assert_eq!(world.vote(0, &loan).unwrap_err().code, "loan.expired");
}

#[test]
fn another_borrowers_loan_is_to_a_borrower_as_one_that_does_not_exist() {
    let world = World::new(0, CHARTER);
    let loan = world.request(&world.candidate, Ask::Hear);
    let rival = agent(&world.rival);
    let theirs = loan_view(&world.app, &rival, loan.number).unwrap_err();
    let nobodys = loan_view(&world.app, &rival, "L-99".parse().unwrap()).unwrap_err();
    assert_eq!((theirs.kind, theirs.code), (nobodys.kind, nobodys.code));
    assert_eq!(estimate(&world.app, &rival, loan.number).unwrap_err().code, theirs.code);
    assert_eq!(edit_appeal(&world.app, &rival, loan.number, appeal("x")).unwrap_err().code, theirs.code);
}
