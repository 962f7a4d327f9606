//! Many candidates at once: by whom they named, row by row, once; over the API and on the desk.

use super::super::world::{Actors, World};
use super::call;
use hustings_app::lend::{Filed, file_borrower};
use hustings_domain::access::Actor;
use hustings_domain::borrower::Agent;
use hustings_domain::token::Scope;
use serde_json::{Value, json};

const CSV: &str = "borrower,area,seat\n\
    Jo Alvarez,ocd-division/country:us/state:vt/sldl:4,District 4\n\
    Kim Doe,ocd-division/country:us/state:vt/sldl:4,District 4\n\
    Kim Doe,ocd-division/country:us/state:ny,District 5\n\
    Nobody,ocd-division/country:us/state:vt/sldl:4,District 4\n\
    Jo Alvarez,ocd-division/country:us/state:vt/sldl:4\n\
    Jo Alvarez,ocd-division/country:us/state:vt/sldl:4,District 4\n";

fn shared() -> Value {
    json!({"ask": "volunteer", "issues": ["housing"], "closes": "2026-10-31", "fields": ["email"],
        "appeal": {"subject": "{{ candidate.borrower }} asks", "paid_for_by": "Paid for by {{ candidate.borrower }}.",
        "body": "Dear {{ given_name }},\n\nI am standing in {{ candidate.seat }}."}})
}

/// Joan acts for Jo, and Kim has named her as an agent too.
fn named(world: &World) {
    let agent = Agent { name: "Joan".to_owned(), email: "joan@staff.example".to_owned() };
    let kimi = Agent { name: "Kimi".to_owned(), email: "kimi@staff.example".to_owned() };
    for agent in [agent, kimi] {
        file_borrower(&world.app, &Actor::operator(), world.kim.id, Filed::Agent(agent)).unwrap();
    }
}

fn fates(report: &Value) -> Vec<(u64, String)> {
    let rows = report["rows"].as_array().unwrap().iter();
    rows.map(|row| (row["line"].as_u64().unwrap(), row["fate"].as_str().unwrap().to_owned())).collect()
}

#[tokio::test]
async fn rows_that_qualify_are_filed_once_and_bad_ones_stop_none() {
    let world = World::new();
    named(&world);
    let token = world.token(Actors::Jo, &[Scope::Request, Scope::Many]);
    let body = Some(json!({"shared": shared(), "csv": CSV}));
    let before = world.fingerprint();
    let (_, looked) = call(&world, &token, ("POST", "/api/v1/batches/check"), body.clone()).await;
    let expected = |good: &str| -> Vec<(u64, String)> {
        [(2, good), (3, good), (4, "refused"), (5, "refused"), (6, "unreadable"), (7, "unreadable")]
            .map(|(line, fate)| (line, fate.to_owned()))
            .to_vec()
    };
    assert_eq!(fates(&looked), expected("qualifies"), "{looked:#}");
    assert_eq!(world.fingerprint(), before, "a look files nothing");
    let why = |line: u64| {
        let rows = looked["rows"].as_array().unwrap();
        rows.iter().find(|row| row["line"] == json!(line)).unwrap()["reasons"].to_string()
    };
    assert!(why(4).contains("sldl:4"), "{}", why(4));
    assert!(why(5).contains("no borrower `Nobody`") && !why(5).contains("hustings "), "{}", why(5));
    assert!(why(6).contains("2 cells") && why(7).contains("the same as line 2"));
    let (_, filed) = call(&world, &token, ("POST", "/api/v1/batches"), body.clone()).await;
    assert_eq!(fates(&filed), expected("filed"), "{filed:#}");
    let loans = world.ledger_kinds().iter().filter(|kind| *kind == "loan.requested").count();
    assert!(
        !world.ledger_kinds().contains(&"request.refused".to_owned()),
        "only what qualifies is put forward"
    );
    let (_, again) = call(&world, &token, ("POST", "/api/v1/batches"), body).await;
    assert_eq!(fates(&again), expected("filed-before"), "{again:#}");
    assert_eq!(again["rows"][1]["loan"], filed["rows"][1]["loan"]);
    assert!(again["rows"][1]["expected_by"].is_string(), "it says where each stands");
    assert_eq!(world.ledger_kinds().iter().filter(|kind| *kind == "loan.requested").count(), loans);
    // Filed for Kim, it is Kim's: Jo's program does not read it.
    let number = filed["rows"][1]["loan"].as_u64().unwrap();
    assert_eq!(call(&world, &token, ("GET", &format!("/api/v1/loans/{number}")), None).await.0, 404);
    let kim = world.token(Actors::Kim, &[]);
    let (_, theirs) = call(&world, &kim, ("GET", &format!("/api/v1/loans/{number}")), None).await;
    assert_eq!(theirs["subject"], "Kim Doe asks");
}

#[tokio::test]
async fn a_token_without_the_scope_files_for_its_own_alone() {
    let world = World::new();
    named(&world);
    let token = world.token(Actors::Jo, &[Scope::Request]);
    let body = Some(json!({"shared": shared(), "csv": CSV}));
    let (_, filed) = call(&world, &token, ("POST", "/api/v1/batches"), body).await;
    let filed = fates(&filed);
    assert_eq!((filed[0].1.as_str(), filed[1].1.as_str()), ("filed", "refused"));
    // And one request for another is told of the way for many.
    let mut one = shared();
    one["borrower"] = json!("Kim Doe");
    one["closes"] = json!("2026-10-31T00:00:00Z");
    one["area"] = json!("ocd-division/country:us/state:vt/sldl:4");
    let (status, problem) = call(&world, &token, ("POST", "/api/v1/loans"), Some(one)).await;
    assert_eq!(status, 404);
    assert!(problem["hints"].to_string().contains("batches"), "{problem:#}");
}

#[tokio::test]
async fn the_desk_looks_first_and_files_what_was_looked_at() {
    let world = World::new();
    named(&world);
    let encode = |text: &str| percent(text);
    let form = |act: &str, looked: &str, csv: &str| {
        let shared = "ask = \"volunteer\"\nissues = [\"housing\"]\ncloses = \"2026-10-31\"\n[appeal]\nsubject = \"{{ candidate.borrower }} asks\"\nbody = \"Dear {{ given_name }}, from {{ candidate.seat }}\"\npaid_for_by = \"Paid for by us.\"\n";
        format!("act={act}&looked={looked}&text={}&shared={}", encode(csv), encode(shared))
    };
    let requested = || world.ledger_kinds().iter().filter(|kind| *kind == "loan.requested").count();
    let before = requested();
    let looked = world.post(Actors::Jo, "/desk/many", &form("check", "", CSV)).await;
    assert_eq!(looked.status, 200, "{}", looked.body);
    assert!(
        looked.body.contains("File the 2 that qualify") && looked.body.contains("4 rows are not taken"),
        "{}",
        looked.body
    );
    assert!(looked.body.contains("The same as line 2"));
    let hash =
        looked.body.split("name=\"looked\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(requested(), before);
    // What was changed since is looked at again, and not filed.
    let changed = CSV.replace("District 4", "District Four");
    let got = world.post(Actors::Jo, "/desk/many", &form("file", &hash, &changed)).await;
    assert!(got.body.contains("File the 2 that qualify"), "{}", got.body);
    assert_eq!(requested(), before);
    let got = world.post(Actors::Jo, "/desk/many", &form("rejects", &hash, CSV)).await;
    assert_eq!(got.headers["content-disposition"], "attachment; filename=\"rejects.csv\"");
    assert_eq!(got.body.lines().next(), Some("line,borrower,reason,what to do"));
    assert!(
        got.body.lines().any(|line| line.starts_with("6,Jo Alvarez,") || line.starts_with("6,,")),
        "{}",
        got.body
    );
    let got = world.post(Actors::Jo, "/desk/many", &form("file", &hash, CSV)).await;
    assert!(got.body.contains("2 requests are filed; the board votes."), "{}", got.body);
    assert_eq!(requested(), before + 2);
    let got = world.post(Actors::Jo, "/desk/many", &form("file", &hash, CSV)).await;
    assert!(got.body.contains("2 requests were filed before."), "{}", got.body);
    assert_eq!(requested(), before + 2);
    let got = world.post(Actors::Jo, "/desk/many", "act=check&text=name%0AJo").await;
    assert_eq!(got.status, 422);
    assert!(got.body.contains("no column `borrower`"), "{}", got.body);
}

fn percent(text: &str) -> String {
    percent_encoding::percent_encode(text.as_bytes(), percent_encoding::NON_ALPHANUMERIC).to_string()
}
