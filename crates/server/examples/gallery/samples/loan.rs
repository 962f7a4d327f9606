//! One loan at five moments: requested, before the board, cleared, being sent, settled.

use super::super::views::console::{
    Appeal, Challenge, Clearance, Estimate, Introduction, Loan, Next, Request, Responses, RuleCheck, Send,
    Settlement, Vote, VoteForm, Wave, Wing,
};
use super::super::views::parts::{Bar, Bars, Proof, Tone};
use super::super::views::{Frame, Place};
use super::{Page, Say, done, evidence, frame, go, hash, plain, some, stop, terms, texts, wait, when};
use askama::Template;

pub(super) fn pages(say: Say) -> Result<Vec<Page>, askama::Error> {
    Ok(vec![
        ("loan-requested", requested(say).render()?),
        ("loan-vote", voting(say).render()?),
        ("loan-ready", ready(say).render()?),
        ("loan-sending", sending(say).render()?),
        ("loan-settled", settled(say).render()?),
    ])
}

fn rules(say: Say) -> Vec<RuleCheck> {
    let check =
        |verdict, rule, why, name| RuleCheck { verdict, rule: say(rule), why: say(why), name: say(name) };
    vec![
        check(
            go(say, "holds"),
            "The borrower stands for an office in the area.",
            "City council, Burlington.",
            "area-of-office",
        ),
        check(
            go(say, "holds"),
            "The borrower has stated a position on each issue named.",
            "transit.",
            "positions-stated",
        ),
        check(
            wait(say, "needs a person"),
            "The text makes no claim about a named opponent.",
            "It names \"the council majority\": a trustee decides.",
            "no-attack",
        ),
        check(
            stop(say, "fails"),
            "Money asks wait 30 days after the last one.",
            "The last was 12 days ago. An ask to volunteer is allowed now.",
            "money-rest",
        ),
    ]
}

fn appeal(say: Say) -> Appeal {
    Appeal {
        from: say("The Whitcomb List for Jo Alvarez"),
        subject: say("Buses that come"),
        paragraphs: texts(say, &super::APPEAL),
        small_print: texts(
            say,
            &[
                "Paid for by Alvarez for Burlington. Not authorised by any other candidate.",
                "The Whitcomb List passed this on. Jo Alvarez does not have your address.",
                "Stop these messages",
            ],
        ),
        endorsement: say("The Whitcomb List does not endorse it, and the message says so."),
        hash: hash(say, "77b0de41"),
    }
}

fn requested(say: Say) -> Loan {
    Loan {
        frame: frame(say, "Jo Alvarez asks to reach Burlington about buses", Place::Loans),
        number: 41,
        state: wait(say, "requested"),
        borrower: say("Jo Alvarez"),
        borrower_path: say("/console/borrowers/0192"),
        borrower_record: say("2 loans before: 8,198 reached, 419 said yes, 1 complained."),
        next: None,
        request: Request {
            terms: terms(
                say,
                &[
                    ("Area", "Burlington, Vermont"),
                    (
                        "Audience",
                        "area in \"ocd-division/country:us/state:vt/place:burlington\" and issue has \"transit\"",
                    ),
                    ("Purpose", "appeals"),
                    ("Ask", "volunteer"),
                    ("Cap", "5,000 people"),
                    ("Window", "28 September to 12 October 2026"),
                    ("Ends", "3 December 2026, or when she drops out"),
                ],
            ),
            hash: hash(say, "a3f1c09b"),
            when: when(say, "24 Sep 2026, 11:15"),
            proof: Some(Proof { index: 1044 }),
        },
        rules: rules(say),
        estimate: Estimate {
            said: say("Not asked yet."),
            budget: String::new(),
            exact: String::new(),
            proof: None,
            may_ask: true,
        },
        appeal: appeal(say),
        clearance: Clearance {
            state: wait(say, "waiting"),
            said: say("0 of 3 votes are in."),
            due: Some(when(say, "6 Oct 2026")),
            pause: None,
            bound: hash(say, "c0ffee12"),
            wings: Vec::new(),
            votes: Vec::new(),
            challenges: Vec::new(),
            form: None,
            proof: None,
        },
        send: None,
        responses: None,
        introductions: Vec::new(),
        may_copy: false,
        settlement: None,
    }
}

fn votes(say: Say) -> Vec<Vote> {
    let vote = |trustee, wing, vote, words, bound: bool, index| Vote {
        trustee: say(trustee),
        wing: say(wing),
        vote,
        words: some(say, words),
        signed: some(say, if bound { "signed with a passkey" } else { "" }),
        bound: bound.then(|| hash(say, "c0ffee12")),
        when: when(say, "26 Sep 2026, 20:11"),
        proof: Some(Proof { index }),
    };
    let (north, south) = ("Northern wing", "Southern wing");
    vec![
        vote("Imani Clarke", north, go(say, "approves"), "", true, 1061),
        vote(
            "Pat Sorensen",
            south,
            wait(say, "approves if"),
            "The pilot shows fewer complaints than the last one.",
            true,
            1064,
        ),
        vote("Lee Tran", north, plain(say, "recused"), "My sister works on this campaign.", false, 1066),
        vote(
            "Marguerite Bellefontaine-Okonkwo",
            south,
            stop(say, "refuses"),
            "Too soon after the last appeal to the same people.",
            true,
            1070,
        ),
    ]
}

fn estimate(say: Say) -> Estimate {
    Estimate {
        said: say("about 4,200 ± 60 people"),
        budget: say("About 84 more questions this season."),
        exact: say("Exactly 4,434, for the owner's own people only."),
        proof: Some(Proof { index: 1051 }),
        may_ask: false,
    }
}

fn challenge(say: Say, state: super::Badge, may_decide: bool) -> Challenge {
    Challenge {
        id: say("0193"),
        against: say("Imani Clarke"),
        by: say("Pat Sorensen"),
        reason: say("Her firm printed the borrower's leaflets in August."),
        state,
        may_decide,
    }
}

fn wings(say: Say, south: u64) -> Vec<Wing> {
    vec![
        Wing { name: say("Northern wing"), given: 1, needed: 1 },
        Wing { name: say("Southern wing"), given: south, needed: 2 },
    ]
}

fn voting(say: Say) -> Loan {
    let loan = requested(say);
    Loan {
        frame: Frame {
            viewer_name: say("Thomas Adeyemi"),
            viewer_role: say("trustee, Southern wing"),
            rail: vec![Place::Home, Place::Loans, Place::Borrowers, Place::Ledger],
            ..loan.frame
        },
        state: wait(say, "waits for votes"),
        next: Some(Next {
            said: say("Your vote is missing. 2 of 3 votes are in."),
            label: say("Vote"),
            path: say("#vote"),
        }),
        estimate: estimate(say),
        clearance: Clearance {
            state: wait(say, "waiting"),
            said: say("2 of 3 votes for it are in; the Southern wing is missing one."),
            due: Some(when(say, "6 Oct 2026")),
            pause: Some((say("Lee Tran"), when(say, "5 Oct 2026, 09:12"), true)),
            bound: hash(say, "c0ffee12"),
            wings: wings(say, 1),
            votes: votes(say),
            challenges: vec![challenge(say, wait(say, "open"), true)],
            form: Some(VoteForm {
                bound: hash(say, "c0ffee12"),
                fatigue: say("61 % of these people were addressed in the last 30 days; 4 % more than twice."),
                seats: vec![(say("3"), say("Lee Tran"))],
                others: vec![(say("1"), say("Imani Clarke")), (say("2"), say("Pat Sorensen"))],
                problem: say("Say why you refuse."),
                chosen: "refuse".to_owned(),
                words: say("Too soon"),
            }),
            proof: None,
        },
        ..requested(say)
    }
}

fn cleared(say: Say) -> Clearance {
    let mut votes = votes(say);
    votes.truncate(3);
    Clearance {
        state: go(say, "cleared"),
        said: say("Cleared by 3 of 4 votes, with one recused."),
        due: None,
        pause: None,
        bound: hash(say, "c0ffee12"),
        wings: wings(say, 2),
        votes,
        challenges: vec![challenge(say, go(say, "dismissed"), false)],
        form: None,
        proof: Some(Proof { index: 1080 }),
    }
}

fn ready(say: Say) -> Loan {
    Loan {
        state: go(say, "cleared"),
        next: Some(Next {
            said: say("Cleared. The pilot goes to 400 people."),
            label: say("Go to the send"),
            path: say("#send"),
        }),
        estimate: estimate(say),
        clearance: cleared(say),
        send: Some(Send {
            state: wait(say, "ready"),
            said: say("4,212 people will get it."),
            sent: 0,
            of: 0,
            held_back: say("222 people, 5 %, by a keyed draw"),
            waves: Vec::new(),
            evidence: None,
            proof: None,
            may_send: true,
            send_label: say("Start with the pilot"),
            to_type: Some(say("4212")),
            may_pause: false,
            may_resume: false,
        }),
        ..requested(say)
    }
}

fn waves(say: Say, all_done: bool) -> Vec<Wave> {
    let wave = |name, planned, sent, state, begun: bool| Wave {
        name: say(name),
        planned: say(planned),
        sent: say(sent),
        state,
        when: begun.then(|| when(say, "28 Sep 2026, 10:00")),
    };
    let mut waves = vec![
        wave("Pilot", "400", "400", go(say, "done"), true),
        wave("Wave 1", "1,000", "1,000", go(say, "done"), true),
    ];
    if all_done {
        waves.push(wave("Wave 2", "1,000", "1,000", go(say, "done"), true));
        waves.push(wave("Wave 3", "1,812", "1,812", go(say, "done"), true));
    } else {
        waves.push(wave("Wave 2", "1,000", "750", wait(say, "under way"), true));
        waves.push(wave("Wave 3", "1,812", "0", plain(say, "waiting"), false));
    }
    waves
}

fn answers(say: Say) -> Bars {
    let bar = |label, count, tone| Bar { label: say(label), count, tone };
    Bars {
        id: say("answers"),
        title: say("Answers"),
        description: say("312 yes, 140 later, 96 no, 21 never, 1 reported misuse."),
        labels: say("Answer"),
        counts: say("People"),
        rows: vec![
            bar("Yes", 312, Tone::Go),
            bar("Later", 140, Tone::Plain),
            bar("No", 96, Tone::Plain),
            bar("Never from Jo Alvarez", 21, Tone::Stop),
            bar("Reported misuse", 1, Tone::Stop),
        ],
    }
}

fn sending(say: Say) -> Loan {
    Loan {
        frame: Frame {
            notice: Some(done(say, "Loan 41 goes on.")),
            ..frame(say, "2,150 of 4,212 people have Jo Alvarez's appeal", Place::Loans)
        },
        state: wait(say, "sending"),
        next: None,
        send: Some(Send {
            state: stop(say, "paused by the stop rule"),
            said: say("2,150 of 4,212 sent, second wave of three."),
            sent: 2150,
            of: 4212,
            held_back: say("222 people, 5 %, by a keyed draw"),
            waves: waves(say, false),
            evidence: Some(evidence(say, 7.4)),
            proof: Some(Proof { index: 1091 }),
            may_send: false,
            send_label: String::new(),
            to_type: None,
            may_pause: true,
            may_resume: true,
        }),
        responses: Some(Responses {
            said: say("88 said yes so far: 4 % of those addressed."),
            answers: answers(say),
            effect: String::new(),
        }),
        ..ready(say)
    }
}

fn settled(say: Say) -> Loan {
    Loan {
        frame: frame(say, "312 people said yes to Jo Alvarez, and the loan is settled", Place::Loans),
        state: go(say, "settled"),
        send: Some(Send {
            state: go(say, "sent"),
            said: say("4,212 sent, 222 held back."),
            sent: 4212,
            of: 4212,
            held_back: say("222 people, 5 %, by a keyed draw"),
            waves: waves(say, true),
            evidence: Some(evidence(say, 0.4)),
            proof: Some(Proof { index: 1120 }),
            may_send: false,
            send_label: String::new(),
            to_type: None,
            may_pause: false,
            may_resume: false,
        }),
        responses: Some(Responses {
            said: say("312 said yes: 7 % of those addressed."),
            answers: answers(say),
            effect: say(
                "14 ± 5 more people volunteered than would have without it, judged by those held back.",
            ),
        }),
        may_copy: true,
        introductions: vec![Introduction {
            copy: 9,
            people: say("312 people"),
            fields: say("name, e-mail, place"),
            state: go(say, "fetched"),
            when: when(say, "13 Oct 2026, 08:00"),
            proof: Some(Proof { index: 1181 }),
        }],
        settlement: Some(Settlement {
            state: go(say, "settled"),
            said: say("$412.30 in kind, by the rate card of 1 March 2026."),
            terms: terms(
                say,
                &[
                    ("4,212 messages", "$0.09 each, $379.08"),
                    ("312 introductions", "included"),
                    ("Setting up", "$33.22"),
                    ("This election, this borrower", "$1,204.10 of $1,600.00"),
                ],
            ),
            proof: Some(Proof { index: 1199 }),
            may_settle: true,
        }),
        ..sending(say)
    }
}
