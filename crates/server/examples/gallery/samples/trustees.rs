//! The board's own pages: keys, delegations, a proposed charter, what is about to be signed.

use super::super::views::Place;
use super::super::views::console::{
    BoardPage, CharterPage, DelegationRow, KeyRow, OpenMatter, OwnForms, SeatRow, Sign, Vote,
};
use super::{Page, Say, frame, go, hash, plain, texts, wait, when};
use askama::Template;

pub(super) fn pages(say: Say) -> Result<Vec<Page>, askama::Error> {
    let empty = BoardPage {
        open: Vec::new(),
        keys: Vec::new(),
        delegations: Vec::new(),
        own: None,
        may_propose: false,
        ..board(say)
    };
    let file = Sign { ceremony: "", words: String::new(), ..sign(say) };
    let create = Sign { ceremony: "create", file_key: false, ..sign(say) };
    let none = Sign { ceremony: "", file_key: false, ..sign(say) };
    Ok(vec![
        ("board", board(say).render()?),
        ("board-empty", empty.render()?),
        ("sign", sign(say).render()?),
        ("sign-file", file.render()?),
        ("sign-create", create.render()?),
        ("sign-no-key", none.render()?),
        ("charter", charter(say).render()?),
        ("charter-new", CharterPage { votes: Vec::new(), may_vote: false, ..charter(say) }.render()?),
    ])
}

fn board(say: Say) -> BoardPage {
    let key = |owner: &str, label: &str, kind: &str, state, said: &str, may: bool| KeyRow {
        id: hash(say, "9f8e7d6c"),
        owner: say(owner),
        label: say(label),
        kind: say(kind),
        state,
        said: if said.is_empty() { String::new() } else { say(said) },
        may_confirm: may,
        may_withdraw: !may,
    };
    BoardPage {
        frame: frame(say, "2 matters lie before the board", Place::Board),
        rules: texts(
            say,
            &[
                "3 votes decide, with approvals from 2 wings, within 10 days.",
                "A vote counts only when its trustee's own key signed it.",
            ],
        ),
        open: vec![OpenMatter {
            label: say("Loan 41: \u{201c}Buses that come\u{201d}"),
            path: say("/console/loans/41"),
            state: wait(say, "waiting"),
            said: say("2 of 3 votes are in; approvals come from 1 of 2 wings."),
            due: when(say, "3 Oct 2026"),
        }],
        seats: vec![
            SeatRow {
                name: say("Imani Clarke"),
                wing: say("Northern wing"),
                signs: go(say, "signs"),
                away: say("Away until 12 Oct 2026: Lee Tran votes"),
            },
            SeatRow {
                name: say("Marguerite Bellefontaine-Okonkwo"),
                wing: say("Southern wing"),
                signs: wait(say, "no key yet"),
                away: String::new(),
            },
        ],
        keys: vec![
            key("Imani Clarke", "my phone", "passkey", go(say, "in force"), "Confirmed by Lee Tran.", false),
            key(
                "Lee Tran",
                "laptop",
                "key in a file",
                wait(say, "waits"),
                "It waits for this: 2 other trustees.",
                true,
            ),
        ],
        delegations: vec![DelegationRow {
            id: say("0193"),
            said: say("Lee Tran votes for Imani Clarke until 12 Oct 2026."),
            may_end: true,
        }],
        own: Some(OwnForms {
            passkeys: true,
            others: vec![(say("0194"), say("Lee Tran"))],
            longest: 60,
            away: false,
        }),
        may_change_users: true,
        may_propose: true,
    }
}

fn sign(say: Say) -> Sign {
    Sign {
        frame: frame(say, "Sign what you say", Place::Board),
        said: texts(say, &["You refuse L-41, exactly as it reads now: text c0ffee12."]),
        words: say("Too soon after the last appeal to the same people."),
        hash: hash(say, "0badcafe"),
        statement: say("{\"act\":\"refuse\",\"at\":\"2026-10-03T13:12:44Z\",\"content\":\"c0ffee12\"}"),
        ceremony: "get",
        challenge: say("C63K_g"),
        relying_party: say("list.example.org"),
        credentials: say("AAAA BBBB"),
        user: say("AAAA"),
        file_key: true,
        expires: when(say, "3 Oct 2026, 09:22"),
        back: say("/console/loans/41"),
    }
}

fn charter(say: Say) -> CharterPage {
    CharterPage {
        frame: frame(say, "Charter 2 is proposed", Place::Board),
        number: 2,
        state: wait(say, "waiting"),
        said: say("1 of 3 votes are in."),
        by: say("trustee:0193"),
        when: when(say, "26 Sep 2026, 20:11"),
        due: when(say, "6 Oct 2026"),
        changes: texts(say, &["The votes needed: 3 becomes 4."]),
        text: say("version = 2\n"),
        bound: hash(say, "c0ffee12"),
        votes: vec![Vote {
            trustee: say("Imani Clarke"),
            wing: say("Northern wing"),
            vote: plain(say, "approves"),
            words: String::new(),
            signed: say("signed with a passkey"),
            bound: None,
            when: when(say, "27 Sep 2026, 08:02"),
            proof: None,
        }],
        may_vote: true,
    }
}
