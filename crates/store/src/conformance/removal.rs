//! What goes when a person goes, and what must stay.

use super::samples::{at, change, consent, loan_id, look, mail_key, people, slug, supporter};
use crate::handle::Store;
use crate::records::{CopyRow, DeliveryState, ResponseRecord};
use hustings_domain::canonical::ContentHash;
use hustings_domain::consent::{ConsentState, SuppressionReason, SuppressionScope};
use hustings_domain::copy::CopyRecord;
use hustings_domain::facts::{Fact, FactValue, Gift, Origin};
use hustings_domain::ids::{CopyNumber, Ordinal};
use hustings_domain::money::Cents;
use hustings_domain::response::ResponseKind;
use hustings_vault::blind::{BlindColumn, BlindIndex};
use jiff::civil::date;

fn report(ordinal: u32) -> ResponseRecord {
    ResponseRecord {
        loan: loan_id(1),
        ordinal: Ordinal(ordinal),
        kind: ResponseKind::Report,
        fields: vec![slug("email")],
        sealed_report: Some(vec![1, 2, 3]),
        at: at(5),
    }
}

fn fill(store: &Store, ordinal: u32) {
    let person = Ordinal(ordinal);
    let hash = BlindIndex([u8::try_from(ordinal).unwrap(); 16]);
    let tag = Fact { value: FactValue::Tag(slug("staff")), origin: Origin::Imported, source: 1 };
    change(store, |tx| {
        tx.insert_blind(BlindColumn::Email, &[(hash, person)])?;
        tx.insert_blind(BlindColumn::Phone, &[(hash, person)])?;
        tx.set_facts(&[(person, vec![tag])])?;
        tx.add_gifts(&[(person, Gift { on: date(2026, 1, 1), amount: Cents(1) }, 1, 0)])?;
        tx.add_consents(&[(person, consent("news", ConsentState::Given, 0))])?;
        tx.put_response(&report(ordinal))
    });
}

fn copy() -> (CopyRecord, Vec<CopyRow>) {
    let record = CopyRecord {
        number: CopyNumber(1),
        loan: loan_id(1),
        borrower: super::samples::borrower_id(1),
        people: 2,
        seeds: 0,
        fields: vec![slug("email")],
        file_hash: ContentHash([1; 32]),
        made: at(6),
        expires: at(60),
    };
    let row = |place: u32| CopyRow {
        reference: format!("C-1-000{place}"),
        ordinal: Some(Ordinal(place)),
        fields: vec![slug("email")],
    };
    (record, vec![row(0), row(1)])
}

/// Record, indexes, facts, gifts, consents, fields and report of an answer and the link to a copy's row go;
/// the delivery, the kind of the answer and everybody else's things stay.
pub fn removing_takes_everything_that_is_the_persons(store: &Store) {
    people(store, 2);
    fill(store, 0);
    fill(store, 1);
    let (record, rows) = copy();
    change(store, |tx| {
        tx.add_copy(&record, &rows, b"sealed")?;
        tx.insert_deliveries(loan_id(1), &[Ordinal(0), Ordinal(1)], at(0))
    });
    change(store, |tx| tx.remove_supporter(Ordinal(1)));
    let hashes = [BlindIndex([0; 16]), BlindIndex([1; 16])];
    look(store, |tx| {
        assert_eq!(tx.supporter(Ordinal(1))?, None);
        assert_eq!(tx.supporter_by_id(supporter(1).id)?, None);
        for column in [BlindColumn::Email, BlindColumn::Phone] {
            assert_eq!(tx.find_blind(column, &hashes)?, [Some(Ordinal(0)), None]);
        }
        assert_eq!(tx.facts(Ordinal(1))?, []);
        assert_eq!(tx.gifts(Ordinal(1))?, []);
        assert_eq!(tx.consent_history(Ordinal(1))?, []);
        let answer = tx.response(loan_id(1), Ordinal(1))?.unwrap();
        assert_eq!((answer.kind, answer.fields.len(), answer.sealed_report), (ResponseKind::Report, 0, None));
        assert_eq!(tx.copies_with(Ordinal(1))?, []);
        let rows = tx.copy_rows(CopyNumber(1))?;
        let links: Vec<_> = rows.iter().map(|row| (row.reference.as_str(), row.ordinal)).collect();
        assert_eq!(links, [("C-1-0000", Some(Ordinal(0))), ("C-1-0001", None)]);
        assert_eq!(tx.delivery(loan_id(1), 1)?.unwrap().state, DeliveryState::Pending);
        Ok(())
    });
    look(store, |tx| {
        assert_eq!(tx.supporter(Ordinal(0))?, Some(supporter(0)));
        assert_eq!((tx.facts(Ordinal(0))?.len(), tx.gifts(Ordinal(0))?.len()), (1, 1));
        assert_eq!(tx.consent_history(Ordinal(0))?.len(), 1);
        assert_eq!(tx.response(loan_id(1), Ordinal(0))?, Some(report(0)));
        assert_eq!(tx.copies_with(Ordinal(0))?.len(), 1);
        Ok(())
    });
    change(store, |tx| tx.remove_supporter(Ordinal(1)));
    assert_eq!(look(store, |tx| tx.supporter_count()), 1);
}

/// A stop stays when the person goes, and holds for whoever comes back with that address.
pub fn a_stop_survives_removal_and_finds_the_person_again(store: &Store) {
    people(store, 2);
    let everything = SuppressionScope::Everything;
    change(store, |tx| tx.suppress(mail_key(1), &everything, SuppressionReason::Unsubscribed, at(1)));
    change(store, |tx| tx.remove_supporter(Ordinal(1)));
    let stopped = |store: &Store| look(store, |tx| tx.stopped_supporters(&[SuppressionScope::Everything]));
    assert_eq!(stopped(store), []);
    assert_eq!(look(store, |tx| tx.stops_of(mail_key(1))).len(), 1);
    let mut again = supporter(2);
    again.mail_key = Some(mail_key(1));
    change(store, |tx| tx.insert_supporters(&[again]));
    assert_eq!(stopped(store), [Ordinal(2)]);
    assert!(!change(store, |tx| tx.suppress(mail_key(1), &everything, SuppressionReason::Imported, at(9))));
}

/// Whatever a person can be found by goes, also the second address of a kind; the values are free again.
pub fn everything_that_a_person_is_found_by_goes(store: &Store) {
    people(store, 3);
    let hashes = [1, 2, 3].map(|number| BlindIndex([number; 16]));
    let rows = hashes.map(|hash| (hash, Ordinal(1)));
    change(store, |tx| tx.insert_blind(BlindColumn::Email, &rows));
    change(store, |tx| tx.insert_blind(BlindColumn::Email, &rows));
    change(store, |tx| tx.remove_supporter(Ordinal(1)));
    assert_eq!(look(store, |tx| tx.find_blind(BlindColumn::Email, &hashes)), [None; 3]);
    change(store, |tx| tx.insert_blind(BlindColumn::Email, &hashes.map(|hash| (hash, Ordinal(2)))));
    assert_eq!(look(store, |tx| tx.find_blind(BlindColumn::Email, &hashes)), [Some(Ordinal(2)); 3]);
}
