//! Statements of consent.

use super::samples::{change, consent, look, people};
use crate::handle::Store;
use hustings_domain::consent::{Channel, ConsentState, NoticeHash};
use hustings_domain::ids::Ordinal;

/// Of a purpose and channel the statement that was added last is in force, whatever day it bears.
pub fn the_statement_added_last_is_in_force(store: &Store) {
    people(store, 2);
    let mut by_phone = consent("appeals", ConsentState::Given, 5);
    by_phone.channel = Channel::Phone;
    let statements = [
        consent("appeals", ConsentState::Given, 10),
        consent("news", ConsentState::Refused, 0),
        by_phone.clone(),
        consent("appeals", ConsentState::Withdrawn, 2),
    ];
    change(store, |tx| tx.add_consents(&statements.clone().map(|statement| (Ordinal(0), statement))));
    let in_force = look(store, |tx| tx.consents_in_force(Ordinal(0)));
    let [_, news, _, withdrawn] = statements;
    assert_eq!(in_force, [withdrawn, news, by_phone]);
    assert_eq!(look(store, |tx| tx.consents_in_force(Ordinal(1))), []);
}

/// Every statement stays, in the order in which it was added, across transactions.
pub fn no_statement_is_lost(store: &Store) {
    people(store, 2);
    let mut expected = Vec::new();
    for (seconds, state) in (0..).zip(ConsentState::ALL) {
        let mut statement = consent("appeals", state, 100 - seconds);
        statement.notice = (seconds % 2 == 0).then(|| NoticeHash::of("you agree"));
        expected.push(statement.clone());
        change(store, |tx| {
            tx.add_consents(&[(Ordinal(1), consent("news", ConsentState::Given, 0)), (Ordinal(0), statement)])
        });
    }
    assert_eq!(look(store, |tx| tx.consent_history(Ordinal(0))), expected);
    assert_eq!(look(store, |tx| tx.consent_history(Ordinal(1))).len(), 5);
}

/// The text of a notice is found by the hash that consents carry.
pub fn a_notice_is_kept_by_its_hash(store: &Store) {
    let hash = change(store, |tx| tx.put_notice("May we write to you?"));
    assert_eq!(hash, NoticeHash::of("May we write to you?"));
    assert_eq!(change(store, |tx| tx.put_notice("May we write to you?")), hash);
    assert_eq!(look(store, |tx| tx.notice(hash)).as_deref(), Some("May we write to you?"));
    assert_eq!(look(store, |tx| tx.notice(NoticeHash::of("other"))), None);
}

/// Statements of several people, mixed in one call, each keep their order.
pub fn statements_of_several_people_may_be_mixed(store: &Store) {
    people(store, 3);
    let said = |ordinal, seconds| (Ordinal(ordinal), consent("appeals", ConsentState::Given, seconds));
    change(store, |tx| tx.add_consents(&[said(1, 1), said(2, 2), said(1, 3), said(0, 4), said(1, 5)]));
    change(store, |tx| tx.add_consents(&[said(1, 6), said(0, 7)]));
    let seconds = |ordinal| -> Vec<i64> {
        let history = look(store, |tx| tx.consent_history(Ordinal(ordinal)));
        history.iter().map(|statement| statement.at.as_second() - super::samples::at(0).as_second()).collect()
    };
    assert_eq!([seconds(0), seconds(1), seconds(2)], [vec![4, 7], vec![1, 3, 5, 6], vec![2]]);
    change(store, |tx| tx.remove_supporter(Ordinal(1)));
    assert_eq!([seconds(0), seconds(1), seconds(2)], [vec![4, 7], vec![], vec![2]]);
}
