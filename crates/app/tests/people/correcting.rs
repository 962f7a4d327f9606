//! What is put right is found under its new address; consents stay, and no stop is lost or lifted.

use crate::world::World;
use hustings_app::Kind;
use hustings_app::people::consent::stop_everything;
use hustings_app::people::correct::{Change, Corrected, correct, correct_mine};
use hustings_app::people::erase::forget_me;
use hustings_domain::access::{Actor, Role};
use hustings_domain::consent::{ConsentState, SuppressionReason, SuppressionScope};
use hustings_domain::facts::FactValue;
use hustings_vault::{EmailAddress, Field};

const PEOPLE: &str = "email,phone,first_name,email_opt_in,postal_code\n\
ann@example.org,8025550101,Ann,yes,05401\nbob@example.org,8025550102,Bob,yes,05401\n";

fn change(field: Field, text: &str) -> Change {
    Change { field, text: text.to_owned() }
}

fn world() -> World {
    let world = World::new();
    world.import("people.csv", PEOPLE);
    world
}

fn fix(world: &World, address: &str, field: Field, text: &str) -> hustings_app::Result<Corrected> {
    let id = world.page(address).unwrap().id;
    correct(&world.app, &Actor::operator(), id, &[change(field, text)])
}

fn stops(world: &World, address: &str) -> Vec<(SuppressionScope, SuppressionReason)> {
    let hash = world.app.vault().suppress_email(&EmailAddress::parse(address).unwrap());
    let stops = world.app.store().read(|tx| Ok::<_, hustings_app::Refusal>(tx.stops_of(hash)?)).unwrap();
    stops.into_iter().map(|(scope, reason, _)| (scope, reason)).collect()
}

#[test]
fn a_new_address_finds_the_person_and_the_old_one_nobody() {
    let world = world();
    let before = world.page("ann@example.org").unwrap();
    let entries = world.entries();
    let corrected = fix(&world, "ann@example.org", Field::Email, " Ann.Lee@Example.org ").unwrap();
    assert_eq!(
        (corrected.fields, corrected.stopped, corrected.borrowers_told),
        (vec![Field::Email], false, 0)
    );
    assert!(world.page("ann@example.org").is_none());
    let after = world.page("ann.lee@example.org").unwrap();
    assert_eq!((after.id, after.ordinal, after.joined), (before.id, before.ordinal, before.joined));
    assert_eq!(after.consents, before.consents, "consents are the person's, not the address's");
    assert_eq!(world.consent("ann.lee@example.org", "news"), ConsentState::Given);
    assert!(world.entries() > entries);
    // The old address is free again: whoever signs up with it is somebody else.
    let report = world.import("again.csv", "email\nann@example.org\n");
    assert_eq!(report.new, 1);
    let world = world.reopen();
    assert_eq!(world.page("ann.lee@example.org").unwrap().identity.get(Field::GivenName), Some("Ann"));
}

#[test]
fn what_says_the_same_changes_nothing() {
    let world = world();
    let entries = world.entries();
    let corrected = fix(&world, "ann@example.org", Field::GivenName, " Ann ").unwrap();
    assert_eq!(corrected, Corrected::default());
    // Looking the person up for the test is entered; nothing else is.
    assert_eq!(world.entries(), entries + 1);
}

#[test]
fn a_stop_moves_along_and_stays_behind() {
    let world = world();
    let ann = world.page("ann@example.org").unwrap().ordinal;
    stop_everything(&world.app, ann, SuppressionReason::Complained).unwrap();
    let corrected = fix(&world, "ann@example.org", Field::Email, "ann.lee@example.org").unwrap();
    assert!(corrected.stopped);
    let stop = (SuppressionScope::Everything, SuppressionReason::Complained);
    for address in ["ann@example.org", "ann.lee@example.org"] {
        assert!(stops(&world, address).contains(&stop), "{address}");
    }
    // Not by leaving the address blank for a while either.
    let world = self::world();
    let bob = world.page("bob@example.org").unwrap().ordinal;
    let only_mail = world.app.vault().suppress_email(&EmailAddress::parse("bob@example.org").unwrap());
    let (scope, at) = (SuppressionScope::Everything, world.app.now());
    let kept = world.app.store().write(|tx| {
        Ok::<_, hustings_app::Refusal>(tx.suppress(only_mail, &scope, SuppressionReason::Unsubscribed, at)?)
    });
    assert!(kept.unwrap());
    correct_mine(&world.app, bob, &[change(Field::Email, "")]).unwrap();
    world.clock.advance_seconds(25 * 3_600);
    let back = correct_mine(&world.app, bob, &[change(Field::Email, "robert@example.org")]).unwrap();
    assert!(back.stopped);
    assert_eq!(stops(&world, "robert@example.org"), [(scope, SuppressionReason::Unsubscribed)]);
}

#[test]
fn a_dead_mailbox_is_nobodys_wish_and_stays_behind() {
    let world = world();
    let mail_key = world.app.vault().suppress_email(&EmailAddress::parse("ann@example.org").unwrap());
    let at = world.app.now();
    let kept = world.app.store().write(|tx| {
        let scope = SuppressionScope::Everything;
        Ok::<_, hustings_app::Refusal>(tx.suppress(mail_key, &scope, SuppressionReason::Bounced, at)?)
    });
    assert!(kept.unwrap());
    let corrected = fix(&world, "ann@example.org", Field::Email, "ann.lee@example.org").unwrap();
    assert!(!corrected.stopped && stops(&world, "ann.lee@example.org").is_empty());
    assert_eq!(stops(&world, "ann@example.org").len(), 1);
}

#[test]
fn an_address_that_was_stopped_before_stops_whoever_comes_to_it() {
    let world = world();
    world.import("suppression.csv", "email\nold@example.org\n");
    let corrected = fix(&world, "ann@example.org", Field::Email, "old@example.org").unwrap();
    assert!(corrected.stopped);
    assert_eq!(world.consent("old@example.org", "news"), ConsentState::Withdrawn);
}

#[test]
fn an_address_of_another_and_of_one_who_was_forgotten_are_refused() {
    let world = world();
    let bob = world.page("bob@example.org").unwrap().ordinal;
    assert_eq!(
        fix(&world, "ann@example.org", Field::Email, "bob@example.org").unwrap_err().code,
        "supporter.address-taken"
    );
    forget_me(&world.app, bob).unwrap();
    assert_eq!(
        fix(&world, "ann@example.org", Field::Email, "bob@example.org").unwrap_err().code,
        "supporter.address-forgotten"
    );
    assert!(world.page("ann@example.org").is_some(), "nothing was changed");
}

#[test]
fn ones_own_page_tells_nobody_who_else_is_on_the_list() {
    let world = world();
    let ann = world.page("ann@example.org").unwrap().ordinal;
    let try_address = |text| correct_mine(&world.app, ann, &[change(Field::Email, text)]);
    let refused = try_address("bob@example.org").unwrap_err();
    assert_eq!(refused.code, "correction.by-us");
    assert!(!refused.message.contains("list") && !refused.hints.join(" ").contains("list"), "{refused:?}");
    // A try counts as one, also when it was refused, and what is written as it is counts as none.
    assert_eq!(try_address("carl@example.org").unwrap_err().code, "correction.too-soon");
    assert!(
        correct_mine(
            &world.app,
            ann,
            &[change(Field::Email, "ann@example.org"), change(Field::City, "Barre")]
        )
        .is_ok()
    );
    world.clock.advance_seconds(25 * 3_600);
    try_address("carl@example.org").unwrap();
}

#[test]
fn a_number_of_the_household_is_kept_and_finds_who_was_first() {
    let world = world();
    fix(&world, "ann@example.org", Field::Phone, "802 555 0102").unwrap();
    assert_eq!(world.page("8025550102").unwrap().identity.get(Field::GivenName), Some("Bob"));
    assert_eq!(world.page("ann@example.org").unwrap().identity.get(Field::Phone), Some("+18025550102"));
    assert!(world.page("8025550101").is_none(), "the old number finds nobody");
}

#[test]
fn what_cannot_be_kept_is_refused_with_its_field_and_without_its_text() {
    let world = world();
    let refused = fix(&world, "ann@example.org", Field::Email, "not-an-address").unwrap_err();
    assert_eq!((refused.code, refused.kind), ("correction.unusable", Kind::Invalid));
    assert!(!format!("{refused:?}").contains("not-an-address"), "{refused:?}");
    let id = world.page("ann@example.org").unwrap().id;
    let both = [change(Field::Email, ""), change(Field::Phone, " ")];
    assert_eq!(correct(&world.app, &Actor::operator(), id, &both).unwrap_err().code, "correction.no-way");
    let borrower =
        Actor { user: None, roles: vec![Role::Borrower], wing: None, borrower: None, through: None };
    assert_eq!(correct(&world.app, &borrower, id, &both).unwrap_err().kind, Kind::Denied);
    assert!(!format!("{:?}", change(Field::Email, "ann@example.org")).contains("ann@"));
}

#[test]
fn a_new_postal_code_moves_the_areas_that_the_old_one_told() {
    let world = World::new();
    world.import("areas.csv", "postal_code,ocd_division\n05401,ocd-division/country:us/state:vt/sldl:chittenden-13\n05701,ocd-division/country:us/state:vt/sldl:rutland-3\n");
    world.import("people.csv", PEOPLE);
    let areas = || -> Vec<String> {
        let facts = world.page("ann@example.org").unwrap().facts;
        let area = |value: &FactValue| match value {
            FactValue::Area(area) => Some(area.as_str().to_owned()),
            _ => None,
        };
        facts.iter().filter_map(|line| area(&line.fact.value)).collect()
    };
    assert_eq!(areas(), ["ocd-division/country:us/state:vt/sldl:chittenden-13"]);
    fix(&world, "ann@example.org", Field::PostalCode, "05701").unwrap();
    assert_eq!(areas(), ["ocd-division/country:us/state:vt/sldl:rutland-3"]);
    assert_eq!(
        world.count("area in \"ocd-division/country:us/state:vt/sldl:rutland-3\""),
        1,
        "the index follows"
    );
}

#[test]
fn the_ledger_names_the_fields_and_no_value() {
    let world = world();
    fix(&world, "ann@example.org", Field::Email, "ann.lee@example.org").unwrap();
    let entries =
        world.app.store().read(|tx| Ok::<_, hustings_app::Refusal>(tx.ledger_entries(0, 1_000)?)).unwrap();
    let last = String::from_utf8(entries.last().unwrap().clone()).unwrap();
    assert!(last.contains("supporter.corrected") && last.contains("email"), "{last}");
    assert!(!last.contains('@') && !last.contains("lee"), "{last}");
}
