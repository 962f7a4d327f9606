//! The pages of imports say what the reports say, and show nothing of anybody's row.

use super::world::Actors::Steward;
use super::world::World;
use hustings_app::people::import::{ImportJob, import, undo};
use hustings_domain::access::Actor;

#[tokio::test]
async fn each_import_has_its_account_and_no_row_of_it() {
    let world = World::new();
    let empty = world.get(Steward, "/console/imports").await;
    assert!(empty.body.contains("Nothing has been brought in"), "{}", empty.body);
    let path = world.app.folder().join("spring-fair.csv");
    let file = "email,first_name,note\nzelda@people.example,Zelda,hello\nbroken@@x,Quentin,\n\n";
    std::fs::write(&path, file).unwrap();
    let report = import(&world.app, &Actor::operator(), &ImportJob::new(&path), &mut |_| {}).unwrap();
    let list = world.get(Steward, "/console/imports").await;
    assert!(
        list.body.contains("spring-fair.csv") && list.body.contains("1 file brought in"),
        "{}",
        list.body
    );
    let page = format!("/console/imports/{}", report.id);
    let shown = world.get(Steward, &page).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    for words in [
        "spring-fair.csv brought 1 new",
        "line 3: the e-mail address is broken",
        "given-name",
        "hustings import undo",
    ] {
        assert!(shown.body.contains(words), "{words}: {}", shown.body);
    }
    for secret in ["zelda", "Zelda", "Quentin", "broken@@", "hello"] {
        assert!(!list.body.contains(secret) && !shown.body.contains(secret), "{secret}");
    }
    undo(&world.app, &Actor::operator(), &report.id.to_string(), false).unwrap();
    let shown = world.get(Steward, &page).await;
    assert!(shown.body.contains("undone") && !shown.body.contains("hustings import undo"), "{}", shown.body);
    let none = world.get(Steward, "/console/imports/0190-nothing").await;
    assert_eq!(none.status, 404);
}
