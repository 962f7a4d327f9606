//! What nobody does alone, and who has a log-in.

use super::super::views::Place;
use super::super::views::console::{ActRow, Acts, UserRow, Users};
use super::{Page, Say, frame, go, stop, terms, texts, wait};
use askama::Template;

pub(super) fn pages(say: Say) -> Result<Vec<Page>, askama::Error> {
    Ok(vec![
        ("acts", acts(say).render()?),
        ("acts-empty", Acts { acts: Vec::new(), ..acts(say) }.render()?),
        ("users", users(say).render()?),
    ])
}

fn acts(say: Say) -> Acts {
    let act = |number, title, state, why, may: [bool; 3]| ActRow {
        number,
        title: say(title),
        state,
        said: say("Asked for by Nils Berg, 3 Oct 2026, 09:12."),
        why: say(why),
        terms: terms(
            say,
            &[
                ("Whom", "Rosa Lind"),
                ("Address", "rosa@board.example"),
                ("To be granted by", "4 Oct 2026, 09:12"),
                ("To be done by", "5 Oct 2026, 09:12"),
            ],
        ),
        answered: if may[0] { String::new() } else { say("Granted by June Park.") },
        may_grant: may[0],
        may_confirm: may[1],
        may_do: may[2],
        next: say("Granted: do it where you asked for it."),
    };
    let role = "give, change or take somebody's role or log-in";
    Acts {
        frame: frame(say, "1 act waits to be granted", Place::Board),
        standing: say(
            "What stands here one person asks for and another grants, with their key. 5 trustees can grant.",
        ),
        acts: vec![
            act(
                4,
                &format!("A-4: {role}"),
                wait(say, "waits"),
                "Her old mailbox is gone",
                [true, false, false],
            ),
            act(
                3,
                "A-3: put a backup in the place of the list",
                stop(say, "done alone"),
                "The machine burnt at night",
                [false, true, false],
            ),
            act(2, &format!("A-2: {role}"), go(say, "granted"), "A new treasurer", [false, false, true]),
        ],
    }
}

fn users(say: Say) -> Users {
    let user = |id: &str, name, roles, address| UserRow {
        id: id.to_owned(),
        name: say(name),
        roles: say(roles),
        address: say(address),
    };
    Users {
        frame: frame(say, "3 people have a log-in", Place::Home),
        standing: say("What stands here one person asks for and another grants."),
        binds: true,
        users: vec![
            user("1", "Nils Berg", "administrator", "nils@forward.example"),
            user("2", "Rosa Lind", "trustee, labor wing", "rosa@board.example"),
        ],
        roles: texts(say, &["steward", "trustee"]),
        wings: texts(say, &["labor", "climate"]),
    }
}
