//! Looking changes nothing.

use super::world::{Actors, Ask, World, person_key};
use hustings_app::send::links::LinkPurpose;
use hustings_server::routes::{ALL, Method};

#[tokio::test]
async fn no_get_and_no_head_acts() {
    let world = World::new();
    world.introduced();
    let mut opened = 0;
    for route in ALL.iter().filter(|route| route.method == Method::Get) {
        let path = route
            .path
            .replace("/a/{token}", &format!("/a/{}", world.link(LinkPurpose::Answer, 3)))
            .replace("/u/{token}", &format!("/u/{}", world.link(LinkPurpose::Unsubscribe, 3)))
            .replace("/me/{token}", &format!("/me/{}", world.link(LinkPurpose::MyPage, 3)))
            .replace("{number}", "1")
            .replace("{index}", "0")
            .replace("{*place}", "entries/000.p/1")
            .replace("/supporters/{id}", &format!("/supporters/{}", person_key(3)))
            .replace("{id}", &world.jo.id.to_string());
        for who in Actors::ALL {
            for method in ["GET", "HEAD"] {
                let before = world.fingerprint();
                let got = world.request(method, &format!("{path}?q=everyone"), world.as_(who).0).await;
                assert!(got.status.as_u16() < 500, "{method} {path}");
                if method == "HEAD" {
                    assert!(got.body.is_empty(), "{path}");
                }
                if route.path == "/console/supporters/{id}" && got.status == 200 {
                    // The one look that is itself a decision: the ledger says that the record was opened.
                    opened += 1;
                    assert_eq!(world.ledger_kinds().last().unwrap(), "supporter.read");
                } else {
                    assert_eq!(world.fingerprint(), before, "{method} {path} by {who:?}");
                }
            }
        }
    }
    assert_eq!(opened, 2);
    assert_eq!(world.ledger_kinds().iter().filter(|kind| *kind == "supporter.read").count(), 2);
}

#[tokio::test]
async fn a_log_in_link_that_is_only_opened_still_works() {
    let world = World::new();
    let before = world.request("GET", "/login/some-token", Ask::default()).await;
    assert_eq!(before.status, 200);
    assert!(before.body.contains("<button type=\"submit\">Log in</button>"));
}
