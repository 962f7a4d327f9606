//! Logging in and out.

use super::world::{Actors, Ask, Got, World};
use hustings_server::LinkGoes;
use std::time::Duration;

/// The visitor's cookie and the token of its form.
async fn visit(world: &World, path: &str) -> (String, String) {
    let got = world.request("GET", path, Ask::default()).await;
    assert_eq!(got.status, 200);
    let cookie = got.cookies().remove(0);
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"),
        "{cookie}"
    );
    let token =
        got.body.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    (cookie.split(';').next().unwrap().to_owned(), token)
}

async fn post(world: &World, path: &str, cookie: &str, form: &str) -> Got {
    world.request("POST", path, Ask::default().with("cookie", cookie).form(form)).await
}

/// Waits, without a clock, until the background has mailed.
async fn mailed(world: &World, count: usize) -> Vec<(String, String)> {
    for _ in 0..2_000 {
        let mails = world.recorder.mails.lock().unwrap().clone();
        if mails.len() >= count {
            return mails;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("nothing was mailed");
}

#[tokio::test]
async fn the_answer_is_the_same_whoever_asks_and_the_link_works_once() {
    let world = World::new();
    let (cookie, token) = visit(&world, "/login").await;
    let ask = |address: &str| format!("csrf={token}&address={}", address.replace('@', "%40"));
    let unknown = post(&world, "/login", &cookie, &ask("who@staff.example")).await;
    let known = post(&world, "/login", &cookie, &ask("sam@staff.example")).await;
    assert_eq!((unknown.status, known.status), (known.status, axum::http::StatusCode::OK));
    assert_eq!(
        unknown.without_id().replace("who@staff.example", "X"),
        known.without_id().replace("sam@staff.example", "X")
    );
    let mails = mailed(&world, 1).await;
    assert_eq!((mails.len(), mails[0].0.as_str()), (1, "sam@staff.example"));
    let path = mails[0].1.strip_prefix("http://127.0.0.1:8470").unwrap().to_owned();
    let (cookie, token) = visit(&world, &path).await;
    // Opened twice, used never: still good. Without the cookie of the page, or without its token: nothing.
    visit(&world, &path).await;
    assert_eq!(post(&world, &path, "", &format!("csrf={token}")).await.status, 403);
    assert_eq!(post(&world, &path, &cookie, "csrf=").await.status, 403);
    let begun = post(&world, &path, &cookie, &format!("csrf={token}")).await;
    assert_eq!((begun.status.as_u16(), begun.location()), (303, "/console"));
    let session = begun.cookies().into_iter().find(|line| line.starts_with("hustings_session=")).unwrap();
    assert!(
        session.contains("HttpOnly") && session.contains("SameSite=Strict") && session.contains("Path=/")
    );
    let session = session.split(';').next().unwrap().to_owned();
    let home = world.request("GET", "/console", Ask::default().with("cookie", session)).await;
    assert_eq!(home.status, 200);
    assert!(home.body.contains("Sam") && home.body.contains("steward"));
    let again = post(&world, &path, &cookie, &format!("csrf={token}")).await;
    assert_eq!(again.status, 403);
    assert!(again.cookies().is_empty() && again.body.contains("login.link"));
}

#[tokio::test]
async fn without_a_relay_the_page_says_where_the_link_is_and_answers_alike() {
    let world = World::new();
    *world.recorder.goes.lock().unwrap() = LinkGoes::ToTheTerminal;
    let (cookie, token) = visit(&world, "/login").await;
    let page = world.request("GET", "/login", Ask::default()).await;
    assert!(
        page.body.contains("printed on the terminal") && !page.body.contains("We mail you"),
        "{}",
        page.body
    );
    let ask = |address: &str| format!("csrf={token}&address={}", address.replace('@', "%40"));
    let unknown = post(&world, "/login", &cookie, &ask("who@staff.example")).await;
    let known = post(&world, "/login", &cookie, &ask("sam@staff.example")).await;
    assert_eq!(
        unknown.without_id().replace("who@staff.example", "X"),
        known.without_id().replace("sam@staff.example", "X")
    );
    assert!(known.body.contains("hustings user login") && known.body.contains("nothing was mailed"));
    let printed = mailed(&world, 1).await;
    assert_eq!(printed.len(), 1);
    assert!(!known.body.contains(&printed[0].1), "the page holds no link");
}

#[tokio::test]
async fn a_mailbox_is_not_flooded() {
    let world = World::new();
    let (cookie, token) = visit(&world, "/login").await;
    for _ in 0..5 {
        post(&world, "/login", &cookie, &format!("csrf={token}&address=sam%40staff.example")).await;
    }
    post(&world, "/login", &cookie, &format!("csrf={token}&address=rae%40staff.example")).await;
    let mails = mailed(&world, 2).await;
    assert_eq!(mails.iter().filter(|(address, _)| address == "sam@staff.example").count(), 1);
    world.clock.advance_seconds(61);
    post(&world, "/login", &cookie, &format!("csrf={token}&address=sam%40staff.example")).await;
    assert_eq!(mailed(&world, 3).await.len(), 3);
}

#[tokio::test]
async fn a_session_ends_with_log_out_and_with_the_day() {
    let world = World::new();
    let session = world.session(Actors::Steward).unwrap();
    let ask = Ask::default().with("cookie", format!("hustings_session={}", session.cookie));
    let form = ask.clone().form(format!("csrf={}", session.csrf));
    assert_eq!(world.request("GET", "/console", ask.clone()).await.status, 200);
    let out = world.request("POST", "/logout", form).await;
    assert_eq!((out.status.as_u16(), out.location()), (303, "/login?done=logged-out"));
    assert!(out.cookies()[0].starts_with("hustings_session=; Max-Age=0"));
    assert_eq!(world.request("GET", "/console", ask).await.location(), "/login");
    let (late, _) = world.as_(Actors::Steward);
    world.clock.advance_seconds(13 * 3600);
    assert_eq!(world.request("GET", "/console", late).await.location(), "/login");
}

#[tokio::test]
async fn a_borrower_comes_to_their_desk_and_a_wrong_address_is_mended() {
    let world = World::new();
    let (cookie, token) = visit(&world, "/login").await;
    let wrong = post(&world, "/login", &cookie, &format!("csrf={token}&address=joan")).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("That is not an e-mail address.") && wrong.body.contains("value=\"joan\""));
    post(&world, "/login", &cookie, &format!("csrf={token}&address=joan%40staff.example")).await;
    let path = mailed(&world, 1).await[0].1.strip_prefix("http://127.0.0.1:8470").unwrap().to_owned();
    let begun = post(&world, &path, &cookie, &format!("csrf={token}")).await;
    assert_eq!(begun.location(), "/desk");
}
