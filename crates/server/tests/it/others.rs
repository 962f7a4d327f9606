//! What belongs to another borrower is as what does not exist.

use super::world::{Actors, PEOPLE, World, person_email};

#[tokio::test]
async fn another_borrowers_loan_and_copy_look_like_none() {
    let world = World::new();
    world.introduced();
    let same = |a: &super::world::Got, b: &super::world::Got, of: &str, never: &str| {
        assert_eq!((a.status.as_u16(), b.status.as_u16()), (404, 404));
        assert_eq!(a.without_id().replace(of, "N"), b.without_id().replace(never, "N"));
    };
    let others = world.get(Actors::Kim, "/desk/loans/1").await;
    let unknown = world.get(Actors::Kim, "/desk/loans/99").await;
    same(&others, &unknown, "L-1", "L-99");
    assert!(!others.body.contains("hustings loan"), "no command is named to a borrower: {}", others.body);
    let others = world.post(Actors::Kim, "/desk/copies/1/fetch", "").await;
    let unknown = world.post(Actors::Kim, "/desk/copies/99/fetch", "").await;
    same(&others, &unknown, "C-1", "C-99");
    assert_eq!(world.get(Actors::Jo, "/desk/loans/1").await.status, 200);
}

#[tokio::test]
async fn a_borrower_acknowledges_their_own_erasures_alone() {
    let world = World::new();
    world.introduced();
    let notices =
        || world.app.store().read(|tx| Ok::<_, hustings_app::Refusal>(tx.erasure_notices(None)?)).unwrap();
    let form = format!("duty={}&done=deleted&processors=2", notices()[0].id);
    assert_eq!(world.post(Actors::Kim, "/desk/duties", &form).await.status, 404);
    assert!(notices()[0].acknowledged.is_none());
    let desk = world.get(Actors::Jo, "/desk").await.body;
    assert!(desk.contains("What you owe") && desk.contains("the person took it back"), "{desk}");
    let nothing = world.post(Actors::Jo, "/desk/duties", "done=deleted").await;
    assert_eq!(nothing.status, 422);
    let done = world.post(Actors::Jo, "/desk/duties", &form).await;
    assert_eq!(done.location(), "/desk?done=acknowledged");
    assert!(notices()[0].acknowledged.is_some());
    assert!(
        world
            .get(Actors::Jo, "/desk?done=acknowledged")
            .await
            .body
            .contains("What you said is in the ledger.")
    );
}

#[tokio::test]
async fn a_desk_shows_no_supporter_and_no_exact_reach() {
    let world = World::new();
    world.introduced();
    let file = world.post(Actors::Jo, "/desk/copies/1/fetch", "").await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"C-1.csv\"");
    assert!(file.body.lines().next().unwrap().starts_with("reference,email"));
    for path in ["/desk", "/desk/loans/1"] {
        let page = world.get(Actors::Jo, path).await.body;
        for number in 0..PEOPLE {
            assert!(!page.contains(&person_email(number)), "{path} names person {number}");
        }
        assert!(!page.contains("Kim Doe"), "{path}");
        assert!(!page.contains(&format!(">{PEOPLE}<")), "{path} has the exact count of those addressed");
    }
    let page = world.get(Actors::Jo, "/desk/loans/1").await.body;
    assert!(page.contains("said yes and were passed to you"));
}

#[tokio::test]
async fn a_borrower_asks_for_a_reach_from_the_desk_alone() {
    let world = World::new();
    assert!(world.get(Actors::Jo, "/desk/loans/3").await.body.contains("Estimate the reach"));
    assert_eq!(world.post(Actors::Kim, "/desk/loans/3/estimate", "").await.status, 404);
    assert_eq!(world.post(Actors::Jo, "/console/loans/3/estimate", "").await.status, 403);
    assert!(!world.ledger_kinds().contains(&"estimate.answered".to_owned()));
    assert_eq!(
        world.post(Actors::Jo, "/desk/loans/3/estimate", "").await.location(),
        "/desk/loans/3?done=estimated"
    );
    let page = world.get(Actors::Jo, "/desk/loans/3").await.body;
    assert!(
        page.contains("the floor is 300") && page.contains("bout 99 more questions this season"),
        "{page}"
    );
    assert!(!page.contains("Estimate the reach"), "the same question has the same answer");
}

#[tokio::test]
async fn every_question_about_a_count_waits_for_its_beat_and_looks_alike() {
    let world = World::new();
    let beat = std::time::Duration::from_millis(250);
    let mut heads = Vec::new();
    // The first answer, the same again, another borrower's loan, and something to divide by that is not there.
    for (who, path, form) in [
        (Actors::Jo, "/desk/loans/3/estimate", ""),
        (Actors::Jo, "/desk/loans/3/estimate", ""),
        (Actors::Kim, "/desk/loans/3/estimate", ""),
        (Actors::Jo, "/desk/loans/3/divide", "by=county"),
    ] {
        let began = tokio::time::Instant::now();
        let got = world.post(who, path, form).await;
        assert!(began.elapsed() >= beat, "{path} was answered in {:?}", began.elapsed());
        heads.push((got.status.as_u16(), got.headers, got.bytes.len()));
    }
    let of = |place: usize| {
        let (status, head, bytes): &(u16, axum::http::HeaderMap, usize) = &heads[place];
        let names: Vec<(String, usize)> =
            head.iter().map(|(name, value)| (name.to_string(), value.len())).collect();
        (*status, names, *bytes)
    };
    assert_eq!(of(0), of(1), "an answer and the same answer again look alike");
    assert_eq!((heads[2].0, heads[3].0), (404, 422));
    assert!(
        heads.iter().all(|(_, head, _)| head["cache-control"] == "no-store" && !head.contains_key("etag"))
    );
}
