//! Verbs beside a process that serves: they look, they change nothing, and what must be entered is entered first.

use super::world::{World, root};
use hustings_app::access::{NewUser, add_user, log_in, login_link};
use hustings_app::beside::{SOCKET, answer};
use hustings_app::folder::{back_up, open, open_reading};
use hustings_app::people::erase::erase;
use hustings_app::people::export::export_person;
use hustings_app::people::show::find_by_email;
use hustings_app::{App, Kind, SeededChance};
use hustings_domain::access::{Actor, Role};
use hustings_domain::clock::Clock as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

fn entries(app: &App) -> u64 {
    app.store().read(|tx| hustings_app::entry_count(tx)).unwrap()
}

/// What the socket says to a line.
fn said_to(folder: &Path, line: &str) -> String {
    let mut stream = UnixStream::connect(folder.join(SOCKET)).unwrap();
    stream.write_all(format!("{line}\n").as_bytes()).unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    answer
}

#[test]
fn beside_a_server_a_look_is_entered_first_and_a_change_is_refused() {
    let world = World::new();
    world.import("people.csv", "email,first name\nada@example.org,Ada\n");
    let World { app, clock, dir } = world;
    let (folder, operator) = (app.folder().to_owned(), Actor::operator());
    let serving = Arc::new(app);
    let answering = answer(&serving).unwrap();
    assert_eq!(std::fs::metadata(folder.join(SOCKET)).unwrap().permissions().mode() & 0o777, 0o600);
    let chance = || Arc::new(SeededChance::new(5));
    let refused = open(&folder, &root(), Arc::new(clock.clone()), chance()).unwrap_err();
    assert_eq!((refused.kind, refused.code), (Kind::Busy, "folder.in-use"));
    let beside = open_reading(&folder, &root(), Arc::new(clock.clone()), chance()).unwrap();

    let id = find_by_email(&beside, &operator, "ada@example.org").unwrap().unwrap();
    let before = entries(&serving);
    let held = export_person(&beside, &operator, id).unwrap();
    assert_eq!(held.json["identity"]["email"], "ada@example.org");
    assert_eq!(entries(&serving), before + 1, "that somebody looked stands in the ledger");
    // A second process at the keys would get in an erasure's way: the server is asked for the backup itself.
    let refused = back_up(&beside, &operator, &dir.path().join("friday")).unwrap_err();
    assert_eq!((refused.kind, refused.code), (Kind::Busy, "folder.in-use"));

    assert_eq!(erase(&beside, &operator, id).unwrap_err().code, "folder.in-use");
    assert_eq!(export_person(&beside, &Actor::machine(), id).unwrap_err().kind, Kind::Denied);
    assert_eq!(entries(&serving), before + 1);

    drop(answering);
    assert!(!folder.join(SOCKET).exists());
    let refused = export_person(&beside, &operator, id).unwrap_err();
    assert_eq!((refused.kind, refused.code), (Kind::Busy, "folder.in-use"), "no entry, no look");
    // The one that was killed leaves its socket; the next takes its place.
    std::fs::write(folder.join(SOCKET), "").unwrap();
    let _answering = answer(&serving).unwrap();
    assert!(export_person(&beside, &operator, id).is_ok());
}

#[test]
fn a_log_in_link_asked_for_beside_the_server_works_once_and_not_for_long() {
    let World { app, clock, dir: _dir } = World::new();
    let folder = app.folder().to_owned();
    let serving = Arc::new(app);
    let _answering = answer(&serving).unwrap();
    let new = |name: &str, role| NewUser {
        name: name.to_owned(),
        email: format!("{}@staff.example", name.to_lowercase()),
        roles: vec![role],
        wing: None,
        borrower: None,
    };
    let sam = add_user(&serving, &Actor::operator(), new("Sam", Role::Steward)).unwrap().user;
    let chance = Arc::new(SeededChance::new(5));
    let beside = open_reading(&folder, &root(), Arc::new(clock.clone()), chance).unwrap();

    let link = login_link(&beside, sam.id).unwrap();
    assert_eq!(log_in(&serving, &link).unwrap().user.name, "Sam");
    assert_eq!(log_in(&serving, &link).unwrap_err().code, "login.link", "once");
    let late = login_link(&beside, sam.id).unwrap();
    clock.advance_seconds(31 * 60);
    assert_eq!(log_in(&serving, &late).unwrap_err().code, "login.link", "within half an hour");
    let kept = std::fs::read(folder.join("hustings.db-wal")).unwrap();
    assert!(!kept.windows(link.len()).any(|bytes| bytes == link.as_bytes()), "kept as a hash alone");

    // Without the key of the list, with the key of another purpose, or too late: nothing.
    let ask = format!("{{\"log-in-link\":{{\"user\":\"{}\"}}}}", sam.id);
    let minted = |purpose: &str, seconds: i64| {
        let expires = clock.now().checked_add(jiff::Span::new().seconds(seconds)).unwrap();
        serving.tokens().mint(purpose, ask.as_bytes(), expires).unwrap()
    };
    for line in ["", "{}", &ask, &minted("my-page", 60), &minted("ask-the-server", -1), &"x".repeat(4_000)] {
        let answer = said_to(&folder, line);
        assert!(answer.starts_with("{\"Refused\":{\"denied\":true"), "{line}: {answer}");
    }
    assert!(said_to(&folder, &minted("ask-the-server", 60)).starts_with("{\"Done\":"));
    let nobody = hustings_domain::ids::UserId("00000000000000000000000000000000".parse().unwrap());
    assert_eq!(login_link(&beside, nobody).unwrap_err().code, "serve.refused");
}
