//! The calendar and what loans were worth, as the owner's own people see them.

use super::super::views::Place;
use super::super::views::console::{
    Calendar, EntryLine, LoanWorth, ShareLine, WaitingLine, WorthLine, Worths,
};
use super::{Page, Say, frame, go, plain, when};
use askama::Template;

pub(super) fn pages(say: Say) -> Result<Vec<Page>, askama::Error> {
    let empty = Calendar {
        own: Vec::new(),
        waiting: Vec::new(),
        shares: Vec::new(),
        shared: String::new(),
        wrong: None,
        ..calendar(say)
    };
    Ok(vec![
        ("calendar", calendar(say).render()?),
        ("calendar-empty", empty.render()?),
        ("worth", worths(say).render()?),
        ("worth-empty", Worths { rows: Vec::new(), ..worths(say) }.render()?),
        ("loan-worth", loan(say).render()?),
    ])
}

fn calendar(say: Say) -> Calendar {
    let entry = |id: &str, title, people, state, may_cancel| EntryLine {
        id: id.to_owned(),
        title: say(title),
        day: when(say, "11 Oct 2026"),
        people: say(people),
        state,
        may_cancel,
    };
    let waiting = |number, borrower, asks| WaitingLine {
        number,
        borrower: say(borrower),
        asks: say(asks),
        until: when(say, "20 Oct 2026, 12:00"),
    };
    let share = |number, borrower, percent, explained| ShareLine {
        number,
        borrower: say(borrower),
        percent: say(percent),
        explained: say(explained),
    };
    Calendar {
        frame: frame(say, "2 loans wait for attention", Place::Loans),
        window_days: 14,
        own: vec![
            entry("0190-a", "October newsletter", "1,204,553 people", go(say, "planned"), true),
            entry("0190-b", "Harvest dinner", "4,212 people", plain(say, "cancelled"), false),
        ],
        waiting: vec![
            waiting(41, "Jo Alvarez for City Council", "up to 5,000 people, to volunteer"),
            waiting(42, "State Committee", "up to 50,000 people, to vote"),
        ],
        shares: vec![
            share(
                41,
                "Jo Alvarez for City Council",
                "100 %",
                "It received 100 % of what it asked: 5,283 of 5,283.",
            ),
            share(
                42,
                "State Committee",
                "61 %",
                "It received 61 % of what it asked: 32,104 of 52,630; of the others who might have been, 20,526 had \
                 been addressed twice in 30 days.",
            ),
        ],
        shared: say("Sharing 3, worked out on 3 Oct 2026, 09:12 from the seed 8f14e45fceea167a."),
        may_plan: true,
        may_share: true,
        wrong: Some((say("`2026-02-31` is not a day."), say("Write it as 2026-05-11."))),
    }
}

fn worths(say: Say) -> Worths {
    let row = |number, borrower, value, sum, standing| WorthLine {
        number,
        borrower: say(borrower),
        value: say(value),
        sum: say(sum),
        standing: say(standing),
    };
    Worths {
        frame: frame(say, "What loans were worth", Place::Loans),
        election: say("2026-general"),
        profile: say("United States, federal"),
        note: say("State law may apply besides."),
        no_advice: say("This is not legal advice."),
        rows: vec![
            row(
                41,
                "Jo Alvarez for City Council",
                "$23.17",
                "$23.17",
                "$1,976.83 left of the limit for this election.",
            ),
            row(42, "State Committee", "$275.00", "$275.00", "No limit in this profile."),
        ],
    }
}

fn loan(say: Say) -> LoanWorth {
    LoanWorth {
        frame: frame(say, "What L-41 changed", Place::Loans),
        number: 41,
        value: say("$23.17 in kind, for 4,212 people"),
        days: say("7 days"),
        stopped: say("+0.42 in 100, between -0.31 and +1.20; that may still be chance."),
        gave: say("+1.10 in 100, between +0.20 and +2.31."),
        answers: vec![(say("yes"), say("312")), (say("no"), say("88"))],
        issues: vec![(say("transit"), say("4,212"), say("312")), (say("housing"), say("1,804"), say("97"))],
        outcomes: vec![(say("volunteered"), say("118")), (say("joined"), say("fewer than 10"))],
        outcome_issues: vec![(say("transit"), say("74 volunteered, 12 gave"))],
        planted: say("Of 2 planted rows something was reported that only a person can have done."),
        cost: say("$0.07"),
        has_notice: true,
    }
}
