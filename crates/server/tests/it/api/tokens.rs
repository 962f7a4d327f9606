//! Tokens: shown once, within their scopes, of their own borrower alone, and dead with what they rest on.

use super::super::world::{Actors, Ask, World};
use super::call;
use hustings_app::Refusal;
use hustings_app::lend::{Filed, file_borrower, reinstate_borrower, suspend_borrower};
use hustings_domain::access::{Actor, Role};
use hustings_domain::borrower::Agent;
use hustings_domain::token::Scope;
use hustings_server::routes::{ALL, Method, Who};
use serde_json::json;

/// Every route of programs with each scope alone: in where the scope reaches, and 403 everywhere else.
#[tokio::test]
async fn a_token_gets_what_its_scope_names_and_nothing_else() {
    let world = World::new();
    world.introduced();
    let scopes = [vec![], vec![Scope::Request], vec![Scope::Many], vec![Scope::Count], vec![Scope::Copies]];
    for scopes in scopes {
        let token = world.token(Actors::Jo, &scopes);
        for route in ALL.iter().filter(|route| matches!(route.who, Who::Program(_))) {
            let reads = ["/borrower", "/charter", "/budget"].iter().any(|end| route.path.ends_with(end))
                || route.method == Method::Get && route.path.contains("/loans");
            let files = ["/checks", "/batches/check", "/batches", "/loans"];
            let files = files.iter().any(|end| route.path.ends_with(end)) && route.method == Method::Post;
            let may = reads
                || scopes.contains(&Scope::Request)
                    && (files || ["/appeal", "/review"].iter().any(|end| route.path.ends_with(end)))
                || scopes.contains(&Scope::Many) && files
                || scopes.contains(&Scope::Count) && route.path.ends_with("/count")
                || scopes.contains(&Scope::Copies)
                    && ["/copies", "/corrections", "/duties", "/outcomes"]
                        .iter()
                        .any(|part| route.path.contains(part));
            let path = route.path.replace("{number}", "1").replace("{id}", &world.jo.id.to_string());
            let method = if route.method == Method::Get { "GET" } else { "POST" };
            let (status, answer) = call(&world, &token, (method, &path), None).await;
            assert_eq!(status != 403, may, "{scopes:?} {method} {path}: {status} {answer}");
        }
    }
}

#[tokio::test]
async fn another_borrowers_everything_is_as_what_does_not_exist() {
    let world = World::new();
    world.introduced();
    let kim = world.token(Actors::Kim, &Scope::ALL);
    let notices = world.app.store().read(|tx| Ok::<_, Refusal>(tx.erasure_notices(None)?)).unwrap();
    let appeal = json!({"appeal": {"subject": "x", "body": "x", "paid_for_by": "x"}});
    let acknowledged = json!({"duties": [notices[0].id], "done": "deleted"});
    let before = world.fingerprint();
    for (method, path, body) in [
        ("GET", "/api/v1/loans/1", None),
        ("POST", "/api/v1/loans/1/count", None),
        ("POST", "/api/v1/loans/1/appeal", Some(appeal)),
        ("POST", "/api/v1/loans/1/review", Some(json!({"words": "again"}))),
        ("POST", "/api/v1/copies/1/fetch", None),
        ("POST", "/api/v1/duties/acknowledge", Some(acknowledged)),
    ] {
        let (status, theirs) = call(&world, &kim, (method, path), body.clone()).await;
        assert_eq!(status, 404, "{path}: {theirs}");
        let (_, none) = call(&world, &kim, (method, &path.replace("/1", "/99")), body).await;
        assert_eq!(theirs["code"], none["code"], "{path}");
    }
    for (path, of) in [("/api/v1/copies", "copies"), ("/api/v1/duties", "duties")] {
        let (_, listed) = call(&world, &kim, ("GET", path), None).await;
        assert_eq!(listed[of], json!([]), "{path}");
    }
    let (_, loans) = call(&world, &kim, ("GET", "/api/v1/loans"), None).await;
    assert_eq!(loans["loans"].as_array().unwrap().len(), 1);
    // Nor does it file for one that did not name its person.
    let (status, answer) = call(
        &world,
        &kim,
        ("POST", "/api/v1/batches"),
        Some(json!([{"borrower": "Jo Alvarez"}, {"borrower": "Nobody"}])),
    )
    .await;
    assert_eq!((status, &answer["filed"]), (200, &json!(0)));
    assert_eq!(world.fingerprint(), before);
}

#[tokio::test]
async fn revoked_expired_suspended_or_of_somebody_else_it_is_dead() {
    let world = World::new();
    let dead = async |token: &str, why: &str| {
        let (status, answer) = call(&world, token, ("GET", "/api/v1/loans"), None).await;
        assert_eq!((status, answer["code"].as_str()), (401, Some("token.dead")), "{why}");
    };
    let alive = async |token: &str| {
        assert_eq!(call(&world, token, ("GET", "/api/v1/loans"), None).await.0, 200);
    };
    dead("made-up", "never made").await;
    // Revoked, on the desk and in the console; another borrower's people cannot.
    for (who, path) in [
        (Actors::Jo, "/desk/tokens"),
        (Actors::Steward, "/console/tokens"),
        (Actors::Administrator, "/console/tokens"),
    ] {
        let made = world.token_for(Actors::Jo, &[], 30);
        alive(&made.secret).await;
        let end = format!("{path}/{}/end", made.token.id);
        assert_eq!(
            world.post(Actors::Kim, &format!("/desk/tokens/{}/end", made.token.id), "").await.status,
            404
        );
        assert!(world.get(who, path).await.body.contains("a program"));
        assert_eq!(world.post(who, &end, "").await.location(), format!("{path}?done=token-ended"));
        dead(&made.secret, "revoked").await;
    }
    // Suspended: dead, and not alive again when the suspension is lifted.
    let made = world.token(Actors::Jo, &[]);
    suspend_borrower(&world.app, &Actor::operator(), world.jo.id, "late").unwrap();
    dead(&made, "suspended").await;
    reinstate_borrower(&world.app, &Actor::operator(), world.jo.id, "cured").unwrap();
    dead(&made, "suspended once").await;
    // Another address, or other roles: another user.
    for change in [0, 1, 2] {
        let made = world.token(Actors::Jo, &[]);
        alive(&made).await;
        let user = |tx: &mut dyn hustings_store::Tx| {
            tx.users().map(|all| all.into_iter().find(|user| user.name == "Joan").unwrap())
        };
        let was = world.app.store().read(|tx| Ok::<_, Refusal>(user(tx)?)).unwrap();
        let mut is = was.clone();
        match change {
            0 => is.email = "other@staff.example".to_owned(),
            1 => is.roles = vec![Role::Borrower, Role::Steward],
            _ => is.borrower = Some(world.kim.id),
        }
        world.app.store().write(|tx| Ok::<_, Refusal>(tx.put_user(&is)?)).unwrap();
        dead(&made, "another user").await;
        world.app.store().write(|tx| Ok::<_, Refusal>(tx.put_user(&was)?)).unwrap();
    }
    // No agent any more: another was named.
    let made = world.token(Actors::Jo, &[]);
    let agent = Agent { name: "Other".to_owned(), email: "other@staff.example".to_owned() };
    file_borrower(&world.app, &Actor::operator(), world.jo.id, Filed::Agent(agent)).unwrap();
    dead(&made, "no agent").await;
    // Run out.
    let made = world.token_for(Actors::Kim, &[], 1).secret;
    alive(&made).await;
    world.clock.advance_seconds(24 * 3_600);
    dead(&made, "expired").await;
}

#[tokio::test]
async fn it_is_shown_once_kept_as_a_hash_and_good_for_nothing_else() {
    let world = World::new();
    let got = world.post(Actors::Jo, "/desk/tokens", "name=Our+tool&scope=count&days=30").await;
    assert_eq!(got.status, 200, "{}", got.body);
    let secret =
        got.body.split("<pre tabindex=\"0\"><code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(secret.len() >= 40, "{secret}");
    let page = world.get(Actors::Jo, "/desk/tokens").await.body;
    assert!(page.contains("Our tool") && page.contains("Not used yet") && !page.contains(&secret), "{page}");
    let tokens = world.app.store().read(|tx| Ok::<_, Refusal>(tx.tokens(world.app.now())?)).unwrap();
    assert!(!format!("{tokens:?}").contains(&secret));
    assert_eq!(call(&world, &secret, ("GET", "/api/v1/borrower"), None).await.1["scopes"], json!(["count"]));
    assert!(world.get(Actors::Jo, "/desk/tokens").await.body.contains("Last used"));
    // Not over the command line, not as a cookie, not in an address, not by another scheme.
    assert!(hustings_app::access::actor_of_token(&world.app, &secret).is_err());
    let cookie = Ask::default().with("cookie", format!("hustings_session={secret}"));
    assert_eq!(world.request("GET", "/desk", cookie).await.status, 303);
    let address = format!("/api/v1/loans?access_token={secret}");
    assert_eq!(world.request("GET", &address, Ask::default()).await.status, 401);
    let basic = Ask::default().with("authorization", format!("Basic {secret}"));
    assert_eq!(world.request("GET", "/api/v1/loans", basic).await.status, 401);
    // What it does, the ledger says of it.
    let (status, _) = call(&world, &secret, ("POST", "/api/v1/loans/3/count"), None).await;
    assert_eq!(status, 200);
    let entries = world.app.store().read(|tx| Ok::<_, Refusal>(tx.ledger_entries(0, u32::MAX)?)).unwrap();
    let last = hustings_ledger::Leaf::from_bytes(entries.last().unwrap()).unwrap();
    assert_eq!(last.kind, "estimate.answered");
    assert!(last.body["by"].as_str().unwrap().contains("+token:"), "{}", last.body);
    assert!(entries.iter().all(|entry| !String::from_utf8_lossy(entry).contains("Our tool")));
}

#[tokio::test]
async fn a_token_that_runs_wild_is_told_to_wait_and_no_other_is() {
    let world = World::new();
    let (wild, calm) = (world.token(Actors::Jo, &[]), world.token(Actors::Jo, &[]));
    for _ in 0..120 {
        assert_eq!(world.call(&wild, "GET", "/api/v1/budget", None).await.status, 200);
    }
    let got = world.call(&wild, "GET", "/api/v1/budget", None).await;
    assert_eq!(super::described("GET", "/api/v1/budget", &got)["code"], "api.too-often");
    assert_eq!((got.status.as_u16(), got.headers["retry-after"].to_str().unwrap()), (429, "60"));
    assert_eq!(world.call(&calm, "GET", "/api/v1/budget", None).await.status, 200);
    world.clock.advance_seconds(60);
    assert_eq!(world.call(&wild, "GET", "/api/v1/budget", None).await.status, 200);
}

#[tokio::test]
async fn an_agent_who_is_taken_off_the_file_is_logged_out_and_their_programs_with_them() {
    let world = World::new();
    let email = "joan@staff.example".to_owned();
    let agent = Agent { name: "Joan".to_owned(), email: email.clone() };
    file_borrower(&world.app, &Actor::operator(), world.jo.id, Filed::Agent(agent)).unwrap();
    let (session, _) = world.as_(Actors::Jo);
    let token = world.token(Actors::Jo, &[]);
    assert_eq!(world.request("GET", "/desk", session.clone()).await.status, 200);
    assert_eq!(call(&world, &token, ("GET", "/api/v1/loans"), None).await.0, 200);
    file_borrower(&world.app, &Actor::operator(), world.jo.id, Filed::WithoutAgent(email)).unwrap();
    assert_eq!(world.request("GET", "/desk", session).await.location(), "/login");
    assert_eq!(call(&world, &token, ("GET", "/api/v1/loans"), None).await.0, 401);
    // Nor by a new log-in: the role is gone.
    let joan = world.app.store().read(|tx| Ok::<_, Refusal>(tx.user_by_email("joan@staff.example")?));
    let joan = joan.unwrap().unwrap();
    assert!(joan.roles.is_empty() && joan.borrower.is_none());
}
