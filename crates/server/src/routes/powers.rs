//! `GET /powers`: who may do what, asked of the policies each time.

use super::{Answer, Call, Reply};
use crate::present::frame;
use crate::views::supporter::{Powers, RolePowers};
use hustings_app::{permit, powers_of};
use hustings_domain::access::{Action, Actor, Role};

/// `GET /powers`.
pub(super) fn page(call: &Call) -> Answer {
    let mut roles: Vec<RolePowers> = Role::ALL
        .into_iter()
        .map(|role| RolePowers {
            name: name(role).to_owned(),
            about: about(role).to_owned(),
            may: powers_of(role).into_iter().map(|action| action.words().to_owned()).collect(),
        })
        .collect();
    let machine = Actor::machine();
    let of_machine = Action::ALL.iter().filter(|action| permit(&machine, **action).is_ok());
    roles.push(RolePowers {
        name: "The machine by itself".to_owned(),
        about: "The stop rule, when nobody is there.".to_owned(),
        may: of_machine.map(|action| action.words().to_owned()).collect(),
    });
    Reply::page(&Powers {
        frame: frame::open(call, "Who may do what"),
        roles,
        nobody: [
            "hand over the list, or the record of somebody who has not said yes to that borrower",
            "send what the board has not cleared, byte for byte",
            "change or take back an entry of the ledger",
        ]
        .map(str::to_owned)
        .to_vec(),
    })
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
