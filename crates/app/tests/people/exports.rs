//! Showing and handing out what is held on one person, and counting exactly.

use crate::world::{TODAY, World};
use hustings_app::Kind;
use hustings_app::people::count::count;
use hustings_app::people::export::{export_person, own_export};
use hustings_app::people::show::{find_by_email, own_page, supporter_page};
use hustings_domain::access::{Actor, Role};

const PEOPLE: &str = "email,first_name,email_opt_in,issues,ocd_division\n\
ann@example.org,Ann,yes,housing,ocd-division/country:us/state:vt/sldl:chittenden-13\n\
bob@example.org,Bob,,housing;climate,ocd-division/country:us/state:vt/sldl:chittenden-14\n";

#[test]
fn everything_held_is_handed_out() {
    let world = World::new();
    world.import("people.csv", PEOPLE);
    let ann = world.page("ann@example.org").unwrap();
    let before = world.entries();
    let json = export_person(&world.app, &Actor::operator(), ann.id).unwrap();
    assert_eq!(world.entries(), before + 1);
    assert_eq!(json["identity"]["email"], "ann@example.org");
    assert_eq!(json["consents"][0]["purpose"], "news");
    assert_eq!(json["consents"][0]["event_state"], "given");
    assert_eq!(json["consents"][0]["pii_controller"], "Green Mountain Forward");
    assert_eq!(json["facts"].as_array().unwrap().len(), 2);
    assert_eq!(json["facts"][0]["source"], "people");
    let own = own_export(&world.app, ann.ordinal).unwrap();
    assert_eq!((&own["identity"], world.entries()), (&json["identity"], before + 1));
    assert_eq!(own_page(&world.app, ann.ordinal).unwrap().id, ann.id);
}

#[test]
fn reading_a_record_is_in_the_ledger_and_a_borrower_reads_none() {
    let world = World::new();
    world.import("people.csv", PEOPLE);
    let id = find_by_email(&world.app, &Actor::operator(), "ANN@example.org").unwrap().unwrap();
    let before = world.entries();
    supporter_page(&world.app, &Actor::operator(), id).unwrap();
    assert_eq!(world.entries(), before + 1);
    let borrower = Actor { user: None, roles: vec![Role::Borrower], wing: None, borrower: None };
    assert_eq!(supporter_page(&world.app, &borrower, id).unwrap_err().kind, Kind::Denied);
    assert_eq!(find_by_email(&world.app, &borrower, "ann@example.org").unwrap_err().kind, Kind::Denied);
    assert_eq!(export_person(&world.app, &borrower, id).unwrap_err().kind, Kind::Denied);
    assert_eq!(count(&world.app, &borrower, "everyone", TODAY).unwrap_err().kind, Kind::Denied);
    assert_eq!(
        find_by_email(&world.app, &Actor::operator(), "nobody").unwrap_err().code,
        "supporter.address"
    );
    assert_eq!(find_by_email(&world.app, &Actor::operator(), "nobody@example.org").unwrap(), None);
}

#[test]
fn a_count_divides_and_a_slip_is_drawn() {
    let world = World::new();
    world.import("people.csv", PEOPLE);
    world.import("suppression.csv", "email\nbob@example.org\n");
    let counted = count(&world.app, &Actor::operator(), "issue has \"housing\"", TODAY).unwrap();
    assert_eq!((counted.count, counted.stopped), (2, 1));
    let by = |name: &str| counted.breakdowns.iter().find(|breakdown| breakdown.by == name).unwrap();
    assert_eq!(by("sldl").parts.len(), 2);
    assert_eq!(by("issue").parts, [("climate".to_owned(), 1), ("housing".to_owned(), 2)]);
    assert!(!counted.words.is_empty() && !counted.canonical.is_empty());
    let refusal = count(&world.app, &Actor::operator(), "issue has \"huosing\"", TODAY).unwrap_err();
    assert_eq!(refusal.code, "audience.wrong");
    assert!(refusal.causes[0].contains("^^^") && refusal.hints[0].contains("housing"), "{refusal:?}");
    assert_eq!(
        count(&world.app, &Actor::operator(), "issue has (", TODAY).unwrap_err().code,
        "audience.wrong"
    );
    assert_eq!(count(&world.app, &Actor::operator(), "issue has \"transit\"", TODAY).unwrap().count, 0);
}
