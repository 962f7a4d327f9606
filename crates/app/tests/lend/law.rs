//! What a jurisdiction profile forbids, limits and wants said; the rest of the program knows no law.

use super::world::{AREA, CHARTER, World, appeal, request_file};
use hustings_app::lend::{RequestFile, request};
use hustings_app::{Kind, Refusal, send, worth};
use hustings_domain::access::Actor;
use hustings_domain::loan::Ask;

fn under(section: &str) -> String {
    let usual = "profile = \"neutral\"\nelection = \"2026-general\"";
    assert!(CHARTER.contains(usual));
    CHARTER.replace(usual, section)
}

fn own(rule: &str) -> String {
    let profile = format!(
        "id = \"own\"\ntitle = \"Ours\"\nas_of = \"2026-01-01\"\ncurrency = \"USD\"\nnote = \"n\"\n\
         [[rule]]\n{rule}\nwhy = \"w\"\nsource = \"s\"\n"
    );
    under(&format!("profile = \"own\"\nown = '''\n{profile}'''"))
}

fn refused(world: &World, paid_for_by: &str) -> Refusal {
    let mut text = appeal("Two Saturdays");
    text.paid_for_by = paid_for_by.to_owned();
    let file =
        RequestFile { cap: Some(40_000), appeal: text, ..request_file(&world.candidate, Ask::Hear, AREA) };
    request(&world.app, &Actor::operator(), file).unwrap_err()
}

#[test]
fn what_a_profile_forbids_is_not_lent_and_what_it_wants_said_is_said() {
    let world = World::new(0, &under("profile = \"us-wa\"\nlender = \"candidate-committee\""));
    let refusal = refused(&world, "Paid for by Candidate.");
    assert_eq!((refusal.kind, refusal.code), (Kind::Denied, "worth.forbidden"));
    assert!(refusal.causes[0].contains("RCW 42.17A.430"), "{refusal:?}");
    assert!(refusal.hints[0].contains("not legal advice"));
    let world = World::new(0, &under("profile = \"us-federal\"\nlender = \"candidate-committee\""));
    let refusal = refused(&world, "Friends of Candidate.");
    assert_eq!((refusal.kind, refusal.code), (Kind::Invalid, "appeal.no-disclaimer"));
    world.request(&world.candidate, Ask::Hear);
}

#[test]
fn nothing_goes_out_over_the_limit_of_an_election() {
    // 300 people at $55 a thousand are worth about $15 once a tenth is held back; the limit is $10.
    let world = World::new(300, &own("treatment = \"value\"\nper_election_cents = 1000"));
    let loan = world.request(&world.candidate, Ask::Hear);
    for trustee in [0, 1, 3] {
        world.vote(trustee, &loan).unwrap();
    }
    let refusal = send::start_send(&world.app, &Actor::operator(), loan.number).unwrap_err();
    assert_eq!((refusal.kind, refusal.code), (Kind::Denied, "worth.over-limit"));
    let world = World::new(300, &own("treatment = \"value\"\nper_election_cents = 100000"));
    let loan = world.request(&world.candidate, Ask::Hear);
    for trustee in [0, 1, 3] {
        world.vote(trustee, &loan).unwrap();
    }
    send::start_send(&world.app, &Actor::operator(), loan.number).unwrap();
    let statement = worth::statement(&world.app, &Actor::operator(), None).unwrap();
    assert_eq!(statement.lines.len(), 1);
    assert!(statement.lines[0].standing.contains("$1,000.00 left"), "{statement:?}");
}

#[test]
fn the_notice_that_a_law_wants_holds_what_it_names() {
    let world = World::new(0, &under("profile = \"eu\"\nelection = \"2026 regional\""));
    let refusal = refused(&world, "Paid for by Candidate.");
    assert_eq!(refusal.code, "appeal.no-disclaimer", "it is not marked as a political advertisement");
    let world = World::new(0, CHARTER);
    let loan = world.request(&world.candidate, Ask::Hear);
    let none = worth::notice(&world.app, &Actor::operator(), loan.number).unwrap_err();
    assert_eq!(none.code, "worth.no-notice");
}
