//! Every act, every role, held against the table that the policies replaced.

use super::*;
use cedar_policy::{Schema, ValidationMode, Validator};
use hustings_domain::chance::SeededRng;
use hustings_domain::ids::UserId;
use jiff::Timestamp;
use std::collections::BTreeSet;

const TABLE_BEFORE: &str = include_str!("table.txt");

fn actor(roles: &[Role]) -> Actor {
    Actor { user: None, roles: roles.to_vec(), wing: None, borrower: None, through: None }
}

fn id(seed: u64) -> BorrowerId {
    BorrowerId::new(Timestamp::UNIX_EPOCH, &mut SeededRng::new(seed))
}

fn before() -> HashMap<&'static str, BTreeSet<Role>> {
    let lines = TABLE_BEFORE.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (action, roles) = line.split_once(": ").unwrap();
            (action, roles.split(", ").map(|role| role.parse().unwrap()).collect())
        })
        .collect()
}

#[test]
fn the_policies_read_and_fit_their_vocabulary() {
    let table = TABLE.as_ref().unwrap();
    assert_eq!(table.policies.num_of_policies(), 9);
    let acts: Vec<String> = Action::ALL.iter().map(|action| format!("\"{}\"", action.name())).collect();
    let schema = format!(
        "entity Role; entity Borrower; entity Machine; entity List;
         entity User in [Role] = {{ \"borrower\"?: Borrower, \"scopes\"?: Set<String> }};
         entity Owned = {{ \"borrower\": Borrower }};
         action {}, \"Know\" appliesTo {{ principal: [User, Machine], resource: [List, Owned] }};",
        acts.join(", ")
    );
    let (schema, _) = Schema::from_cedarschema_str(&schema).unwrap();
    let found = Validator::new(schema).validate(&table.policies, ValidationMode::Strict);
    assert!(found.validation_passed_without_warnings(), "{found}");
}

#[test]
fn every_act_of_every_role_is_as_the_table_has_it() {
    let before = before();
    for action in Action::ALL {
        let may = &before.get(action.name()).unwrap_or_else(|| panic!("{} has no row", action.name()));
        for role in Role::ALL {
            let allowed = permit(&actor(&[role]), *action).is_ok();
            assert_eq!(allowed, may.contains(&role), "{role}: {}", action.name());
        }
        // Whoever holds two roles may what one of them may.
        for one in Role::ALL {
            for other in Role::ALL {
                let allowed = permit(&actor(&[one, other]), *action).is_ok();
                assert_eq!(
                    allowed,
                    may.contains(&one) || may.contains(&other),
                    "{one}, {other}: {}",
                    action.name()
                );
            }
        }
        assert_eq!(roles_of(*action).into_iter().collect::<BTreeSet<_>>(), **may);
    }
    assert_eq!(before.len(), Action::ALL.len(), "a row without an act");
}

#[test]
fn nobody_technical_votes_and_no_trustee_sends() {
    assert!(permit(&Actor::operator(), Action::Decide).is_err());
    assert!(permit(&actor(&[Role::Administrator]), Action::SendLoan).is_err());
    assert!(permit(&actor(&[Role::Administrator]), Action::ExportCopy).is_err());
    assert!(permit(&actor(&[Role::Trustee]), Action::SendLoan).is_err());
}

#[test]
fn a_borrower_reaches_no_record() {
    let may: Vec<&str> = powers_of(Role::Borrower).iter().map(|action| action.words()).collect();
    assert_eq!(
        may,
        [
            "request a loan",
            "request a loan for another borrower",
            "edit an appeal",
            "estimate a loan's reach",
            "read one's own loans",
            "fetch one's own copy",
            "acknowledge an erasure",
            "report what came of introductions",
            "make a token for a program",
            "see which tokens exist",
            "revoke a token"
        ]
    );
}

#[test]
fn a_token_does_what_its_scopes_name_and_nothing_else_in_whatever_role() {
    use hustings_domain::ids::TokenId;
    use hustings_domain::token::{Scope, Through};
    let through = |scopes: &[Scope]| {
        let id = TokenId::new(Timestamp::UNIX_EPOCH, &mut SeededRng::new(3));
        Some(Through { id, scopes: scopes.to_vec() })
    };
    let may = |roles: &[Role], scopes: &[Scope]| -> Vec<Action> {
        let program = Actor { through: through(scopes), borrower: Some(id(1)), ..actor(roles) };
        Action::ALL.iter().copied().filter(|action| permit(&program, *action).is_ok()).collect()
    };
    let own = [Role::Borrower];
    assert_eq!(may(&own, &[]), [Action::ReadOwnLoans]);
    assert_eq!(may(&own, &[Scope::Request]), [Action::RequestLoan, Action::EditAppeal, Action::ReadOwnLoans]);
    assert_eq!(
        may(&own, &[Scope::Many]),
        [Action::RequestLoan, Action::RequestForOthers, Action::ReadOwnLoans]
    );
    assert_eq!(may(&own, &[Scope::Count]), [Action::EstimateLoan, Action::ReadOwnLoans]);
    assert_eq!(
        may(&own, &[Scope::Copies]),
        [Action::ReadOwnLoans, Action::FetchOwnCopy, Action::AcknowledgeErasure, Action::LogOutcomes]
    );
    let most = may(&Role::ALL, &Scope::ALL);
    let never =
        [Action::Decide, Action::MakeToken, Action::EndToken, Action::ReadLoans, Action::ReadSupporter];
    assert!(most.len() == 8 && never.iter().all(|action| !most.contains(action)), "{most:?}");
    let denied = permit(&Actor { through: through(&[Scope::Count]), ..actor(&own) }, Action::FetchOwnCopy);
    assert_eq!(
        denied.unwrap_err().to_string(),
        "this token may not fetch one's own copy (its scopes: count)"
    );
}

#[test]
fn the_machine_may_only_halt() {
    for action in Action::ALL {
        assert_eq!(permit(&Actor::machine(), *action).is_ok(), *action == Action::PauseLoan);
    }
}

#[test]
fn somebody_with_no_role_may_nothing() {
    let user = UserId::new(Timestamp::UNIX_EPOCH, &mut SeededRng::new(1));
    let nobody = Actor { user: Some(user), ..actor(&[]) };
    for action in Action::ALL {
        let denied = permit(&nobody, *action).unwrap_err();
        assert!(denied.to_string().starts_with("only a"), "{denied}");
    }
}

#[test]
fn a_borrowers_people_know_of_their_own_alone_in_whatever_other_role() {
    let (own, other) = (id(1), id(2));
    let of_own = |roles: &[Role]| Actor { borrower: Some(own), ..actor(roles) };
    for role in Role::ALL {
        assert!(is_theirs(&of_own(&[role]), own));
        assert!(!is_theirs(&of_own(&[role]), other), "{role}");
        assert!(is_theirs(&actor(&[role]), own) && is_theirs(&actor(&[role]), other));
    }
    assert!(!is_theirs(&of_own(&[Role::Steward, Role::Administrator]), other));
}

#[test]
fn a_refusal_says_who_may() {
    let refusal = permit(&actor(&[Role::Treasurer]), Action::AddUser).unwrap_err();
    assert_eq!(refusal.to_string(), "only an administrator may add a user");
    let refusal = permit(&actor(&[Role::Treasurer]), Action::CountAudience).unwrap_err();
    assert_eq!(refusal.to_string(), "only a steward or a trustee may count an audience exactly");
}
