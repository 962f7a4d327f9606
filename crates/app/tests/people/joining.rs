//! Signing up by the form: what it adds, and what it must never change.

use super::world::World;
use hustings_app::Refusal;
use hustings_app::people::consent::stop_everything;
use hustings_app::people::erase::erase;
use hustings_app::people::join::{Joined, SignUp, join, notice};
use hustings_domain::access::Actor;
use hustings_domain::consent::{ConsentState, SuppressionReason};
use hustings_vault::{BlindColumn, EmailAddress, Field};

fn form(address: &str, purposes: &[&str]) -> SignUp {
    SignUp {
        fields: vec![
            (Field::Email, address.to_owned()),
            (Field::GivenName, " Ada ".to_owned()),
            (Field::FamilyName, String::new()),
            (Field::PostalCode, "05401".to_owned()),
        ],
        purposes: purposes.iter().map(|purpose| purpose.parse().unwrap()).collect(),
    }
}

fn ordinal(world: &World, address: &str) -> hustings_domain::ids::Ordinal {
    let key = world.app.vault().blind_email(&EmailAddress::parse(address).unwrap());
    let found = world.app.store().read(|tx| Ok::<_, Refusal>(tx.find_blind(BlindColumn::Email, &[key])?));
    found.unwrap()[0].unwrap()
}

#[test]
fn somebody_new_is_on_the_list_at_once_with_the_words_they_read() {
    let world = World::new();
    world.import("areas.csv", "zip,ocd_division\n05401,ocd-division/country:us/state:vt\n");
    assert_eq!(join(&world.app, &form("Ada@Example.org", &["news"])).unwrap(), Joined::New);
    assert_eq!(world.count("area in \"ocd-division/country:us/state:vt\""), 1);
    assert_eq!(world.consent("ada@example.org", "news"), ConsentState::Given);
    assert_eq!(world.consent("ada@example.org", "appeals"), ConsentState::Unknown, "off unless ticked");
    let page = world.page("ada@example.org").unwrap();
    let consent = &page.consents[0].consent;
    let charter = world.app.charter().unwrap();
    let text = world.app.store().read(|tx| Ok::<_, Refusal>(tx.notice(consent.notice.unwrap())?)).unwrap();
    assert_eq!(text.unwrap(), notice(&charter, &charter.purposes[0]));
    assert_eq!(consent.source, "sign-up form");
    // A second time changes nothing; another purpose is added.
    assert_eq!(join(&world.app, &form("ada@example.org", &["news"])).unwrap(), Joined::Known);
    assert_eq!(join(&world.app, &form("ada@example.org", &["appeals"])).unwrap(), Joined::Added);
    assert_eq!(world.consent("ada@example.org", "appeals"), ConsentState::Given);
    assert_eq!(world.people(), 1);
}

#[test]
fn a_form_lifts_no_stop_turns_no_refusal_and_brings_nobody_back() {
    let world = World::new();
    for who in ["stopped", "refused", "erased"] {
        join(&world.app, &form(&format!("{who}@example.org"), &["news"])).unwrap();
    }
    stop_everything(&world.app, ordinal(&world, "stopped@example.org"), SuppressionReason::Unsubscribed)
        .unwrap();
    world.import("no.csv", "email,first_name,email_opt_in\nrefused@example.org,Eve,no\n");
    let id = world.page("erased@example.org").unwrap().id;
    erase(&world.app, &Actor::operator(), id).unwrap();

    assert_eq!(
        join(&world.app, &form("stopped@example.org", &["news", "appeals"])).unwrap(),
        Joined::Stopped
    );
    assert_eq!(join(&world.app, &form("erased@example.org", &["news"])).unwrap(), Joined::Stopped);
    assert_eq!(join(&world.app, &form("refused@example.org", &["news"])).unwrap(), Joined::Known);
    assert_eq!(world.consent("stopped@example.org", "news"), ConsentState::Withdrawn);
    assert_eq!(world.consent("refused@example.org", "news"), ConsentState::Refused);
    assert!(world.page("erased@example.org").is_none());
    assert_eq!(world.people(), 2);
}

#[test]
fn what_cannot_be_used_is_said_and_kept_nowhere() {
    let world = World::new();
    let refused = |sign_up: &SignUp| join(&world.app, sign_up).unwrap_err().code;
    assert_eq!(refused(&form("ada", &["news"])), "join.address");
    assert_eq!(refused(&form("a b@example.org", &["news"])), "join.unusable");
    assert_eq!(refused(&form("", &["news"])), "join.no-address");
    assert_eq!(refused(&form("ada@example.org", &[])), "join.no-purpose");
    assert_eq!(refused(&form("ada@example.org", &["news", "nonsense"])), "join.no-purpose");
    assert_eq!(world.people(), 0);
    assert_eq!(world.app.store().keys().count().unwrap(), 0);
}

#[test]
fn many_at_once_are_all_kept_and_nobody_twice() {
    let world = World::new();
    std::thread::scope(|threads| {
        for thread in 0..8 {
            let world = &world;
            threads.spawn(move || {
                for n in 0..20 {
                    // Everybody signs up from two threads.
                    let who = format!("p{}@example.org", thread / 2 * 20 + n);
                    join(&world.app, &form(&who, &["news"])).unwrap();
                }
            });
        }
    });
    assert_eq!(world.people(), 80);
    assert_eq!(world.app.store().keys().count().unwrap(), 80);
    assert_eq!(world.count("everyone"), 80);
}
