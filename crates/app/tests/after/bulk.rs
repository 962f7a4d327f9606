//! Whoever reads more than one person's data leaves an entry, each time, before they have it; whoever may not read leaves
//! none and gets nothing.

use super::world::{World, steward};
use hustings_app::after::{export_copy, fetch_copy, reports, trace};
use hustings_app::folder::back_up;
use hustings_app::people::audience::sample;
use hustings_domain::access::{Actor, Role};

type Read<'a> = Box<dyn Fn(&Actor) -> hustings_app::Result<()> + 'a>;

#[test]
fn every_bulk_read_is_on_the_ledger() {
    let world = World::with_people(40);
    let jo = world.borrower("Jo Alvarez");
    let loan = world.sent_loan(&jo, 0..40);
    world.everybody_says_yes(&loan, 30, &["email", "given-name"]);
    let today = "2026-09-02".parse().unwrap();
    let copy = export_copy(&world.app, &steward(), loan.number).unwrap();
    assert_eq!(world.ledger_kinds().last().map(String::as_str), Some("copy.made"));
    let file = fetch_copy(&world.app, &steward(), copy.number).unwrap();
    let leak: Vec<u8> = file.clone();
    let to = tempfile::tempdir().unwrap();

    // What is read, and the entry that it leaves.
    let app = &world.app;
    let reads: [(&str, &str, Read<'_>); 5] = [
        ("sample", "supporter.read", Box::new(|by| sample(app, by, "everyone", today).map(drop))),
        ("fetch", "copy.fetched", Box::new(|by| fetch_copy(app, by, copy.number).map(drop))),
        ("reports", "reports.read", Box::new(|by| reports(app, by, loan.number).map(drop))),
        ("trace", "trace.", Box::new(|by| trace(app, by, &leak).map(drop))),
        ("backup", "list.backed-up", Box::new(|by| back_up(app, by, &to.path().join("backup")).map(drop))),
    ];
    for (what, kind, read) in &reads {
        let before = world.entries().len();
        let nobody =
            Actor { user: None, roles: vec![Role::Treasurer], wing: None, borrower: None, through: None };
        assert!(read(&nobody).is_err(), "{what}");
        assert_eq!(world.entries().len(), before, "{what} by somebody who may not");
        let by = if *what == "backup" { Actor::operator() } else { steward() };
        read(&by).unwrap();
        let new = &world.ledger_kinds()[before..];
        assert!(new.iter().any(|entered| entered.starts_with(kind)), "{what} left {new:?}");
    }
}
