//! Audiences, loans in a list, borrowers.

use super::super::views::Place;
use super::super::views::console::{
    AudienceActs, AudienceCount, AudienceExample, AudienceOverlap, AudienceSample, AudienceWhy, Audiences,
    Borrower, BorrowerRow, Borrowers, Compared, Counted, Figure, LoanRow, Loans, Position, SampleRow,
    SavedAudience, SavedRow, Shelf, StandingRow, VersionRow, WhyRow,
};
use super::super::views::parts::{Bar, Bars, Csrf, Pager, Proof, Tone};
use super::{Page, Say, frame, go, some, stop, terms, wait, when};
use askama::Template;

pub(super) fn pages(say: Say) -> Result<Vec<Page>, askama::Error> {
    Ok(vec![
        ("audiences", audiences(say, reach(say)).render()?),
        ("audiences-wrong", audiences(say, wrong(say)).render()?),
        ("audiences-empty", Audiences { saved: Vec::new(), ..audiences(say, Counted::Nothing) }.render()?),
        ("audience", saved(say).render()?),
        ("audience-sample", sample(say).render()?),
        ("audience-sample-empty", AudienceSample { rows: Vec::new(), ..sample(say) }.render()?),
        ("audience-why", why(say).render()?),
        ("audience-why-empty", AudienceWhy { rows: Vec::new(), ..why(say) }.render()?),
        ("audience-overlap", overlap(say, shared(say)).render()?),
        ("audience-overlap-wrong", overlap(say, wrong_pair(say)).render()?),
        ("audience-overlap-empty", overlap(say, Compared::Nothing).render()?),
        ("loans", loans(say).render()?),
        ("loans-empty", Loans { rows: Vec::new(), shelves: Vec::new(), ..loans(say) }.render()?),
        ("borrowers", borrowers(say).render()?),
        ("borrowers-empty", Borrowers { rows: Vec::new(), ..borrowers(say) }.render()?),
        ("borrower", borrower(say).render()?),
        ("borrower-empty", borrower_empty(say).render()?),
    ])
}

fn reach(say: Say) -> Counted {
    let bar = |label, count, tone| Bar { label: say(label), count, tone };
    Counted::Reach {
        reach: 4212,
        said: say("4,212 people can hear this. 61 % of them were addressed in the last 30 days."),
        breakdown: Bars {
            id: say("breakdown"),
            title: say("From those who match to those who can hear it"),
            description: say(
                "9,804 match; 3,911 have not consented, 702 have stopped, 979 are over the cap.",
            ),
            labels: say("Who"),
            counts: say("People"),
            rows: vec![
                bar("Match the text", 9804, Tone::Plain),
                bar("No consent to appeals", 3911, Tone::Wait),
                bar("Have stopped", 702, Tone::Stop),
                bar("Over the fatigue cap", 979, Tone::Wait),
                bar("Can hear it now", 4212, Tone::Go),
            ],
        },
        divisions: Vec::new(),
        as_of: when(say, "3 Oct 2026, 09:12"),
        change: say("41,207"),
    }
}

fn acts(say: Say) -> AudienceActs {
    AudienceActs {
        csrf: Csrf { token: "c3Vuc2hpbmU".to_owned() },
        text: say("issue has \"transit\""),
        name: say("riders"),
        may_save: true,
        may_open: true,
    }
}

fn saved(say: Say) -> SavedAudience {
    let version = |number, rule, by| VersionRow {
        number,
        rule: say(rule),
        by: say(by),
        when: when(say, "1 Oct 2026, 16:30"),
    };
    SavedAudience {
        frame: frame(say, "The audience riders, version 2", Place::Audiences),
        name: say("riders"),
        text: say("issue has \"transit\" and not tag \"staff\""),
        count: AudienceCount { counted: reach(say), acts: Some(acts(say)) },
        state: go(say, "in use"),
        uses: vec![say("locals")],
        used_by: vec![say("core")],
        versions: vec![
            version(2, "issue has \"transit\" and not tag \"staff\"", "Nora Lind"),
            version(1, "issue has \"transit\"", "operator"),
        ],
        may_retire: true,
    }
}

fn sample(say: Say) -> AudienceSample {
    let row = |id, name, email, city| SampleRow {
        id: say(id),
        name: say(name),
        email: say(email),
        city: say(city),
    };
    AudienceSample {
        frame: frame(say, "2 of 4,212 people, drawn at random", Place::Audiences),
        text: say("issue has \"transit\""),
        rows: vec![
            row("7f3a", "Ada Marsh", "ada.marsh at mail.example", "Burlington"),
            row("81bc", "no name", "k.osei at mail.example", ""),
        ],
        back: say("/console/audiences?q=issue%20has%20%22transit%22"),
        as_of: when(say, "3 Oct 2026, 09:12"),
    }
}

fn why(say: Say) -> AudienceWhy {
    let row = |term, holds, of| WhyRow { term: say(term), holds, of: some(say, of) };
    AudienceWhy {
        frame: frame(say, "Why this person is in or out", Place::Audiences),
        text: say("in audience \"riders\" and gave(90d) >= $27"),
        words: say("People who are in the audience riders, and who gave at least $27 in the last 90 days."),
        verdict: stop(say, "not in the audience"),
        rows: vec![
            row("in audience \"riders\"", go(say, "holds"), ""),
            row("issue has \"transit\"", go(say, "holds"), "in audience \"riders\""),
            row("gave(90d) >= $27", stop(say, "does not hold"), ""),
        ],
        stopped: true,
        id: say("7f3a"),
        back: say("/console/audiences?q=x"),
        as_of: when(say, "3 Oct 2026, 09:12"),
    }
}

fn shared(say: Say) -> Compared {
    let bar = |label, count, tone| Bar { label: say(label), count, tone };
    Compared::Both {
        said: say("1,204 people are in both: 29 % of the first, 61 % of the second."),
        bars: Bars {
            id: say("overlap"),
            title: say("Two audiences beside each other"),
            description: say("1,204 people are in both."),
            labels: say("Who"),
            counts: say("People"),
            rows: vec![bar("In the first", 4212, Tone::Plain), bar("In both", 1204, Tone::Go)],
        },
        as_of: when(say, "3 Oct 2026, 09:12"),
    }
}

fn wrong_pair(say: Say) -> Compared {
    Compared::Wrong {
        message: say("`isue` is not a word of the language"),
        caret: say("and isue has \"transit\"\n    ^^^^"),
        hint: say("Did you mean `issue`?"),
    }
}

fn overlap(say: Say, compared: Compared) -> AudienceOverlap {
    AudienceOverlap {
        frame: frame(say, "How do two audiences overlap?", Place::Audiences),
        left: say("issue has \"transit\""),
        right: say("in audience \"locals\""),
        compared,
    }
}

fn saved_rows(say: Say) -> Vec<SavedRow> {
    let row = |name, rule, people, state| SavedRow {
        name: say(name),
        rule: say(rule),
        version: 2,
        people: some(say, people),
        state,
    };
    vec![
        row("riders", "issue has \"transit\" and not tag \"staff\"", "9,804", go(say, "in use")),
        row("spring-drive", "source \"drive-2024\"", "", wait(say, "out of use")),
    ]
}

fn wrong(say: Say) -> Counted {
    Counted::Wrong {
        message: say("`isue` is not a word of the language"),
        caret: say("and isue has \"transit\"\n    ^^^^"),
        hint: say("Did you mean `issue`?"),
    }
}

fn audiences(say: Say, counted: Counted) -> Audiences {
    let example = |text, meaning| AudienceExample {
        text: say(text),
        meaning: say(meaning),
        path: say("/console/audiences?q=issue%20has%20%22transit%22"),
    };
    Audiences {
        frame: frame(say, "Write an audience, and see who could hear it", Place::Audiences),
        text: say(
            "area in \"ocd-division/country:us/state:vt\"\nand issue has \"transit\"\nand not tag \"staff\"",
        ),
        count: AudienceCount { acts: matches!(counted, Counted::Reach { .. }).then(|| acts(say)), counted },
        saved: saved_rows(say),
        examples: vec![
            example("issue has \"transit\"", "Everybody who named transit as theirs"),
            example(
                "gave(90d) >= $27 and not tag \"staff\"",
                "Gave 27 dollars or more in 90 days, staff aside",
            ),
        ],
    }
}

fn loan_rows(say: Say) -> Vec<LoanRow> {
    let row = |number, borrower, subject, ask, area, state, reach| LoanRow {
        number,
        borrower: say(borrower),
        subject: say(subject),
        ask: say(ask),
        area: say(area),
        state,
        asked: when(say, "1 Oct 2026, 16:30"),
        reach: some(say, reach),
    };
    let vermont = "Vermont";
    vec![
        row(
            44,
            "Sam Whitehorse",
            "A clinic in every county",
            "volunteer",
            vermont,
            wait(say, "waits for votes"),
            "",
        ),
        row(
            43,
            "Green Mountain Transit Riders",
            "Come to the hearing on the 14th",
            "hear",
            "Chittenden County, Vermont",
            wait(say, "requested"),
            "",
        ),
        row(
            41,
            "Jo Alvarez",
            "Buses that come",
            "volunteer",
            "Burlington, Vermont",
            wait(say, "sending"),
            "4,212",
        ),
        row(
            38,
            "Dana Birk",
            "Last chance to double your gift",
            "give",
            vermont,
            stop(say, "stopped"),
            "9,100",
        ),
        row(37, "Dana Birk", "What I would do about rents", "hear", vermont, go(say, "settled"), "9,340"),
        row(
            36,
            "Committee for Clear Water",
            "Your lake, your vote",
            "vote",
            "Addison County, Vermont",
            stop(say, "refused"),
            "",
        ),
    ]
}

fn loans(say: Say) -> Loans {
    let shelf = |label, count, here| Shelf {
        label: say(label),
        count,
        path: say("/console/loans?state=requested"),
        here,
    };
    Loans {
        frame: frame(say, "1 loan waits for votes and 1 is being sent", Place::Loans),
        shelves: vec![
            shelf("All", 44, true),
            shelf("Waiting for votes", 1, false),
            shelf("Being sent", 1, false),
            shelf("Settled", 31, false),
            shelf("Refused or stopped", 9, false),
        ],
        rows: loan_rows(say),
        pager: Pager {
            showing: say("44 to 36 of 44 loans"),
            newer: Some(say("/console/loans?after=44")),
            older: Some(say("/console/loans?before=36")),
        },
    }
}

fn borrowers(say: Say) -> Borrowers {
    let row = |name, kind, office, standing, loans| BorrowerRow {
        id: say("0192"),
        name: say(name),
        kind: say(kind),
        office: say(office),
        standing,
        loans,
    };
    Borrowers {
        frame: frame(say, "1 borrower is to be checked", Place::Borrowers),
        rows: vec![
            row(
                "Rivera for Assembly",
                "candidate",
                "State house, Chittenden 6-1",
                wait(say, "to be checked"),
                0,
            ),
            row("Jo Alvarez", "candidate", "City council, Burlington, Vermont", go(say, "checked"), 3),
            row(
                "Green Mountain Transit Riders",
                "allied group",
                "Chittenden County, Vermont",
                go(say, "checked"),
                2,
            ),
            row("Dana Birk", "candidate", "Governor, Vermont", stop(say, "ended"), 2),
        ],
        pager: Pager::default(),
    }
}

fn borrower(say: Say) -> Borrower {
    let figure = |value, label, note| Figure { value: say(value), label: say(label), note: some(say, note) };
    Borrower {
        frame: frame(say, "Jo Alvarez stands for Burlington city council", Place::Borrowers),
        id: say("0192"),
        standing: go(say, "checked"),
        standing_said: say("Ruth Okafor checked the filing with the city clerk on 2 September."),
        mark: say(
            "2 things that it owes of its copies were not acknowledged in time; the first was due on 1 September.",
        ),
        proof: Some(Proof { index: 871 }),
        terms: terms(
            say,
            &[
                ("Kind", "candidate"),
                ("Office", "City council, East District"),
                ("Area", "Burlington, Vermont"),
                ("Election", "3 November 2026, general"),
                ("Committee", "Alvarez for Burlington, 2026-118"),
                ("Questions about reach", "about 67 more questions this season"),
            ],
        ),
        positions: vec![
            Position {
                issue: say("transit"),
                stance: say("Buses every ten minutes until midnight, paid from the parking fund."),
            },
            Position { issue: say("housing"), stance: say("Rent stabilisation with a right to repair.") },
        ],
        record: vec![
            figure("12,410", "reached in 3 loans", ""),
            figure("731", "said yes", "6 %"),
            figure("2", "complained", "usual: 6"),
            figure("$1,204.10", "in kind this election", "limit $1,600.00"),
        ],
        rows: loan_rows(say),
        may_verify: true,
        may_suspend: true,
        may_end: true,
        may_reinstate: true,
        may_file: true,
        issues: vec![(say("transit"), say("Public transit")), (say("housing"), say("Housing"))],
        history: vec![
            StandingRow {
                day: say("2 September"),
                what: say("verified"),
                by: say("steward"),
                why: say("identity and office were checked"),
            },
            StandingRow {
                day: say("30 August"),
                what: say("registered"),
                by: say("machine"),
                why: say("by the form on the public page"),
            },
        ],
    }
}

fn borrower_empty(say: Say) -> Borrower {
    Borrower {
        positions: Vec::new(),
        record: Vec::new(),
        rows: Vec::new(),
        may_verify: false,
        may_suspend: false,
        may_end: false,
        may_reinstate: false,
        may_file: false,
        history: Vec::new(),
        mark: String::new(),
        proof: None,
        ..borrower(say)
    }
}
