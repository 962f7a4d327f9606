//! Pages of attributes and places; and a person who puts an attribute right from their own page.

use super::world::Actors::{Nobody, Steward, Trustee};
use super::world::{World, person_email};
use hustings_app::people::import::{ImportJob, Mapping, import};
use hustings_app::people::places::load_divisions;
use hustings_app::send::links::LinkPurpose;
use hustings_domain::access::Actor;
use std::fmt::Write as _;

fn with_attributes() -> World {
    let world = World::new();
    let file = world.app.folder().join("helpers.csv");
    let mut text = "email,Helps With\n".to_owned();
    for number in 0..20 {
        writeln!(text, "{},phones; doors", person_email(number)).unwrap();
    }
    std::fs::write(&file, text).unwrap();
    let mut mapping = Mapping::default();
    mapping.correct("Helps With=choices:helps-with").unwrap();
    let job = ImportJob { mapping: Some(mapping), ..ImportJob::new(&file) };
    import(&world.app, &Actor::operator(), &job, &mut |_| {}).unwrap();
    world
}

#[tokio::test]
async fn attributes_are_declared_and_taken_out_of_use() {
    let world = with_attributes();
    let page = world.get(Trustee, "/console/attributes").await;
    assert!(page.body.contains("Helps With") && page.body.contains("several choices"), "{}", page.body);
    assert!(page.body.contains("doors, phones") && !page.body.contains("Declare an attribute"));
    let form = "name=party&type=choice&choices=green%2C+independent&title=Party";
    assert_eq!(world.post(Steward, "/console/attributes", form).await.status, 303);
    let wrong = world.post(Steward, "/console/attributes", "name=party&type=money").await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.body.contains("The attribute `party` is a choice, and cannot become money")
            || wrong.body.contains("cannot become money"),
        "{}",
        wrong.body
    );
    assert_eq!(world.post(Steward, "/console/attributes/party/retire", "").await.status, 303);
    assert!(world.get(Steward, "/console/attributes").await.body.contains("out of use"));
    let none = world.post(Steward, "/console/attributes/gossip/retire", "").await;
    assert_eq!(none.status, 404);
}

#[tokio::test]
async fn a_person_puts_an_attribute_right_by_their_own_word() {
    let world = with_attributes();
    let path = format!("/me/{}", world.link(LinkPurpose::MyPage, 2));
    let page = world.get(Nobody, &path).await;
    assert!(page.body.contains("came with a file; nobody else gets it"), "{}", page.body);
    assert!(page.body.contains("value=\"phones; doors\""), "{}", page.body);
    let act = format!("{path}/attribute");
    let done = world.post(Nobody, &act, "name=helps-with&value=tables").await;
    assert_eq!(done.status, 303, "{}", done.body);
    let page = world.get(Nobody, &path).await;
    assert!(page.body.contains("you told us") && page.body.contains("value=\"tables\""), "{}", page.body);
    assert!(!page.body.contains("value=\"phones"), "{}", page.body);
    assert_eq!(world.post(Nobody, &act, "name=email&value=x").await.status, 404);
    assert!(world.ledger_kinds().contains(&"supporter.corrected".to_owned()));
}

#[tokio::test]
async fn places_lie_in_each_other() {
    let world = World::new();
    let none = world.get(Trustee, "/console/places").await;
    assert_eq!(none.status, 200);
    let file = world.app.folder().join("register.csv");
    let register = "id,name,sameAs,validThrough\n\
        ocd-division/country:us,United States,,\n\
        ocd-division/country:us/state:vt,Vermont <b>,,\n\
        ocd-division/country:us/state:vt/sldl:9,Gone,ocd-division/country:us/state:vt/sldl:8,2020\n\
        ocd-division/country:us/state:vt/sldl:8,Here,,\n";
    std::fs::write(&file, register).unwrap();
    load_divisions(&world.app, &Actor::operator(), &file, &mut |_| {}).unwrap();
    let top = world.get(Steward, "/console/places").await;
    assert!(top.body.contains("United States") && !top.body.contains("Vermont"), "{}", top.body);
    let inside =
        |area: &str| format!("/console/places?inside={}", area.replace('/', "%2F").replace(':', "%3A"));
    let vermont = world.get(Steward, &inside("ocd-division/country:us/state:vt")).await;
    assert!(vermont.body.contains("Vermont &#60;b&#62;"), "{}", vermont.body);
    assert!(vermont.body.contains("Here") && vermont.body.contains("ended"), "{}", vermont.body);
    let gone = world.get(Steward, &inside("ocd-division/country:us/state:vt/sldl:9")).await;
    assert!(
        gone.body.contains("This area has ended") && gone.body.contains("sldl 8, state vt"),
        "{}",
        gone.body
    );
    assert_eq!(world.get(Steward, &inside("ocd-division/country:us/state:nowhere")).await.status, 404);
}
