//! The supporter's pages and the public one.

use super::super::views::OpenFrame;
use super::super::views::parts::{Choice, Csrf, Pager, Terms};
use super::super::views::supporter::{
    Answer, AttributeInput, FieldChoice, HeldFact, Introduced, Join, JoinField, LoanCard, Me, PublicLedger,
    Reached, Stop, StopChoice, Switch, Thanks,
};
use super::{Page, Say, checkpoint, commands, go, open_frame, plain, stop, terms, texts, when};
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
        ("public-empty", PublicLedger { cards: Vec::new(), ..public(say) }.render()?),
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

fn public(say: Say) -> PublicLedger {
    let card = |number, borrower, office, subject, state, decided, pairs: &[(&str, &str)]| LoanCard {
        number,
        borrower: say(borrower),
        office: say(office),
        subject: say(subject),
        state,
        decided: say(decided),
        terms: terms(say, pairs),
        entries: vec![1044, 1080, 1120],
    };
    PublicLedger {
        frame: OpenFrame {
            as_of: Some(when(say, "3 Oct 2026, 09:12")),
            ..open_frame(say, "44 loans were asked for, and 35 were cleared")
        },
        cards: vec![
            card(
                41,
                "Jo Alvarez",
                "city council, Burlington, Vermont",
                "Buses that come",
                go(say, "settled"),
                "The board cleared it by 3 of 4 votes: Northern wing 1, Southern wing 2. One recused.",
                &[
                    ("Reached", "4,212 people"),
                    ("Said yes", "312"),
                    ("Left", "312 introductions, as copy 9"),
                    ("In-kind value", "$412.30"),
                ],
            ),
            card(
                38,
                "Dana Birk",
                "governor, Vermont",
                "Last chance to double your gift",
                stop(say, "stopped"),
                "The board cleared it by 4 of 5 votes. Complaints passed the limit and it stopped by itself after 1,400 messages.",
                &[("Reached", "1,400 people"), ("Said yes", "11"), ("Left", "nothing")],
            ),
            card(
                36,
                "Committee for Clear Water",
                "Addison County, Vermont",
                "Your lake, your vote",
                stop(say, "refused"),
                "The board refused it by 3 of 5 votes: no position on housing is stated.",
                &[("Reached", "nobody")],
            ),
        ],
        pager: Pager {
            showing: say("44 to 36 of 44 loans"),
            newer: None,
            older: Some(say("/ledger?before=36")),
        },
        commands: commands(say),
        checkpoint: checkpoint(say),
    }
}
