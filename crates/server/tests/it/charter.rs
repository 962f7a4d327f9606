//! The charter's rules through the pages; registering as a borrower; who may do what.

use super::world::{Actors, Ask, Got, World};
use hustings_app::Refusal;
use hustings_domain::borrower::Standing;

const FORM: &str = "kind=candidate&name=Noor+Haddad&office=City+council&area=ocd-division%2Fcountry%3Aus%2Fstate%3Avt\
    &election=2090-11-03&treasurer=T&contact=team%40noor.example&agent-name=Sam&agent-email=sam%40noor.example\
    &source-housing=https%3A%2F%2Fnoor.example%2Fhousing";

async fn register(world: &World, form: &str) -> Got {
    let got = world.request("GET", "/borrow", Ask::default()).await;
    assert_eq!(got.status, 200);
    let token =
        got.body.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let cookie = got.cookies().remove(0).split(';').next().unwrap().to_owned();
    let ask = Ask::default().with("cookie", cookie).form(format!("csrf={token}&{form}"));
    world.request("POST", "/borrow", ask).await
}

#[tokio::test]
async fn a_borrower_registers_and_waits_for_a_steward() {
    let world = World::new();
    let got = register(&world, FORM).await;
    assert_eq!(got.status, 200, "{}", got.body);
    assert!(got.body.contains("A steward of") && !got.body.contains("noor.example"), "{}", got.body);
    let borrowers = world.app.store().read(|tx| Ok::<_, Refusal>(tx.borrowers()?)).unwrap();
    let noor = borrowers.iter().find(|one| one.name == "Noor Haddad").unwrap();
    assert_eq!(noor.standing, Standing::Registered);
    assert_eq!(noor.sourced(), ["housing".parse().unwrap()]);
    let page = world.get(Actors::Trustee, &format!("/console/borrowers/{}", noor.id)).await;
    assert!(page.body.contains("by the form on the public page"), "{}", page.body);
    let page = world.get(Actors::Kim, "/desk").await;
    assert!(!page.body.contains("Noor"), "another borrower's people see nothing of it");
}

#[tokio::test]
async fn what_is_wrong_with_a_registration_is_said_on_the_form_with_what_was_typed() {
    let world = World::new();
    for (from, to, said) in [
        ("2090-11-03", "2020-11-03", "names an election that is to come"),
        ("ocd-division%2F", "", "is not an area"),
        ("https%3A", "javascript%3A", "is not the address of a page"),
        ("kind=candidate", "kind=king", "Say what you are"),
        ("team%40", "team", "an address that its people can be written to"),
    ] {
        let got = register(&world, &FORM.replacen(from, to, 1)).await;
        assert_eq!(got.status, 422, "{said}");
        assert!(
            got.body.contains(said) && got.body.contains("value=\"Noor Haddad\""),
            "{said}: {}",
            got.body
        );
    }
}

#[tokio::test]
async fn a_template_is_filled_in_and_a_change_is_tried() {
    let world = World::new();
    let got = world.get(Actors::Steward, "/console/charter").await;
    assert!(got.body.contains("A candidate asks only within its own area"), "{}", got.body);
    let got = world
        .get(
            Actors::Steward,
            "/console/charter?template=quiet-before&fill=1&days=7&day=2090-11-03&borrower=candidate",
        )
        .await;
    assert!(got.body.contains("candidates ask nobody within 7 days before 2090-11-03"), "{}", got.body);
    let got =
        world.get(Actors::Steward, "/console/charter?template=quiet-before&fill=1&days=0&day=soon").await;
    assert!(got.body.contains("is neither a day nor in the calendar"), "{}", got.body);
    assert_eq!(world.get(Actors::Steward, "/console/charter?template=none").await.status, 404);
    let toml = "version%20%3D%20%22x%22";
    let got = world.post(Actors::Steward, "/console/charter/simulate", &format!("toml={toml}")).await;
    assert_eq!(got.status, 422);
    assert!(got.body.contains("line 1"), "{}", got.body);
}

#[tokio::test]
async fn anybody_reads_who_may_do_what() {
    let world = World::new();
    let got = world.get(Actors::Nobody, "/powers").await;
    let of = |role: &str| {
        let rest = got.body.split(&format!(">{role}</h2>")).nth(1).unwrap();
        rest.split("</section>").next().unwrap().to_owned()
    };
    let administrator = of("Administrator");
    assert!(administrator.contains("<li>add a user</li>"), "{administrator}");
    assert!(
        !administrator.contains("<li>vote on a loan") && !administrator.contains("<li>export"),
        "{administrator}"
    );
    assert_eq!(of("The machine by itself").matches("<li>").count(), 1);
    assert!(of("Trustee").contains("<li>vote on a loan</li>"));
}
