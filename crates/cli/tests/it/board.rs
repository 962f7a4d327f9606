//! A board that signs, by the words of the command line alone: keys, votes, the check of every signature, a charter.

use super::binary::{Desk, text};
use super::loans::{self, ask_for_a_loan};
use super::root;

const BOARD: [(&str, &str); 3] = [("Rosa Lind", "labor"), ("Tom Baker", "labor"), ("June Park", "climate")];

struct Signer {
    token: String,
    key: String,
    id: String,
}

fn example(changes: &[(&str, &str)]) -> String {
    let mut charter = std::fs::read_to_string(root().join("docs/charter.example.toml")).unwrap();
    for (from, to) in changes {
        assert!(charter.contains(from), "the example charter no longer says `{from}`");
        charter = charter.replacen(from, to, 1);
    }
    charter
}

/// Three trustees with a key each, not confirmed yet.
fn seated(desk: &Desk) -> Vec<Signer> {
    BOARD
        .iter()
        .map(|(name, wing)| {
            let short = name.split(' ').next().unwrap().to_lowercase();
            let person = format!("{name} <{short}@board.example>");
            let added = desk.json(["user", "add", &person, "--role", "trustee", "--wing", wing]);
            let token = added["token"].as_str().unwrap().to_owned();
            let file = desk.folder().parent().unwrap().join(format!("{short}.key"));
            let key = text(&file).to_owned();
            let made = desk.json(["board", "key", "new", &key]);
            desk.run_as(&token, ["board", "key", "register", &key, "--label", "laptop"]).ok();
            Signer { token, key, id: made["key"].as_str().unwrap().to_owned() }
        })
        .collect()
}

fn confirm(desk: &Desk, by: &Signer, whose: &Signer) {
    desk.run_as(&by.token, ["board", "key", "confirm", &whose.id, "--key", &by.key]).ok();
}

#[test]
fn a_board_signs_and_anybody_checks_it_from_the_served_files() {
    let desk = Desk::with_list(&example(&[
        ("issue_required = true", "issue_required = false"),
        ("position_required = true", "position_required = false"),
    ]));
    let content = ask_for_a_loan(&desk);
    let board = seated(&desk);
    let vote = ["loan", "vote", "L-1", "approve", "--content", content.as_str()];
    let unsigned = desk.run_as(&board[0].token, vote).refused(6);
    assert!(unsigned.contains("has to be signed with your key"), "{unsigned}");
    let signed = |who: &Signer| {
        let mut words = vote.to_vec();
        words.extend(["--key", who.key.as_str()]);
        desk.run_as(&who.token, words)
    };
    let early = signed(&board[0]).refused(6);
    assert!(early.contains("not in force yet"), "{early}");
    confirm(&desk, &board[0], &board[1]);
    confirm(&desk, &board[1], &board[2]);
    confirm(&desk, &board[2], &board[0]);
    // With another's token a key is still its owner's alone.
    let borrowed = desk.run_as(&board[1].token, [&vote[..], &["--key", &board[0].key]].concat()).refused(6);
    assert!(borrowed.contains("signature does not hold"), "{borrowed}");
    for who in &board {
        signed(who).ok();
    }
    assert_eq!(desk.json(["loan", "show", "L-1"])["loan"]["state"], "cleared");
    let here = desk.json(["board", "verify"]);
    assert_eq!((&here["audit"]["votes"], &here["audit"]["keys"]), (&3.into(), &3.into()));
    desk.run(["ledger", "checkpoint"]).ok();
    let files = desk.folder().join("ledger");
    assert_eq!(desk.json(["board", "verify", "--files", text(&files)])["audit"], here["audit"]);
}

#[test]
fn a_statement_is_signed_without_a_list_and_only_in_its_own_form() {
    let desk = Desk::empty();
    let key = desk.folder().parent().unwrap().join("own.key");
    desk.json(["board", "key", "new", text(&key)]);
    desk.run(["board", "key", "new", text(&key)]).refused(4);
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&key).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "nobody else reads it");
    let statement = r#"{"act":"approve","at":"2026-10-03T13:12:44Z","content":"0101010101010101010101010101010101010101010101010101010101010101","form":"hustings-statement/1","list":"forward.example/hustings","matter":"L-3","nonce":"00","trustee":"01900000-0000-7000-8000-000000000001"}"#;
    let file = desk.write("statement.json", statement);
    let signed = desk.json(["board", "sign", "--key", text(&key), text(&file)]);
    assert_eq!(signed["signature"].as_str().unwrap().len(), 86);
    let spaced = desk.write("spaced.json", statement.replace(',', ", "));
    let refusal = desk.run(["board", "sign", "--key", text(&key), text(&spaced)]).refused(4);
    assert!(refusal.contains("not in its canonical form"), "{refusal}");
    let not_a_key = desk.write("not-a-key", "nothing");
    desk.run(["board", "sign", "--key", text(&not_a_key), text(&file)]).refused(4);
}

#[test]
fn a_key_does_not_go_into_the_lists_folder() {
    let desk = Desk::with_list(&loans::charter(&[]));
    let inside = desk.folder().join("trustee.key");
    let refusal = desk.run(["board", "key", "new", text(&inside)]).refused(4);
    assert!(refusal.contains("does not belong into the list's folder"), "{refusal}");
    assert!(!inside.exists());
}

#[test]
fn a_charter_goes_to_the_board_and_one_that_cannot_decide_goes_nowhere() {
    let desk = Desk::with_list(&example(&[]));
    let board = seated(&desk);
    for (by, whose) in [(0, 1), (1, 2), (2, 0)] {
        confirm(&desk, &board[by], &board[whose]);
    }
    let never =
        desk.write("never.toml", example(&[("version = 1", "version = 2"), ("quorum = 3 ", "quorum = 4 ")]));
    let refusal = desk.run(["charter", "propose", text(&never)]).refused(5);
    assert!(
        refusal.contains("1 more trustee is needed for 4 votes: seated are June Park, Rosa Lind, Tom Baker"),
        "{refusal}"
    );
    let next = desk.write(
        "next.toml",
        example(&[("version = 1", "version = 2"), ("review_days = 14 ", "review_days = 7 ")]),
    );
    let proposed = desk.json(["charter", "propose", text(&next)]);
    assert_eq!(proposed["changes"][0], "the days in which a borrower may ask for a review: 14 becomes 7");
    let content = proposed["content"].as_str().unwrap();
    for who in &board {
        let vote = ["charter", "vote", "1", "approve", "--content", content, "--key", &who.key];
        desk.run_as(&who.token, vote).ok();
    }
    assert_eq!(desk.json(["charter", "show", "1"])["state"], "adopted");
    desk.run(["board", "verify"]).ok();
}
