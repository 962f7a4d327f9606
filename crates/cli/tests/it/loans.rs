//! A list with a borrower and a request for a loan, made by the words of the command line alone.

use super::binary::{Desk, text};
use super::root;

/// The example charter, with some of its words replaced; each must be there.
pub(crate) fn charter(changes: &[(&str, &str)]) -> String {
    let charter = std::fs::read_to_string(root().join("docs/charter.example.toml")).unwrap();
    // Trustees here vote by their token alone; how they sign is told in `board.rs`.
    let mut charter = charter.replace("signed = \"required\"", "signed = \"accepted\"");
    for (from, to) in changes {
        assert!(charter.contains(from), "the example charter no longer says `{from}`");
        charter = charter.replacen(from, to, 1);
    }
    charter
}

pub(crate) const STATE: &str = "ocd-division/country:us/state:vt";

/// Registers and verifies a candidate for the whole state, and asks for L-1 to be lent to them.
/// Returns the hash of the text on which the board votes.
pub(crate) fn ask_for_a_loan(desk: &Desk) -> String {
    let name = "Maya Okafor for State House";
    desk.run([
        "borrower",
        "add",
        name,
        "--kind",
        "candidate",
        "--office",
        "candidate for the state house",
        "--area",
        STATE,
        "--position",
        "housing",
        "--contact",
        "team@okafor.example",
        "--treasurer",
        "R. Amari",
    ])
    .ok();
    desk.run(["borrower", "verify", name]).ok();
    let request = format!(
        r#"
        borrower = "{name}"
        area = "{STATE}"
        ask = "hear"
        closes = "2099-01-01T00:00:00Z"
        [appeal]
        subject = "A home you can afford"
        paid_for_by = "Paid for by Maya Okafor for State House."
        body = "Dear {{{{ given_name }}}},\n\nrents here rose faster than wages for nine years running. May I tell you what I would do?\n\nMaya"
        "#
    );
    let file = desk.write("request.toml", request);
    let asked = desk.json(["loan", "request", text(&file)]);
    assert_eq!(asked["loan"]["number"], 1, "{asked}");
    let shown = desk.json(["loan", "show", "L-1"]);
    shown["content"].as_str().unwrap().to_owned()
}

/// Seats three trustees of two wings, and has them approve of L-1.
pub(crate) fn clear_the_loan(desk: &Desk, content: &str) {
    for (name, wing) in [("Rosa Lind", "labor"), ("Tom Baker", "labor"), ("June Park", "climate")] {
        let person = format!(
            "{name} <{}@board.forward.example>",
            wing.to_owned() + &name.chars().take(3).collect::<String>()
        );
        let added = desk.json(["user", "add", &person, "--role", "trustee", "--wing", wing]);
        let token = added["token"].as_str().unwrap();
        desk.run_as(token, ["loan", "vote", "L-1", "approve", "--content", content]).ok();
    }
    assert_eq!(desk.json(["loan", "show", "L-1"])["loan"]["state"], "cleared");
}
