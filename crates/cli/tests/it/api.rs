//! A borrower's program at a running server, and many candidates by the words of the command line.

use super::binary::{Desk, Running, text};
use super::demo::free_port;
use super::loans;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

const NAME: &str = "Maya Okafor for State House";

/// A charter that lets a candidate ask without naming an issue.
fn charter() -> String {
    loans::charter(&[
        ("issue_required = true", "issue_required = false"),
        ("position_required = true", "position_required = false"),
    ])
}

/// Asks as `curl` does: the status, and the body.
fn ask(address: &str, token: &str, method: &str, path: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         idempotency-key: once\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[test]
fn a_program_files_follows_and_is_shut_out_when_its_token_is_revoked() {
    let desk = Desk::with_list(&charter());
    loans::ask_for_a_loan(&desk);
    let added =
        desk.json(["user", "add", "Joan <joan@okafor.example>", "--role", "borrower", "--borrower", NAME]);
    let person = added["token"].as_str().unwrap();
    // The operator acts for no borrower, and makes no token.
    desk.run(["token", "new", "x"]).refused(6);
    let made = desk
        .run_as(person, ["--json", "token", "new", "tool", "--scope", "request", "--days", "30"])
        .ok()
        .json();
    let token = made["token"].as_str().unwrap();
    let listed = desk.json(["token", "list"]);
    assert_eq!((listed[0]["name"].as_str(), listed[0]["used"].is_null()), (Some("tool"), true), "{listed}");
    assert!(!listed.to_string().contains(token));
    // What is good over HTTP is not good for the command line, and the other way round.
    desk.run_as(token, ["loan", "list"]).refused(6);

    let address = format!("127.0.0.1:{}", free_port());
    let mut serving = Running(desk.command(["serve", "--listen", &address]).spawn().unwrap());
    let mut lines = BufReader::new(serving.0.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().starts_with("Serving on "));
    assert_eq!(ask(&address, person, "GET", "/api/v1/loans", "").0, 401);
    let (status, loans) = ask(&address, token, "GET", "/api/v1/loans", "");
    let loans: Value = serde_json::from_str(&loans).unwrap();
    assert_eq!((status, loans["loans"][0]["state"].as_str()), (200, Some("requested")), "{loans}");
    assert!(loans["loans"][0]["expected_by"].is_string());
    // The file that the command line reads, as it is.
    let request = std::fs::read_to_string(desk.beside("request.toml")).unwrap();
    let request = request.replace("A home you can afford", "Homes again");
    let (status, filed) = ask(&address, token, "POST", "/api/v1/loans", &request);
    assert_eq!(status, 201, "{filed}");
    let (status, again) = ask(&address, token, "POST", "/api/v1/loans", &request);
    assert_eq!(status, 200, "{again}");
    let number = |text: &str| serde_json::from_str::<Value>(text).unwrap()["number"].clone();
    assert_eq!(number(&filed), number(&again));
    assert_eq!(ask(&address, token, "POST", "/api/v1/loans/1/count", "").0, 403);
    drop(serving);

    let id = desk.json(["token", "list"])[0]["id"].as_str().unwrap().to_owned();
    desk.run(["token", "end", &id]).ok();
    assert_eq!(desk.json(["token", "list"]), serde_json::json!([]));
    desk.run(["token", "end", &id]).refused(3);
}

#[test]
fn many_candidates_are_looked_at_then_filed_once_and_bad_rows_go_into_a_file() {
    let desk = Desk::with_list(&charter());
    loans::ask_for_a_loan(&desk);
    let state = loans::STATE;
    let csv = format!(
        "borrower,area,topic,nickname\n{NAME},{state},rents,May\n{NAME},ocd-division/country:us/state:ny,rents,May\nNobody,{state},rents,No\n{NAME},{state}\n"
    );
    let shared = "ask = \"hear\"\ncloses = \"2098-12-31\"\n[appeal]\nsubject = \"About {{ candidate.topic }}\"\n\
        body = \"Dear {{ given_name }},\\n\\nmay I tell you what I would do about {{ candidate.topic }}?\"\n\
        paid_for_by = \"Paid for by {{ candidate.borrower }}.\"\n";
    let (csv, shared) = (desk.write("many.csv", csv), desk.write("shared.toml", shared));
    let words = ["loan", "request", text(&csv), "--many", "--shared", text(&shared)];
    let looked = desk.run(words).ok();
    assert!(looked.out.contains("1 qualify, 0 filed, 0 filed before, 3 not taken."), "{}", looked.out);
    assert!(looked.out.contains("Nothing uses these columns: nickname."), "{}", looked.out);
    let rejects = std::fs::read_to_string(desk.beside("many.csv.rejects.csv")).unwrap();
    let lines: Vec<&str> = rejects.lines().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(
        (lines[0], lines.contains(&"3"), lines.contains(&"4"), lines.contains(&"5")),
        ("line", true, true, true)
    );
    assert_eq!(desk.json(["loan", "list"]).as_array().unwrap().len(), 1);
    let words: Vec<&str> = words.into_iter().chain(["--file"]).collect();
    assert!(desk.run(words.clone()).ok().out.contains("0 qualify, 1 filed, 0 filed before, 3 not taken."));
    let again = desk.run(words).ok();
    assert!(again.out.contains("0 qualify, 0 filed, 1 filed before, 3 not taken."), "{}", again.out);
    assert!(again.out.contains("the board decides by"), "{}", again.out);
    assert_eq!(desk.json(["loan", "list"]).as_array().unwrap().len(), 2);
    desk.run(["loan", "request", text(&shared), "--many"]).refused(4);
}
