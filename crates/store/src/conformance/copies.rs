//! Numbered copies, answers.

use super::samples::{at, borrower_id, change, conflicts, loan_id, look, slug};
use crate::handle::Store;
use crate::records::{CopyRow, ResponseRecord};
use hustings_domain::canonical::ContentHash;
use hustings_domain::copy::CopyRecord;
use hustings_domain::ids::{CopyNumber, Ordinal};
use hustings_domain::response::ResponseKind;

fn copy(number: u32) -> CopyRecord {
    CopyRecord {
        number: CopyNumber(number),
        loan: loan_id(1),
        borrower: borrower_id(1),
        people: 2,
        seeds: 1,
        fields: vec![slug("email"), slug("given-name")],
        file_hash: ContentHash([3; 32]),
        made: at(1),
        expires: at(100),
    }
}

fn rows(number: u32) -> Vec<CopyRow> {
    let row = |place: u32, person: Option<u32>, fields: &[&str]| CopyRow {
        reference: format!("C-{number}-{place:04}"),
        ordinal: person.map(Ordinal),
        fields: fields.iter().map(|name| slug(name)).collect(),
    };
    vec![row(2, Some(8), &["email"]), row(1, None, &[]), row(3, Some(5), &["given-name", "email"])]
}

/// A copy keeps its rows in order; its number is nobody else's.
pub fn a_copy_has_a_number_of_its_own(store: &Store) {
    assert_eq!(look(store, |tx| tx.next_copy_number()), CopyNumber(1));
    change(store, |tx| tx.add_copy(&copy(1), &rows(1), b"sealed"));
    assert_eq!(look(store, |tx| tx.next_copy_number()), CopyNumber(2));
    conflicts(store, |tx| tx.add_copy(&copy(1), &[], b"other"));
    let twice = [rows(2), rows(2)].concat();
    conflicts(store, |tx| tx.add_copy(&copy(2), &twice, b"other"));
    assert_eq!(look(store, |tx| tx.copies()), [copy(1)]);
    assert_eq!(look(store, |tx| tx.copy(CopyNumber(1))), Some(copy(1)));
    assert_eq!(look(store, |tx| tx.copy(CopyNumber(2))), None);
    assert_eq!(look(store, |tx| tx.copy_rows(CopyNumber(1))), rows(1));
    let people: Vec<_> = rows(1).iter().filter_map(|row| row.ordinal).collect();
    assert_eq!(look(store, |tx| tx.copy_people(CopyNumber(1))), people, "seeds are nobody");
    assert_eq!(look(store, |tx| tx.copy_people(CopyNumber(99))), Vec::new());
}

/// The copies that a person is in are found, with the person's row.
pub fn a_person_finds_the_copies_with_them(store: &Store) {
    change(store, |tx| tx.add_copy(&copy(1), &rows(1), b""));
    change(store, |tx| tx.add_copy(&copy(2), &rows(2), b""));
    let found = look(store, |tx| tx.copies_with(Ordinal(5)));
    let expected: Vec<_> =
        [1, 2].into_iter().map(|number| (copy(number), rows(number).pop().unwrap())).collect();
    assert_eq!(found, expected);
    assert_eq!(look(store, |tx| tx.copies_with(Ordinal(1))), []);
}

/// Dropping the sealed file leaves the copy and its rows.
pub fn a_file_can_be_dropped_and_the_copy_stays(store: &Store) {
    change(store, |tx| tx.add_copy(&copy(1), &rows(1), b"sealed"));
    assert_eq!(look(store, |tx| tx.copy_file(CopyNumber(1))).as_deref(), Some(b"sealed".as_slice()));
    change(store, |tx| tx.drop_copy_file(CopyNumber(1)));
    assert_eq!(look(store, |tx| tx.copy_file(CopyNumber(1))), None);
    assert_eq!(look(store, |tx| tx.copy_rows(CopyNumber(1))).len(), 3);
    change(store, |tx| tx.drop_copy_file(CopyNumber(1)));
}

/// One answer a person and loan, the later in place of the earlier.
pub fn an_answer_is_replaced_by_a_later_one(store: &Store) {
    let answer = |loan, person, kind, seconds| ResponseRecord {
        loan: loan_id(loan),
        ordinal: Ordinal(person),
        kind,
        fields: if kind == ResponseKind::Yes { vec![slug("email"), slug("phone")] } else { vec![] },
        sealed_report: (kind == ResponseKind::Report).then(|| vec![4; 40]),
        at: at(seconds),
    };
    let later = answer(1, 5, ResponseKind::Later, 1);
    let yes = answer(1, 5, ResponseKind::Yes, 2);
    let report = answer(1, 2, ResponseKind::Report, 3);
    let never = answer(2, 5, ResponseKind::Never, 1);
    for answer in [&later, &yes, &report, &never] {
        change(store, |tx| tx.put_response(answer));
    }
    assert_eq!(look(store, |tx| tx.response(loan_id(1), Ordinal(5))), Some(yes.clone()));
    assert_eq!(look(store, |tx| tx.response(loan_id(2), Ordinal(2))), None);
    assert_eq!(look(store, |tx| tx.responses(loan_id(1))), [report, yes.clone()]);
    assert_eq!(look(store, |tx| tx.responses_of(Ordinal(5))), [never, yes]);
    assert_eq!(look(store, |tx| tx.responses(loan_id(3))), []);
}
