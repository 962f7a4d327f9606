//! The supporter's pages and the public one.

use super::super::views::OpenFrame;
use super::super::views::parts::{
    Badge, Bar, Bars, Choice, Csrf, Pager, Spoke, Terms, Tone, Votes, WingVotes,
};
use super::super::views::supporter::{
    Answer, AttributeInput, FieldChoice, HeldFact, Introduced, Join, JoinField, LoanCard, LoanLine, Me,
    PublicLedger, PublicWitness, Reached, Step, Stop, StopChoice, Switch, Thanks,
};
use super::{Page, Say, checkpoint, commands, go, open_frame, plain, stop, terms, texts, wait, when};
use askama::Template;

pub(super) fn pages(say: Say) -> Result<Vec<Page>, askama::Error> {
    let again = Answer {
        answered: Some(say("You said later on 3 October.")),
        problem: say("Tick at least one way to reach you."),
        ..answer(say)
    };
    let no = Thanks {
        frame: open_frame(say, "You said no, and that is that"),
        said: say("Jo Alvarez learns nothing about you. This appeal is not sent to you again."),
        went: Terms::default(),
        ..thanks(say)
    };
    let nothing =
        Me { switches: Vec::new(), introduced: Vec::new(), reached: Vec::new(), held: Vec::new(), ..me(say) };
    Ok(vec![
        ("answer", answer(say).render()?),
        ("answer-again", again.render()?),
        ("thanks", thanks(say).render()?),
        ("thanks-no", no.render()?),
        ("stop", stop_page(say, false).render()?),
        ("stopped", stop_page(say, true).render()?),
        ("join", join(say).render()?),
        ("join-wrong", Join { problem: say("That is not an e-mail address."), ..join(say) }.render()?),
        ("joined", Join { done: true, ..join(say) }.render()?),
        ("me", me(say).render()?),
        ("me-empty", nothing.render()?),
        ("public", public(say).render()?),
        ("public-empty", PublicLedger { cards: Vec::new(), witnesses: Vec::new(), ..public(say) }.render()?),
    ])
}

fn join(say: Say) -> Join {
    let field = |name, label, kind, required| JoinField {
        name: say(name),
        label: say(label),
        kind,
        required,
        typed: say("Ada"),
    };
    let choice = |value, label, ticked| Choice { value: say(value), label: say(label), ticked };
    Join {
        frame: open_frame(say, "Sign up"),
        csrf: Csrf { token: say("c3Vuc2hpbmU") },
        fields: vec![
            field("email", "E-mail address", "email", true),
            field("given-name", "Given name", "text", false),
        ],
        choices: vec![
            choice("news", "The Whitcomb List may write to me by e-mail: our own news.", true),
            choice("appeals", "The Whitcomb List may write to me by e-mail: appeals from others.", false),
        ],
        problem: String::new(),
        done: false,
    }
}

fn answer(say: Say) -> Answer {
    let field = |name, label, value, ticked| FieldChoice {
        name: say(name),
        label: say(label),
        value: say(value),
        ticked,
    };
    Answer {
        frame: open_frame(say, "Jo Alvarez asks for two of your evenings"),
        token: say("k3v9x2"),
        stop_token: say("s7d1q0"),
        me_token: say("m2f8e4"),
        borrower: say("Jo Alvarez"),
        office: say("candidate for city council in Burlington, Vermont"),
        ask: say("to volunteer"),
        subject: say("Buses that come"),
        paragraphs: texts(say, &super::APPEAL),
        endorsement: say("The Whitcomb List does not endorse it."),
        paid_by: say("Paid for by Alvarez for Burlington."),
        answered: None,
        fields: vec![
            field("name", "Your name", "Ada Lindqvist", true),
            field("email", "Your e-mail address", "ada.lindqvist@example.org", true),
            field("phone", "Your phone number", "+1 802 555 0143", false),
            field("place", "Your town", "Winooski, Vermont", false),
        ],
        kept_until: when(say, "3 Dec 2026"),
        problem: String::new(),
    }
}

fn thanks(say: Say) -> Thanks {
    Thanks {
        frame: open_frame(say, "You said yes to Jo Alvarez"),
        token: say("k3v9x2"),
        me_token: say("m2f8e4"),
        said: say("Jo Alvarez will write to you within a week. Nobody else gets anything."),
        went: terms(say, &[("Name", "Ada Lindqvist"), ("E-mail", "ada.lindqvist@example.org")]),
        receipt: terms(
            say,
            &[("Receipt", "41-7Q2F"), ("Day", "3 October 2026"), ("To be erased by", "3 December 2026")],
        ),
    }
}

fn stop_page(say: Say, done: bool) -> Stop {
    let choice = |value, label| StopChoice { value: say(value), label: say(label) };
    let (title, said) = if done {
        ("You are off the list", "Nothing is sent to you any more, from us or through us, as of now.")
    } else {
        (
            "Stop all messages from The Whitcomb List?",
            "One press, at once and for good: newsletters, appeals, surveys.",
        )
    };
    Stop {
        frame: open_frame(say, title),
        token: say("k3v9x2"),
        said: say(said),
        done,
        only: vec![
            choice("borrower", "Appeals from Jo Alvarez"),
            choice("appeals", "Appeals from others"),
            choice("give", "Asks for money"),
        ],
    }
}

fn me(say: Say) -> Me {
    let switch = |label, meaning, state, since, on| Switch {
        purpose: say("appeals"),
        channel: say("email"),
        label: say(label),
        meaning: say(meaning),
        state,
        since: say(since),
        on,
    };
    let introduced = |copy, borrower, state, may_take_back| Introduced {
        copy,
        borrower: say(borrower),
        fields: say("Your name and e-mail address"),
        when: when(say, "3 Oct 2026, 09:12"),
        state,
        may_take_back,
        proof: Some(1_181),
    };
    let held = |name, value, source| HeldFact {
        name: say(name),
        value: say(value),
        how: say("you told us"),
        source: say(source),
    };
    let reached = |at, said| Reached { when: when(say, at), said: say(said) };
    Me {
        frame: open_frame(say, "Two kinds of mail may reach you, and one borrower has your name"),
        token: say("k3v9x2"),
        stop_token: say("s7d1q0"),
        switches: vec![
            switch(
                "Newsletter, by e-mail",
                "What we do, about once a week.",
                go(say, "on"),
                "since 3 May 2026, on the sign-up form",
                true,
            ),
            switch(
                "Appeals from others, by e-mail",
                "A candidate's case, sent by us. They never see your address.",
                go(say, "on"),
                "since 3 May 2026, on this page",
                true,
            ),
            switch(
                "Surveys, by e-mail",
                "A few questions, twice a year.",
                stop(say, "stopped by you"),
                "on 1 August 2026",
                false,
            ),
            switch(
                "Calls",
                "A person calls you before an election.",
                plain(say, "off"),
                "nobody asked you",
                false,
            ),
        ],
        introduced: vec![
            introduced(41, "Jo Alvarez", go(say, "with them"), true),
            introduced(22, "Green Mountain Transit Riders", plain(say, "erased"), false),
        ],
        reached: vec![
            reached("28 Sep 2026", "Jo Alvarez: \"Buses that come\""),
            reached("2 Aug 2026", "Dana Birk: \"What I would do about rents\""),
        ],
        inputs: super::inputs(say),
        attributes: vec![
            AttributeInput {
                name: "helps-with".to_owned(),
                title: say("Helps with"),
                kind: say("several choices"),
                value: say("phones; doors"),
            },
            AttributeInput {
                name: "member-no".to_owned(),
                title: say("Member number"),
                kind: say("a text"),
                value: say("A-1001"),
            },
        ],
        held: vec![
            held("Name", "Ada Lindqvist", "You, sign-up form"),
            held("E-mail", "ada.lindqvist@example.org", "You, sign-up form"),
            held("Issues", "transit, health care", "You, this page"),
            held("Gifts", "$54.00 in 2 gifts", "Our gifts file"),
        ],
        forgetting: say(
            "We destroy the key to everything about you, and tell Jo Alvarez to erase you too. Within 30 days nothing of it is left in our backups. A one-way mark stays, so that no later file can bring you back.",
        ),
    }
}

/// What a card shows of a board and of a send.
struct Came<'a> {
    wings: &'a [(&'a str, &'a [Spoke])],
    people: &'a [(&'a str, u64)],
    left: &'a str,
}

fn card(say: Say, number: u64, who: [&str; 3], state: Badge, decided: &str, came: &Came<'_>) -> LoanCard {
    let [borrower, office, subject] = who;
    let wing = |(name, votes): &(&str, &[Spoke])| WingVotes { wing: say(name), votes: votes.to_vec() };
    let bar = |(label, count): &(&str, u64)| Bar { label: say(label), count: *count, tone: Tone::Go };
    LoanCard {
        number,
        borrower: say(borrower),
        office: say(office),
        subject: say(subject),
        state,
        decided: say(decided),
        votes: Some(Votes { id: format!("votes-{number}"), wings: came.wings.iter().map(wing).collect() }),
        journey: (!came.people.is_empty()).then(|| Bars {
            id: format!("journey-{number}"),
            title: say("From reached to introduced"),
            description: say("What became of those who were reached."),
            labels: say("What happened"),
            counts: say("People"),
            rows: came.people.iter().map(bar).collect(),
        }),
        left: say(came.left),
        terms: terms(say, &[("Area", "Burlington, Vermont"), ("Ask", "volunteer")]),
        steps: [(1044, "loan requested"), (1080, "loan cleared"), (1120, "send finished")]
            .map(|(index, kind)| Step { index, kind: say(kind) })
            .into(),
    }
}

fn public(say: Say) -> PublicLedger {
    use Spoke::{Against, For, Recused};
    let line = |number, borrower, state, reached, left| LoanLine {
        number,
        borrower: say(borrower),
        state,
        reached: say(reached),
        left: say(left),
    };
    let witness = |name, state, at: Option<&str>| PublicWitness {
        name: say(name),
        state,
        when: at.map(|text| when(say, text)),
    };
    let bar = |label, count, tone| Bar { label: say(label), count, tone };
    PublicLedger {
        frame: OpenFrame {
            as_of: Some(when(say, "3 Oct 2026, 09:12")),
            ..open_frame(say, "44 loans, and what came of them")
        },
        figures: [
            ("44", "loans were asked for"),
            ("35", "the board cleared"),
            ("7", "the board refused"),
            ("2", "are not decided"),
        ]
        .map(|(value, label)| (say(value), say(label)))
        .into(),
        overall: Some(Bars {
            id: "overall-bars".to_owned(),
            title: say("How many were reached, and how many were introduced"),
            description: say("41,212 people were reached; 1,904 introductions left."),
            labels: say("What happened"),
            counts: say("People"),
            rows: vec![
                bar("Reached, by our own mail", 41_212, Tone::Plain),
                bar("Introduced to a borrower, after their own yes", 1_904, Tone::Go),
            ],
        }),
        cards: vec![
            card(
                say,
                41,
                ["Jo Alvarez", "city council, Burlington, Vermont", "Buses that come"],
                go(say, "settled"),
                "The board cleared it by 3 to 1, with votes of the labor and rural wings. One trustee with an interest stepped out.",
                &Came {
                    wings: &[("labor", &[For, For, Recused]), ("rural", &[For, Against])],
                    people: &[
                        ("Reached, by our own mail", 4_212),
                        ("Said yes", 318),
                        ("Introduced to the borrower", 312),
                    ],
                    left: "312 introductions left, in copy 9: people who said yes, each with the fields they chose. 2 people took it back since.",
                },
            ),
            card(
                say,
                36,
                ["Committee for Clear Water", "Addison County, Vermont", "Loan 36"],
                stop(say, "refused"),
                "The board refused it by 3 to 1, with votes of the labor and rural wings.",
                &Came {
                    wings: &[("labor", &[Against, Against]), ("rural", &[For, Against])],
                    people: &[],
                    left: "Nothing left: no supporter's data went to anybody.",
                },
            ),
        ],
        lines: vec![
            line(41, "Jo Alvarez", go(say, "settled"), "4,212", "312"),
            line(36, "Committee for Clear Water", stop(say, "refused"), "nobody", "0"),
        ],
        pager: Pager {
            showing: say("44 to 36 of 44 loans"),
            newer: None,
            older: Some(say("/ledger?before=36")),
        },
        witnesses: vec![
            witness("log-watch.example.org", go(say, "signed"), Some("3 Oct 2026, 09:00")),
            witness("witness.example.net", wait(say, "missing"), None),
        ],
        commands: commands(say),
        traced: say(
            "Copies made since entry 12 of this ledger hold records that only 3 of 5 trustees together can tell. A leak that shows them was not made up by somebody who reads our books.",
        ),
        checkpoint: checkpoint(say),
    }
}
