//! A small list with something of everything, and all that it shows, for comparing two stores.

use super::samples::{
    at, borrower, change, consent, loan, loan_id, look, mail_key, people, plain_id, send, slug, user_id,
};
use crate::handle::Store;
use crate::records::{
    Alarm, CopyRow, DeliveryResult, DeliveryState, EstimateRecord, ImportRecord, ResponseRecord,
    SessionRecord, Signal, UserRecord,
};
use crate::traits::Tx;
use hustings_domain::access::Role;
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::{Ballot, Proceedings, Vote};
use hustings_domain::consent::{ConsentState, SuppressionReason, SuppressionScope};
use hustings_domain::copy::CopyRecord;
use hustings_domain::duty::DutyKind;
use hustings_domain::estimate::{Answer, RhoMillionths};
use hustings_domain::facts::{Fact, FactValue, Gift, Origin};
use hustings_domain::ids::{CopyNumber, LoanNumber, Ordinal};
use hustings_domain::money::Cents;
use hustings_domain::response::ResponseKind;
use hustings_ledger::Hash;
use hustings_vault::blind::{BlindColumn, BlindIndex};
use hustings_vault::vault::WrappedKey;
use jiff::civil::date;

const PEOPLE: u32 = 12;

fn hash(number: u32) -> BlindIndex {
    BlindIndex(u128::from(number).to_be_bytes())
}

/// Puts something into every table of an empty list.
pub fn fill(store: &Store) {
    people(store, PEOPLE);
    let keys: Vec<_> = (0..PEOPLE)
        .map(|person| {
            (Ordinal(person), WrappedKey { epoch: 1 + person, bytes: [u8::try_from(person).unwrap(); 60] })
        })
        .collect();
    store.keys().put_many(&keys).unwrap();
    change(store, fill_people);
    change(store, fill_lending);
    change(store, fill_sends);
    change(store, fill_rest);
    // Somebody is gone again.
    change(store, |tx| tx.remove_supporter(Ordinal(PEOPLE - 1)));
    store.keys().destroy(Ordinal(PEOPLE - 1)).unwrap();
}

fn fill_people(tx: &mut dyn Tx) -> crate::StoreResult<()> {
    let emails: Vec<_> = (0..PEOPLE).map(|person| (hash(person), Ordinal(person))).collect();
    tx.insert_blind(BlindColumn::Email, &emails)?;
    tx.insert_blind(BlindColumn::Email, &[(hash(1_000), Ordinal(1))])?;
    tx.insert_blind(BlindColumn::Phone, &[(hash(7), Ordinal(1)), (hash(8), Ordinal(2))])?;
    let source = tx.source("petition-2025", "news only", at(1))?.number;
    let facts = |person: u32| {
        let tag = FactValue::Tag(slug(&format!("tag-{}", person % 3)));
        vec![
            Fact { value: tag, origin: Origin::Imported, source },
            Fact {
                value: FactValue::Number(slug("birth-year"), 1_950 + i64::from(person)),
                origin: Origin::Inferred,
                source,
            },
        ]
    };
    tx.set_facts(&(0..PEOPLE).map(|person| (Ordinal(person), facts(person))).collect::<Vec<_>>())?;
    tx.add_gifts(&[(Ordinal(1), Gift { on: date(2026, 1, 9), amount: Cents(2_700) }, source, 0)])?;
    tx.put_notice("May we write to you?")?;
    tx.add_consents(&[
        (Ordinal(1), consent("appeals", ConsentState::Given, 0)),
        (Ordinal(2), consent("appeals", ConsentState::Given, 0)),
        (Ordinal(1), consent("news", ConsentState::Refused, 1)),
    ])?;
    tx.suppress(mail_key(3), &SuppressionScope::Everything, SuppressionReason::Bounced, at(4))?;
    tx.suppress(
        mail_key(4),
        &SuppressionScope::Purpose(slug("news")),
        SuppressionReason::Unsubscribed,
        at(5),
    )?;
    tx.add_shred(Ordinal(PEOPLE - 1))?;
    tx.record_change(Ordinal(0), Ordinal(PEOPLE - 1)).map(drop)
}

fn fill_lending(tx: &mut dyn Tx) -> crate::StoreResult<()> {
    tx.append_ledger_row(0, b"zero", &[((0, 0), Hash([1; 32]))])?;
    tx.append_ledger_row(1, b"one", &[((0, 1), Hash([2; 32])), ((1, 0), Hash([3; 32]))])?;
    tx.put_charter(1, "first", at(1))?;
    tx.put_trustee_key(&super::board::key(1))?;
    tx.put_pending_statement(ContentHash([3; 32]), "{}", at(9), at(0))?;
    tx.put_delegation(&super::board::delegation(1))?;
    tx.put_proposal(&super::board::proposal(1))?;
    tx.put_asked_act(&super::guarded::act(1))?;
    tx.put_borrower(&borrower(1))?;
    tx.put_loan(&loan(1))?;
    tx.put_loan(&loan(2))?;
    let vote = Vote {
        trustee: user_id(1),
        ballot: Ballot::Approve,
        content: ContentHash([1; 32]),
        at: at(1),
        by: None,
    };
    tx.put_proceedings(loan_id(1), &Proceedings { votes: vec![vote], ..Proceedings::default() })?;
    tx.add_estimate(&EstimateRecord {
        borrower: super::samples::borrower_id(1),
        season: slug("spring"),
        question: ContentHash([7; 32]),
        answer: Answer::About { count: 1_900, margin: 40 },
        price: RhoMillionths(10_000),
        season_price: RhoMillionths(10_000),
        at: at(0),
        part: None,
    })
}

fn fill_sends(tx: &mut dyn Tx) -> crate::StoreResult<()> {
    for number in [2, 1] {
        tx.put_send(&send(number, number == 2))?;
        tx.insert_deliveries(loan_id(number), &[Ordinal(5), Ordinal(1), Ordinal(2)], at(0))?;
        tx.insert_held_back(loan_id(number), &[Ordinal(6)])?;
        tx.claim(loan_id(number), 3, 2, 7, at(0), at(1))?;
    }
    tx.add_calendar_entry(&super::calendar::entry(1), &[Ordinal(1), Ordinal(300)])?;
    tx.add_sharing(&super::calendar::sharing(1), &[(loan_id(1), vec![Ordinal(2)])])?;
    let accepted = DeliveryResult { seq: 0, state: DeliveryState::Accepted, code: Some(250) };
    tx.settle_deliveries(loan_id(1), 7, &[accepted], at(2))?;
    tx.add_signal(loan_id(1), Ordinal(5), Signal::Complaint, at(3))?;
    tx.put_response(&ResponseRecord {
        loan: loan_id(1),
        ordinal: Ordinal(5),
        kind: ResponseKind::Report,
        fields: vec![slug("email"), slug("phone")],
        sealed_report: Some(vec![4; 40]),
        at: at(4),
    })?;
    let copy = CopyRecord {
        number: CopyNumber(1),
        loan: loan_id(1),
        borrower: super::samples::borrower_id(1),
        people: 1,
        seeds: 1,
        fields: vec![slug("email")],
        file_hash: ContentHash([3; 32]),
        made: at(1),
        expires: at(100),
    };
    let row = |place: u32, ordinal| CopyRow {
        reference: format!("C-1-{place:04}"),
        ordinal,
        fields: vec![slug("email")],
    };
    tx.add_copy(&copy, &[row(1, Some(Ordinal(5))), row(2, None)], b"sealed")
}

fn fill_rest(tx: &mut dyn Tx) -> crate::StoreResult<()> {
    tx.add_duty(&super::owed::duty(1, 1, 9, DutyKind::Recall))?;
    tx.add_duty(&super::owed::duty(2, 1, 10, DutyKind::Expiry))?;
    tx.add_outcome(&super::owed::outcome(1, 1, Some(5), 9))?;
    tx.add_outcome(&super::owed::outcome(2, 1, None, 9))?;
    tx.put_user(&UserRecord {
        id: user_id(1),
        name: "Ada".to_owned(),
        email: "ada@example.org".to_owned(),
        roles: vec![Role::Steward],
        wing: Some(slug("field")),
        borrower: None,
    })?;
    tx.add_login_link([1; 32], user_id(1), at(10))?;
    tx.add_session(&SessionRecord {
        token_hash: [2; 32],
        user: user_id(1),
        csrf: "form".to_owned(),
        expires: at(10),
    })?;
    tx.put_token(&super::users::token(3, 1, 10))?;
    tx.add_alarm(&Alarm {
        id: plain_id(1),
        kind: "seed-mail".to_owned(),
        what: "seed 1 was written to".to_owned(),
        at: at(1),
    })?;
    tx.add_import(&ImportRecord { id: plain_id(1), report: "{}".to_owned(), at: at(1) })?;
    tx.put_postal_place(1, &super::places::place("05401", "vt", Some(950)))?;
    tx.put_division(1, &super::places::division("vt", Some("2030-01-01")))?;
    tx.put_attribute(&super::places::attribute("party"))?;
    tx.set_meta("colour", "green")
}

/// Goes on with a list that [`fill`] made: new words, people and loans get numbers that are free.
pub fn fill_more(store: &Store) {
    change(store, |tx| {
        tx.insert_supporters(&[super::samples::supporter(PEOPLE)])?;
        let tag = Fact { value: FactValue::Tag(slug("quite-new")), origin: Origin::Inferred, source: 1 };
        tx.set_facts(&[(Ordinal(PEOPLE), vec![tag])])?;
        tx.put_loan(&loan(3))?;
        tx.insert_deliveries(loan_id(3), &[Ordinal(PEOPLE)], at(0))
    });
    assert_eq!(look(store, |tx| tx.facts(Ordinal(PEOPLE))).len(), 1);
    assert_eq!(look(store, |tx| tx.planned(loan_id(3))), [Ordinal(PEOPLE)]);
}

/// All that the list shows.
pub fn contents(store: &Store) -> String {
    let mut shown = look(store, |tx| {
        let people = (0..=PEOPLE).map(Ordinal);
        let mut all = Vec::new();
        for person in people {
            all.push(format!(
                "{:?}",
                (tx.supporter(person)?, tx.profile(person)?, tx.consent_history(person)?)
            ));
            all.push(format!(
                "{:?}",
                (tx.deliveries_of(person)?, tx.responses_of(person)?, tx.copies_with(person)?)
            ));
        }
        let hashes: Vec<_> = (0..PEOPLE).chain([1_000]).map(hash).collect();
        for column in [BlindColumn::Email, BlindColumn::Phone] {
            all.push(format!("{:?}", tx.find_blind(column, &hashes)?));
        }
        all.push(format!(
            "{:?}",
            (tx.next_ordinal()?, tx.supporter_count()?, tx.changes_since(0, 99)?, tx.shreds()?)
        ));
        all.push(format!(
            "{:?}",
            (tx.sources()?, tx.every_stop()?, tx.stopped_supporters(&[SuppressionScope::Everything])?)
        ));
        all.push(format!(
            "{:?}",
            (tx.ledger_entries(0, 99)?, tx.ledger_node(1, 0)?, tx.charter()?, tx.borrowers()?)
        ));
        all.push(format!(
            "{:?}",
            (tx.loans()?, tx.proceedings(loan_id(1))?, tx.season_spent(&slug("spring"))?)
        ));
        for number in [1, 2] {
            all.push(format!(
                "{:?}",
                (tx.send(loan_id(number))?, tx.planned(loan_id(number))?, tx.held_back(loan_id(number))?)
            ));
            all.push(format!(
                "{:?}",
                (tx.delivery_counts(loan_id(number), 9)?, tx.responses(loan_id(number))?)
            ));
            all.push(format!("{:?}", tx.signal_count(loan_id(number), Signal::Complaint, at(0))?));
            all.push(format!("{:?}", tx.loan_by_number(LoanNumber(number))?.map(|loan| loan.id)));
        }
        all.push(format!(
            "{:?}",
            (tx.claims()?, tx.copies()?, tx.copy_file(CopyNumber(1))?, tx.duties(None)?)
        ));
        all.push(format!("{:?}", tx.outcomes_on(CopyNumber(1))?));
        all.push(format!(
            "{:?}",
            (tx.users()?, tx.token([3; 32], at(1))?.map(|token| token.user), tx.session([2; 32], at(1))?)
        ));
        all.push(format!(
            "{:?}",
            (
                tx.alarms(9)?,
                tx.imports(9)?,
                tx.attributes()?,
                super::places::all(tx)?,
                tx.divisions(None, None, 9)?,
                tx.meta("colour")?
            )
        ));
        Ok(all)
    });
    let people: Vec<_> = (0..PEOPLE).map(Ordinal).collect();
    shown.push(format!("{:?}", store.keys().count().unwrap()));
    let keys = store.keys().get_many(&people).unwrap();
    shown.extend(keys.iter().map(|key| format!("{:?}", key.map(|key| (key.epoch, key.bytes)))));
    shown.join("\n")
}
