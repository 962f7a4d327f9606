//! Acts that were asked for.

use super::samples::{at, change, look, user_id};
use crate::handle::Store;
use hustings_domain::canonical::ContentHash;
use hustings_domain::guarded::{ActNumber, AskedAct, Guarded};
use hustings_domain::statement::SaltedWords;
use std::collections::BTreeMap;

/// An act that was asked for.
pub(super) fn act(number: u32) -> AskedAct {
    AskedAct {
        number: ActNumber(number),
        kind: Guarded::BackUp,
        parameters: BTreeMap::from([("into".to_owned(), "/backups".to_owned())]),
        about: None,
        by: "operator".to_owned(),
        asker: Some(user_id(1)),
        reason: SaltedWords { salt: ContentHash([number.to_le_bytes()[0]; 32]), words: "nightly".to_owned() },
        asked: at(1),
        grant_by: at(2),
        until: at(3),
        granted: None,
        declined: None,
        used: None,
        alone: false,
        confirmations: Vec::new(),
        confirmed: None,
    }
}

/// Acts have numbers that go up, are replaced under them, and stay.
pub fn acts_asked_for_are_replaced_and_stay(store: &Store) {
    assert_eq!(look(store, |tx| tx.next_act_number()), ActNumber(1));
    change(store, |tx| tx.put_asked_act(&act(1)));
    change(store, |tx| tx.put_asked_act(&act(2)));
    let mut used = act(1);
    used.used = Some(at(2));
    change(store, |tx| tx.put_asked_act(&used));
    assert_eq!(look(store, |tx| tx.next_act_number()), ActNumber(3));
    assert_eq!(look(store, |tx| tx.asked_act(ActNumber(1))), Some(used.clone()));
    assert_eq!(look(store, |tx| tx.asked_act(ActNumber(3))), None);
    assert_eq!(look(store, |tx| tx.asked_acts()), [act(2), used]);
}
