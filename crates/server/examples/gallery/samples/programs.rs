//! Tokens of programs, and many candidates at once.

use super::super::views::Place;
use super::super::views::console::ConsoleTokens;
use super::super::views::desk::{DeskMany, DeskTokens, ManyLine, TokenRow};
use super::super::views::parts::{Badge, Choice};
use super::{Page, Say, desk_frame, frame, go, stop, wait, when};
use askama::Template;

pub(super) fn pages(say: Say) -> Result<Vec<Page>, askama::Error> {
    let none = DeskTokens { made: None, problem: None, rows: Vec::new(), ..tokens(say) };
    let first = DeskMany { problem: None, verdict: String::new(), rows: Vec::new(), ..many(say) };
    let console =
        |rows| ConsoleTokens { frame: frame(say, "Tokens of borrowers' programs", Place::Ledger), rows };
    Ok(vec![
        ("desk-tokens", tokens(say).render()?),
        ("desk-tokens-none", none.render()?),
        ("desk-many", first.render()?),
        ("desk-many-looked", many(say).render()?),
        ("tokens", console(rows(say)).render()?),
        ("tokens-none", console(Vec::new()).render()?),
    ])
}

fn rows(say: Say) -> Vec<TokenRow> {
    let row = |id, name, scopes, used: Option<&str>| TokenRow {
        id: say(id),
        name: say(name),
        borrower: say("Jo Alvarez for City Council"),
        person: say("Joan Reyes"),
        scopes: say(scopes),
        made: when(say, "1 Sep 2026"),
        expires: when(say, "30 Nov 2026"),
        used: used.map(|text| when(say, text)),
    };
    vec![
        row("0192-1", "Our volunteer tool", "request, copies", Some("3 Oct 2026")),
        row("0192-2", "Dashboard", "reads alone", None),
    ]
}

fn tokens(say: Say) -> DeskTokens {
    let choice = |value, label, ticked| Choice { value: say(value), label: say(label), ticked };
    DeskTokens {
        frame: desk_frame(say, "Tokens for programs"),
        made: Some(say("kZ4nT0vV1m2xQ8aYc6Rj3Lw9sPb7Ue5D")),
        problem: Some((say("400 days are not how long a token lasts."), say("1 to 365 days."))),
        rows: rows(say),
        name: say("Our volunteer tool"),
        days: say("90"),
        most_days: 365,
        scopes: vec![
            choice("request", "check, file and change your own requests", true),
            choice("many", "file requests for every borrower that named you as an agent", false),
            choice("count", "ask for counts, out of your budget", false),
            choice("copies", "fetch your copies and corrections, acknowledge erasures", true),
        ],
    }
}

fn many(say: Say) -> DeskMany {
    let line = |line, borrower, badge: Badge, said: &str, reasons: &[(&str, &str)]| ManyLine {
        line,
        borrower: say(borrower),
        badge,
        said: if said.is_empty() { String::new() } else { say(said) },
        reasons: reasons
            .iter()
            .map(|(what, instead)| (say(what), if instead.is_empty() { String::new() } else { say(instead) }))
            .collect(),
    };
    DeskMany {
        frame: desk_frame(say, "Ask for many candidates at once"),
        problem: Some((say("The file cannot be read."), say("Its first row has no column `borrower`."))),
        verdict: say("1 request was filed before. 2 rows qualify. 2 rows are not taken."),
        looked: say("5d41402abc4b"),
        qualify: 2,
        rejected: 2,
        unused: say("nickname"),
        rows: vec![
            line(2, "Jo Alvarez for City Council", go(say, "qualifies"), "", &[]),
            line(3, "Maya Okafor for House District 4", go(say, "qualifies"), "", &[]),
            line(
                4,
                "Kim Doe for Senate",
                stop(say, "refused"),
                "",
                &[
                    ("The election is to come.", "The one on file was on 1 May 2026."),
                    (
                        "The area lies in the borrower's own.",
                        "Ask within ocd-division/country:us/state:vt/sldl:4.",
                    ),
                ],
            ),
            line(5, "", stop(say, "cannot be read"), "", &[("It has 4 cells, and the header has 6.", "")]),
            line(
                6,
                "Lee Fox for Mayor",
                wait(say, "waits for votes"),
                "Loan 41, filed before. The board decides by 14 Oct 2026.",
                &[],
            ),
        ],
        text: say("borrower,seat\nJo Alvarez for City Council,East District\n"),
        shared: say("ask = \"volunteer\"\ncloses = \"2026-10-31\"\n"),
    }
}
