//! Each file that is no list is refused with one clear error, and nothing of it is kept.

use crate::world::World;
use hustings_app::Kind;
use hustings_app::people::import::{ImportJob, ImportKind, Mapping};

#[test]
fn a_folder_and_a_missing_file_are_no_lists() {
    let world = World::new();
    let folder = world.try_import(&ImportJob::new(world.app.folder())).unwrap_err();
    assert_eq!(folder.code, "import.not-a-file");
    let missing = world.try_import(&ImportJob::new("/nowhere/list.csv")).unwrap_err();
    assert_eq!((missing.code, missing.kind), ("import.no-file", Kind::NotFound));
}

#[test]
fn each_bad_file_has_its_error() {
    let world = World::new();
    for (name, bytes, code) in [
        ("empty.csv", b"".as_slice(), "import.empty"),
        ("blank.csv", b"\xef\xbb\xbf \r\n\n", "import.empty"),
        ("zip.csv", b"PK\x03\x04\x00\x00,\x00", "import.zip"),
        ("late-nul.csv", b"email\nann@example.org\nb\x00b@example.org\n", "import.not-text"),
        ("no-header.csv", b"ann@example.org,Ann\nbob@example.org,Bob\n", "import.no-header"),
        ("no-address.csv", b"first_name,last_name\nAnn,Smith\n", "import.no-address-column"),
        ("twice.csv", b"email,E-mail,name\na@example.org,b@example.org,Ann\n", "import.two-columns"),
        ("gifts.csv", b"email,amount,donation,date\na@example.org,1,2,2025-01-01\n", "import.two-columns"),
    ] {
        let refusal = world.refused(name, bytes);
        assert_eq!(refusal.code, code, "{name}: {refusal:?}");
        assert!(!refusal.message.ends_with('.') && !refusal.message.is_empty());
    }
    let twice = world.refused("again.csv", "email,E-mail\na@example.org,b@example.org\n");
    assert_eq!(twice.message, "`email` and `E-mail` are both the field `email`");
}

#[test]
fn a_row_of_two_megabytes_is_named_and_not_read() {
    let world = World::new();
    let mut text = "email,comment\nann@example.org,hello\nbob@example.org,\"".to_owned();
    text.push_str(&"x\n".repeat(1_100_000));
    let refusal = world.refused("quote.csv", &text);
    assert_eq!(
        (refusal.code, refusal.message.as_str()),
        ("import.line-too-long", "the row on line 3 is longer than 1 MiB")
    );
    let refusal = world.refused("long.csv", format!("email\n{}", "y".repeat(3_000_000)));
    assert_eq!(refusal.code, "import.line-too-long");
}

#[test]
fn a_mapping_that_does_not_fit_is_refused() {
    let world = World::new();
    let path = world.file("list.csv", "Correo,Nombre\nann@example.org,Ann\n");
    let mut job = ImportJob::new(&path);
    assert_eq!(world.try_import(&job).unwrap_err().code, "import.no-address-column");
    job.mapping = Some(Mapping::from_toml("[columns]\nCoreo = \"email\"\n").unwrap());
    let refusal = world.try_import(&job).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.hints[0].as_str()),
        ("import.no-such-column", "did you mean `Correo`?")
    );
    job.mapping =
        Some(Mapping::from_toml("[columns]\nCorreo = \"email\"\nNombre = \"given_name\"\n").unwrap());
    assert_eq!(world.try_import(&job).unwrap().new, 1);
    assert_eq!(
        world.page("ann@example.org").unwrap().identity.get(hustings_vault::Field::GivenName),
        Some("Ann")
    );
    job.kind = Some(ImportKind::Gifts);
    assert_eq!(world.try_import(&job).unwrap_err().code, "import.no-gifts");
}

#[test]
fn only_a_steward_brings_people_in() {
    let world = World::new();
    let trustee = hustings_domain::access::Actor {
        user: None,
        roles: vec![hustings_domain::access::Role::Trustee],
        wing: None,
        borrower: None,
        through: None,
    };
    let job = ImportJob::new(world.file("list.csv", "email\nann@example.org\n"));
    let refusal = hustings_app::people::import::import(&world.app, &trustee, &job, &mut |_| {}).unwrap_err();
    assert_eq!(refusal.code, "access.denied");
    assert_eq!(world.people(), 0);
}
