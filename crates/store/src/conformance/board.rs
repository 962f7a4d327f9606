//! Keys, statements that wait, delegations, proposed charters.

use super::samples::{at, change, conflicts, look, plain_id, user_id};
use crate::handle::Store;
use crate::records::{CharterProposal, ProposalState};
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::{Delegation, Proceedings};
use hustings_domain::seat::{Algorithm, PublicKey, TrusteeKey};

/// A key of a trustee.
pub(super) fn key(number: u8) -> TrusteeKey {
    TrusteeKey {
        id: ContentHash([number; 32]),
        trustee: user_id(u32::from(number)),
        label: "phone".to_owned(),
        public: PublicKey { algorithm: Algorithm::Es256, public: "AA".to_owned(), origin: None },
        credential: Some("AA".to_owned()),
        registered: at(i64::from(number)),
        counter: 0,
        confirmations: Vec::new(),
        in_force: None,
        withdrawn: None,
    }
}

/// A delegation.
pub(super) fn delegation(number: u32) -> Delegation {
    let (from, to) = (user_id(number), user_id(9));
    Delegation { id: plain_id(number), from, to, since: at(0), until: at(9), ended: None, signed: None }
}

/// A proposed charter.
pub(super) fn proposal(number: u32) -> CharterProposal {
    CharterProposal {
        number,
        toml: format!("version = {number}"),
        by: "operator".to_owned(),
        at: at(0),
        state: ProposalState::Open,
        proceedings: Proceedings::default(),
    }
}

/// Keys come in the order of registration and are replaced under their id.
pub fn keys_are_replaced_under_their_id(store: &Store) {
    change(store, |tx| tx.put_trustee_key(&key(2)));
    change(store, |tx| tx.put_trustee_key(&key(1)));
    let mut used = key(2);
    used.counter = 7;
    used.in_force = Some(at(5));
    change(store, |tx| tx.put_trustee_key(&used));
    assert_eq!(look(store, |tx| tx.trustee_keys()), [key(1), used]);
}

/// What waits to be signed is there until it expires, and is taken once.
pub fn a_statement_is_taken_once_and_in_time(store: &Store) {
    let hash = |number: u8| ContentHash([number; 32]);
    change(store, |tx| tx.put_pending_statement(hash(1), "one", at(10), at(0)));
    conflicts(store, |tx| tx.put_pending_statement(hash(1), "forged", at(99), at(0)));
    assert_eq!(look(store, |tx| tx.pending_statement(hash(1), at(9))), Some("one".to_owned()));
    assert_eq!(look(store, |tx| tx.pending_statement(hash(1), at(10))), None, "expired");
    assert_eq!(look(store, |tx| tx.pending_statement(hash(2), at(0))), None, "unknown");
    assert!(change(store, |tx| tx.drop_pending_statement(hash(1))));
    assert!(!change(store, |tx| tx.drop_pending_statement(hash(1))), "taken");
    change(store, |tx| tx.put_pending_statement(hash(3), "three", at(20), at(10)));
    change(store, |tx| tx.put_pending_statement(hash(4), "four", at(30), at(20)));
    assert!(!change(store, |tx| tx.drop_pending_statement(hash(3))), "swept");
}

/// Delegations and proposed charters are replaced under their ids; numbers go up.
pub fn delegations_and_proposals_are_replaced_and_stay(store: &Store) {
    change(store, |tx| tx.put_delegation(&delegation(2)));
    change(store, |tx| tx.put_delegation(&delegation(1)));
    let mut ended = delegation(2);
    ended.ended = Some(at(3));
    change(store, |tx| tx.put_delegation(&ended));
    assert_eq!(look(store, |tx| tx.delegations()), [delegation(1), ended]);
    assert_eq!(look(store, |tx| tx.next_proposal_number()), 1);
    change(store, |tx| tx.put_proposal(&proposal(1)));
    change(store, |tx| tx.put_proposal(&proposal(2)));
    let mut adopted = proposal(1);
    adopted.state = ProposalState::Adopted;
    change(store, |tx| tx.put_proposal(&adopted));
    assert_eq!(look(store, |tx| tx.next_proposal_number()), 3);
    assert_eq!(look(store, |tx| tx.proposals()), [proposal(2), adopted]);
}
