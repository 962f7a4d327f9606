//! The index follows whatever changes, survives a restart, and is built again when its file is not to be trusted.

use crate::world::World;
use hustings_app::people::consent::own_act;
use hustings_app::people::follow;
use hustings_domain::consent::{Channel, ConsentState};

fn many(count: usize, from: usize) -> String {
    let rows = (from..from + count)
        .map(|n| format!("p{n}@example.org,{}\n", if n.is_multiple_of(3) { "yes" } else { "no" }));
    std::iter::once("email,email_opt_in\n".to_owned()).chain(rows).collect()
}

#[test]
fn the_index_says_what_the_store_says() {
    let world = World::new();
    world.import("one.csv", many(300, 0));
    assert_eq!((world.count("everyone"), world.count("consent \"news\" on email is given")), (300, 100));
    let page = world.page("p0@example.org").unwrap();
    let news = "news".parse().unwrap();
    own_act(&world.app, page.ordinal, &news, Channel::Email, ConsentState::Withdrawn, "my page", None)
        .unwrap();
    hustings_app::people::erase::forget_me(&world.app, world.page("p3@example.org").unwrap().ordinal)
        .unwrap();
    assert_eq!((world.count("everyone"), world.count("consent \"news\" on email is given")), (299, 98));
    follow::save(&world.app).unwrap();
    let world = world.reopen();
    assert_eq!((world.count("everyone"), world.count("consent \"news\" on email is given")), (299, 98));
    world.import("two.csv", many(50, 280));
    assert_eq!(world.count("everyone"), 329);
    let file = world.app.folder().join(follow::FILE);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let world = world.reopen();
    assert_eq!(world.count("everyone"), 329);
}
