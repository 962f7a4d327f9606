//! A charter is changed by the board, and not to one under which the board could never decide.

use super::keyring::Ring;
use super::world::{CHARTER, World};
use hustings_app::board::{Intent, Matter, charter_view, open_matters};
use hustings_app::lend::{Proposed, proposals, propose_charter};
use hustings_domain::access::Actor;
use hustings_domain::clearance::Ballot;
use hustings_domain::loan::Ask;

fn version_two(changes: &[(&str, &str)]) -> String {
    let mut text = CHARTER.replacen("version = 1", "version = 2", 1);
    for (from, to) in changes {
        assert!(text.contains(from), "the example no longer says `{from}`");
        text = text.replacen(from, to, 1);
    }
    text
}

fn vote(world: &World, ring: &Ring, trustee: usize, proposed: &Proposed, ballot: Ballot) {
    let (matter, content) = (Matter::Charter(proposed.number), proposed.content);
    ring.act(world, trustee, Intent::Vote { matter, ballot, content, seat: None }).unwrap();
}

#[test]
fn a_charter_takes_force_by_the_boards_votes_alone() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let text = version_two(&[("quorum = 3 ", "quorum = 4 "), ("decide_days = 10 ", "decide_days = 5 ")]);
    let proposed = propose_charter(&world.app, &Actor::operator(), &text).unwrap();
    let mut changes = proposed.changes.clone();
    changes.sort();
    assert_eq!(
        changes,
        ["the days in which the board decides: 10 becomes 5", "the votes needed: 3 becomes 4"]
    );
    assert_eq!(world.app.charter().unwrap().version, 1);
    let refused = hustings_app::lend::adopt_charter(&world.app, &Actor::operator(), &text).unwrap_err();
    assert_eq!(refused.code, "charter.in-force");

    vote(&world, &ring, 0, &proposed, Ballot::Approve);
    vote(&world, &ring, 1, &proposed, Ballot::Approve);
    assert_eq!(world.app.charter().unwrap().version, 1, "two votes of one wing are not enough");
    assert_eq!(open_matters(&world.app, &Actor::operator()).unwrap().len(), 1);
    vote(&world, &ring, 3, &proposed, Ballot::Approve);
    let charter = world.app.charter().unwrap();
    assert_eq!((charter.version, charter.board.quorum), (2, 4));
    assert_eq!(charter_view(&world.app, &Actor::operator(), 1).unwrap().state, "adopted");
    assert!(hustings_app::board::verify(&world.app, &Actor::operator()).unwrap().holds());
}

#[test]
fn what_was_asked_under_the_old_charter_is_decided_by_it() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let loan = world.request(&world.candidate, Ask::Hear);
    let proposed =
        propose_charter(&world.app, &Actor::operator(), &version_two(&[("quorum = 3 ", "quorum = 5 ")]))
            .unwrap();
    for trustee in [0, 1, 3] {
        vote(&world, &ring, trustee, &proposed, Ballot::Approve);
    }
    let content = loan.content_hash().unwrap();
    for trustee in [0, 1, 3] {
        let matter = Matter::Loan(loan.number);
        ring.act(&world, trustee, Intent::Vote { matter, ballot: Ballot::Approve, content, seat: None })
            .unwrap();
    }
    let clearance = world.app.store().read(|tx| hustings_app::lend::clearance_of(tx, &loan)).unwrap();
    assert_eq!(clearance.approvals(), 3);
}

#[test]
fn a_refused_charter_changes_nothing_and_an_overtaken_one_is_closed() {
    let world = World::signed(CHARTER);
    let ring = Ring::founded(&world);
    let propose = |text: &str| propose_charter(&world.app, &Actor::operator(), text).unwrap();
    let refused = propose(&version_two(&[("quorum = 3 ", "quorum = 2 ")]));
    let first = propose(&version_two(&[("review_days = 14 ", "review_days = 7 ")]));
    let second = propose(&version_two(&[("review_days = 14 ", "review_days = 9 ")]));
    for trustee in [0, 1, 3] {
        vote(&world, &ring, trustee, &refused, Ballot::Refuse { reason: "too few".to_owned() });
        vote(&world, &ring, trustee, &first, Ballot::Approve);
    }
    let states: Vec<&str> =
        proposals(&world.app, &Actor::operator()).unwrap().iter().map(|one| one.state.as_str()).collect();
    assert_eq!(states, ["overtaken", "adopted", "refused"]);
    assert_eq!(world.app.charter().unwrap().board.review_days, 7);
    let (matter, content) = (Matter::Charter(second.number), second.content);
    let late = Intent::Vote { matter, ballot: Ballot::Approve, content, seat: None };
    assert_eq!(ring.act(&world, 4, late).unwrap_err().code, "vote.closed");
}

#[test]
fn a_charter_that_could_never_decide_is_refused_and_says_who_is_missing() {
    let world = World::signed(CHARTER);
    let propose = |text: &str| propose_charter(&world.app, &Actor::operator(), text).unwrap_err();
    let refusal = propose(&version_two(&[("quorum = 3 ", "quorum = 7 ")]));
    assert_eq!(refusal.code, "charter.unreachable");
    assert_eq!(
        refusal.causes,
        ["the board: 2 more trustees are needed for 7 votes: seated are \
          Trustee 0, Trustee 1, Trustee 2, Trustee 3, Trustee 4"]
    );
    let wing = "wings = [\"labor\", \"climate\"";
    assert!(CHARTER.contains(wing), "the example's wings are written otherwise");
    let refusal = propose(&version_two(&[
        (wing, "wings = [\"labor\", \"climate\", \"youth\""),
        ("wings_needed = 2 ", "wings_needed = 3 "),
    ]));
    assert_eq!(refusal.causes, ["the board: approvals must come from 3 wings, and nobody sits in `youth`"]);
    let panel = "\n[[board.panels]]\nname = \"money\"\nasks = [\"give\"]\nquorum = 2\nwings_needed = 1\n\
                 trustees = [\"Trustee 0\", \"Rosa\"]\n\n# Who may ask for what.";
    let refusal = propose(&version_two(&[("\n# Who may ask for what.", panel)]));
    assert_eq!(refusal.causes[0], "the panel `money`: no trustee is called Rosa");
    assert_eq!(propose(CHARTER).code, "charter.version");
    assert_eq!(propose(&version_two(&[])).code, "charter.same");
}
