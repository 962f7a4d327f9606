//! Signing up through the pages.

use super::world::{Actors, Ask, Got, World};
use hustings_app::Refusal;

/// The visitor's cookie and the token of the form.
async fn visit(world: &World) -> (String, String) {
    let got = world.request("GET", "/join", Ask::default()).await;
    assert_eq!(got.status, 200);
    assert!(!got.body.contains("checked"), "nothing is ticked from the start");
    let token =
        got.body.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    (got.cookies().remove(0).split(';').next().unwrap().to_owned(), token)
}

async fn sign_up(world: &World, form: &str) -> Got {
    let (cookie, token) = visit(world).await;
    let ask = Ask::default().with("cookie", cookie).form(format!("csrf={token}&{form}"));
    world.request("POST", "/join", ask).await
}

fn people(world: &World) -> u64 {
    world.app.store().read(|tx| Ok::<_, Refusal>(tx.supporter_count()?)).unwrap()
}

#[tokio::test]
async fn the_answer_is_alike_for_somebody_new_and_somebody_known() {
    let world = World::new();
    let before = people(&world);
    let new = sign_up(&world, "email=New.One%40example.org&given-name=Ada&purpose=news").await;
    let known = sign_up(&world, "email=new.one%40example.org&purpose=news").await;
    assert_eq!((new.status.as_u16(), known.status.as_u16()), (200, 200), "{}", new.body);
    assert_eq!(new.without_id(), known.without_id());
    assert!(!new.body.contains("example.org"), "no address comes back");
    assert_eq!(people(&world), before + 1);
}

#[tokio::test]
async fn what_is_wrong_is_said_on_the_form_with_what_was_typed() {
    let world = World::new();
    let before = people(&world);
    let got = sign_up(&world, "email=ada&given-name=Ada&purpose=news").await;
    assert_eq!(got.status, 422);
    assert!(got.body.contains("has an @ in it") && got.body.contains("value=\"Ada\""), "{}", got.body);
    let got = sign_up(&world, "email=ada%40example.org").await;
    assert_eq!(got.status, 422);
    assert!(got.body.contains("Tick what we may write to you about"), "{}", got.body);
    assert_eq!(people(&world), before);
}

#[tokio::test]
async fn another_site_signs_nobody_up() {
    let world = World::new();
    let before = people(&world);
    let (cookie, token) = visit(&world).await;
    let form = format!("csrf={token}&email=ada%40example.org&purpose=news");
    let ask = Ask::default().with("cookie", cookie.clone()).form(form.clone());
    let elsewhere = world.request("POST", "/join", ask.with("sec-fetch-site", "cross-site")).await;
    assert_eq!(elsewhere.status, 403);
    assert_eq!(world.request("POST", "/join", Ask::default().form(form)).await.status, 403);
    assert_eq!(
        world.post(Actors::Steward, "/join", "email=ada%40example.org&purpose=news").await.status,
        403
    );
    assert_eq!(people(&world), before);
}
