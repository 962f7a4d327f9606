//! What people ask for, through the binary: exports, corrections, erasures by file, objections; and a data folder that
//! is backed up beside service, killed in the middle of everything, and examined.

use super::binary::{Desk, PASSPHRASE, Running, text, wait};
use super::note;
use hustings_app::{SystemChance, SystemClock, folder, people};
use hustings_domain::chance::{Rng as _, SeededRng};
use hustings_vault::RootSecret;
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::sync::Arc;
use std::time::Duration;

const CHARTER: &str = include_str!("../../../../docs/charter.example.toml");

fn people_file(count: u32) -> String {
    let rows: String = (0..count)
        .map(|number| format!("p{number}@example.org,Given{number},yes,housing\n"))
        .collect::<Vec<_>>()
        .concat();
    format!("email,first_name,email_opt_in,issues\n{rows}")
}

fn desk_with(count: u32) -> Desk {
    let desk = Desk::with_list(CHARTER);
    let file = desk.write("people.csv", people_file(count));
    desk.run(["import", text(&file)]).ok();
    desk
}

#[test]
fn an_export_is_a_page_and_data_for_its_person_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = desk_with(3);
    let place = desk.beside("out");
    std::fs::create_dir(&place).unwrap();
    desk.run(["supporters", "export", "p1@example.org", "--to", text(&place)]).ok();
    let page = std::fs::read_to_string(place.join("person.html")).unwrap();
    assert!(page.contains("p1@example.org") && page.contains("Given1") && !page.contains("<script"));
    let data: Value = serde_json::from_slice(&std::fs::read(place.join("person.json")).unwrap()).unwrap();
    assert_eq!(data["identity"]["email"], "p1@example.org");
    for name in ["person.html", "person.json"] {
        let mode = std::fs::metadata(place.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
    assert!(
        desk.run(["supporters", "export", "p1@example.org", "--to", text(&place)])
            .refused(5)
            .contains("never overwrites")
    );
    let one = desk.beside("one.html");
    desk.run(["supporters", "export", "p2@example.org", "--to", text(&one)]).ok();
    assert!(std::fs::read_to_string(one).unwrap().starts_with("<!doctype html>"));
    let unclear = desk.beside("one.pdf");
    assert!(
        desk.run(["supporters", "export", "p2@example.org", "--to", text(&unclear)])
            .refused(4)
            .contains(".html or .json")
    );
    assert!(
        desk.run(["supporters", "export", "nobody@example.org", "--to", text(&desk.beside("x.json"))])
            .refused(3)
            .contains("nobody")
    );
}

#[test]
fn a_person_is_corrected_and_objects() {
    let desk = desk_with(3);
    let fixed = desk.json([
        "supporters",
        "correct",
        "p1@example.org",
        "--set",
        "given-name=Ann",
        "--set",
        "email=ann@example.org",
    ]);
    assert_eq!(fixed["fields"], serde_json::json!(["email", "given-name"]));
    assert_eq!(desk.json(["supporters", "show", "ann@example.org"])["identity"]["given-name"], "Ann");
    assert!(
        desk.run(["supporters", "correct", "ann@example.org", "--set", "shoe-size=9"])
            .refused(4)
            .contains("shoe-size")
    );
    assert!(
        desk.run(["supporters", "correct", "ann@example.org", "--set", "email=p2@example.org"])
            .refused(5)
            .contains("somebody else")
    );
    let objected = desk.json(["supporters", "object", "ann@example.org", "--to", "news"]);
    assert_eq!((&objected["on_list"], &objected["changed"]), (&Value::Bool(true), &Value::Bool(true)));
    let held = desk.json(["supporters", "show", "ann@example.org"]);
    assert_eq!(held["stops"][0]["reason"], "objected");
    assert!(
        desk.run(["supporters", "object", "ann@example.org", "--to", "newz"]).refused(4).contains("newz")
    );
    let file = desk.write("objections.txt", "p2@example.org\nstranger@example.org\n");
    let report = desk.json(["supporters", "object", "--file", text(&file), "--to", "everything"]);
    assert_eq!((&report["done"], &report["rejected"]), (&2.into(), &0.into()));
}

#[test]
fn an_erasure_by_file_that_is_killed_is_completed_by_running_it_again() {
    const PEOPLE: u32 = 6_000;
    let desk = desk_with(PEOPLE);
    let lines: String =
        (0..PEOPLE).map(|number| format!("p{number}@example.org\n")).collect::<Vec<_>>().concat();
    let file = desk.write("erase.txt", format!("email\n{lines}broken\n"));
    let words = ["supporters", "erase", "--file", text(&file), "--json"];
    let dry = desk.run(words.into_iter().chain(["--dry-run"])).json();
    assert_eq!(
        (&dry["done"], &dry["rejected"], &dry["lines"]),
        (&PEOPLE.into(), &1.into(), &(PEOPLE + 2).into())
    );
    let mut chance = SeededRng::new(7);
    let mut kills = 0;
    for _ in 0..8 {
        let mut erasing = Running(desk.command(words).spawn().unwrap());
        wait(Duration::from_millis(300 + chance.below(900)));
        if erasing.0.try_wait().unwrap().is_some() {
            break;
        }
        erasing.0.kill().unwrap();
        erasing.0.wait().unwrap();
        kills += 1;
    }
    let done = desk.run(words).json();
    let number = |name: &str| done[name].as_u64().unwrap();
    assert_eq!(number("done") + number("already"), u64::from(PEOPLE), "{done}");
    note(&format!("{kills} kills, {} left for the last run", number("done")));
    assert!(kills >= 1, "no kill hit a running erasure");
    assert_eq!(desk.people(), 0);
    let found = desk.run(["doctor", "--json"]);
    assert_eq!(found.code, 0, "{}", found.out);
}

/// Starts serving and waits until it does.
fn serving(desk: &Desk) -> Running {
    let mut serving = Running(desk.command(["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap());
    let mut lines = BufReader::new(serving.0.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("Serving on"));
    serving
}

#[test]
fn a_backup_is_taken_beside_a_serving_process() {
    let desk = desk_with(50);
    let held = serving(&desk);
    let file = desk.beside("backup");
    let report = desk.json(["backup", text(&file)]);
    assert_eq!(report["manifest"]["supporters"], 50);
    for ending in ["", ".keys", ".manifest"] {
        assert!(desk.beside(&format!("backup{ending}")).is_file(), "{ending}");
    }
    assert!(desk.run(["backup", text(&file)]).refused(5).contains("exists already"));
    assert!(desk.run(["restore", text(&file)]).refused(7).contains("another hustings"));
    let doctor = desk.run(["doctor", "--json"]);
    assert_eq!(doctor.code, 0, "it looks beside service: {}", doctor.out);
    drop(held);
    desk.run(["restore", text(&file)]).ok();
    assert_eq!(desk.people(), 50);
}

#[test]
fn a_restore_and_a_backup_that_are_killed_lose_nothing() {
    let desk = desk_with(3_000);
    let file = desk.beside("backup");
    desk.run(["backup", text(&file)]).ok();
    let gone = desk.write("gone.txt", "p7@example.org\np8@example.org\n");
    desk.run(["supporters", "erase", "--file", text(&gone)]).ok();
    desk.run(["supporters", "object", "p9@example.org", "--to", "everything"]).ok();
    let mut chance = SeededRng::new(11);
    let mut kills = 0;
    // How long a run takes is the machine's affair: whoever was too late tries earlier the next time.
    let mut latest = 640;
    for round in 0..40 {
        if kills == 8 {
            break;
        }
        let other = desk.beside("again");
        let words: &[&str] =
            if round % 2 == 0 { &["restore", text(&file)] } else { &["backup", text(&other)] };
        let mut running = Running(desk.command(words.iter().copied()).spawn().unwrap());
        wait(Duration::from_millis(10 + chance.below(latest)));
        if running.0.try_wait().unwrap().is_none() {
            running.0.kill().unwrap();
            running.0.wait().unwrap();
            kills += 1;
            latest = (latest * 5 / 4).min(640);
        } else {
            latest = (latest * 2 / 3).max(20);
        }
        if round % 2 == 1 && other.with_extension("manifest").exists() {
            for ending in ["", ".keys", ".manifest"] {
                std::fs::remove_file(desk.beside(&format!("again{ending}"))).unwrap();
            }
        }
        // Whatever was cut off: the list is there and whole, nobody who was forgotten is back, and no stop is gone.
        let root = RootSecret::passphrase(PASSPHRASE).unwrap();
        let app = folder::open(desk.folder(), &root, Arc::new(SystemClock), Arc::new(SystemChance)).unwrap();
        let operator = hustings_domain::access::Actor::operator();
        let find = |address: &str| people::show::find_by_email(&app, &operator, address).unwrap();
        assert!(find("p7@example.org").is_none() && find("p8@example.org").is_none(), "round {round}");
        let page = people::show::supporter_page(&app, &operator, find("p9@example.org").unwrap()).unwrap();
        assert_eq!(page.stops.len(), 1, "round {round}");
        let count =
            people::count::count(&app, &operator, "everyone", "2026-06-01".parse().unwrap()).unwrap().count;
        assert_eq!(count, 2_998, "round {round}");
    }
    note(&format!("{kills} kills"));
    assert!(kills >= 4, "only {kills} kills hit a running process");
    desk.run(["restore", text(&file)]).ok();
    desk.run(["backup", text(&desk.beside("last"))]).ok();
    let repaired = desk.json(["doctor", "--repair"]);
    assert_ne!(repaired["worst"], "broken", "{repaired}");
}

#[test]
fn the_doctor_says_by_its_code_how_bad_it_is() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = desk_with(5);
    assert_eq!(desk.run(["doctor"]).code, 0);
    let keys = desk.folder().join("keys.db");
    std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o644)).unwrap();
    let found = desk.run(["doctor"]);
    assert_eq!(found.code, 10, "{}", found.out);
    assert!(found.out.contains("warning") && found.out.contains("chmod 600"), "{}", found.out);
    let repaired = desk.run(["doctor", "--repair"]);
    assert_eq!(repaired.code, 0, "{}", repaired.out);
    assert!(repaired.out.contains("repaired: "), "{}", repaired.out);
    std::fs::write(desk.folder().join("hustings.db"), "dear diary").unwrap();
    let broken = desk.run(["doctor", "--json"]);
    assert_eq!(broken.code, 11, "{}", broken.out);
    let said: Value = serde_json::from_str(&broken.out).unwrap();
    assert_eq!((&said["worst"], &said["checks"][0]["check"]), (&"broken".into(), &"store".into()));
    assert!(Desk::empty().run(["doctor"]).refused(3).contains("there is no list"));
}
