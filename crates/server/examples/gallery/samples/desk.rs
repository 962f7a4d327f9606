//! The borrower's desk.

use super::super::views::desk::{
    Desk, DeskCopy, DeskDuty, DeskEdit, DeskLoan, DeskLoanRow, DeskParts, DeskRequest, DeskStep, DeskWorth,
    Met, OutcomeMark, Outcomes, OutcomesResult, Typed,
};
use super::super::views::parts::{Badge, Bar, Bars, Choice, Tone};
use super::{Page, Say, desk_frame, go, hash, some, stop, terms, wait, when};
use askama::Template;

pub(super) fn pages(say: Say) -> Result<Vec<Page>, askama::Error> {
    let empty =
        Desk { mark: String::new(), owed: Vec::new(), copies: Vec::new(), loans: Vec::new(), ..desk(say) };
    let new = DeskLoan {
        conditions: Vec::new(),
        edit: None,
        review: None,
        results: None,
        results_said: String::new(),
        gone_out: false,
        copies: Vec::new(),
        value: String::new(),
        ..loan(say)
    };
    Ok(vec![
        ("desk", desk(say).render()?),
        ("desk-empty", empty.render()?),
        ("desk-loan", loan(say).render()?),
        ("desk-loan-new", new.render()?),
        ("desk-request", request(say).render()?),
        ("desk-outcomes", outcomes(say).render()?),
        ("desk-outcomes-new", Outcomes { result: None, problem: String::new(), ..outcomes(say) }.render()?),
        ("desk-outcomes-empty", Outcomes { result: None, copies: Vec::new(), ..outcomes(say) }.render()?),
        ("desk-worth", worth(say).render()?),
        (
            "desk-worth-new",
            DeskWorth { outcomes: Vec::new(), issues: Vec::new(), cost: String::new(), ..worth(say) }
                .render()?,
        ),
    ])
}

fn request(say: Say) -> DeskRequest {
    let choice = |value, label, ticked| Choice { value: say(value), label: say(label), ticked };
    let met = |badge, said, instead: &'static str| Met {
        badge,
        said: say(said),
        instead: if instead.is_empty() { String::new() } else { say(instead) },
    };
    DeskRequest {
        frame: desk_frame(say, "Ask for a reach loan"),
        problem: None,
        rules: vec![
            met(
                Badge::stop("broken"),
                "The borrower has stated a position on `transit`.",
                "State the position in public and have a steward enter it.",
            ),
            met(Badge::go("kept"), "A candidate asks only within its own area.", ""),
        ],
        remarks: vec![
            met(
                Badge::stop("not sent"),
                "Body, line 3: a link shows `okafor.example` and leads to `bit.ly`.",
                "Show where it leads, or words that name no site.",
            ),
            met(
                Badge::wait("advice"),
                "Subject, line 1: it has 92 characters, and phones cut it off.",
                "78 or fewer.",
            ),
        ],
        verdict: say("It does not qualify as it stands."),
        qualifies: false,
        typed: Typed {
            subject: say("A home you can afford in District 4"),
            body: say(
                "Dear {{ given_name }},\n\nI am Maya Okafor, and I am standing for the House in our district.",
            ),
            paid_for_by: say("Paid for by Okafor for House."),
            area: say("ocd-division/country:us/state:vt/sldl:4"),
            cap: say("5000"),
            opens: String::new(),
            closes: say("2026-10-31"),
        },
        asks: vec![choice("hear", "to hear their case", false), choice("volunteer", "to volunteer", true)],
        issues: vec![
            choice("housing", "Housing", true),
            choice("transit", "Public transit (no position of yours is entered)", true),
        ],
        ends: vec![
            choice("dropped-out", "leave the race", true),
            choice("lost-primary", "lose the primary", true),
        ],
        fields: vec![choice("email", "E-mail", true), choice("given-name", "Given name", true)],
        most: say("50,000"),
    }
}

fn copies(say: Say) -> Vec<DeskCopy> {
    vec![DeskCopy {
        number: 9,
        loan: 41,
        said: say("312 people who said yes"),
        fields: say("name, e-mail, place"),
        state: wait(say, "ready"),
        until: Some(when(say, "3 Dec 2026")),
        may_fetch: true,
    }]
}

fn desk(say: Say) -> Desk {
    let loan = |number, subject, state, said| DeskLoanRow {
        number,
        subject: say(subject),
        state,
        said: say(said),
        when: when(say, "1 Oct 2026, 16:30"),
    };
    let duty = |said, left, take| DeskDuty {
        id: say("77"),
        said: say(said),
        told: when(say, "6 Oct 2026"),
        due: when(say, "20 Oct 2026"),
        left,
        take,
        taken: take.then(|| when(say, "8 Oct 2026")),
    };
    Desk {
        frame: desk_frame(say, "You owe 3 things"),
        standing: go(say, "checked"),
        standing_said: say("You may ask for loans in Burlington, Vermont, until the election of 3 November."),
        mark: say(
            "One thing that you owe of your copies was not acknowledged in time; it was due on 22 September.",
        ),
        owed: vec![
            duty("Erase row C-5-0118: the person took it back", stop(say, "a mark on your standing"), false),
            duty("Erase all of copy 4: its time is over", wait(say, "3 days left"), false),
            duty("Put right row C-9-0012: phone number", wait(say, "12 days left"), true),
        ],
        more: Some(say("12")),
        copies: copies(say),
        loans: vec![
            loan(
                44,
                "Knock on doors with us",
                wait(say, "waits for votes"),
                "The board votes until 9 October.",
            ),
            loan(41, "Buses that come", go(say, "sent"), "312 said yes. Settlement by 20 October."),
        ],
        terms: terms(
            say,
            &[
                ("Office", "City council, East District"),
                ("Area", "Burlington, Vermont"),
                ("Questions about reach", "about 67 more questions this season"),
                ("Received in kind", "$1,204.10 this election, of $1,600.00"),
            ],
        ),
    }
}

fn loan(say: Say) -> DeskLoan {
    let step = |name, state, said, known: bool| DeskStep {
        name: say(name),
        state,
        when: known.then(|| when(say, "26 Sep 2026, 20:11")),
        said: some(say, said),
        proof: known.then_some(1_061),
    };
    let bar = |label, count, tone| Bar { label: say(label), count, tone };
    DeskLoan {
        frame: desk_frame(say, "312 people said yes to \"Buses that come\""),
        number: 41,
        state: go(say, "sent"),
        said: say("The settlement is due by 20 October."),
        steps: vec![
            step("Asked", go(say, "done"), "", true),
            step(
                "Cleared by the board",
                go(say, "done"),
                "On condition that the pilot shows fewer complaints than the last one.",
                true,
            ),
            step("Sent", go(say, "done"), "4,212 messages in a pilot and three waves", true),
            step("Settled", wait(say, "due"), "", false),
        ],
        reach: say("about 4,200 ± 60 people"),
        budget: say("About 67 more questions this season."),
        may_ask: false,
        parts: vec![DeskParts {
            title: say("By town or city"),
            said: say("About 3,870 ± 86 in the 4 parts shown; 2 parts are too small to say."),
            bars: Some(Bars {
                id: "parts-1".to_owned(),
                title: say("Reach by town or city"),
                description: say("About 3,870 ± 86 in the 4 parts shown; 2 parts are too small to say."),
                labels: say("Town or city"),
                counts: say("People, each ± 43"),
                rows: vec![
                    bar("place burlington, state vt", 1_940, Tone::Plain),
                    bar("place essex, state vt", 860, Tone::Plain),
                    bar("place south burlington, state vt", 690, Tone::Plain),
                    bar("place winooski, state vt", 380, Tone::Plain),
                ],
            }),
            hidden: vec![say("place huntington, state vt"), say("place bolton, state vt")],
        }],
        may_divide: vec![("issue", "issue"), ("county", "county"), ("place", "town or city")],
        conditions: vec![say("Say that it is not from us.")],
        edit: Some(DeskEdit {
            subject: say("Buses that come"),
            body: say("You told the Whitcomb List that buses matter to you."),
            paid_for_by: say("Paid for by Alvarez for Burlington."),
            cap: 4_000,
            fields: vec![
                Choice { value: say("email"), label: say("e-mail address"), ticked: true },
                Choice { value: say("phone"), label: say("phone number"), ticked: true },
            ],
            first: say("2026-09-28"),
            last: say("2026-10-12"),
        }),
        review: Some(when(say, "10 Oct 2026")),
        terms: terms(
            say,
            &[
                ("Area", "Burlington, Vermont"),
                ("Ask", "volunteer"),
                ("Cap", "5,000 people"),
                ("Window", "28 September to 12 October 2026"),
            ],
        ),
        hash: hash(say, "c0ffee12"),
        results: Some(Bars {
            id: say("results"),
            title: say("Answers"),
            description: say("312 yes, about 140 later, about 100 no."),
            labels: say("Answer"),
            counts: say("People"),
            rows: vec![
                bar("Yes", 312, Tone::Go),
                bar("Later", 140, Tone::Plain),
                bar("No", 100, Tone::Plain),
            ],
        }),
        gone_out: true,
        results_said: say("312 said yes, 7 % of those addressed."),
        copies: copies(say),
        value: say("$412.30"),
    }
}

fn outcomes(say: Say) -> Outcomes {
    let choice = |value, label, ticked| Choice { value: say(value), label: say(label), ticked };
    let mark = |line, why| OutcomeMark { line: say(line), why: say(why) };
    Outcomes {
        frame: desk_frame(say, "Say what came of it"),
        problem: say("The file is not a table."),
        result: Some(OutcomesResult {
            said: say("118 taken, 12 were reported before; 2 rows were refused."),
            honoured: say(
                "One person asked not to be contacted: we pass nothing of yours on to them from now on.",
            ),
            rejects: vec![
                mark("14", "In no copy that you fetched: use the references of your own copies."),
                mark("31", "The person took it back or was erased: the row is to be erased."),
            ],
            more: Some(say("12")),
        }),
        copies: vec![(9, say("312")), (5, say("118"))],
        kinds: vec![
            choice("volunteered", "volunteered", true),
            choice("gave", "gave", false),
            choice("no-contact", "asked not to be contacted", false),
        ],
        typed: say("C-9-0007"),
        largest: say("8 MB"),
    }
}

fn worth(say: Say) -> DeskWorth {
    let pair = |name, value| (say(name), say(value));
    DeskWorth {
        frame: desk_frame(say, "What L-41 was worth"),
        number: 41,
        value: say("$412.30 in kind"),
        people: say("4,212 people"),
        cost: say("$1.32"),
        days: say("7 days"),
        stopped: say("+0.42 in 100, between -0.31 and +1.20; that may still be chance."),
        gave: say("+1.10 in 100, between +0.20 and +2.31."),
        answers: vec![pair("yes", "312"), pair("later", "88"), pair("never", "fewer than 10")],
        issues: vec![pair("transit", "204"), pair("housing", "97")],
        outcomes: vec![pair("volunteered", "118"), pair("gave", "31"), pair("joined", "fewer than 10")],
        no_advice: say("This is not legal advice."),
        has_notice: true,
    }
}
