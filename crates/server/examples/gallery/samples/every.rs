//! A made-up list owner, board, borrowers and supporters, for the gallery and for the tests of the pages.
//! Every text goes through `say`, so that a test can make all of them hostile at once.

mod acts;
mod board;
mod calendar;
mod charter;
mod console;
mod desk;
mod lending;
mod loan;
mod places;
mod programs;
mod supporter;
mod trustees;

use super::views::parts::{Badge, Csrf, Evidence, FieldInput, Hash, Notice, Signal, Term, Terms, Tone, When};
use super::views::{Frame, OpenFrame, Place};
use hustings_vault::Field;

/// How a text is said: as it is, or made hostile.
pub(crate) type Say = fn(&str) -> String;
/// A page's name and its HTML.
pub(crate) type Page = (&'static str, String);

const APPEAL: [&str; 4] = [
    "Dear Ada,",
    "You told the Whitcomb List that buses matter to you. I am standing for city council in the East District \
     because the 6 has not come on time since March.",
    "I need forty people for two evenings each to ask riders at the stops what they would change. Would you be \
     one of them?",
    "Jo Alvarez",
];

/// Every page, filled and empty.
pub(crate) fn pages(say: Say) -> Result<Vec<Page>, askama::Error> {
    let mut pages = console::pages(say)?;
    pages.extend(charter::pages(say)?);
    pages.extend(lending::pages(say)?);
    pages.extend(loan::pages(say)?);
    pages.extend(acts::pages(say)?);
    pages.extend(board::pages(say)?);
    pages.extend(trustees::pages(say)?);
    pages.extend(places::pages(say)?);
    pages.extend(calendar::pages(say)?);
    pages.extend(desk::pages(say)?);
    pages.extend(programs::pages(say)?);
    pages.extend(supporter::pages(say)?);
    Ok(pages)
}

fn when(say: Say, text: &str) -> When {
    When { text: say(text), exact: say("2026-10-03T13:12:44Z") }
}

fn inputs(say: Say) -> Vec<FieldInput> {
    let held =
        [(Field::Email, "ada.lindqvist@example.org"), (Field::GivenName, "Ada"), (Field::City, "Winooski")];
    held.into_iter().map(|(field, value)| FieldInput::new(field, Some(&say(value)))).collect()
}

fn hash(say: Say, start: &str) -> Hash {
    let digits = start.chars().chain("5d41402abc4b2a76b9719d911017c592a9993e36".chars().cycle());
    Hash { full: say(&digits.take(64).collect::<String>()) }
}

fn terms(say: Say, pairs: &[(&str, &str)]) -> Terms {
    let rows = pairs.iter().map(|(name, value)| Term { name: say(name), value: say(value) });
    Terms { rows: rows.collect() }
}

fn go(say: Say, word: &str) -> Badge {
    Badge::go(say(word))
}

fn wait(say: Say, word: &str) -> Badge {
    Badge::wait(say(word))
}

fn stop(say: Say, word: &str) -> Badge {
    Badge::stop(say(word))
}

fn plain(say: Say, word: &str) -> Badge {
    Badge::plain(say(word))
}

/// An empty text stays empty: pages leave out what is not there.
fn some(say: Say, text: &str) -> String {
    if text.is_empty() { String::new() } else { say(text) }
}

fn texts(say: Say, all: &[&str]) -> Vec<String> {
    all.iter().map(|text| say(text)).collect()
}

fn commands(say: Say) -> Vec<String> {
    texts(
        say,
        &[
            "curl -sO https://list.example.org/ledger/checkpoint",
            "wget -q -r -np -nH https://list.example.org/ledger/tile/",
            "hustings ledger verify --checkpoint checkpoint --tiles ledger/tile --key whitcomb-list+1f2e3d4c+AQIDBA",
        ],
    )
}

fn checkpoint(say: Say) -> String {
    say(
        "list.example.org/ledger\n1204\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} list.example.org/ledger H4s9KyRlBzV0b2s1Zk1lNVo4d3JYcGhGd0Q3aXJ6Q2VrMTJ0ZkE9PQ==\n\u{2014} witness.example.net q8LmTz0vWQ1xY2h1ZTlpNnpVQ0ZyR1hQd1FqVnhNUT09",
    )
}

fn evidence(say: Say, complaints: f64) -> Evidence {
    let signal = |name, seen, usual, evidence| Signal {
        name: say(name),
        seen: say(seen),
        usual: say(usual),
        evidence,
        limit: 6.9,
    };
    Evidence {
        id: say("evidence"),
        signals: vec![
            signal("Complaints", "3 of 2,150 delivered", "usually 1 in 2,000", complaints),
            signal("Unsubscribes", "9 of 2,150 delivered", "usually 1 in 200", 1.1),
            signal("Hard bounces", "2 of 2,152 tried", "usually 1 in 300", -1.4),
        ],
    }
}

fn frame(say: Say, title: &str, place: Place) -> Frame {
    Frame {
        title: say(title),
        owner: say("The Whitcomb List"),
        viewer_name: say("Ruth Okafor"),
        viewer_role: say("steward"),
        rail: Place::ALL.to_vec(),
        place: Some(place),
        waiting: 2,
        csrf: Csrf { token: say("c3Vuc2hpbmU") },
        as_of: Some(when(say, "3 Oct 2026, 09:12")),
        notice: None,
    }
}

fn desk_frame(say: Say, title: &str) -> Frame {
    Frame {
        viewer_name: say("Jo Alvarez"),
        viewer_role: say("Alvarez for Burlington"),
        rail: Vec::new(),
        place: None,
        waiting: 0,
        ..frame(say, title, Place::Home)
    }
}

fn open_frame(say: Say, title: &str) -> OpenFrame {
    OpenFrame { title: say(title), owner: say("The Whitcomb List"), as_of: None, notice: None }
}

fn done(say: Say, said: &str) -> Notice {
    Notice { tone: Tone::Go, said: say(said), hint: say("The pilot was quieter than the limit.") }
}
