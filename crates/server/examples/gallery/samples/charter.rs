//! The charter's rules, registering as a borrower, who may do what.

use super::super::views::Place;
use super::super::views::console::{
    Charter, CharterSimulation, Chosen, RedecidedRow, RuleRow, SettingRow, TemplateRow,
};
use super::super::views::parts::Csrf;
use super::super::views::supporter::{
    Around, Borrow, IssueSource, JoinField, KindChoice, Powers, RolePowers,
};
use super::{Page, Say, frame, go, open_frame, some, stop};
use askama::Template;

pub(super) fn pages(say: Say) -> Result<Vec<Page>, askama::Error> {
    let wrong = Chosen {
        problems: vec![say("line 140: `days` is 0 (allowed: a whole number from 1 to 730)")],
        lines: String::new(),
        ..chosen(say)
    };
    Ok(vec![
        ("charter", charter(say).render()?),
        ("charter-wrong", Charter { chosen: Some(wrong), ..charter(say) }.render()?),
        ("charter-empty", Charter { rules: Vec::new(), chosen: None, ..charter(say) }.render()?),
        ("charter-simulation", simulation(say).render()?),
        ("charter-simulation-empty", CharterSimulation { rows: Vec::new(), ..simulation(say) }.render()?),
        (
            "charter-simulation-wrong",
            CharterSimulation { problems: vec![say("line 3: this is no key")], ..simulation(say) }
                .render()?,
        ),
        ("borrow", borrow(say).render()?),
        (
            "borrow-wrong",
            Borrow {
                problem: say("A borrower needs a treasurer"),
                hint: say("1 to 200 characters"),
                ..borrow(say)
            }
            .render()?,
        ),
        ("borrow-done", Borrow { done: true, ..borrow(say) }.render()?),
        ("powers", powers(say).render()?),
    ])
}

fn template(say: Say) -> TemplateRow {
    TemplateRow {
        id: say("quiet-before"),
        words: say("Nobody is asked within <days> days before <day>, nor on it"),
        purpose: say("No appeal reaches anybody in the last days before an election or an event."),
    }
}

fn chosen(say: Say) -> Chosen {
    let setting = |key, takes, needed, typed| SettingRow {
        key: say(key),
        takes: say(takes),
        needed,
        typed: say(typed),
    };
    Chosen {
        template: template(say),
        settings: vec![
            setting("days", "A whole number from 1 to 730", true, "7"),
            setting(
                "day",
                "A day such as 2026-11-03, or the id of a day of the calendar",
                true,
                "2026-11-03",
            ),
            setting("borrower", "One or more of party-committee, candidate, allied-group", false, ""),
        ],
        problems: Vec::new(),
        lines: say("[[rules]]\ntemplate = \"quiet-before\"\ndays = 7\nday = \"2026-11-03\"\n"),
        said: say("nobody is asked within 7 days before 2026-11-03"),
    }
}

fn charter(say: Say) -> Charter {
    let rule =
        |words, place, cedar| RuleRow { words: say(words), place: say(place), cedar: some(say, cedar) };
    Charter {
        frame: frame(say, "Who may ask for what: version 3", Place::Borrowers),
        rules: vec![
            rule(
                "A steward has verified the borrower, and its standing holds",
                "holds for every charter",
                "forbid (principal, action, resource) when { !principal.good_standing };",
            ),
            rule("A candidate asks only within its own area", "[[lending]] 1", ""),
            rule("Party committees may not ask people to give", "[[rules]] 1, may-not-ask", ""),
        ],
        templates: vec![template(say), template(say)],
        chosen: Some(chosen(say)),
        toml: say("version = 3\n\n[owner]\nname = \"The Whitcomb List\"\n"),
        may_simulate: true,
    }
}

fn simulation(say: Say) -> CharterSimulation {
    CharterSimulation {
        frame: frame(say, "1 of the last 14 requests would be decided differently", Place::Borrowers),
        problems: Vec::new(),
        rows: vec![
            RedecidedRow {
                day: say("3 September"),
                borrower: say("State Committee"),
                asked: say("people to give, in state vt, on housing"),
                verdict: stop(say, "would be refused"),
                broken: vec![(
                    say("Party committees may not ask people to give"),
                    say("ask people to hear, volunteer or vote"),
                )],
                lifted: Vec::new(),
            },
            RedecidedRow {
                day: say("1 September"),
                borrower: say("Jo Alvarez"),
                asked: say("people to volunteer, in sldl 4, state vt, on housing"),
                verdict: go(say, "would go to the board"),
                broken: Vec::new(),
                lifted: vec![say("Candidates ask for at most 500 people")],
            },
        ],
        toml: say("version = 3\n"),
    }
}

fn borrow(say: Say) -> Borrow {
    let field = |name, label, kind, required, hint: &str| {
        (
            JoinField { name: say(name), label: say(label), kind, required, typed: say("Jo") },
            if hint.is_empty() { String::new() } else { say(hint) },
        )
    };
    Borrow {
        frame: open_frame(say, "Ask for our reach"),
        csrf: Csrf { token: say("c3Vuc2hpbmU") },
        kinds: vec![
            KindChoice { value: say("candidate"), label: say("candidate"), chosen: true },
            KindChoice { value: say("allied-group"), label: say("allied group"), chosen: false },
        ],
        fields: vec![
            field("name", "Name", "text", true, "As people know it"),
            field("election", "Day of the election", "date", false, "A candidate names it"),
            field("contact", "Where we write to", "email", true, ""),
        ],
        issues: vec![IssueSource {
            name: say("source-housing"),
            label: say("Housing"),
            typed: say("https://jo.example/housing"),
        }],
        problem: String::new(),
        hint: String::new(),
        done: false,
    }
}

fn powers(say: Say) -> Powers {
    let role = |name, about, may: &[&'static str]| RolePowers {
        name: say(name),
        about: say(about),
        may: may.iter().map(|act| say(act)).collect(),
        with_another: vec![say("change a user")],
    };
    Powers {
        frame: open_frame(say, "Who may do what"),
        roles: vec![
            role(
                "Administrator",
                "Runs the machine. Cannot send, export or decide.",
                &["add a user", "take a backup"],
            ),
            role("The machine by itself", "The stop rule, when nobody is there.", &["pause a send"]),
        ],
        standing: say("What stands here one person asks for and another grants. 5 trustees can grant."),
        alone: false,
        two: vec![say("put a backup in the place of the list")],
        around: vec![Around {
            what: say("Read people's names with a program of their own"),
            seen: say("It leaves no entry, and nobody sees it."),
        }],
        nobody: vec![say("hand over the list")],
    }
}
