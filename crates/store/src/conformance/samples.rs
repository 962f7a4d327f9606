//! Small things to keep, told apart by a number.

use crate::error::StoreError;
use crate::handle::Store;
use crate::records::{SendRecord, SupporterRecord};
use crate::traits::Tx;
use hustings_domain::borrower::{Borrower, BorrowerFile, BorrowerKind, Standing};
use hustings_domain::canonical::ContentHash;
use hustings_domain::consent::{Channel, Consent, ConsentState};
use hustings_domain::ids::{BorrowerId, LoanId, LoanNumber, Ordinal, SupporterId, UserId};
use hustings_domain::loan::{Appeal, Ask, Loan, LoanState, Terms};
use hustings_domain::words::Slug;
use hustings_vault::blind::SuppressionHash;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Midnight of the first of March 2026 and so many seconds.
pub(super) fn at(seconds: i64) -> Timestamp {
    "2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// A short name.
pub(super) fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

fn id(kind: u128, number: u32) -> Uuid {
    Uuid::from_u128(kind << 64 | u128::from(number))
}

/// An id for a row that has no newtype.
pub(super) fn plain_id(number: u32) -> Uuid {
    id(9, number)
}

/// A loan's id.
pub(super) fn loan_id(number: u32) -> LoanId {
    LoanId(id(1, number))
}

/// A borrower's id.
pub(super) fn borrower_id(number: u32) -> BorrowerId {
    BorrowerId(id(2, number))
}

/// A user's id.
pub(super) fn user_id(number: u32) -> UserId {
    UserId(id(3, number))
}

/// A mail key.
pub(super) fn mail_key(number: u8) -> SuppressionHash {
    SuppressionHash([number; 16])
}

/// A supporter.
pub(super) fn supporter(ordinal: u32) -> SupporterRecord {
    SupporterRecord {
        ordinal: Ordinal(ordinal),
        id: SupporterId(id(4, ordinal)),
        joined: at(i64::from(ordinal)),
        sealed: ordinal.to_be_bytes().repeat(9),
        version: 1,
        mail_key: u8::try_from(ordinal).ok().map(mail_key),
    }
}

/// Adds supporters 0 and up.
pub(super) fn people(store: &Store, count: u32) {
    let records: Vec<_> = (0..count).map(supporter).collect();
    change(store, |tx| tx.insert_supporters(&records));
}

/// A write that must succeed.
pub(super) fn change<T>(store: &Store, work: impl FnOnce(&mut dyn Tx) -> Result<T, StoreError>) -> T {
    store.write(work).unwrap()
}

/// A read that must succeed.
pub(super) fn look<T>(store: &Store, work: impl FnOnce(&mut dyn Tx) -> Result<T, StoreError>) -> T {
    store.read(work).unwrap()
}

/// Asserts that a write is refused as a conflict.
pub(super) fn conflicts<T: std::fmt::Debug>(
    store: &Store,
    work: impl FnOnce(&mut dyn Tx) -> Result<T, StoreError>,
) {
    let refused = store.write(work);
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "not a conflict: {refused:?}");
}

/// A statement of consent.
pub(super) fn consent(purpose: &str, state: ConsentState, seconds: i64) -> Consent {
    Consent {
        purpose: slug(purpose),
        channel: Channel::Email,
        state,
        notice: None,
        source: "petition-2026".to_owned(),
        at: at(seconds),
    }
}

/// A borrower.
pub(super) fn borrower(number: u32) -> Borrower {
    Borrower {
        id: borrower_id(number),
        name: format!("Borrower {number}"),
        kind: BorrowerKind::Candidate,
        office: "council".to_owned(),
        area: "ocd-division/country:us/state:vt".parse().unwrap(),
        positions: vec![slug("housing")],
        contact_email: "desk@example.org".to_owned(),
        treasurer: "T. Reasurer".to_owned(),
        standing: Standing::Registered,
        registered: at(i64::from(number)),
        file: BorrowerFile::default(),
        marked: None,
        history: Vec::new(),
    }
}

/// A loan with this number.
pub(super) fn loan(number: u32) -> Loan {
    Loan {
        id: loan_id(number),
        number: LoanNumber(number),
        terms: Terms {
            borrower: borrower_id(1),
            area: "ocd-division/country:us/state:vt".parse().unwrap(),
            ask: Ask::Hear,
            purpose: slug("appeals"),
            issues: vec![],
            audience: "issue has \"housing\"".to_owned(),
            channel: Channel::Email,
            cap: 100,
            opens: at(0),
            closes: at(1_000),
            ends_on: vec![],
            fields: vec![slug("email")],
            charter_version: 1,
        },
        appeal: Appeal {
            subject: "Hear me".to_owned(),
            body: "Please".to_owned(),
            paid_for_by: "Me".to_owned(),
        },
        state: LoanState::Requested,
        requested: at(0),
        reason: None,
    }
}

/// A send of this loan.
pub(super) fn send(number: u32, money: bool) -> SendRecord {
    SendRecord {
        loan: loan_id(number),
        content: ContentHash([7; 32]),
        frozen: at(0),
        as_of: 1,
        selected: 10,
        tired: 0,
        stopped: 0,
        held_back: 1,
        planned: 9,
        pilot: 3,
        released: 3,
        hold_back_per_mille: 50,
        money,
        pilot_done: None,
    }
}
