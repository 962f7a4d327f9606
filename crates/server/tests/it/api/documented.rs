//! The examples of docs/api.md, run as they stand there.

use super::super::world::{Actors, Ask, World};
use super::described;
use hustings_app::after;
use hustings_app::send::links::LinkPurpose;
use hustings_domain::access::Actor;
use hustings_domain::ids::LoanNumber;
use hustings_domain::response::Response;
use hustings_domain::token::Scope;

const DOCS: &str = include_str!("../../../../../docs/api.md");

/// The fenced blocks of a language, in order.
fn blocks(language: &str) -> Vec<String> {
    let parts = DOCS.split("```").skip(1).step_by(2);
    parts.filter_map(|part| part.strip_prefix(&format!("{language}\n"))).map(str::to_owned).collect()
}

/// The words of a command line, with what stands in double quotes as one.
fn words(command: &str) -> Vec<String> {
    let quoted = command.split('"').enumerate();
    let mut words: Vec<String> = Vec::new();
    for (place, part) in quoted {
        if place % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[tokio::test]
async fn what_the_page_shows_works_as_it_stands_there() {
    let world = World::new();
    for seq in 0..3 {
        let yes = Response::Yes { fields: vec!["email".parse().unwrap()] };
        after::answer(&world.app, &world.link(LinkPurpose::Answer, seq), &yes).unwrap();
    }
    after::export_copy(&world.app, &Actor::operator(), LoanNumber(1)).unwrap();
    let token = world.token(Actors::Jo, &Scope::ALL);
    let json = blocks("json");
    let outcomes = blocks("csv");
    let [request, many] = json.as_slice() else { panic!("{} examples", json.len()) };
    let mut ran = 0;
    for block in blocks("sh") {
        for command in block.replace("\\\n", " ").lines().filter(|line| !line.trim().is_empty()) {
            let mut words = words(command).into_iter();
            assert_eq!(words.next().as_deref(), Some("curl"), "{command}");
            let (mut ask, mut method, mut path) = (Ask::default(), "GET", String::new());
            while let Some(word) = words.next() {
                match word.as_str() {
                    "-s" => {}
                    "-o" => drop(words.next()),
                    "-X" => method = if words.next().as_deref() == Some("POST") { "POST" } else { "GET" },
                    "-H" => {
                        let header = words.next().unwrap().replace("$TOKEN", &token);
                        let (name, value) = header.split_once(": ").unwrap();
                        let name = match name {
                            "Authorization" => "authorization",
                            "Idempotency-Key" => "idempotency-key",
                            other => panic!("{other}"),
                        };
                        ask = ask.with(name, value);
                    }
                    "--data-binary" => {
                        method = "POST";
                        ask.body = Some(match words.next().as_deref() {
                            Some("@request.json") => request.clone(),
                            Some("@many.json") => many.clone(),
                            Some("@outcomes.csv") => outcomes.concat(),
                            other => panic!("{other:?}"),
                        });
                    }
                    address => path = address.strip_prefix("$SITE").unwrap().to_owned(),
                }
            }
            let got = world.request(method, &path, ask).await;
            assert!(got.status.is_success(), "{command}: {} {}", got.status, got.body);
            let answer = described(method, &path, &got).to_string();
            assert!(
                !answer.contains("\"fate\":\"refused\"") && !answer.contains("\"qualifies\":false"),
                "{command}: {answer}"
            );
            ran += 1;
        }
    }
    assert_eq!(ran, 8);
}
