//! A supporter's links: no cookie, no log-in, and only a button acts.

use super::world::{Actors, Ask, World, person_email};
use hustings_app::send::links::LinkPurpose;

async fn post(world: &World, path: &str, form: &str) -> super::world::Got {
    let got = world.post(Actors::Nobody, path, form).await;
    assert!(got.cookies().is_empty(), "{path}");
    got
}

#[tokio::test]
async fn a_yes_passes_what_was_ticked_and_says_so() {
    let world = World::new();
    let path = format!("/a/{}", world.link(LinkPurpose::Answer, 2));
    let page = world.get(Actors::Nobody, &path).await;
    assert_eq!(page.status, 200);
    assert!(page.cookies().is_empty());
    assert!(page.body.contains("Jo Alvarez") && page.body.contains(&person_email(2)));
    assert!(page.body.contains("Homes &#60;now&#62;") && !page.body.contains("Homes <now>"));
    let none = post(&world, &path, "answer=perhaps").await;
    assert_eq!(none.status, 422);
    let strange = post(&world, &path, "answer=yes&field=email&field=turnout").await;
    assert!(!strange.body.contains("turnout"), "{}", strange.body);
    let thanks = post(&world, &path, "answer=yes&field=email").await;
    assert_eq!(thanks.status, 200);
    assert!(thanks.body.contains(&person_email(2)) && !thanks.body.contains("Given2x"), "{}", thanks.body);
    assert!(thanks.body.contains("R-1-"), "a receipt: {}", thanks.body);
    let again = world.get(Actors::Nobody, &path).await;
    assert!(again.body.contains("You said yes on 1 Sep 2026."), "{}", again.body);
}

#[tokio::test]
async fn never_holds_and_a_report_is_heard() {
    let world = World::new();
    let answer = |seq| format!("/a/{}", world.link(LinkPurpose::Answer, seq));
    assert!(post(&world, &answer(4), "answer=never").await.body.contains("Nothing more from Jo Alvarez"));
    let stops = world.app.store().read(|tx| Ok::<_, hustings_app::Refusal>(tx.suppression_count()?)).unwrap();
    assert_eq!(stops, 1);
    let reported = post(&world, &answer(5), "answer=report&words=They+lie").await;
    assert_eq!(reported.status, 200, "{}", reported.body);
    let alarms = world.get(Actors::Steward, "/console/alarms").await;
    assert!(alarms.body.contains("1 alarm"), "{}", alarms.body);
}

#[tokio::test]
async fn one_click_stops_at_once_and_answers_with_a_page() {
    let world = World::new();
    let path = format!("/u/{}", world.link(LinkPurpose::Unsubscribe, 6));
    let page = world.get(Actors::Nobody, &path).await;
    assert!(page.body.contains("Stop these mails?"), "{}", page.body);
    // As a mail program sends it: no cookie, no origin, nothing but the one field.
    let one_click = Ask::default().form("List-Unsubscribe=One-Click");
    let done = world.request("POST", &path, one_click.clone()).await;
    assert_eq!((done.status.as_u16(), done.location()), (200, ""));
    assert!(done.cookies().is_empty() && done.body.contains("You are off the appeals"));
    assert!(world.get(Actors::Nobody, &path).await.body.contains("These mails are stopped"));
    assert_eq!(world.request("POST", &path, one_click).await.status, 200, "twice is once");
    let all = post(&world, &path, "only=everything").await;
    assert!(all.body.contains("You are off the list"), "{}", all.body);
    assert_eq!(post(&world, &path, "only=rubbish").await.status, 422);
    // RFC 8058 allows the other encoding too.
    let multipart = Ask {
        body: Some(
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"
                .into(),
        ),
        ..Ask::default().with("content-type", "multipart/form-data; boundary=b")
    };
    let other = format!("/u/{}", world.link(LinkPurpose::Unsubscribe, 7));
    assert!(world.request("POST", &other, multipart).await.body.contains("You are off the appeals"));
}

#[tokio::test]
async fn my_page_switches_takes_back_and_forgets() {
    let world = World::new();
    world.introduced();
    let path = format!("/me/{}", world.link(LinkPurpose::MyPage, 1));
    let page = world.get(Actors::Nobody, &path).await.body;
    assert!(page.contains(&person_email(1)) && page.contains("Jo Alvarez"), "{page}");
    let off = post(&world, &format!("{path}/consent"), "purpose=news&channel=email&state=withdrawn").await;
    assert_eq!(off.location(), format!("{path}?done=consent"));
    assert!(world.get(Actors::Nobody, off.location()).await.body.contains("Changed, at once."));
    let back = post(&world, &format!("{path}/take-back"), "copy=1").await;
    assert_eq!(back.location(), format!("{path}?done=taken-back"));
    assert_eq!(post(&world, &format!("{path}/forget"), "").await.status, 422);
    let gone = post(&world, &format!("{path}/forget"), "understood=yes").await;
    assert!(gone.body.contains("You are forgotten"), "{}", gone.body);
    assert_eq!(world.get(Actors::Nobody, &path).await.status, 404);
    let found = world.post(Actors::Steward, "/console/supporters", "address=person1%40people.example").await;
    assert_eq!(found.status, 404);
}

#[tokio::test]
async fn a_link_for_one_thing_does_no_other() {
    let world = World::new();
    let answer = world.link(LinkPurpose::Answer, 1);
    let stop = world.link(LinkPurpose::Unsubscribe, 1);
    for path in [format!("/me/{answer}"), format!("/u/{answer}"), format!("/a/{stop}"), format!("/me/{stop}")]
    {
        assert_eq!(world.get(Actors::Nobody, &path).await.status, 404, "{path}");
    }
    assert_eq!(post(&world, &format!("/me/{stop}/forget"), "understood=yes").await.status, 404);
    // What an answer page links to works, under tokens of their own, and for a day.
    let page = world.get(Actors::Nobody, &format!("/a/{answer}")).await.body;
    let linked = |start: &str| {
        let rest = page.split(&format!("href=\"{start}")).nth(1).unwrap();
        format!("{start}{}", rest.split('"').next().unwrap())
    };
    let (me, stop) = (linked("/me/"), linked("/u/"));
    assert_eq!(world.get(Actors::Nobody, &me).await.status, 200);
    assert_eq!(world.get(Actors::Nobody, &stop).await.status, 200);
    world.clock.advance_seconds(25 * 3600);
    assert_eq!(world.get(Actors::Nobody, &me).await.status, 409);
    assert_eq!(world.get(Actors::Nobody, &stop).await.status, 200);
}

#[tokio::test]
async fn my_page_hands_out_what_is_held_and_only_when_asked() {
    let world = World::new();
    world.introduced();
    let path = format!("/me/{}", world.link(LinkPurpose::MyPage, 2));
    let page = world.get(Actors::Nobody, &path).await.body;
    assert!(page.contains(&format!("action=\"{path}/export\"")), "{page}");
    let before = world.ledger_kinds().len();
    assert_eq!(
        world.get(Actors::Nobody, &format!("{path}/export")).await.status,
        405,
        "a look hands out nothing"
    );
    assert_eq!(world.ledger_kinds().len(), before);
    let json = post(&world, &format!("{path}/export"), "as=json").await;
    assert!(json.headers["content-disposition"].to_str().unwrap().contains("attachment"));
    let held: serde_json::Value = serde_json::from_str(&json.body).unwrap();
    assert_eq!(held["identity"]["email"], person_email(2));
    assert_eq!(held["introductions"][0]["copy"], "C-1");
    assert_eq!(held["introductions"][0]["fields"][0], "email");
    let html = post(&world, &format!("{path}/export"), "as=page").await;
    assert!(html.body.contains(&person_email(2)) && html.body.contains("Jo Alvarez"), "{}", html.body);
    assert!(html.headers["content-disposition"].to_str().unwrap().contains(".html"));
    assert_eq!(world.ledger_kinds().iter().filter(|kind| *kind == "supporter.exported").count(), 2);
}

#[tokio::test]
async fn what_a_person_puts_right_reaches_whoever_holds_it() {
    let world = World::new();
    world.introduced();
    let path = format!("/me/{}", world.link(LinkPurpose::MyPage, 2));
    // Nobody was passed her name, so nobody is told of it; her address went to Jo.
    let name = post(&world, &format!("{path}/correct"), "given-name=Gabriele").await;
    assert_eq!(name.location(), format!("{path}?done=corrected"));
    assert!(!world.get(Actors::Jo, "/desk").await.body.contains("Put right row"));
    let address =
        post(&world, &format!("{path}/correct"), "email=gabriele%40people.example&given-name=Gabriele").await;
    assert_eq!(address.location(), format!("{path}?done=corrected-and-told"));
    assert!(world.get(Actors::Nobody, &path).await.body.contains("gabriele@people.example"));
    let desk = world.get(Actors::Jo, "/desk").await.body;
    assert!(desk.contains("Put right row") && !desk.contains("gabriele"), "{desk}");
    assert!(!world.get(Actors::Kim, "/desk").await.body.contains("Put right row"));
    let action = desk.split("action=\"/desk/corrections/").nth(1).unwrap().split('"').next().unwrap();
    let take = format!("/desk/corrections/{action}");
    assert_eq!(world.post(Actors::Kim, &take, "").await.status, 404, "another's notice does not exist");
    let file = world.post(Actors::Jo, &take, "").await;
    assert!(
        file.body.starts_with("reference,email\nC-1-") && file.body.contains("gabriele@people.example"),
        "{}",
        file.body
    );
    assert!(!file.body.contains("Gabriele,") && !file.body.contains("given-name"), "{}", file.body);
    assert!(
        world.get(Actors::Jo, "/desk").await.body.contains("new values taken"),
        "taken, and not yet put right"
    );
    let duty = action.split('/').next().unwrap();
    let put_right = world.post(Actors::Jo, "/desk/duties", &format!("duty={duty}&done=put-right")).await;
    assert_eq!(put_right.location(), "/desk?done=acknowledged");
    assert!(!world.get(Actors::Jo, "/desk").await.body.contains("Put right row"));
    assert!(world.ledger_kinds().contains(&"correction.taken".to_owned()));
    // Taken back since: what must be erased is not brought up to date.
    world.clock.advance_seconds(25 * 3_600);
    post(&world, &format!("{path}/correct"), "email=g2%40people.example").await;
    let desk = world.get(Actors::Jo, "/desk").await.body;
    let action = desk.split("action=\"/desk/corrections/").nth(1).unwrap().split('"').next().unwrap();
    let take = format!("/desk/corrections/{action}");
    post(&world, &format!("{path}/take-back"), "copy=1").await;
    assert_eq!(world.post(Actors::Jo, &take, "").await.status, 409);
}

#[tokio::test]
async fn a_steward_hands_out_and_puts_right() {
    let world = World::new();
    let path = format!("/console/supporters/{}", super::world::person_key(5));
    let page = world.get(Actors::Steward, &path).await.body;
    assert!(page.contains("to read") && page.contains("Put a field right"), "{page}");
    let html = world.post(Actors::Steward, &format!("{path}/export"), "as=page").await;
    assert!(html.body.contains("<h1>What") && html.body.contains(&person_email(5)));
    let done = world.post(Actors::Steward, &format!("{path}/correct"), "email=five%40people.example").await;
    assert_eq!(done.location(), format!("{path}?done=corrected"));
    let taken =
        world.post(Actors::Steward, &format!("{path}/correct"), "email=person6%40people.example").await;
    assert_eq!(taken.status, 409);
    let found = world.post(Actors::Steward, "/console/supporters", "address=five%40people.example").await;
    assert_eq!(found.location(), path);
}
