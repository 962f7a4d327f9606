//! Stops.

use super::samples::{at, borrower_id, change, look, mail_key, people, slug};
use crate::handle::Store;
use hustings_domain::consent::{SuppressionReason, SuppressionScope};
use hustings_domain::ids::Ordinal;

/// A stop that is there stays as it was, with its first reason and day.
pub fn a_stop_stays_as_it_was(store: &Store) {
    let everything = SuppressionScope::Everything;
    let add =
        |reason, seconds| change(store, |tx| tx.suppress(mail_key(1), &everything, reason, at(seconds)));
    assert!(add(SuppressionReason::Complained, 1));
    assert!(!add(SuppressionReason::Imported, 2));
    let stops = look(store, |tx| tx.stops_of(mail_key(1)));
    assert_eq!(stops, [(SuppressionScope::Everything, SuppressionReason::Complained, at(1))]);
    assert_eq!(look(store, |tx| tx.suppression_count()), 1);
}

/// A stop of one purpose or borrower is not a stop of another.
pub fn stops_are_told_apart_by_scope(store: &Store) {
    people(store, 4);
    let purpose = SuppressionScope::Purpose(slug("appeals"));
    let borrower = SuppressionScope::Borrower(borrower_id(1));
    let other = SuppressionScope::Borrower(borrower_id(2));
    change(store, |tx| {
        tx.suppress(mail_key(1), &purpose, SuppressionReason::Unsubscribed, at(1))?;
        tx.suppress(mail_key(2), &borrower, SuppressionReason::Unsubscribed, at(2))?;
        tx.suppress(mail_key(1), &borrower, SuppressionReason::Unsubscribed, at(3))?;
        tx.suppress(mail_key(200), &borrower, SuppressionReason::Bounced, at(4))
    });
    let stopped = |scopes: &[SuppressionScope]| look(store, |tx| tx.stopped_supporters(scopes));
    assert_eq!(stopped(std::slice::from_ref(&purpose)), [Ordinal(1)]);
    assert_eq!(stopped(std::slice::from_ref(&borrower)), [Ordinal(1), Ordinal(2)]);
    assert_eq!(stopped(&[purpose.clone(), borrower.clone(), other.clone()]), [Ordinal(1), Ordinal(2)]);
    assert_eq!(stopped(&[other, SuppressionScope::Everything]), []);
    let every = look(store, |tx| tx.every_stop());
    assert_eq!(every.len(), 4);
    assert!(every.contains(&(mail_key(200), borrower, SuppressionReason::Bounced, at(4))));
    assert!(every.contains(&(mail_key(1), purpose, SuppressionReason::Unsubscribed, at(1))));
}

/// Many addresses are asked about at once, and only a stop of everything says yes.
pub fn everything_is_asked_for_in_order(store: &Store) {
    assert_eq!(look(store, |tx| tx.are_stopped(&[mail_key(1)])), [false]);
    change(store, |tx| {
        let purpose = SuppressionScope::Purpose(slug("news"));
        tx.suppress(mail_key(3), &purpose, SuppressionReason::Unsubscribed, at(1))?;
        tx.suppress(mail_key(2), &SuppressionScope::Everything, SuppressionReason::Erased, at(1))?;
        tx.suppress(mail_key(9), &SuppressionScope::Everything, SuppressionReason::Bounced, at(1))
    });
    let asked = [mail_key(9), mail_key(3), mail_key(1), mail_key(2)];
    assert_eq!(look(store, |tx| tx.are_stopped(&asked)), [true, false, false, true]);
}

/// A stop keeps the reason that it was made with, whichever it is.
pub fn every_reason_reads_back(store: &Store) {
    for (number, reason) in (1..).zip(SuppressionReason::ALL) {
        change(store, |tx| tx.suppress(mail_key(number), &SuppressionScope::Everything, reason, at(1)));
        let stops = look(store, |tx| tx.stops_of(mail_key(number)));
        assert_eq!(stops, [(SuppressionScope::Everything, reason, at(1))]);
    }
}
