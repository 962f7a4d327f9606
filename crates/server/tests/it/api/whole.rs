//! A borrower's program from the first check to the copy, over HTTP; and what it is refused, with the rule and the way
//! forward.

use super::super::world::{Actors, Ask, PEOPLE, World};
use super::{call, described};
use hustings_app::lend::{Filed, file_borrower};
use hustings_domain::access::Actor;
use hustings_domain::token::Scope;
use serde_json::{Value, json};

fn wanted() -> Value {
    json!({"area": "ocd-division/country:us/state:vt/sldl:4", "ask": "volunteer", "issues": ["housing"],
        "closes": "2026-11-01T00:00:00Z", "fields": ["email"], "appeal": {"subject": "Homes",
        "body": "Dear {{ given_name }},\n\nI am **standing**.", "paid_for_by": "Paid for by Jo Alvarez."}})
}

#[tokio::test]
async fn from_the_first_check_to_the_copy() {
    let world = World::new();
    let token = world.token(Actors::Jo, &Scope::ALL);
    let before = world.fingerprint();
    let (status, check) = call(&world, &token, ("POST", "/api/v1/checks"), Some(wanted())).await;
    assert_eq!((status, &check["qualifies"]), (200, &json!(true)), "{check:#}");
    assert_eq!(world.fingerprint(), before, "a check files nothing");
    // Filed once, however often it is sent under one key.
    let file = async |key: &str, body: Value| {
        let ask = Ask { body: Some(body.to_string()), ..Ask::default() };
        let ask = ask.with("authorization", format!("Bearer {token}")).with("idempotency-key", key);
        let got = world.request("POST", "/api/v1/loans", ask).await;
        (got.status.as_u16(), described("POST", "/api/v1/loans", &got))
    };
    let (status, loan) = file("first", wanted()).await;
    assert_eq!((status, &loan["state"]), (201, &json!("requested")), "{loan:#}");
    let (status, again) = file("first", wanted()).await;
    assert_eq!((status, &again["number"]), (200, &loan["number"]));
    let other = json!({"cap": 10, "area": wanted()["area"], "ask": "hear", "closes": wanted()["closes"], "appeal": wanted()["appeal"]});
    assert_eq!(file("first", other).await.1["code"], "request.key-reused");
    // Status and date, always.
    let at = format!("/api/v1/loans/{}", loan["number"]);
    let (_, shown) = call(&world, &token, ("GET", &at), None).await;
    assert!(shown["said"].as_str().unwrap().starts_with("The board decides by"), "{shown:#}");
    assert!(shown["expected_by"].is_string() && shown["late"] == json!(false));
    let (_, listed) = call(&world, &token, ("GET", "/api/v1/loans"), None).await;
    assert_eq!(listed["loans"][0]["expected_by"], shown["expected_by"]);
    // A count costs once.
    let (_, left) = call(&world, &token, ("GET", "/api/v1/budget"), None).await;
    let (_, count) = call(&world, &token, ("POST", &format!("{at}/count")), None).await;
    assert_eq!(
        (&count["repeated"], count["questions_left"].as_u64()),
        (&json!(false), left["questions_left"].as_u64().map(|n| n - 1))
    );
    let (_, again) = call(&world, &token, ("POST", &format!("{at}/count")), None).await;
    assert_eq!((&again["repeated"], &again["reach"]), (&json!(true), &count["reach"]));
    assert_eq!(call(&world, &token, ("GET", &at), None).await.1["reach"], count["reach"]);
    // The same text changes nothing; another voids what was said.
    let entries = world.ledger_kinds().len();
    let change = |subject: &str| {
        let mut appeal = wanted()["appeal"].clone();
        appeal["subject"] = json!(subject);
        Some(json!({"appeal": appeal}))
    };
    assert_eq!(call(&world, &token, ("POST", &format!("{at}/appeal")), change("Homes")).await.0, 200);
    assert_eq!(world.ledger_kinds().len(), entries);
    let (_, changed) = call(&world, &token, ("POST", &format!("{at}/appeal")), change("Homes now")).await;
    assert_ne!(changed["content"], shown["content"]);
    assert_eq!(world.ledger_kinds().last().unwrap(), "loan.edited");
    // The copy, each time in the ledger; and what must be erased from it.
    let copy = world.introduced();
    let (_, copies) = call(&world, &token, ("GET", "/api/v1/copies"), None).await;
    assert_eq!(
        (copies["copies"][0]["number"].as_u64(), copies["copies"][0].get("seeds")),
        (Some(u64::from(copy.0)), None)
    );
    // A steward has handed it over already: a second time only who says so.
    let fetch = format!("/api/v1/copies/{}/fetch", copy.0);
    let (status, problem) = call(&world, &token, ("POST", &fetch), None).await;
    assert_eq!((status, problem["code"].as_str()), (409, Some("copy.fetched-before")));
    assert!(problem["hints"].to_string().contains("again"), "{problem:#}");
    for _ in 0..2 {
        let (status, file) = call(&world, &token, ("POST", &fetch), Some(json!({"again": true}))).await;
        assert!(status == 200 && file.as_str().unwrap().starts_with("reference,email"), "{file}");
        assert_eq!(world.ledger_kinds().last().unwrap(), "copy.fetched");
    }
    let (_, owed) = call(&world, &token, ("GET", "/api/v1/duties"), None).await;
    let said = json!({"duties": [owed["duties"][0]["id"]], "done": "deleted", "processors": 1});
    let done = ("POST", "/api/v1/duties/acknowledge");
    let (_, first) = call(&world, &token, done, Some(said.clone())).await;
    let (_, second) = call(&world, &token, done, Some(said)).await;
    assert_eq!((&first["now"], &first["before"]), (&json!(1), &json!(0)));
    assert_eq!((&second["now"], &second["before"]), (&json!(0), &json!(1)));
    let (_, owed) = call(&world, &token, ("GET", "/api/v1/duties"), None).await;
    assert_eq!(owed["duties"][0]["done"], "deleted");
    // What came of it: one row of the copy, one of nobody's, one that is no outcome.
    let (_, file) = call(&world, &token, ("POST", &fetch), Some(json!({"again": true}))).await;
    let row = file.as_str().unwrap().lines().nth(1).unwrap().split(',').next().unwrap().to_owned();
    let outcomes = format!("reference,outcome\n{row},volunteered\nC-99-0001,joined\n{row},loved\n");
    for (taken, already) in [(1, 0), (0, 1)] {
        let got = world.call(&token, "POST", "/api/v1/outcomes", Some(outcomes.clone())).await;
        let report = described("POST", "/api/v1/outcomes", &got);
        assert_eq!((&report["taken"], &report["already"]), (&json!(taken), &json!(already)), "{report:#}");
        assert_eq!(report["rejects"][0]["code"], "stranger");
        assert_eq!(report["rejects"][1]["line"], 4);
    }
}

#[tokio::test]
async fn it_says_no_size_of_an_audience_and_nothing_of_how_far_a_send_has_come() {
    let world = World::new();
    world.introduced();
    let token = world.token(Actors::Jo, &Scope::ALL);
    for path in ["/api/v1/loans", "/api/v1/loans/1", "/api/v1/copies", "/api/v1/charter", "/api/v1/borrower"]
    {
        let (status, answer) = call(&world, &token, ("GET", path), None).await;
        assert_eq!(status, 200, "{path}");
        let said = answer.to_string();
        assert!(
            !said.contains(&format!(":{PEOPLE}")) && !said.contains(&format!("{PEOPLE} people")),
            "{path}: {said}"
        );
        for word in ["planned", "held_back", "accepted", "progress", "seed", "votes", "Kim"] {
            assert!(!said.contains(word), "{path} says {word}: {said}");
        }
    }
}

#[tokio::test]
async fn what_is_refused_names_the_rule_and_the_way_forward() {
    let world = World::new();
    let token = world.token(Actors::Jo, &Scope::ALL);
    let refused = async |change: &dyn Fn(&mut Value)| {
        let mut body = wanted();
        change(&mut body);
        let (status, check) = call(&world, &token, ("POST", "/api/v1/checks"), Some(body.clone())).await;
        assert_eq!((status, &check["qualifies"]), (200, &json!(false)), "{check:#}");
        let (status, problem) = call(&world, &token, ("POST", "/api/v1/loans"), Some(body)).await;
        assert_eq!(status, 422, "{problem:#}");
        assert!(!problem["hints"].as_array().unwrap().is_empty(), "{problem:#}");
        problem
    };
    // Outside the area.
    let problem = refused(&|body| body["area"] = json!("ocd-division/country:us/state:ny")).await;
    assert_eq!(problem["code"], "request.charter");
    let broken: Vec<&Value> =
        problem["rules"].as_array().unwrap().iter().filter(|rule| rule["passed"] == json!(false)).collect();
    assert!(broken.iter().all(|rule| rule["instead"].is_string()) && !broken.is_empty(), "{problem:#}");
    // The records themselves.
    assert_eq!(refused(&|body| body["records"] = json!(true)).await["code"], "request.charter");
    // A hidden link in the appeal.
    let problem =
        refused(&|body| body["appeal"]["body"] = json!("Dear {{ given_name }}, <form action=x>")).await;
    assert_eq!(problem["code"], "appeal.wrong");
    // A field that nobody can pass on, and a window that is over: found by the check as well.
    assert_eq!(
        refused(&|body| body["fields"] = json!(["email", "shoe-size"])).await["code"],
        "field.unknown"
    );
    // A candidate whose election is past.
    file_borrower(
        &world.app,
        &Actor::operator(),
        world.jo.id,
        Filed::Election("2026-05-01".parse().unwrap()),
    )
    .unwrap();
    let problem = refused(&|_| {}).await;
    assert!(problem["detail"].as_str().unwrap().contains("election"), "{problem:#}");
    // A copy that was never made.
    let (status, problem) = call(&world, &token, ("POST", "/api/v1/copies/7/fetch"), None).await;
    assert_eq!((status, problem["code"].as_str()), (404, Some("copy.unknown")));
    // What is no request, and one that is too long.
    let got = world.call(&token, "POST", "/api/v1/loans", Some("ask = ".to_owned())).await;
    assert_eq!(described("POST", "/api/v1/loans", &got)["code"], "request.unreadable");
    let got = world.call(&token, "POST", "/api/v1/loans", Some("x".repeat(300 * 1024))).await;
    assert_eq!(
        (got.status.as_u16(), &described("POST", "/api/v1/loans", &got)["code"]),
        (413, &json!("api.too-large"))
    );
}
