//! What the binary says to people, word for word: help, the end of the demonstration's story, two refusals.
//! A change of words is looked at with `INSTA_UPDATE=always cargo test -p hustings --test it snapshots` and `git diff`.

use super::binary::{Desk, run, text};
use super::loans;
use insta::assert_snapshot;

#[test]
fn the_help_teaches() {
    let desk = Desk::empty();
    let help = |words: &[&str]| {
        let mut command = desk.command(words.iter().copied());
        // The help shows what is set; a folder of this run is nobody else's.
        command.env_remove("HUSTINGS_DIR").env_remove("HUSTINGS_PASSPHRASE");
        run(command).ok().out
    };
    assert_snapshot!("help", help(&["--help"]));
    assert_snapshot!("help-loan", help(&["loan", "--help"]));
    assert_snapshot!("help-user", help(&["user", "--help"]));
    assert_snapshot!("help-audience-count", help(&["audience", "count", "--help"]));
}

#[test]
fn a_charter_that_cannot_be_kept_is_refused_line_by_line() {
    let desk = Desk::empty();
    let wrong = loans::charter(&[
        ("quorum = 3 ", "quorum = 0 "),
        ("wings_needed = 2 ", "wings_needed = 7 "),
        ("selection_per_thousand = 1000", "selection_per_thousand = -1000"),
        ("introduction = 35", "introduction = -1"),
    ]);
    let file = desk.write("charter.toml", wrong);
    assert_snapshot!("charter-refused", desk.run(["charter", "check", text(&file)]).refused(4));
    let unread = loans::charter(&[("most_people = 50000", "most_people = -1")]);
    let file = desk.write("unread.toml", unread);
    assert_snapshot!("charter-unread", desk.run(["charter", "check", text(&file)]).refused(4));
}

#[test]
fn an_audience_is_refused_with_a_caret() {
    let desk = Desk::with_list(&loans::charter(&[]));
    let refusal = desk.run(["audience", "count", "everyone and isue has \"housing\""]).refused(4);
    assert_snapshot!("audience-refused", refusal);
}

#[test]
fn the_story_ends_with_what_a_person_wants_to_see() {
    let desk = Desk::of_a_demo();
    let said = desk.run(["demo", "--supporters", "2000", "--seed", "1", "--no-serve"]).ok().out;
    // What comes before names the folder and the port of this machine.
    let (_, end) = said.split_once("WHAT HAPPENED").unwrap();
    let (table, _) = end.split_once("The list stands in").unwrap();
    assert_snapshot!("demo", table);
}
