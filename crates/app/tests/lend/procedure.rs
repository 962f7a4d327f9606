//! Panels, delegates, reviews, deadlines and emergency pauses: each as the charter bounds it, and no vote twice.

use super::keyring::Ring;
use super::world::{CHARTER, World, agent, appeal};
use hustings_app::Kind;
use hustings_app::board::{Intent, Matter, Outcome, Stage, ask_for_review, delegations, reminded, reminders};
use hustings_app::lend::{LoanChange, edit_loan, loan_view};
use hustings_app::send::{end_pauses, pause};
use hustings_domain::access::Actor;
use hustings_domain::clearance::{Ballot, Decision};
use hustings_domain::ids::UserId;
use hustings_domain::loan::{Ask, Loan, LoanState, Narrower};
use jiff::{SignedDuration, Timestamp};

fn id(world: &World, trustee: usize) -> UserId {
    world.trustees[trustee].user.unwrap()
}

fn vote(loan: &Loan, ballot: Ballot, seat: Option<UserId>) -> Intent {
    Intent::Vote { matter: Matter::Loan(loan.number), ballot, content: loan.content_hash().unwrap(), seat }
}

fn in_days(world: &World, days: i64) -> Timestamp {
    world.app.now() + SignedDuration::from_hours(24 * days)
}

fn decision(outcome: Outcome) -> Decision {
    let Outcome::Decided(decision) = outcome else { panic!("{outcome:?}") };
    decision
}

#[test]
fn a_delegate_fills_the_seat_of_whoever_is_away_and_no_seat_counts_twice() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let loan = world.request(&world.candidate, Ask::Hear);
    let stead = vote(&loan, Ballot::Approve, Some(id(&world, 3)));
    assert_eq!(ring.act(&world, 0, stead.clone()).unwrap_err().code, "vote.no-delegate");
    let until = in_days(&world, 14);
    ring.act(&world, 3, Intent::Delegate { to: id(&world, 0), until }).unwrap();

    ring.act(&world, 0, vote(&loan, Ballot::Approve, None)).unwrap();
    let Decision::Open { missing } = decision(ring.act(&world, 0, stead.clone()).unwrap()) else { panic!() };
    assert_eq!(missing[0], "2 of 3 votes are in", "one's own and one in another's stead");
    let again = decision(ring.act(&world, 0, stead.clone()).unwrap());
    assert!(matches!(&again, Decision::Open { missing } if missing[0] == "2 of 3 votes are in"), "{again:?}");

    // Whoever was away votes in person: that one vote stands, and no delegate changes it.
    world.clock.advance_seconds(5);
    let own = vote(&loan, Ballot::Refuse { reason: "not now".to_owned() }, None);
    let Decision::Open { missing } = decision(ring.act(&world, 3, own).unwrap()) else { panic!() };
    assert_eq!(missing[0], "2 of 3 votes are in");
    assert_eq!(ring.act(&world, 0, stead.clone()).unwrap_err().code, "vote.own-stands");
    let view = loan_view(&world.app, &Actor::operator(), loan.number).unwrap();
    assert!(matches!(view.decision, Decision::Open { .. }));

    world.clock.advance_seconds(15 * 86_400);
    let other = world.request(&world.candidate, Ask::Hear);
    let late = vote(&other, Ballot::Approve, Some(id(&world, 3)));
    assert_eq!(ring.act(&world, 0, late).unwrap_err().code, "vote.no-delegate", "it is over");
}

#[test]
fn delegations_are_bounded_in_time_number_and_depth() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let delegate = |from: usize, to: usize, days: i64| {
        ring.act(&world, from, Intent::Delegate { to: id(&world, to), until: in_days(&world, days) })
            .map_err(|refusal| refusal.message)
    };
    assert_eq!(delegate(0, 0, 3).unwrap_err(), "a delegate is another trustee of this board");
    assert_eq!(delegate(0, 1, 61).unwrap_err(), "a delegation lasts from now on for 1 to 60 days");
    delegate(0, 1, 3).unwrap();
    assert!(delegate(0, 2, 3).unwrap_err().starts_with("you have a delegate already"));
    assert!(
        delegate(2, 1, 3).unwrap_err().starts_with("that trustee votes for 1 already"),
        "beyond the limit"
    );
    assert!(delegate(2, 0, 3).unwrap_err().starts_with("that trustee is away too"));
    assert!(delegate(1, 2, 3).unwrap_err().starts_with("others rely on your vote"));
    let known = delegations(&world.app, &Actor::operator()).unwrap();
    assert_eq!(known.len(), 1);
    let theirs = ring.act(&world, 1, Intent::EndDelegation { id: known[0].id }).unwrap_err();
    assert_eq!(theirs.code, "delegation.not-yours");
    ring.act(&world, 0, Intent::EndDelegation { id: known[0].id }).unwrap();
    assert!(delegations(&world.app, &Actor::operator()).unwrap().is_empty());
    delegate(2, 1, 3).unwrap();
}

#[test]
fn money_goes_to_its_panel() {
    let panel = "[[board.panels]]\nname = \"money\"\nasks = [\"volunteer\"]\nquorum = 2\nwings_needed = 2\n\
                 trustees = [\"Trustee 0\", \"Trustee 3\", \"Trustee 4\"]\n\n# Who may ask for what.";
    let world = World::signed(&CHARTER.replacen("# Who may ask for what.", panel, 1));
    let ring = Ring::founded(&world);
    let loan = world.request(&world.candidate, Ask::Volunteer);
    let outside = ring.act(&world, 1, vote(&loan, Ballot::Approve, None)).unwrap_err();
    assert_eq!((outside.kind, outside.code), (Kind::Denied, "vote.other-panel"));
    ring.act(&world, 0, vote(&loan, Ballot::Approve, None)).unwrap();
    let cleared = decision(ring.act(&world, 3, vote(&loan, Ballot::Approve, None)).unwrap());
    assert!(matches!(cleared, Decision::Cleared(_)), "{cleared:?}");
    let whole = world.request(&world.candidate, Ask::Hear);
    ring.act(&world, 1, vote(&whole, Ballot::Approve, None)).unwrap();
}

#[test]
fn a_condition_is_met_by_a_change_that_asks_everybody_anew() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let loan = world.request(&world.candidate, Ask::Hear);
    ring.act(&world, 0, vote(&loan, Ballot::Approve, None)).unwrap();
    let condition = Ballot::ApproveIf { condition: "at most a hundred people".to_owned() };
    ring.act(&world, 1, vote(&loan, condition, None)).unwrap();
    let change = |to| {
        let change = LoanChange { appeal: Some(appeal("Shorter")), to };
        edit_loan(&world.app, &agent(&world.candidate), loan.number, change)
    };
    let hour = jiff::Span::new().hours(1);
    let wider = [
        Narrower { cap: Some(loan.terms.cap + 1), ..Narrower::default() },
        Narrower { cap: Some(0), ..Narrower::default() },
        Narrower { fields: Some(vec!["phone".parse().unwrap()]), ..Narrower::default() },
        Narrower { closes: Some(loan.terms.closes + hour), ..Narrower::default() },
        Narrower { opens: Some(loan.terms.opens - hour), ..Narrower::default() },
        Narrower { opens: Some(loan.terms.closes), ..Narrower::default() },
    ];
    for to in wider {
        assert_eq!(change(to.clone()).unwrap_err().code, "loan.not-narrower", "{to:?}");
    }
    let nothing =
        LoanChange { appeal: None, to: Narrower { cap: Some(loan.terms.cap), ..Narrower::default() } };
    let unchanged = edit_loan(&world.app, &agent(&world.candidate), loan.number, nothing).unwrap_err();
    assert_eq!(unchanged.code, "loan.unchanged");
    let less = Narrower {
        cap: Some(100),
        fields: Some(Vec::new()),
        opens: None,
        closes: Some(loan.terms.closes - hour),
    };
    let changed = change(less).unwrap();
    assert_eq!((changed.terms.cap, changed.state), (100, LoanState::Requested));
    assert_eq!((changed.terms.fields.len(), changed.terms.closes), (0, loan.terms.closes - hour));
    let view = loan_view(&world.app, &Actor::operator(), loan.number).unwrap();
    let Decision::Open { missing } = view.decision else { panic!() };
    assert_eq!(missing[0], "0 of 3 votes are in");
    for trustee in [0, 1, 3] {
        ring.act(&world, trustee, vote(&changed, Ballot::Approve, None)).unwrap();
    }
    let view = loan_view(&world.app, &Actor::operator(), loan.number).unwrap();
    assert_eq!(view.loan.state, LoanState::Cleared);
}

#[test]
fn a_refusal_is_reviewed_once_in_time_by_fresh_votes() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let loan = world.request(&world.candidate, Ask::Hear);
    let ask = || ask_for_review(&world.app, &agent(&world.candidate), loan.number, "we say now who pays");
    assert_eq!(ask().unwrap_err().code, "review.not-refused");
    for trustee in [0, 1, 3] {
        ring.act(&world, trustee, vote(&loan, Ballot::Refuse { reason: "no".to_owned() }, None)).unwrap();
    }
    let theirs = ask_for_review(&world.app, &agent(&world.rival), loan.number, "let me").unwrap_err();
    assert_eq!(theirs.code, "loan.unknown");
    assert_eq!(ask().unwrap().state, LoanState::Requested);
    // What was signed on the first round counts for nothing in the second, wherever it is put.
    world
        .app
        .store()
        .write(|tx| {
            let mut said = tx.proceedings(loan.id)?;
            said.votes = said.earlier[0].clone();
            assert_eq!((said.votes.len(), said.signed.len()), (3, 3));
            tx.put_proceedings(loan.id, &said)
        })
        .unwrap();
    let view = loan_view(&world.app, &Actor::operator(), loan.number).unwrap();
    assert!(view.proceedings.votes.is_empty());
    for trustee in [0, 1, 4] {
        ring.act(&world, trustee, vote(&loan, Ballot::Refuse { reason: "still no".to_owned() }, None))
            .unwrap();
    }
    assert_eq!(ask().unwrap_err().code, "review.twice");

    let second = world.request(&world.candidate, Ask::Hear);
    for trustee in [0, 1, 3] {
        ring.act(&world, trustee, vote(&second, Ballot::Refuse { reason: "no".to_owned() }, None)).unwrap();
    }
    world.clock.advance_seconds(15 * 86_400);
    let late = ask_for_review(&world.app, &agent(&world.candidate), second.number, "late").unwrap_err();
    assert_eq!(late.code, "review.late");
    assert!(hustings_app::board::verify(&world.app, &Actor::operator()).unwrap().holds());
}

#[test]
fn whoever_is_missing_is_reminded_once_at_each_stage() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let loan = world.request(&world.candidate, Ask::Hear);
    ring.act(&world, 0, vote(&loan, Ballot::Approve, None)).unwrap();
    let due = || reminders(&world.app, &Actor::machine()).unwrap();
    let send_all = || {
        let all = due();
        for reminder in &all {
            reminded(&world.app, reminder).unwrap();
        }
        all.iter().map(|reminder| (reminder.trustee.name.clone(), reminder.stage)).collect::<Vec<_>>()
    };
    let others = |stage| (1..5).map(|n| (format!("Trustee {n}"), stage)).collect::<Vec<_>>();
    let sorted = |mut all: Vec<(String, Stage)>| {
        all.sort();
        all
    };
    assert_eq!(sorted(send_all()), others(Stage::Asked));
    assert!(due().is_empty(), "each goes once");
    world.clock.advance_seconds(7 * 86_400);
    assert_eq!(sorted(send_all()), others(Stage::Soon));
    ring.act(&world, 1, Intent::Recuse { matter: Matter::Loan(loan.number), reason: "cousin".to_owned() })
        .unwrap();
    world.clock.advance_seconds(3 * 86_400);
    assert_eq!(sorted(send_all()), others(Stage::Late)[1..]);
}

#[test]
fn an_emergency_pause_ends_by_itself_unless_another_trustee_confirms_it() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let state = |loan: &Loan| loan_view(&world.app, &Actor::operator(), loan.number).unwrap().loan.state;
    let sending = || {
        let loan = world.request(&world.candidate, Ask::Hear);
        for trustee in [0, 1, 3] {
            ring.act(&world, trustee, vote(&loan, Ballot::Approve, None)).unwrap();
        }
        let loan = Loan { state: LoanState::Sending, ..loan };
        world.app.store().write(|tx| tx.put_loan(&loan)).unwrap();
        loan
    };
    let (alone, confirmed, steward) = (sending(), sending(), sending());
    for loan in [&alone, &confirmed] {
        pause(&world.app, &world.trustees[0], loan.number, "this looks wrong").unwrap();
    }
    pause(&world.app, &Actor::operator(), steward.number, "the relay is ill").unwrap();
    let own = ring.act(&world, 0, Intent::ConfirmPause { loan: confirmed.number }).unwrap_err();
    assert_eq!(own.code, "pause.own");
    ring.act(&world, 4, Intent::ConfirmPause { loan: confirmed.number }).unwrap();
    let none = ring.act(&world, 4, Intent::ConfirmPause { loan: steward.number }).unwrap_err();
    assert_eq!(none.code, "pause.none");

    world.clock.advance_seconds(48 * 3_600 - 1);
    assert!(end_pauses(&world.app).unwrap().is_empty());
    world.clock.advance_seconds(1);
    assert_eq!(end_pauses(&world.app).unwrap(), [alone.number]);
    assert_eq!(
        [&alone, &confirmed, &steward].map(state),
        [LoanState::Sending, LoanState::Paused, LoanState::Paused]
    );
    let again = pause(&world.app, &world.trustees[0], alone.number, "still wrong").unwrap_err();
    assert_eq!(again.code, "pause.again");
    pause(&world.app, &world.trustees[1], alone.number, "I see it too").unwrap();
    assert!(end_pauses(&world.app).unwrap().is_empty());
}
