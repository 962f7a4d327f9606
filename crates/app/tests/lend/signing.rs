//! Votes that are signed: who can cast one, and who cannot, whatever they hold.

use super::keyring::Ring;
use super::world::{CHARTER, World, agent, appeal};
use hustings_app::access::{log_in, login_link};
use hustings_app::board::{Intent, Matter, Outcome, SignedBy, prepare, submit, unsigned, verify};
use hustings_app::lend::{clearance_of, edit_appeal, loan_view};
use hustings_app::{Kind, Refusal};
use hustings_domain::access::Actor;
use hustings_domain::clearance::{Ballot, Decision, Vote};
use hustings_domain::loan::{Ask, Loan, LoanState};
use hustings_signet::FileKey;

fn vote(loan: &Loan) -> Intent {
    let content = loan.content_hash().unwrap();
    Intent::Vote { matter: Matter::Loan(loan.number), ballot: Ballot::Approve, content, seat: None }
}

#[test]
fn a_signed_board_clears_a_loan_and_the_ledger_proves_every_vote() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let loan = world.request(&world.candidate, Ask::Hear);
    for trustee in [0, 1] {
        ring.act(&world, trustee, vote(&loan)).unwrap();
    }
    let Outcome::Decided(Decision::Cleared(clearance)) = ring.act(&world, 3, vote(&loan)).unwrap() else {
        panic!("three votes from two wings clear it")
    };
    assert_eq!(clearance.approvals(), 3);
    let verified = verify(&world.app, &Actor::operator()).unwrap();
    assert!(verified.holds(), "{verified:?}");
    assert_eq!((verified.audit.keys, verified.audit.votes, verified.audit.unsigned), (5, 3, 0));
}

#[test]
fn without_a_key_in_force_nobody_votes_and_nobody_technical_does_at_all() {
    let world = World::signed(CHARTER);
    let loan = world.request(&world.candidate, Ask::Hear);
    assert_eq!(world.vote(0, &loan).unwrap_err().code, "vote.unsigned");
    let by_operator = unsigned(&world.app, &Actor::operator(), &vote(&loan)).unwrap_err();
    assert_eq!((by_operator.kind, by_operator.code), (Kind::Denied, "access.denied"));
    assert_eq!(prepare(&world.app, &Actor::operator(), vote(&loan)).unwrap_err().code, "access.denied");
    let view = loan_view(&world.app, &Actor::operator(), loan.number).unwrap();
    let Decision::Unreachable { why } = view.decision else { panic!("{:?}", view.decision) };
    assert!(
        why.ends_with("without a key in force are Trustee 0, Trustee 1, Trustee 2, Trustee 3, Trustee 4"),
        "{why}"
    );
}

/// An administrator can log in as anybody: they hand out the links. It does not make them that trustee.
#[test]
fn a_session_that_an_administrator_began_votes_for_nobody() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let loan = world.request(&world.candidate, Ask::Hear);
    let victim = world.trustees[2].user.unwrap();
    let session = log_in(&world.app, &login_link(&world.app, victim).unwrap()).unwrap();
    let as_victim = hustings_app::access::actor_of_session(&world.app, &session.cookie).unwrap().unwrap().0;
    assert_eq!(unsigned(&world.app, &as_victim, &vote(&loan)).unwrap_err().code, "vote.unsigned");

    let own = FileKey::new(&mut *world.app.rng("theirs")).unwrap();
    Ring::register(&world, &as_victim, &own, "a new phone").unwrap();
    let prepared = prepare(&world.app, &as_victim, vote(&loan)).unwrap();
    let by = Ring::by(&own, &prepared);
    assert_eq!(submit(&world.app, &as_victim, prepared.hash, by).unwrap_err().code, "sign.not-in-force");

    // Nor can the key be confirmed with itself, or by one trustee who is in on it.
    let id = own.public().id().unwrap();
    let prepared = prepare(&world.app, &as_victim, Intent::ConfirmKey { key: id }).unwrap();
    let by = Ring::by(&own, &prepared);
    assert_eq!(submit(&world.app, &as_victim, prepared.hash, by).unwrap_err().code, "sign.not-in-force");
    assert_eq!(ring.act(&world, 0, Intent::ConfirmKey { key: id }).unwrap(), Outcome::Done(vec![]));
    let prepared = prepare(&world.app, &as_victim, vote(&loan)).unwrap();
    let by = Ring::by(&own, &prepared);
    assert_eq!(submit(&world.app, &as_victim, prepared.hash, by).unwrap_err().code, "sign.not-in-force");
    assert!(loan_view(&world.app, &Actor::operator(), loan.number).unwrap().proceedings.votes.is_empty());
    assert!(verify(&world.app, &Actor::operator()).unwrap().holds());
}

#[test]
fn a_vote_is_signed_once_in_time_by_its_own_trustee_and_key() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let loan = world.request(&world.candidate, Ask::Hear);
    let code = |outcome: Result<Outcome, Refusal>| outcome.unwrap_err().code;

    let prepared = prepare(&world.app, &world.trustees[0], vote(&loan)).unwrap();
    let forged = Ring::by(&ring.keys[1], &prepared);
    assert_eq!(code(submit(&world.app, &world.trustees[0], prepared.hash, forged)), "sign.unsound");
    let garbage = SignedBy::File { signature: "AAAA".to_owned() };
    assert_eq!(code(submit(&world.app, &world.trustees[0], prepared.hash, garbage)), "sign.unsound");
    let taken = Ring::by(&ring.keys[1], &prepared);
    assert_eq!(code(submit(&world.app, &world.trustees[1], prepared.hash, taken)), "sign.not-yours");
    let good = || Ring::by(&ring.keys[0], &prepared);
    submit(&world.app, &world.trustees[0], prepared.hash, good()).unwrap();
    assert_eq!(
        code(submit(&world.app, &world.trustees[0], prepared.hash, good())),
        "sign.unknown",
        "replayed"
    );

    let late = prepare(&world.app, &world.trustees[1], vote(&loan)).unwrap();
    world.clock.advance_seconds(601);
    let by = Ring::by(&ring.keys[1], &late);
    assert_eq!(code(submit(&world.app, &world.trustees[1], late.hash, by)), "sign.unknown", "expired");
}

#[test]
fn a_vote_signed_on_one_text_counts_on_no_other() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let loan = world.request(&world.candidate, Ask::Hear);
    let prepared = prepare(&world.app, &world.trustees[0], vote(&loan)).unwrap();
    edit_appeal(&world.app, &agent(&world.candidate), loan.number, appeal("Other words")).unwrap();
    let by = Ring::by(&ring.keys[0], &prepared);
    let refusal = submit(&world.app, &world.trustees[0], prepared.hash, by).unwrap_err();
    assert_eq!(refusal.code, "vote.old-text");
    assert_eq!(prepare(&world.app, &world.trustees[0], vote(&loan)).unwrap_err().code, "vote.old-text");
}

/// Whoever can write into the database adds votes, or changes those that are there.
#[test]
fn what_is_put_into_the_store_by_hand_clears_nothing() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let loan = world.request(&world.candidate, Ask::Hear);
    let other = world.request(&world.candidate, Ask::Hear);
    ring.act(&world, 0, vote(&loan)).unwrap();
    let (content, now) = (loan.content_hash().unwrap(), world.app.now());
    world
        .app
        .store()
        .write(|tx| {
            let mut said = tx.proceedings(loan.id)?;
            for trustee in [1, 3] {
                let trustee = world.trustees[trustee].user.unwrap();
                said.votes.push(Vote { trustee, ballot: Ballot::Approve, content, at: now, by: None });
            }
            // And the one real signature is carried over to another loan.
            tx.put_proceedings(other.id, &said)?;
            tx.put_proceedings(loan.id, &said)?;
            tx.put_loan(&Loan { state: LoanState::Cleared, ..loan.clone() })?;
            Ok::<_, Refusal>(())
        })
        .unwrap();
    let refusal = world.app.store().read(|tx| clearance_of(tx, &loan)).unwrap_err();
    assert_eq!(refusal.code, "loan.no-clearance");
    assert!(refusal.causes.join("").contains("1 of 3 votes"), "{refusal:?}");
    let start = hustings_app::send::start_send(&world.app, &Actor::operator(), loan.number).unwrap_err();
    assert_eq!(start.code, "loan.no-clearance");
    let elsewhere = world.app.store().read(|tx| clearance_of(tx, &other)).unwrap_err();
    assert!(elsewhere.causes.join("").contains("0 of 3 votes"), "{elsewhere:?}");
}

#[test]
fn changed_words_void_the_vote_that_they_went_with() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let loan = world.request(&world.candidate, Ask::Hear);
    let content = loan.content_hash().unwrap();
    let ballot = Ballot::Refuse { reason: "not ours".to_owned() };
    let refuse = Intent::Vote { matter: Matter::Loan(loan.number), ballot, content, seat: None };
    ring.act(&world, 0, refuse).unwrap();
    let said = || loan_view(&world.app, &Actor::operator(), loan.number).unwrap().proceedings.votes.len();
    assert_eq!(said(), 1);
    world
        .app
        .store()
        .write(|tx| {
            let mut kept = tx.proceedings(loan.id)?;
            kept.votes[0].ballot = Ballot::Refuse { reason: "they are crooks".to_owned() };
            tx.put_proceedings(loan.id, &kept)
        })
        .unwrap();
    assert_eq!(said(), 0);
}

#[test]
fn where_signatures_are_accepted_whoever_has_a_key_is_held_to_it() {
    let world = World::new(0, CHARTER);
    let loan = world.request(&world.candidate, Ask::Hear);
    world.vote(4, &loan).unwrap();
    world.clock.advance_seconds(1);
    let ring = Ring::founded(&world);
    assert_eq!(world.vote(0, &loan).unwrap_err().code, "vote.unsigned");
    ring.act(&world, 0, vote(&loan)).unwrap();
    let view = loan_view(&world.app, &Actor::operator(), loan.number).unwrap();
    assert_eq!(view.proceedings.votes.len(), 2, "what was said before there were keys still counts");
}

#[test]
fn a_withdrawn_key_signs_nothing_more_and_what_it_signed_stands() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let loan = world.request(&world.candidate, Ask::Hear);
    ring.act(&world, 0, vote(&loan)).unwrap();
    world.clock.advance_seconds(60);
    let key = ring.keys[0].public().id().unwrap();
    assert_eq!(ring.act(&world, 1, Intent::WithdrawKey { key }).unwrap_err().code, "key.not-yours");
    ring.act(&world, 0, Intent::WithdrawKey { key }).unwrap();
    let refusal = ring.act(&world, 0, vote(&loan)).unwrap_err();
    assert_eq!(refusal.code, "sign.not-in-force");
    assert_eq!(world.vote(0, &loan).unwrap_err().code, "vote.unsigned");
    let view = loan_view(&world.app, &Actor::operator(), loan.number).unwrap();
    assert_eq!(view.proceedings.votes.len(), 1);
    assert!(verify(&world.app, &Actor::operator()).unwrap().holds());
}

#[test]
fn a_key_put_in_force_by_hand_is_found_out() {
    let world = World::signed(CHARTER);
    let _ring = Ring::founded(&world);
    let own = FileKey::new(&mut *world.app.rng("theirs")).unwrap();
    Ring::register(&world, &world.trustees[2], &own, "forged").unwrap();
    world
        .app
        .store()
        .write(|tx| {
            let mut key = tx.trustee_keys()?.into_iter().find(|key| key.in_force.is_none()).unwrap();
            key.in_force = Some(world.app.now());
            tx.put_trustee_key(&key)
        })
        .unwrap();
    let verified = verify(&world.app, &Actor::operator()).unwrap();
    assert!(!verified.holds());
    assert!(verified.beside[0].ends_with("is in force here and not in the ledger"), "{verified:?}");
}
