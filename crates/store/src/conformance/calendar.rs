//! The owner's own mail, and sharings.

use super::samples::{at, change, conflicts, loan_id, look, plain_id};
use crate::handle::Store;
use crate::records::{CalendarEntry, LoanShareRecord, SharingRecord};
use hustings_domain::ids::Ordinal;
use hustings_domain::share::LoanShare;
use jiff::civil::date;

/// An entry of the owner's own.
pub(super) fn entry(number: u32) -> CalendarEntry {
    CalendarEntry {
        id: plain_id(number),
        title: format!("newsletter {number}"),
        day: date(2026, 4, i8::try_from(10 + number).unwrap()),
        expression: "everyone".to_owned(),
        money: number == 1,
        by: "steward:1".to_owned(),
        planned: at(i64::from(number)),
        cancelled: None,
    }
}

/// A sharing among two loans.
pub(super) fn sharing(number: u32) -> SharingRecord {
    let share = LoanShare { wanted: 10, given: 3, eligible: 9, ..LoanShare::default() };
    let share = LoanShareRecord { loan: loan_id(1), share };
    SharingRecord {
        number,
        seed: u64::MAX - u64::from(number),
        opens: at(10),
        closes: at(20),
        as_of: 7,
        charter_version: 1,
        by: "steward:1".to_owned(),
        at: at(5),
        shares: vec![share, LoanShareRecord { loan: loan_id(2), share: LoanShare::default() }],
    }
}

/// An entry keeps its people when it is cancelled; entries come by day.
pub fn the_owners_mail_is_planned_and_cancelled(store: &Store) {
    let people = [Ordinal(5), Ordinal(900_000), Ordinal(1)];
    change(store, |tx| tx.add_calendar_entry(&entry(2), &people));
    change(store, |tx| tx.add_calendar_entry(&entry(1), &[]));
    conflicts(store, |tx| tx.add_calendar_entry(&entry(1), &[]));
    assert_eq!(look(store, |tx| tx.calendar_entries()), [entry(1), entry(2)]);
    let cancelled = CalendarEntry { cancelled: Some(at(9)), ..entry(2) };
    assert!(change(store, |tx| tx.put_calendar_entry(&cancelled)));
    assert!(!change(store, |tx| tx.put_calendar_entry(&entry(3))), "it was never planned");
    assert_eq!(look(store, |tx| tx.calendar_entries()), [entry(1), cancelled]);
    let kept = look(store, |tx| tx.calendar_people(plain_id(2)));
    assert_eq!(kept, [Ordinal(1), Ordinal(5), Ordinal(900_000)]);
    assert_eq!(look(store, |tx| tx.calendar_people(plain_id(1))), []);
}

/// A sharing is kept once, with who was allotted to whom; the newest comes first.
pub fn a_sharing_is_kept_for_ever(store: &Store) {
    assert_eq!(look(store, |tx| tx.next_sharing_number()), 1);
    let allotted = [(loan_id(1), vec![Ordinal(3), Ordinal(8)]), (loan_id(2), Vec::new())];
    change(store, |tx| tx.add_sharing(&sharing(1), &allotted));
    conflicts(store, |tx| tx.add_sharing(&sharing(1), &[]));
    change(store, |tx| tx.add_sharing(&sharing(2), &[]));
    assert_eq!(look(store, |tx| tx.next_sharing_number()), 3);
    assert_eq!(look(store, |tx| tx.sharings()), [sharing(2), sharing(1)]);
    assert_eq!(look(store, |tx| tx.allotted(1, loan_id(1))), Some(vec![Ordinal(3), Ordinal(8)]));
    assert_eq!(look(store, |tx| tx.allotted(1, loan_id(2))), Some(Vec::new()));
    assert_eq!(look(store, |tx| tx.allotted(2, loan_id(1))), None);
}
