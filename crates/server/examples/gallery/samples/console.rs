//! Logging in, home, people, errors.

use super::super::views::Place;
use super::super::views::console::{
    AlarmRow, Alarms, Confirm, ConsentRow, ErrorPage, FactRow, Figure, HistoryRow, Home, LogIn, LogInConfirm,
    Sending, Supporter, Supporters, Waiting,
};
use super::super::views::parts::{Bar, Bars, Csrf, Pager, Proof, Terms, Tone};
use super::{Page, Say, evidence, frame, go, hash, open_frame, plain, stop, terms, texts, wait, when};
use askama::Template;

pub(super) fn pages(say: Say) -> Result<Vec<Page>, askama::Error> {
    let wrong = "ruth.example.org has no @: an address looks like name@example.org";
    Ok(vec![
        ("log-in", log_in(say, None, None).render()?),
        ("log-in-wrong", log_in(say, None, Some(wrong)).render()?),
        ("log-in-sent", log_in(say, Some("ruth@example.org"), None).render()?),
        ("log-in-confirm", log_in_confirm(say).render()?),
        ("home", home(say).render()?),
        ("home-empty", home_empty(say).render()?),
        ("alarms", alarms(say).render()?),
        ("alarms-empty", Alarms { rows: Vec::new(), ..alarms(say) }.render()?),
        ("supporters", supporters(say, None).render()?),
        ("supporters-not-found", supporters(say, Some("ada@example.org")).render()?),
        ("supporter", supporter(say).render()?),
        ("supporter-empty", supporter_empty(say).render()?),
        ("confirm", confirm(say).render()?),
        ("error", error(say).render()?),
    ])
}

fn log_in(say: Say, asked_for: Option<&str>, problem: Option<&str>) -> LogIn {
    let title = if asked_for.is_some() { "Look in your mail" } else { "Log in with a link" };
    LogIn {
        frame: open_frame(say, title),
        csrf: Csrf { token: say("c3Vuc2hpbmU") },
        asked_for: asked_for.map(say),
        problem: problem.map(say),
        typed: problem.map(|_| say("ruth.example.org")).unwrap_or_default(),
        link_lasts: say("15 minutes"),
        to_the_terminal: false,
    }
}

fn log_in_confirm(say: Say) -> LogInConfirm {
    LogInConfirm {
        frame: open_frame(say, "One button, and you are in"),
        csrf: Csrf { token: say("c3Vuc2hpbmU") },
        token: say("k3v9x2"),
        name: say("Ruth Okafor, steward"),
    }
}

fn alarm_rows(say: Say) -> Vec<AlarmRow> {
    let alarm = |badge, said, detail, path, at| AlarmRow {
        badge,
        said: say(said),
        detail: say(detail),
        path: say(path),
        when: when(say, at),
    };
    vec![
        alarm(
            stop(say, "open"),
            "A planted record of copy 9 got mail from outside",
            "Held by Alvarez for Burlington. Ask them, then trace the file if you can get it.",
            "/console/copies/9",
            "2 Oct 2026, 18:40",
        ),
        alarm(
            wait(say, "watched"),
            "witness.example.net has not signed for 26 hours",
            "Checkpoints go on; one witness is left.",
            "/console/ledger",
            "2 Oct 2026, 07:01",
        ),
        alarm(
            go(say, "settled"),
            "Complaints passed the limit on loan 38",
            "It paused by itself at 14:02; the board ended it.",
            "/console/loans/38",
            "21 Sep 2026, 14:02",
        ),
    ]
}

fn home(say: Say) -> Home {
    let bar = |label, count| Bar { label: say(label), count, tone: Tone::Plain };
    let figure = |value, label, note| Figure { value: say(value), label: say(label), note: say(note) };
    let mut alarms = alarm_rows(say);
    alarms.truncate(2);
    Home {
        frame: frame(say, "2 things wait for you, and one appeal is on its way", Place::Home),
        waiting: vec![
            Waiting {
                act: say("Vote on loan 44"),
                about: say("Sam Whitehorse for state senate, \"A clinic in every county\""),
                path: say("/console/loans/44"),
                due: Some(when(say, "9 Oct 2026, 17:00")),
            },
            Waiting {
                act: say("Check the standing of Rivera for Assembly"),
                about: say("Registered yesterday, candidate, Chittenden County"),
                path: say("/console/borrowers/0192"),
                due: None,
            },
        ],
        sending: vec![Sending {
            loan: 41,
            subject: say("Buses that come"),
            state: wait(say, "sending"),
            sent: 2150,
            of: 4212,
            progress: say("2,150 of 4,212 sent, second wave of three"),
            evidence: evidence(say, 3.9),
            may_pause: true,
        }],
        figures: vec![
            figure("2,104,882", "supporters", "1,204 joined, 310 left this month"),
            figure("812,440", "may hear appeals", "39 % of the list"),
            figure("7", "loans this season", "2 refused"),
            figure("1,911", "introduced", "by their own yes"),
        ],
        consents: Some(Bars {
            id: say("consents"),
            title: say("Consents given, by purpose"),
            description: say("Newsletter 1,610,233; appeals 812,440; surveys 402,118; calls 90,204."),
            labels: say("Purpose"),
            counts: say("People"),
            rows: vec![
                bar("Newsletter", 1_610_233),
                bar("Appeals from others", 812_440),
                bar("Surveys", 402_118),
                bar("Calls", 90_204),
            ],
        }),
        alarms,
    }
}

fn home_empty(say: Say) -> Home {
    Home {
        frame: frame(say, "Nothing waits for you", Place::Home),
        waiting: Vec::new(),
        sending: Vec::new(),
        figures: Vec::new(),
        consents: None,
        alarms: Vec::new(),
    }
}

fn alarms(say: Say) -> Alarms {
    Alarms {
        frame: frame(say, "One alarm is open", Place::Home),
        rows: alarm_rows(say),
        pager: Pager::default(),
    }
}

fn supporters(say: Say, not_found: Option<&str>) -> Supporters {
    Supporters {
        frame: frame(say, "Find one supporter", Place::Supporters),
        not_found: not_found.map(say),
        counts: terms(
            say,
            &[
                ("On the list", "2,104,882"),
                ("Can be addressed at all", "1,688,021"),
                ("Have stopped everything", "416,861"),
            ],
        ),
    }
}

fn supporter(say: Say) -> Supporter {
    let consent = |purpose, channel, state, source, known: bool| ConsentRow {
        purpose: say(purpose),
        channel: say(channel),
        state,
        notice: known.then(|| hash(say, "9f86d081")),
        when: known.then(|| when(say, "3 May 2026, 18:20")),
        source: say(source),
    };
    let event = |kind, said, path: Option<&str>, index| HistoryRow {
        when: when(say, "28 Sep 2026, 10:04"),
        kind,
        said: say(said),
        path: path.map(say),
        proof: Some(Proof { index }),
    };
    let fact =
        |name, value, kind, source| FactRow { name: say(name), value: say(value), kind, source: say(source) };
    Supporter {
        frame: frame(say, "Ada Lindqvist may hear appeals by e-mail", Place::Supporters),
        id: say("01924b7c-5a10-7c3e-9a44-0b6a4f1c2d3e"),
        state: go(say, "can be addressed"),
        identity: terms(
            say,
            &[
                ("Name", "Ada Lindqvist"),
                ("E-mail", "ada.lindqvist@example.org"),
                ("Phone", "none"),
                ("Place", "Winooski, Vermont 05404"),
            ],
        ),
        consents: vec![
            consent("Newsletter", "e-mail", go(say, "given"), "sign-up form, spring fair", true),
            consent("Appeals from others", "e-mail", go(say, "given"), "my page", true),
            consent("Surveys", "e-mail", stop(say, "withdrawn"), "my page", true),
            consent("Calls", "phone", plain(say, "unknown"), "nobody asked", false),
        ],
        history: vec![
            event(
                go(say, "introduced"),
                "To Jo Alvarez: name, e-mail (copy 9)",
                Some("/console/copies/9"),
                1180,
            ),
            event(go(say, "yes"), "To Jo Alvarez, loan 41", Some("/console/loans/41"), 1179),
            event(
                plain(say, "addressed"),
                "By Jo Alvarez: \"Buses that come\"",
                Some("/console/loans/41"),
                1102,
            ),
            event(plain(say, "later"), "To Dana Birk, loan 37", None, 988),
        ],
        facts: vec![
            fact(
                "area",
                "ocd-division/country:us/state:vt/county:chittenden",
                go(say, "declared"),
                "sign-up form, own",
            ),
            fact("issue", "transit, health-care", go(say, "declared"), "my page, own"),
            fact("gave", "$54.00 in 2 gifts", plain(say, "observed"), "gifts file, own"),
        ],
        inputs: super::inputs(say),
        may_export: true,
        may_erase: true,
    }
}

fn supporter_empty(say: Say) -> Supporter {
    Supporter {
        frame: frame(say, "Nobody may address this person", Place::Supporters),
        state: stop(say, "has stopped everything"),
        identity: Terms::default(),
        consents: Vec::new(),
        history: Vec::new(),
        facts: Vec::new(),
        inputs: Vec::new(),
        may_export: false,
        may_erase: false,
        ..supporter(say)
    }
}

fn confirm(say: Say) -> Confirm {
    Confirm {
        frame: frame(say, "Erase Ada Lindqvist for ever?", Place::Supporters),
        consequences: texts(
            say,
            &[
                "Her name, addresses and facts cannot be read again by anybody, us included.",
                "Within 30 days nothing of it is left in the backups either.",
                "Jo Alvarez, who holds copy 9, is told to erase her and must acknowledge it.",
                "Her stop stays: a later import cannot bring her back into a send.",
            ],
        ),
        button: say("Erase for ever"),
        action: say("/console/supporters/01924b7c/erase"),
        back: say("/console/supporters/01924b7c"),
        to_type: Some(say("erase")),
        hidden: vec![(say("version"), say("7"))],
    }
}

fn error(say: Say) -> ErrorPage {
    ErrorPage {
        frame: open_frame(say, "Loan 44 cannot be sent"),
        because: say("The board has not cleared it: 2 of 3 votes are in, and the Southern wing is missing."),
        hints: texts(
            say,
            &[
                "Ask a trustee of the Southern wing to vote before 9 October.",
                "Or take the request back and ask again.",
            ],
        ),
        code: say("loan.not-cleared"),
        request_id: say("7f3a-91c2"),
        onward: Some((say("/console/loans/44"), say("Back to loan 44"))),
    }
}
