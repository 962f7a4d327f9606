//! What the binary says to bad input: one clear error, what to do next, an exit code, and nothing changed.

use super::binary::{Desk, PASSPHRASE, run, text};
use super::loans;

fn list() -> Desk {
    Desk::with_list(&loans::charter(&[]))
}

#[test]
fn without_a_list_it_says_how_to_make_one() {
    let desk = Desk::empty();
    let refusal = desk.run(["loan", "list"]).refused(3);
    assert!(refusal.contains("hint: make one with `hustings init`, or name another folder"), "{refusal}");
    assert!(!desk.folder().exists(), "asking made nothing");
}

#[test]
fn a_list_is_not_made_twice_and_not_under_a_charter_with_a_wrong_line() {
    let desk = list();
    let charter = desk.beside("charter.toml");
    let refusal = desk.run(["init", "--charter", text(&charter)]).refused(5);
    assert!(refusal.contains("hint: name an empty folder with --dir"), "{refusal}");

    let wrong = loans::charter(&[("quorum = 3 ", "quorum = \"three\" ")]);
    let line = 1 + wrong.lines().position(|line| line.starts_with("quorum = ")).unwrap();
    let file = desk.write("wrong.toml", &wrong);
    let fresh = desk.beside("fresh");
    for words in [&["charter", "check", text(&file)][..], &["init", "--charter", text(&file)][..]] {
        let mut command = desk.command(words.iter().copied());
        command.env("HUSTINGS_DIR", &fresh);
        let refusal = run(command).refused(4);
        assert!(refusal.contains(&format!("caused by: line {line}: ")), "{refusal}");
        assert!(refusal.contains("hint: "), "{refusal}");
    }
    assert!(!fresh.exists(), "no list is made under a charter that cannot be kept");

    let unkept = loans::charter(&[("wings_needed = 2 ", "wings_needed = 7 ")]);
    let line = 1 + unkept.lines().position(|line| line.starts_with("wings_needed = ")).unwrap();
    let refusal = desk.run(["charter", "check", text(&desk.write("unkept.toml", unkept))]).refused(4);
    assert!(refusal.contains(&format!("line {line}: `wings_needed` is 7")), "{refusal}");
}

#[test]
fn a_wrong_passphrase_opens_nothing() {
    let desk = list();
    let mut command = desk.command(["audience", "count", "everyone"]);
    command.env("HUSTINGS_PASSPHRASE", "not what it was sealed with");
    let refusal = run(command).refused(6);
    assert!(refusal.starts_with("error: this passphrase or identity does not open the list\n"), "{refusal}");
    assert!(refusal.contains("hint: set HUSTINGS_PASSPHRASE"), "{refusal}");
    assert!(!refusal.contains(PASSPHRASE) && !refusal.contains("sealed with"), "{refusal}");

    let mut command = desk.command(["audience", "count", "everyone"]);
    command.env_remove("HUSTINGS_PASSPHRASE");
    let refusal = run(command).refused(4);
    assert!(refusal.contains("hint: set HUSTINGS_PASSPHRASE or --passphrase-file"), "{refusal}");
}

#[test]
fn an_unknown_word_of_an_audience_is_pointed_at() {
    let desk = list();
    let refusal = desk.run(["audience", "count", "everyone and isue has \"housing\""]).refused(4);
    let drawing = "  everyone and isue has \"housing\"\n               ^^^^\n";
    assert!(refusal.contains(drawing), "{refusal}");
    assert_eq!(refusal.matches("hint: did you mean `issue`?").count(), 1, "{refusal}");
}

#[test]
fn a_file_that_is_no_list_of_people_brings_nobody_in() {
    let desk = list();
    let files = [
        ("nothing.csv", Vec::new(), "is empty"),
        ("blank.csv", b"\n\n  \n".to_vec(), "blank.csv"),
        ("no-address.csv", b"colour,size\nred,1\nblue,2\n".to_vec(), "no column holds an e-mail address"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\xff\xfe\0".repeat(40), "is not a text file"),
    ];
    for (name, bytes, words) in files {
        let file = desk.write(name, bytes);
        let refusal = desk.run(["import", text(&file)]).refused(4);
        assert!(refusal.contains(words), "{name}: {refusal}");
    }
    std::fs::create_dir(desk.beside("exports")).unwrap();
    let refusal = desk.run(["import", text(&desk.beside("exports"))]).refused(4);
    assert!(refusal.contains("is a folder\nhint: "), "{refusal}");
    let refusal = desk.run(["import", text(&desk.beside("not-there.csv"))]).refused(3);
    assert!(refusal.contains("there is no file"), "{refusal}");
    assert_eq!(desk.people(), 0);

    // What is taken of a file with wrong rows is taken, and the others are named.
    let file = desk.write("mixed.csv", "email,first name\nada@example.org,Ada\nnot-an-address,Ben\n");
    let report = desk.json(["import", text(&file)]);
    assert_eq!((&report["new"], &report["rejected"]), (&1.into(), &1.into()), "{report}");
    assert_eq!(desk.people(), 1);
}

#[test]
fn data_of_a_newer_version_are_left_alone() {
    let desk = list();
    let path = desk.folder().join("hustings.db");
    let mut bytes = std::fs::read(&path).unwrap();
    // SQLite's header: `user_version` is a big-endian number at offset 60.
    bytes[60..64].copy_from_slice(&999_u32.to_be_bytes());
    std::fs::write(&path, &bytes).unwrap();
    let refusal = desk.run(["loan", "list"]).refused(5);
    assert!(refusal.contains("version 999"), "{refusal}");
    assert!(refusal.contains("hint: run the newer hustings; nothing was changed"), "{refusal}");
    assert_eq!(std::fs::read(&path).unwrap(), bytes, "nothing was changed");
}

#[test]
fn the_demo_clears_no_folder_but_its_own() {
    let desk = Desk::of_a_demo();
    std::fs::create_dir(desk.folder()).unwrap();
    let letter = desk.folder().join("letter.txt");
    std::fs::write(&letter, "keep me").unwrap();
    let refusal = desk.run(["demo", "--supporters", "2000", "--no-serve"]);
    assert_eq!(refusal.code, 5, "{}", refusal.err);
    assert!(refusal.err.contains("holds something that is not a demonstration\nhint: "), "{}", refusal.err);
    assert_eq!(std::fs::read_to_string(&letter).unwrap(), "keep me");
    assert_eq!(std::fs::read_dir(desk.folder()).unwrap().count(), 1);

    // Nor a real list.
    let desk = list();
    assert_eq!(desk.run(["demo", "--supporters", "2000", "--no-serve"]).code, 5);
    assert_eq!(desk.people(), 0);
}

#[test]
fn nobody_votes_without_a_token_and_nobody_sends_without_votes() {
    let desk = Desk::with_list(&loans::charter(&[
        ("issue_required = true", "issue_required = false"),
        ("position_required = true", "position_required = false"),
    ]));
    let content = loans::ask_for_a_loan(&desk);
    let vote = ["loan", "vote", "L-1", "approve", "--content", content.as_str()];
    desk.run(vote).refused(6);
    let refusal = desk.run_as("not-a-token", vote).refused(6);
    assert!(!refusal.contains("not-a-token"), "a token is not repeated: {refusal}");
    let refusal = desk.run(["loan", "vote", "L-1", "approve"]).refused(4);
    assert!(refusal.contains("`hustings loan show L-1` prints the text and its hash"), "{refusal}");
    desk.run(["loan", "send", "L-1"]).refused(6);
    desk.run(["loan", "send", "L-9"]).refused(3);
    assert_eq!(desk.json(["loan", "show", "L-1"])["loan"]["state"], "requested");
}
