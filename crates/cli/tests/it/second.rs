//! What nobody does alone, by the words of the command line, on both stores: asked, granted by another, done; and each
//! way around it refused with the way forward.

use super::binary::{Desk, Said, run, text};
use super::root;
use hustings_store::conformance::cluster;
use std::path::PathBuf;

const BOARD: [(&str, &str); 3] = [("Rosa Lind", "labor"), ("Tom Baker", "labor"), ("June Park", "climate")];

struct Signer {
    token: String,
    key: String,
}

struct World {
    desk: Desk,
    board: Vec<Signer>,
}

fn charter() -> String {
    std::fs::read_to_string(root().join("docs/charter.example.toml")).unwrap()
}

impl World {
    /// Three trustees whose keys are in force.
    fn founded(desk: Desk) -> Self {
        let mut ids = Vec::new();
        let board: Vec<Signer> = BOARD
            .iter()
            .map(|(name, wing)| {
                let short = name.split(' ').next().unwrap().to_lowercase();
                let person = format!("{name} <{short}@board.example>");
                let added = desk.json(["user", "add", &person, "--role", "trustee", "--wing", wing]);
                let token = added["token"].as_str().unwrap().to_owned();
                let key = text(&desk.beside(&format!("{short}.key"))).to_owned();
                let made = desk.json(["board", "key", "new", &key]);
                desk.run_as(&token, ["board", "key", "register", &key, "--label", "laptop"]).ok();
                ids.push(made["key"].as_str().unwrap().to_owned());
                Signer { token, key }
            })
            .collect();
        for (by, whose) in [(0, 1), (1, 2), (2, 0)] {
            let signer: &Signer = &board[by];
            desk.run_as(&signer.token, ["board", "key", "confirm", &ids[whose], "--key", &signer.key]).ok();
        }
        Self { desk, board }
    }

    fn answer(&self, who: usize, answer: &str, act: &str) -> Said {
        let signer = &self.board[who];
        self.desk.run_as(&signer.token, ["grant", answer, act, "--key", &signer.key])
    }
}

fn asked(said: Said) -> String {
    let said = said.ok();
    let number = said.out.split_whitespace().find(|word| word.starts_with("A-")).unwrap();
    number.trim_end_matches(':').to_owned()
}

fn ask_grant_act(desk: Desk) {
    // Before there are two, one acts alone, and is told so.
    let early = desk.run(["user", "add", "Ada <ada@forward.example>", "--role", "steward", "--ask", "hands"]);
    assert!(early.refused(5).contains("nobody could grant this"));
    assert!(desk.run(["grant", "list"]).ok().out.contains("One person acts alone here"));
    let world = World::founded(desk);
    let desk = &world.desk;
    let add = ["user", "add", "Ada <ada@forward.example>", "--role", "steward"];
    let ask = |why: &'static str| [&add[..], &["--ask", why]].concat();

    let refused = desk.run(add).refused(6);
    assert!(refused.contains("nobody does this alone here") && refused.contains("--ask 'WHY'"), "{refused}");
    let number = asked(desk.run(ask("we need hands")));
    let twice = desk.run(ask("again")).refused(5);
    assert!(twice.contains("you have asked for exactly this"), "{twice}");
    let waits = desk.run(add).refused(6);
    assert!(waits.contains("waits for a trustee until"), "{waits}");
    // Neither the operator nor a borrowed key grants it.
    desk.run(["grant", "give", &number, "--key", &world.board[0].key]).refused(6);
    let borrowed =
        desk.run_as(&world.board[1].token, ["grant", "give", &number, "--key", &world.board[0].key]);
    assert!(borrowed.refused(6).contains("signature does not hold"));
    let shown = desk.run(["grant", "show", &number]).ok().out;
    assert!(shown.contains("ada@forward.example") && shown.contains("we need hands"), "{shown}");
    world.answer(2, "give", &number).ok();
    // Granted is this, and nothing beside it.
    let other = desk.run(["user", "add", "Ada <ada@forward.example>", "--role", "treasurer"]).refused(6);
    assert!(other.contains("was granted for something else"), "{other}");
    desk.run(add).ok();
    assert_eq!(desk.json(["grant", "list"])[0]["state"], "used");

    // Nobody grants what is about them; a declined act stays undone.
    let number = asked(desk.run(["user", "remove", "Tom Baker", "--ask", "left the board"]));
    assert!(world.answer(1, "give", &number).refused(6).contains("nobody grants what they asked for"));
    world.answer(0, "decline", &number).ok();
    assert!(desk.run(["user", "remove", "Tom Baker"]).refused(6).contains("declined"));
    let number =
        asked(desk.run(["user", "change", "Tom Baker", "--address", "tom@new.example", "--ask", "moved"]));
    world.answer(0, "give", &number).ok();
    desk.run(["user", "change", "Tom Baker", "--address", "tom@new.example"]).ok();
    let dead = desk.run_as(&world.board[1].token, ["user", "list"]).refused(6);
    assert!(dead.contains("speaks for nobody") && dead.contains("hustings user token"), "{dead}");

    // Backups stand for a folder.
    let folder = desk.beside("backups");
    std::fs::create_dir(&folder).unwrap();
    let (first, second) = (folder.join("first"), folder.join("second"));
    desk.run(["backup", text(&first)]).refused(6);
    let number = asked(desk.run(["backup", text(&first), "--ask", "every night"]));
    world.answer(0, "give", &number).ok();
    desk.run(["backup", text(&first)]).ok();
    desk.run(["backup", text(&second)]).ok();
    desk.run(["backup", text(&desk.beside("elsewhere"))]).refused(6);
    desk.run(["board", "verify"]).ok();
}

#[test]
fn one_asks_another_grants_and_it_is_done_once() {
    ask_grant_act(Desk::with_list(&charter()));
}

#[test]
fn the_same_on_a_server() {
    let Some(cluster) = cluster::shared() else { return };
    ask_grant_act(Desk::with_list_on(&cluster.new_database().to_string(), &charter()));
}

fn backed_up() -> (World, PathBuf) {
    let world = World::founded(Desk::with_list(&charter()));
    let file = world.desk.beside("backup");
    let number = asked(world.desk.run(["backup", text(&file), "--ask", "every night"]));
    world.answer(0, "give", &number).ok();
    world.desk.run(["backup", text(&file)]).ok();
    (world, file)
}

#[test]
fn a_restore_is_granted_or_it_is_an_emergency_that_everybody_sees() {
    let (world, file) = backed_up();
    let desk = &world.desk;
    desk.run(["restore", text(&file)]).refused(6);
    let number = asked(desk.run(["restore", text(&file), "--ask", "a bad import"]));
    world.answer(1, "give", &number).ok();
    desk.run(["restore", text(&file)]).ok();
    assert!(desk.run(["restore", text(&file)]).refused(6).contains("granted once, and done once"));
    // Nobody's token outlives a restore.
    desk.run_as(&world.board[0].token, ["user", "list"]).refused(6);

    // The machine is lost: nobody can be asked in an empty folder.
    let elsewhere = desk.beside("elsewhere");
    let there = |words: &[&str]| {
        let mut command = desk.command(words.iter().copied());
        command.env("HUSTINGS_DIR", &elsewhere);
        run(command)
    };
    assert!(there(&["restore", text(&file)]).refused(6).contains("nobody restores this list alone"));
    let said = there(&["restore", text(&file), "--alone", "--reason", "the machine burnt"]).ok();
    assert!(said.out.contains("Done without a second person"), "{}", said.out);
    let doctor = there(&["doctor"]);
    assert!(doctor.out.contains("was done without a second person"), "{}{}", doctor.out, doctor.err);
    let verify = there(&["board", "verify"]);
    assert!(
        format!("{}{}", verify.out, verify.err).contains("done alone and not confirmed"),
        "{}",
        verify.out
    );
    let act = there(&["grant", "list", "--json"]).json()[0]["act"]["number"].as_u64().unwrap();
    let act = format!("A-{act}");
    for (who, signer) in ["Rosa Lind", "Tom Baker", "June Park"].iter().zip(&world.board) {
        let token = there(&["user", "token", who, "--json"]).json()["token"].as_str().unwrap().to_owned();
        let mut confirm = desk.command(["grant", "confirm", &act, "--key", &signer.key]);
        confirm.env("HUSTINGS_DIR", &elsewhere).env("HUSTINGS_TOKEN", token);
        run(confirm).ok();
    }
    there(&["board", "verify"]).ok();
    assert!(!there(&["doctor"]).out.contains("was done without a second person"));
}
