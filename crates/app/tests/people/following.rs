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

fn stamp_of(world: &World) -> Option<String> {
    world.app.store().read(|tx| Ok::<_, hustings_app::Refusal>(tx.meta("audience-index")?)).unwrap()
}

#[test]
fn a_saved_index_is_trusted_by_its_own_list_alone() {
    let world = World::new();
    world.import("one.csv", many(40, 0));
    follow::save(&world.app).unwrap();
    let file = world.app.folder().join(follow::FILE);
    let (older, stamp) = (std::fs::read(&file).unwrap(), stamp_of(&world));
    assert!(stamp.is_some());
    let load = |world: &World| follow::load_or_build(world.app.store(), &file).unwrap();
    assert!(!load(&world).is_new);

    // Of the same list, but not the one saved last: whoever put it there, the list does not vouch for it.
    own_act(
        &world.app,
        world.page("p0@example.org").unwrap().ordinal,
        &"news".parse().unwrap(),
        Channel::Email,
        ConsentState::Withdrawn,
        "my page",
        None,
    )
    .unwrap();
    follow::save(&world.app).unwrap();
    assert_ne!(stamp_of(&world), stamp);
    let newer = std::fs::read(&file).unwrap();
    std::fs::write(&file, &older).unwrap();
    let built = load(&world);
    assert!(built.is_new);
    assert_eq!(built.index.len(), 40);

    // Another list with the same number of changes.
    let other = World::new();
    other.import("one.csv", many(40, 500));
    let foreign = other.app.folder().join(follow::FILE);
    follow::save(&other.app).unwrap();
    std::fs::copy(&foreign, &file).unwrap();
    assert!(load(&world).is_new);

    // Cut anywhere, it is built again; whole, it is used, and follows what came after it.
    for cut in [0, 7, newer.len() / 3, newer.len() - 1] {
        std::fs::write(&file, &newer[..cut]).unwrap();
        assert!(load(&world).is_new, "cut at {cut}");
    }
    std::fs::write(&file, &newer).unwrap();
    world.import("two.csv", many(5, 100));
    std::fs::write(&file, &newer).unwrap();
    assert!(load(&world).is_new, "an import saves the index, so this one is no longer the last");
    assert_eq!(world.reopen().count("everyone"), 45);
}

#[test]
fn a_change_is_in_the_next_count_and_in_one_made_by_a_saved_index() {
    let world = World::new();
    world.import("one.csv", many(30, 0));
    follow::save(&world.app).unwrap();
    let ordinal = world.page("p0@example.org").unwrap().ordinal;
    assert_eq!(world.count("consent \"news\""), 10);
    own_act(
        &world.app,
        ordinal,
        &"news".parse().unwrap(),
        Channel::Email,
        ConsentState::Withdrawn,
        "my page",
        None,
    )
    .unwrap();
    // Not saved since: the file is older than the list, and the feed leads on from it.
    let file = world.app.folder().join(follow::FILE);
    let loaded = follow::load_or_build(world.app.store(), &file).unwrap();
    assert!(!loaded.is_new);
    let world = world.reopen();
    assert_eq!(world.count("consent \"news\""), 9);
}
