//! `GET /powers`: who may do what, asked of the policies each time.

use super::{Answer, Call, Reply};
use crate::present::{acts, frame};
use crate::views::supporter::{Around, Powers, RolePowers};
use hustings_app::{permit, powers_of, second};
use hustings_domain::access::{Action, Actor, Role};
use hustings_domain::guarded::Guarded;

/// `GET /powers`.
pub(super) fn page(call: &Call) -> Answer {
    let mut roles: Vec<RolePowers> = Role::ALL
        .into_iter()
        .map(|role| RolePowers {
            name: name(role).to_owned(),
            about: about(role).to_owned(),
            may: words_of(powers_of(role).into_iter().filter(|action| !needs_two(role, *action))),
            with_another: words_of(powers_of(role).into_iter().filter(|action| needs_two(role, *action))),
        })
        .collect();
    let machine = Actor::machine();
    let of_machine = Action::ALL.iter().filter(|action| permit(&machine, **action).is_ok());
    roles.push(RolePowers {
        name: "The machine by itself".to_owned(),
        about: "The stop rule, when nobody is there.".to_owned(),
        may: words_of(of_machine.copied()),
        with_another: Vec::new(),
    });
    let standing = second::standing(call.app())?;
    Reply::page(&Powers {
        frame: frame::open(call, "Who may do what"),
        alone: !standing.binds,
        standing: acts::standing_words(&standing),
        two: Guarded::ALL.into_iter().map(|kind| kind.words().to_owned()).collect(),
        roles,
        nobody: [
            "hand over the list, or the record of somebody who has not said yes to that borrower",
            "send what the board has not cleared, byte for byte",
            "change or take back an entry of the ledger",
        ]
        .map(str::to_owned)
        .to_vec(),
        around: AROUND.map(|(what, seen)| Around { what: what.to_owned(), seen: seen.to_owned() }).into(),
    })
}

/// What whoever holds the machine could do, and how it would show. The threat model says the same at length.
const AROUND: [(&str, &str); 5] = [
    (
        "Read people's names and addresses with a program of their own",
        "It leaves no entry, and nobody sees it. Only keeping the root key away from the machine's operator helps.",
    ),
    (
        "Run a changed program that does without a grant what takes two",
        "The entry it makes has no grant, and `hustings board verify` names it from the public files. An act that makes \
         no entry shows in what it leads to: a mail without a clearance, a copy without a number.",
    ),
    (
        "Log in as somebody else, through a link made on the machine",
        "They act with that person's role. They cannot sign: a trustee's vote and grant need the trustee's own key.",
    ),
    (
        "Change the store by hand: a role, a key, a grant",
        "A grant without its trustee's signature counts for nothing. A key or a role that the ledger does not hold is \
         named by `hustings board verify`, a key at once, a role where it acts.",
    ),
    (
        "Cut off or rewrite the ledger, or restore an old state of everything",
        "Whoever kept an earlier checkpoint or a receipt can prove it, and so can each witness that cosigned one. \
         Without an outside witness nobody else can.",
    ),
];

fn words_of(actions: impl Iterator<Item = Action>) -> Vec<String> {
    actions.map(|action| action.words().to_owned()).collect()
}

/// Whether somebody in this role needs another for it. A borrower's people fetch their own copy alone.
fn needs_two(role: Role, action: Action) -> bool {
    role != Role::Borrower && Guarded::ALL.into_iter().any(|kind| second::actions(kind).contains(&action))
}

fn name(role: Role) -> &'static str {
    match role {
        Role::Steward => "Steward",
        Role::Trustee => "Trustee",
        Role::Treasurer => "Treasurer",
        Role::Administrator => "Administrator",
        Role::Borrower => "A borrower's people",
    }
}

fn about(role: Role) -> &'static str {
    match role {
        Role::Steward => "Operates the list. Cannot decide on a loan.",
        Role::Trustee => "Sits on the board. Holds no other role, and cannot send.",
        Role::Treasurer => "Answers for the money.",
        Role::Administrator => "Runs the machine. Cannot send, export or decide.",
        Role::Borrower => "Act for one borrower, and see what is theirs alone.",
    }
}
