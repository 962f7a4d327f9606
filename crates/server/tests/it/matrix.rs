//! Every actor at every route. A route without a row fails, and so does a row without a route.

use super::world::Actors::{
    Administrator as Ad, Jo, Kim, Nobody, Steward as St, Treasurer as Te, Trustee as Tr,
};
use super::world::{Actors, World, person_key};
use hustings_app::send::links::LinkPurpose;
use hustings_server::routes::{ALL, Method, Who};

/// Method, path as in the table, the form, who may, and which answers they get.
type Row = (Method, &'static str, &'static str, &'static [Actors], &'static [u16]);

const ANY: &[Actors] = &Actors::ALL;
const STAFF: &[Actors] = &[St, Tr, Te, Ad];
const G: Method = Method::Get;
const P: Method = Method::Post;

const ROWS: &[Row] = &[
    (G, "/", "", ANY, &[303]),
    (G, "/ledger", "", ANY, &[200]),
    (G, "/ledger/checkpoint", "", ANY, &[200]),
    (G, "/ledger/verifier.key", "", ANY, &[200]),
    (G, "/ledger/tile/{*place}", "", ANY, &[200]),
    (G, "/ledger/receipt/{index}", "", ANY, &[200]),
    (G, "/assets/{file}", "", ANY, &[404]),
    (G, "/livez", "", ANY, &[200]),
    (G, "/readyz", "", ANY, &[200]),
    (G, "/join", "", ANY, &[200]),
    (P, "/join", "email=x&purpose=news", ANY, &[403]),
    (G, "/powers", "", ANY, &[200]),
    (G, "/borrow", "", ANY, &[200]),
    (P, "/borrow", "name=x", ANY, &[403]),
    (G, "/login", "", ANY, &[200]),
    (G, "/login/{token}", "", ANY, &[200]),
    (P, "/login", "address=x", ANY, &[403]),
    (P, "/login/{token}", "", ANY, &[403]),
    (G, "/a/{token}", "", ANY, &[200]),
    (G, "/u/{token}", "", ANY, &[200]),
    (G, "/me/{token}", "", ANY, &[200]),
    (G, "/console", "", STAFF, &[200]),
    (G, "/console/alarms", "", &[St, Tr, Ad], &[200]),
    (G, "/console/supporters", "", &[St], &[200]),
    (P, "/console/supporters", "address=nobody%40people.example", &[St], &[404]),
    (G, "/console/supporters/{id}", "", &[St], &[200]),
    (P, "/console/supporters/{id}/export", "", &[St], &[200]),
    (P, "/console/supporters/{id}/correct", "city=Barre", &[St], &[303]),
    (G, "/console/supporters/{id}/erase", "", &[St], &[200]),
    (G, "/console/imports", "", &[St], &[200]),
    // Of an id that no import has; with one: `imports`.
    (G, "/console/imports/{id}", "", &[St], &[404]),
    (G, "/console/attributes", "", &[St, Tr], &[200]),
    (P, "/console/attributes", "name=everybody&type=number", &[St], &[303]),
    (P, "/console/attributes/{name}/retire", "", &[St], &[303]),
    (G, "/console/places", "", &[St, Tr], &[200]),
    (G, "/console/audiences", "", &[St, Tr], &[200]),
    (G, "/console/audiences/count", "", &[St, Tr], &[200]),
    (G, "/console/audiences/overlap", "", &[St, Tr], &[200]),
    (P, "/console/audiences/save", "name=everybody&q=everyone", &[St], &[303]),
    (G, "/console/audiences/saved/{name}", "", &[St, Tr], &[200]),
    (P, "/console/audiences/sample", "q=everyone", &[St], &[200]),
    (P, "/console/audiences/why", "q=everyone&address=person20%40people.example", &[St], &[200]),
    (P, "/console/audiences/saved/{name}/retire", "", &[St], &[303]),
    (G, "/console/calendar", "", &[St, Tr, Te], &[200]),
    // Nobody here agreed to the owner's own mail, no loan is cleared, and nothing is planned.
    (P, "/console/calendar", "title=May&day=2020-01-01", &[St], &[422]),
    (P, "/console/calendar/{id}/cancel", "", &[St], &[404]),
    (P, "/console/calendar/share", "", &[St], &[422]),
    (G, "/console/worth", "", &[St, Tr, Te], &[200]),
    (G, "/console/worth/{number}", "", &[St, Tr, Te], &[200]),
    (G, "/console/statement", "", &[St, Tr, Te], &[200]),
    (G, "/console/statement.csv", "", &[St, Tr, Te], &[200]),
    (G, "/console/loans/{number}/notice", "", STAFF, &[404]),
    (G, "/console/loans", "", STAFF, &[200]),
    (G, "/console/loans/{number}", "", STAFF, &[200]),
    (G, "/console/board", "", STAFF, &[200]),
    (P, "/console/board/keys", "kind=file&label=laptop&public=x", &[Tr], &[422]),
    (P, "/console/board/keys/{id}/confirm", "", &[Tr], &[404]),
    (P, "/console/board/keys/{id}/withdraw", "", &[Tr], &[404]),
    (P, "/console/board/delegations", "to=x&days=3", &[Tr], &[422]),
    (P, "/console/board/delegations/{id}/end", "", &[Tr], &[404]),
    (P, "/console/charters", "toml=version", &[St, Tr, Ad], &[422]),
    (G, "/console/charters/{number}", "", STAFF, &[404]),
    (P, "/console/charters/{number}/vote", "vote=approve", &[Tr], &[422]),
    (P, "/console/charters/{number}/recuse", "words=cousin", &[Tr], &[404]),
    (P, "/console/sign", "signature=x", &[Tr], &[422]),
    (P, "/console/loans/{number}/confirm-pause", "", &[Tr], &[409]),
    (P, "/desk/loans/{number}/review", "words=again", &[Jo, Kim], &[404, 409]),
    (P, "/desk/loans/{number}/appeal", "subject=x", &[Jo, Kim], &[404, 409, 422]),
    (G, "/console/acts", "", STAFF, &[200]),
    (P, "/console/acts/{number}/grant", "", &[Tr], &[404]),
    (P, "/console/acts/{number}/decline", "", &[Tr], &[404]),
    (P, "/console/acts/{number}/confirm", "", &[Tr], &[404]),
    (P, "/console/acts/{number}/do", "", &[Ad], &[404]),
    (G, "/console/users", "", &[Ad], &[200]),
    (P, "/console/users", "name=New&address=new%40forward.example&role=steward", &[Ad], &[303]),
    // Of an id that no user has; with one: `second`.
    (P, "/console/users/{id}", "role=steward", &[Ad], &[404]),
    (P, "/console/users/{id}/remove", "", &[Ad], &[404]),
    (P, "/console/users/{id}/revoke", "", &[Ad], &[404]),
    (G, "/console/borrowers", "", &[St, Tr, Te], &[200]),
    (G, "/console/borrowers/{id}", "", &[St, Tr, Te], &[200]),
    (P, "/console/borrowers/{id}/verify", "words=called", &[St], &[303]),
    // Suspended by the first, so the second finds it done; then put right again.
    (P, "/console/borrowers/{id}/suspend", "words=late", &[St, Tr], &[303, 409]),
    (P, "/console/borrowers/{id}/reinstate", "words=cured", &[St], &[303]),
    (P, "/console/borrowers/{id}/notice", "words=late&days=10", &[St], &[303]),
    (P, "/console/borrowers/{id}/file", "election=2027-11-02", &[St], &[303]),
    (G, "/console/charter", "", STAFF, &[200]),
    (P, "/console/charter/simulate", "toml=version", &[St, Tr, Te], &[422]),
    (G, "/console/copies", "", &[St, Tr, Te], &[200]),
    (G, "/console/copies/{number}", "", &[St, Tr, Te], &[200]),
    (P, "/console/copies/{number}/export", "", &[St], &[200]),
    (G, "/console/trace", "", &[St, Tr], &[200]),
    (P, "/console/trace", "", &[St, Tr], &[422]),
    (G, "/console/ledger", "", STAFF, &[200]),
    (G, "/console/ledger/{index}", "", STAFF, &[200]),
    (G, "/desk", "", &[Jo, Kim], &[200]),
    (G, "/desk/request", "", &[Jo, Kim], &[200]),
    (P, "/desk/request", "act=check", &[Jo, Kim], &[422]),
    (G, "/desk/loans/{number}", "", &[Jo, Kim], &[200, 404]),
    (P, "/desk/copies/{number}/fetch", "", &[Jo, Kim], &[200, 404]),
    (P, "/desk/corrections/{id}/take", "", &[Jo, Kim], &[404]),
    (G, "/desk/many", "", &[Jo, Kim], &[200]),
    (P, "/desk/many", "act=check&text=name", &[Jo, Kim], &[422]),
    (G, "/desk/tokens", "", &[Jo, Kim], &[200]),
    (P, "/desk/tokens", "name=x&days=999", &[Jo, Kim], &[422]),
    (P, "/desk/tokens/{id}/end", "", &[Jo, Kim], &[404]),
    (G, "/console/tokens", "", &[St, Ad], &[200]),
    (P, "/console/tokens/{id}/end", "", &[St, Ad], &[404]),
    // A cookie opens nothing here, whoever's it is; what tokens open: `api`.
    (G, "/api/v1/openapi.json", "", ANY, &[200]),
    (G, "/api/v1/borrower", "", &[], &[]),
    (G, "/api/v1/charter", "", &[], &[]),
    (G, "/api/v1/budget", "", &[], &[]),
    (P, "/api/v1/checks", "", &[], &[]),
    (G, "/api/v1/loans", "", &[], &[]),
    (P, "/api/v1/loans", "", &[], &[]),
    (G, "/api/v1/loans/{number}", "", &[], &[]),
    (P, "/api/v1/loans/{number}/appeal", "", &[], &[]),
    (P, "/api/v1/loans/{number}/count", "", &[], &[]),
    (P, "/api/v1/loans/{number}/review", "", &[], &[]),
    (P, "/api/v1/batches/check", "", &[], &[]),
    (P, "/api/v1/batches", "", &[], &[]),
    (G, "/api/v1/copies", "", &[], &[]),
    (P, "/api/v1/copies/{number}/fetch", "", &[], &[]),
    (G, "/api/v1/corrections", "", &[], &[]),
    (P, "/api/v1/corrections/{id}/take", "", &[], &[]),
    (G, "/api/v1/duties", "", &[], &[]),
    (P, "/api/v1/duties/acknowledge", "", &[], &[]),
    (P, "/api/v1/outcomes", "", &[], &[]),
    (P, "/desk/duties", "done=deleted&duty={notice}", &[Jo, Kim], &[303, 404]),
    (G, "/desk/outcomes", "", &[Jo, Kim], &[200]),
    (P, "/desk/outcomes", "", &[Jo, Kim], &[422]),
    (P, "/desk/outcomes/rows", "references=C-1-0001&outcome=loved", &[Jo, Kim], &[422]),
    (G, "/desk/outcomes/{number}", "", &[Jo, Kim], &[200, 404]),
    (G, "/desk/loans/{number}/worth", "", &[Jo, Kim], &[200, 404]),
    // The charter of these tests wants no notice.
    (G, "/desk/loans/{number}/notice", "", &[Jo, Kim], &[404]),
    (G, "/desk/statement", "", &[Jo, Kim], &[200]),
    (G, "/desk/statement.csv", "", &[Jo, Kim], &[200]),
    (P, "/console/loans/{number}/estimate", "", &[St], &[303]),
    (P, "/desk/loans/{number}/estimate", "", &[Jo, Kim], &[303, 404]),
    // Nothing here is there to be divided by: the request names one issue.
    (P, "/desk/loans/{number}/divide", "by=issue", &[Jo, Kim], &[404, 422]),
    (P, "/console/loans/{number}/vote", "", &[Tr], &[422]),
    (P, "/console/loans/{number}/challenge", "", &[Tr], &[422]),
    (P, "/console/loans/{number}/decide-challenge", "", &[Tr], &[422]),
    (P, "/console/loans/{number}/recuse", "words=cousin", &[Tr], &[409]),
    // Cleared by nobody, so begin and resume are refused to the steward too: by the use case, not by the gate.
    (P, "/console/loans/{number}/send", "", &[St], &[403]),
    (P, "/console/loans/{number}/pause", "", &[St, Tr, Ad], &[409]),
    (P, "/console/loans/{number}/resume", "words=fine", &[St], &[403]),
    (P, "/console/loans/{number}/copy", "", &[St], &[409]),
    (P, "/console/loans/{number}/settle", "", &[Te, St], &[303, 409]),
    (P, "/console/supporters/{id}/erase", "", &[St], &[303]),
    (P, "/a/{token}", "answer=later", ANY, &[200]),
    // They answered with later: no yes stands.
    (G, "/a/{token}/receipt", "", ANY, &[404]),
    (P, "/a/{token}/take-back", "", ANY, &[409]),
    (P, "/u/{token}", "List-Unsubscribe=One-Click", ANY, &[200]),
    (P, "/me/{token}/consent", "purpose=news&channel=email&state=withdrawn", ANY, &[303]),
    (P, "/me/{token}/take-back", "copy=9", ANY, &[404]),
    (G, "/me/{token}/receipt/{number}", "", ANY, &[404]),
    (P, "/me/{token}/export", "as=json", ANY, &[200]),
    (P, "/me/{token}/correct", "city=Barre", ANY, &[303]),
    (P, "/me/{token}/attribute", "name=none&value=x", ANY, &[404]),
    (P, "/me/{token}/forget", "", ANY, &[422]),
    (P, "/logout", "", &[St, Tr, Te, Ad, Jo, Kim], &[303]),
];

fn filled(world: &World, path: &str) -> String {
    let token = match path.get(..3) {
        Some("/a/") => world.link(LinkPurpose::Answer, 7),
        Some("/u/") => world.link(LinkPurpose::Unsubscribe, 8),
        Some("/me") => world.link(LinkPurpose::MyPage, 9),
        _ => "never-minted".to_owned(),
    };
    let id = match path {
        _ if path.contains("supporters") => person_key(20),
        _ => world.jo.id.to_string(),
    };
    path.replace("{token}", &token)
        .replace("{*place}", &tile(world))
        .replace("{file}", "none.css")
        .replace("{name}", "everybody")
        .replace("{index}", "0")
        .replace("{number}", "1")
        .replace("{id}", &id)
}

fn tile(world: &World) -> String {
    let note = std::fs::read_to_string(world.app.folder().join("ledger/checkpoint")).unwrap();
    format!("entries/000.p/{}", note.lines().nth(1).unwrap())
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let named = |method, path| ROWS.iter().filter(|row| row.0 == method && row.1 == path).count();
    for route in ALL {
        assert_eq!(named(route.method, route.path), 1, "{route:?} has no row, or two");
    }
    assert_eq!(ALL.len(), ROWS.len());
}

#[tokio::test]
async fn everybody_gets_what_is_theirs_and_nothing_else() {
    let world = World::new();
    world.introduced();
    hustings_app::after::publish_ledger(&world.app, &hustings_domain::access::Actor::operator()).unwrap();
    let notice =
        world.app.store().read(|tx| Ok::<_, hustings_app::Refusal>(tx.erasure_notices(None)?)).unwrap();
    let notice = notice[0].id.to_string();
    // First everybody who may not, at every route: nothing may have changed after all of them.
    let before = world.app.store().read(|tx| hustings_app::entry_count(tx)).unwrap();
    let mut denied_sends = 0;
    for (method, path, form, may, _) in ROWS {
        for who in Actors::ALL.into_iter().filter(|who| !may.contains(who)) {
            let at = filled(&world, path);
            let form = form.replace("{notice}", &notice);
            let got =
                if *method == G { world.get(who, &at).await } else { world.post(who, &at, &form).await };
            if path.starts_with("/api/") {
                assert_eq!(got.status, 401, "{who:?} {method:?} {path}");
                assert_eq!(got.headers["content-type"], "application/problem+json", "{path}");
                assert!(got.headers.contains_key("www-authenticate"), "{path}");
            } else if who == Nobody {
                assert_eq!(
                    (got.status.as_u16(), got.location()),
                    (303, "/login"),
                    "{who:?} {method:?} {path}"
                );
            } else {
                assert_eq!(got.status, 403, "{who:?} {method:?} {path}");
                denied_sends += u64::from(path.ends_with("/send"));
            }
        }
    }
    let after = world.app.store().read(|tx| hustings_app::entry_count(tx)).unwrap();
    assert_eq!(after, before + denied_sends, "a refused send is on the ledger, and nothing else");
    assert_eq!(
        world.ledger_kinds().iter().filter(|kind| *kind == "send.denied").count() as u64,
        denied_sends
    );
    // Then everybody who may.
    for (method, path, form, may, answers) in ROWS {
        for who in *may {
            let at = filled(&world, path);
            if path.ends_with("supporters/{id}/erase") && *method == P {
                assert_eq!(world.get(*who, &at.replace("/erase", "")).await.status, 200);
            }
            let form = form.replace("{notice}", &notice);
            let got =
                if *method == G { world.get(*who, &at).await } else { world.post(*who, &at, &form).await };
            assert!(
                answers.contains(&got.status.as_u16()),
                "{who:?} {method:?} {path}: {} {}",
                got.status,
                got.body
            );
            assert_ne!((got.location(), *path == "/logout"), ("/login", false), "{who:?} {method:?} {path}");
        }
    }
}

#[test]
fn what_acts_is_posted_and_asks_for_more_than_a_cookie() {
    for route in ALL {
        let acts = route.method == Method::Post;
        let is_open = matches!(route.who, Who::Public);
        assert!(!(acts && is_open), "{route:?}: nothing public acts");
        let is_inside = route.path.starts_with("/console") || route.path.starts_with("/desk");
        assert_eq!(is_inside, matches!(route.who, Who::Signed(_) | Who::Asks(_)), "{route:?}");
    }
}
