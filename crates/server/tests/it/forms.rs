//! A form that is not from a page of the session does nothing.

use super::world::{Actors, Ask, World};
use hustings_server::routes::{ALL, Method, Who};

fn who_may(who: Who) -> Option<Actors> {
    use hustings_domain::access::Role;
    let action = match who {
        Who::Signed(action) | Who::Asks(action) => action,
        Who::Session => return Some(Actors::Steward),
        _ => return None,
    };
    Some(match hustings_app::roles_of(action)[0] {
        Role::Steward => Actors::Steward,
        Role::Trustee => Actors::Trustee,
        Role::Treasurer => Actors::Treasurer,
        Role::Administrator => Actors::Administrator,
        Role::Borrower => Actors::Jo,
    })
}

#[tokio::test]
async fn every_form_of_console_and_desk_is_refused_without_its_token_or_from_elsewhere() {
    let world = World::new();
    world.introduced();
    let before = world.fingerprint();
    let mut tried = 0;
    for route in ALL.iter().filter(|route| route.method == Method::Post) {
        let Some(mut who) = who_may(route.who) else { continue };
        if route.path.starts_with("/desk") {
            who = Actors::Jo;
        }
        let path = route.path.replace("{number}", "1").replace("{id}", &world.jo.id.to_string());
        let (ask, csrf) = world.as_(who);
        let other = world.session(Actors::Administrator).unwrap().csrf;
        let right = format!("csrf={csrf}&words=x");
        let cases: [(&str, Ask); 7] = [
            ("no token", ask.clone().form("words=x")),
            ("empty token", ask.clone().form("csrf=&words=x")),
            ("somebody else's token", ask.clone().form(format!("csrf={other}&words=x"))),
            ("another site", ask.clone().with("sec-fetch-site", "cross-site").form(right.clone())),
            ("a sibling site", ask.clone().with("sec-fetch-site", "same-site").form(right.clone())),
            ("another origin", ask.clone().with("origin", "https://evil.example").form(right.clone())),
            ("no origin at all", ask.clone().with("origin", "null").form(right.clone())),
        ];
        for (case, ask) in cases {
            let got = world.request("POST", &path, ask).await;
            assert_eq!(got.status, 403, "{route:?} with {case}");
            assert!(got.body.contains("form.foreign"), "{route:?} with {case}: {}", got.body);
        }
        tried += 1;
    }
    assert!(tried > 15, "{tried}");
    assert_eq!(world.fingerprint(), before);
}

#[tokio::test]
async fn a_form_is_bounded() {
    let world = World::new();
    let large = "x".repeat(70 * 1024);
    let got = world.post(Actors::Steward, "/console/supporters", &format!("address={large}")).await;
    assert_eq!(got.status, 422);
    assert!(got.body.contains("form.too-large"));
    let (ask, csrf) = world.as_(Actors::Steward);
    let json = Ask {
        body: Some(format!("{{\"csrf\":\"{csrf}\"}}")),
        ..ask.with("content-type", "application/json")
    };
    assert_eq!(world.request("POST", "/console/supporters", json).await.status, 422);
}

#[tokio::test]
async fn a_leaked_file_is_uploaded_and_weighed() {
    let world = World::new();
    let copy = world.introduced();
    let leak = hustings_app::after::fetch_copy(&world.app, &hustings_domain::access::Actor::operator(), copy)
        .unwrap();
    let (ask, csrf) = world.as_(Actors::Steward);
    let body = format!(
        "--XyZ\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--XyZ\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"leak.csv\"\r\nContent-Type: text/csv\r\n\r\n{}\r\n--XyZ--\r\n",
        String::from_utf8(leak).unwrap()
    );
    let upload = Ask { body: Some(body), ..ask.with("content-type", "multipart/form-data; boundary=XyZ") };
    let got = world.request("POST", "/console/trace", upload).await;
    assert_eq!(got.status, 200, "{}", got.body);
    assert!(got.body.contains("Jo Alvarez") && got.body.contains("planted record"), "{}", got.body);
    assert!(world.ledger_kinds().last().unwrap().starts_with("trace."));
}
