//! What borrowers owe and report back.

use super::samples::{at, borrower_id, change, conflicts, look, plain_id, slug};
use crate::handle::Store;
use crate::records::{ErasureNotice, OutcomeRecord};
use hustings_domain::duty::{Acknowledgement, DoneWith, Duty, DutyKind};
use hustings_domain::ids::{CopyNumber, Ordinal};

/// A duty of a borrower.
pub(super) fn duty(number: u32, borrower: u32, told: i64, kind: DutyKind) -> Duty {
    Duty {
        id: plain_id(number),
        borrower: borrower_id(borrower),
        copy: CopyNumber(1),
        kind,
        reference: (kind != DutyKind::Expiry).then(|| format!("C-1-000{number}")),
        fields: if kind == DutyKind::Correction { vec![slug("phone")] } else { Vec::new() },
        told: at(told),
        due: at(told + 100),
        taken: None,
        marked: None,
        acknowledged: None,
    }
}

/// An outcome on the first row of a copy.
pub(super) fn outcome(digest: u8, copy: u32, person: Option<u32>, seconds: i64) -> OutcomeRecord {
    OutcomeRecord {
        digest: [digest; 16],
        borrower: borrower_id(1),
        copy: CopyNumber(copy),
        reference: format!("C-{copy}-0001"),
        ordinal: person.map(Ordinal),
        sealed: vec![digest; 9],
        at: at(seconds),
    }
}

/// Duties read back in order, are replaced under their id by their borrower's alone, and stay.
pub fn duties_are_kept_in_order_and_stay(store: &Store) {
    let (late, early) = (duty(1, 1, 9, DutyKind::Recall), duty(2, 1, 3, DutyKind::Correction));
    let (other, whole) = (duty(3, 2, 5, DutyKind::Erasure), duty(4, 1, 10, DutyKind::Expiry));
    for duty in [&late, &early, &other, &whole] {
        change(store, |tx| tx.add_duty(duty));
    }
    conflicts(store, |tx| tx.add_duty(&late));
    let all = [early.clone(), other.clone(), late.clone(), whole.clone()];
    assert_eq!(look(store, |tx| tx.duties(None)), all);
    assert_eq!(look(store, |tx| tx.duties(Some(borrower_id(1)))), [early.clone(), late.clone(), whole]);
    let rows = look(store, |tx| tx.erasure_notices(None));
    assert_eq!(rows, [ErasureNotice::of(other.clone()).unwrap(), ErasureNotice::of(late.clone()).unwrap()]);
    let said =
        Acknowledgement { at: at(21), by: "borrower:x".to_owned(), done: DoneWith::Deleted, processors: 2 };
    let done = Duty { acknowledged: Some(said), marked: Some(at(20)), ..late };
    assert!(change(store, |tx| tx.put_duty(&done)));
    assert!(
        !change(store, |tx| tx.put_duty(&Duty { borrower: borrower_id(2), ..done.clone() })),
        "another's"
    );
    assert!(!change(store, |tx| tx.put_duty(&duty(9, 1, 1, DutyKind::Recall))), "no such duty");
    assert_eq!(look(store, |tx| tx.duty(plain_id(1))), Some(done));
    assert_eq!(look(store, |tx| tx.duty(plain_id(9))), None);
    assert_eq!(
        look(store, |tx| tx.erasure_notices(None)).get(1).and_then(|row| row.acknowledged),
        Some(at(21))
    );
    assert_eq!(look(store, |tx| tx.duties(Some(borrower_id(2)))), [other]);
}

/// The same outcome is kept once; outcomes are found by copy and by person, and go with the person alone.
pub fn an_outcome_is_kept_once_and_goes_with_its_person(store: &Store) {
    let (later, first) = (outcome(1, 1, Some(5), 9), outcome(2, 1, Some(5), 3));
    let (nobody, elsewhere) = (outcome(3, 1, None, 1), outcome(4, 2, Some(6), 1));
    for outcome in [&later, &first, &nobody, &elsewhere] {
        assert!(change(store, |tx| tx.add_outcome(outcome)));
    }
    assert!(!change(store, |tx| tx.add_outcome(&OutcomeRecord { at: at(50), ..first.clone() })), "once");
    assert_eq!(
        look(store, |tx| tx.outcomes_on(CopyNumber(1))),
        [later.clone(), first.clone(), nobody.clone()]
    );
    assert_eq!(look(store, |tx| tx.outcomes_of(Ordinal(5))), [first, later]);
    change(store, |tx| tx.remove_supporter(Ordinal(5)));
    assert_eq!(look(store, |tx| tx.outcomes_of(Ordinal(5))), []);
    assert_eq!(look(store, |tx| tx.outcomes_on(CopyNumber(1))), [nobody]);
    assert_eq!(look(store, |tx| tx.outcomes_of(Ordinal(6))), [elsewhere]);
}
