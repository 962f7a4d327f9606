//! Supporters, what they are found by, facts, gifts, profiles, changes.

use super::samples::{at, change, conflicts, consent, look, mail_key, people, slug, supporter};
use crate::error::StoreError;
use crate::handle::Store;
use hustings_domain::consent::{Channel, ConsentState};
use hustings_domain::facts::{Fact, FactValue, Gift, Origin, Profile};
use hustings_domain::ids::Ordinal;
use hustings_domain::money::Cents;
use hustings_vault::blind::{BlindColumn, BlindIndex};
use jiff::civil::date;

/// Records come back as they were put, by position and by id, and can be replaced.
pub fn records_read_back_and_change(store: &Store) {
    people(store, 3);
    let mut second = supporter(1);
    assert_eq!(look(store, |tx| tx.supporter(Ordinal(1))), Some(second.clone()));
    assert_eq!(look(store, |tx| tx.supporter_by_id(second.id)), Some(second.clone()));
    assert_eq!(look(store, |tx| tx.supporter(Ordinal(3))), None);
    second.sealed = vec![1, 2, 3];
    second.version = 2;
    second.mail_key = Some(mail_key(200));
    change(store, |tx| tx.update_supporter(&second));
    assert_eq!(look(store, |tx| tx.supporter(Ordinal(1))), Some(second));
    assert_eq!(look(store, |tx| tx.supporter_count()), 3);
    conflicts(store, |tx| tx.update_supporter(&supporter(9)));
}

/// A removed person's position is never given to anybody else.
pub fn positions_are_never_reused(store: &Store) {
    people(store, 3);
    change(store, |tx| tx.remove_supporter(Ordinal(2)));
    assert_eq!(look(store, |tx| tx.next_ordinal()), Ordinal(3));
    conflicts(store, |tx| tx.insert_supporters(&[supporter(2)]));
    conflicts(store, |tx| tx.insert_supporters(&[supporter(4)]));
    conflicts(store, |tx| tx.insert_supporters(&[supporter(3), supporter(5)]));
    let mut same_id = supporter(3);
    same_id.id = supporter(0).id;
    conflicts(store, |tx| tx.insert_supporters(&[same_id]));
    change(store, |tx| tx.insert_supporters(&[supporter(3), supporter(4)]));
    assert_eq!(look(store, |tx| tx.next_ordinal()), Ordinal(5));
    assert_eq!(look(store, |tx| tx.supporter_count()), 4);
}

/// An insertion that is rolled back leaves the next position where it was.
pub fn a_rollback_uses_no_position_up(store: &Store) {
    people(store, 1);
    let refused: Result<(), StoreError> = store.write(|tx| {
        tx.insert_supporters(&[supporter(1)])?;
        assert_eq!(tx.next_ordinal()?, Ordinal(2));
        Err(StoreError::DiskFull)
    });
    assert!(matches!(refused, Err(StoreError::DiskFull)));
    assert_eq!(look(store, |tx| tx.next_ordinal()), Ordinal(1));
    assert_eq!(look(store, |tx| tx.supporter(Ordinal(1))), None);
}

/// Several people asked for together read as each of them alone, with gaps, the removed and strangers among them.
pub fn several_people_read_as_each_alone(store: &Store) {
    people(store, 60);
    change(store, |tx| {
        for number in (0..60).step_by(2) {
            let fact = |tag| Fact { value: FactValue::Tag(slug(tag)), origin: Origin::Imported, source: 1 };
            tx.set_facts(&[(Ordinal(number), vec![fact("member"), fact(&format!("tag-{number}"))])])?;
            tx.add_consents(&[(Ordinal(number), consent("news", ConsentState::Given, 5))])?;
        }
        tx.add_consents(&[(Ordinal(4), consent("news", ConsentState::Withdrawn, 9))])?;
        tx.remove_supporter(Ordinal(6))
    });
    let asked: Vec<Ordinal> = [0, 1, 4, 5, 6, 7, 30, 31, 58, 59, 900].map(Ordinal).to_vec();
    let records = look(store, |tx| tx.supporters(&asked));
    let facts = look(store, |tx| tx.facts_of(&asked));
    let consents = look(store, |tx| tx.consents_of(&asked));
    for (place, ordinal) in asked.iter().enumerate() {
        assert_eq!(records.get(place), Some(&look(store, |tx| tx.supporter(*ordinal))), "{ordinal:?}");
        assert_eq!(facts.get(place), Some(&look(store, |tx| tx.facts(*ordinal))), "{ordinal:?}");
        assert_eq!(
            consents.get(place),
            Some(&look(store, |tx| tx.consents_in_force(*ordinal))),
            "{ordinal:?}"
        );
    }
    assert_eq!((records.len(), facts.iter().filter(|facts| !facts.is_empty()).count()), (11, 4));
    assert!(look(store, |tx| tx.supporters(&[])).is_empty());
}

fn blind(number: u8) -> BlindIndex {
    BlindIndex([number; 16])
}

/// Many are looked up at once; the answers stand in the order of the questions.
pub fn blind_indexes_answer_in_the_order_asked(store: &Store) {
    people(store, 4);
    let rows = [(blind(9), Ordinal(0)), (blind(3), Ordinal(1)), (blind(7), Ordinal(2))];
    change(store, |tx| tx.insert_blind(BlindColumn::Email, &rows));
    change(store, |tx| tx.insert_blind(BlindColumn::Phone, &[(blind(3), Ordinal(3))]));
    let asked = [blind(7), blind(1), blind(3), blind(9), blind(7)];
    let found = look(store, |tx| tx.find_blind(BlindColumn::Email, &asked));
    let place = |ordinal| Some(Ordinal(ordinal));
    assert_eq!(found, [place(2), None, place(1), place(0), place(2)]);
    assert_eq!(
        look(store, |tx| tx.find_blind(BlindColumn::Phone, &asked)),
        [None, None, place(3), None, None]
    );
    assert_eq!(look(store, |tx| tx.find_blind(BlindColumn::Phone, &[])), []);
}

/// Two people cannot be found by the same value; saying the same of the same person again is fine.
pub fn a_blind_index_belongs_to_one_person(store: &Store) {
    people(store, 2);
    change(store, |tx| tx.insert_blind(BlindColumn::Email, &[(blind(1), Ordinal(0))]));
    change(store, |tx| tx.insert_blind(BlindColumn::Email, &[(blind(1), Ordinal(0))]));
    conflicts(store, |tx| {
        tx.insert_blind(BlindColumn::Email, &[(blind(2), Ordinal(1)), (blind(1), Ordinal(1))])
    });
    let found = look(store, |tx| tx.find_blind(BlindColumn::Email, &[blind(1), blind(2)]));
    assert_eq!(found, [Some(Ordinal(0)), None]);
}

/// A new address takes the place of every old one of its column; the old ones are free for others, and another
/// person's is refused with nothing changed.
pub fn a_blind_index_is_replaced_and_the_old_one_is_free(store: &Store) {
    people(store, 3);
    change(store, |tx| {
        tx.insert_blind(BlindColumn::Email, &[(blind(1), Ordinal(0)), (blind(2), Ordinal(1))])?;
        tx.insert_blind(BlindColumn::Email, &[(blind(3), Ordinal(0))])?;
        tx.insert_blind(BlindColumn::Phone, &[(blind(1), Ordinal(0))])
    });
    conflicts(store, |tx| tx.replace_blind(BlindColumn::Email, Ordinal(0), Some(blind(2))));
    let asked = [blind(1), blind(2), blind(3), blind(4)];
    let found = || look(store, |tx| tx.find_blind(BlindColumn::Email, &asked));
    assert_eq!(found(), [Some(Ordinal(0)), Some(Ordinal(1)), Some(Ordinal(0)), None]);
    change(store, |tx| tx.replace_blind(BlindColumn::Email, Ordinal(0), Some(blind(4))));
    assert_eq!(found(), [None, Some(Ordinal(1)), None, Some(Ordinal(0))]);
    assert_eq!(look(store, |tx| tx.find_blind(BlindColumn::Phone, &[blind(1)])), [Some(Ordinal(0))]);
    change(store, |tx| tx.replace_blind(BlindColumn::Email, Ordinal(0), Some(blind(4))));
    change(store, |tx| tx.replace_blind(BlindColumn::Phone, Ordinal(0), None));
    change(store, |tx| tx.replace_blind(BlindColumn::Phone, Ordinal(2), None));
    assert_eq!(look(store, |tx| tx.find_blind(BlindColumn::Phone, &[blind(1)])), [None]);
    change(store, |tx| {
        tx.insert_blind(BlindColumn::Email, &[(blind(1), Ordinal(2)), (blind(3), Ordinal(2))])
    });
    change(store, |tx| tx.remove_supporter(Ordinal(0)));
    assert_eq!(found(), [Some(Ordinal(2)), Some(Ordinal(1)), Some(Ordinal(2)), None]);
}

fn fact(value: FactValue, origin: Origin, source: u32) -> Fact {
    Fact { value, origin, source }
}

fn text(text: &str) -> hustings_domain::attribute::AttributeText {
    hustings_domain::attribute::AttributeText::parse(text).unwrap()
}

fn every_kind() -> Vec<Fact> {
    vec![
        fact(FactValue::Area("ocd-division/country:us/state:vt".parse().unwrap()), Origin::SelfGiven, 1),
        fact(FactValue::Issue(slug("housing")), Origin::SelfGiven, 1),
        fact(FactValue::Tag(slug("housing")), Origin::Imported, 300),
        fact(FactValue::Number(slug("birth-year"), 1962), Origin::VoterFile, u32::MAX),
        fact(FactValue::Number(slug("balance"), i64::MIN), Origin::Inferred, 0),
        fact(FactValue::Date(slug("last-seen"), date(2024, 2, 29)), Origin::Inferred, 2),
        fact(FactValue::Date(slug("founded"), date(-44, 3, 15)), Origin::Imported, 2),
        fact(FactValue::Text(slug("member-no"), text("\u{c4} 12")), Origin::Imported, 2),
        fact(FactValue::Money(slug("dues"), Cents(-1)), Origin::SelfGiven, 2),
        fact(FactValue::Choice(slug("party"), slug("housing")), Origin::VoterFile, 2),
        fact(FactValue::Choices(slug("helps-with"), slug("phones")), Origin::SelfGiven, 2),
        fact(
            FactValue::NamedArea(slug("works-in"), "ocd-division/country:us/state:vt".parse().unwrap()),
            Origin::Imported,
            2,
        ),
    ]
}

/// Facts of every kind and origin come back in order; a second setting replaces the first.
pub fn facts_of_every_kind_read_back(store: &Store) {
    people(store, 2);
    change(store, |tx| tx.set_facts(&[(Ordinal(0), every_kind()), (Ordinal(1), vec![])]));
    assert_eq!(look(store, |tx| tx.facts(Ordinal(0))), every_kind());
    assert_eq!(look(store, |tx| tx.facts(Ordinal(1))), []);
    let other = vec![fact(FactValue::Tag(slug("volunteer")), Origin::SelfGiven, 4)];
    change(store, |tx| tx.set_facts(&[(Ordinal(0), other.clone())]));
    assert_eq!(look(store, |tx| tx.facts(Ordinal(0))), other);
    change(store, |tx| tx.set_facts(&[(Ordinal(0), vec![])]));
    assert_eq!(look(store, |tx| tx.facts(Ordinal(0))), []);
}

/// A word first used in a transaction that failed is learned anew by the next.
pub fn words_of_a_rollback_are_not_remembered(store: &Store) {
    people(store, 1);
    let tag = |name: &str| vec![fact(FactValue::Tag(slug(name)), Origin::SelfGiven, 1)];
    let refused: Result<(), StoreError> = store.write(|tx| {
        tx.set_facts(&[(Ordinal(0), tag("first"))])?;
        Err(StoreError::DiskFull)
    });
    assert!(refused.is_err());
    change(store, |tx| tx.set_facts(&[(Ordinal(0), tag("second"))]));
    assert_eq!(look(store, |tx| tx.facts(Ordinal(0))), tag("second"));
    change(store, |tx| tx.set_facts(&[(Ordinal(0), tag("first"))]));
    assert_eq!(look(store, |tx| tx.facts(Ordinal(0))), tag("first"));
}

/// A file of gifts that is read twice adds nothing the second time; equal gifts of one day are all kept.
pub fn a_gift_read_twice_is_kept_once(store: &Store) {
    people(store, 1);
    let gift = |day: i8, cents| Gift { on: date(2026, 1, day), amount: Cents(cents) };
    let rows = [
        (Ordinal(0), gift(9, 2_700), 1, 0),
        (Ordinal(0), gift(9, 2_700), 1, 1),
        (Ordinal(0), gift(2, 500), 1, 0),
        (Ordinal(0), gift(9, 2_700), 2, 0),
    ];
    assert_eq!(change(store, |tx| tx.add_gifts(&rows)), 4);
    assert_eq!(change(store, |tx| tx.add_gifts(&rows)), 0);
    let gifts = look(store, |tx| tx.gifts(Ordinal(0)));
    assert_eq!(gifts, [gift(2, 500), gift(9, 2_700), gift(9, 2_700), gift(9, 2_700)]);
}

/// A profile has the day of joining, the facts, the consents in force and the gifts.
pub fn a_profile_brings_it_all_together(store: &Store) {
    people(store, 2);
    let gift = Gift { on: date(2026, 1, 9), amount: Cents(2_700) };
    change(store, |tx| {
        tx.set_facts(&[(Ordinal(1), every_kind())])?;
        tx.add_gifts(&[(Ordinal(1), gift, 1, 0)])?;
        tx.add_consents(&[
            (Ordinal(1), consent("appeals", ConsentState::Given, 0)),
            (Ordinal(1), consent("news", ConsentState::Given, 0)),
            (Ordinal(1), consent("appeals", ConsentState::Withdrawn, 1)),
        ])
    });
    let expected = Profile {
        ordinal: Ordinal(1),
        joined: date(2026, 3, 1),
        facts: every_kind(),
        consents: vec![
            (slug("appeals"), Channel::Email, ConsentState::Withdrawn),
            (slug("news"), Channel::Email, ConsentState::Given),
        ],
        gifts: vec![gift],
    };
    assert_eq!(look(store, |tx| tx.profile(Ordinal(1))), Some(expected.clone()));
    let all = look(store, |tx| tx.profiles(Ordinal(0), 10));
    assert_eq!(all.len(), 2);
    assert_eq!(all.last(), Some(&expected));
    let bare = all.first().unwrap();
    assert!(bare.facts.is_empty() && bare.consents.is_empty() && bare.gifts.is_empty());
}

/// Profiles come in order, from a position on, up to a limit, and skip who was removed.
pub fn profiles_come_in_pages_without_the_removed(store: &Store) {
    people(store, 6);
    change(store, |tx| tx.remove_supporter(Ordinal(2)));
    let page = |from, limit| -> Vec<u32> {
        look(store, |tx| tx.profiles(Ordinal(from), limit)).iter().map(|profile| profile.ordinal.0).collect()
    };
    assert_eq!(page(0, 3), [0, 1, 3]);
    assert_eq!(page(4, 3), [4, 5]);
    assert_eq!(page(6, 3), [0_u32; 0]);
    assert_eq!(look(store, |tx| tx.profile(Ordinal(2))), None);
}

/// Changes are numbered from 1; a rollback leaves no hole.
pub fn the_change_feed_has_no_gaps(store: &Store) {
    assert_eq!(look(store, |tx| tx.change_sequence()), 0);
    assert_eq!(change(store, |tx| tx.record_change(Ordinal(0), Ordinal(9))), 1);
    let refused: Result<(), StoreError> = store.write(|tx| {
        assert_eq!(tx.record_change(Ordinal(1), Ordinal(1))?, 2);
        Err(StoreError::DiskFull)
    });
    assert!(refused.is_err());
    assert_eq!(change(store, |tx| tx.record_change(Ordinal(4), Ordinal(4))), 2);
    assert_eq!(change(store, |tx| tx.record_change(Ordinal(5), Ordinal(6))), 3);
    assert_eq!(look(store, |tx| tx.change_sequence()), 3);
    let steps = |after, limit| -> Vec<(u64, u32, u32)> {
        let changes = look(store, |tx| tx.changes_since(after, limit));
        changes.iter().map(|step| (step.sequence, step.first.0, step.last.0)).collect()
    };
    assert_eq!(steps(0, 10), [(1, 0, 9), (2, 4, 4), (3, 5, 6)]);
    assert_eq!(steps(1, 1), [(2, 4, 4)]);
    assert_eq!(steps(3, 10), []);
    conflicts(store, |tx| tx.record_change(Ordinal(2), Ordinal(1)));
}

/// A source keeps its number, its first licence and its first day.
pub fn a_source_is_made_once(store: &Store) {
    let first = change(store, |tx| tx.source("petition-2025", "news only", at(1)));
    let second = change(store, |tx| tx.source("gala", "appeals", at(2)));
    assert_ne!(first.number, second.number);
    assert_eq!(change(store, |tx| tx.source("petition-2025", "anything", at(3))), first);
    assert_eq!(first.licence, "news only");
    assert_eq!(look(store, |tx| tx.sources()), [first, second]);
}

/// A key that must go is on the list until it is gone.
pub fn shreds_wait_until_they_are_cleared(store: &Store) {
    change(store, |tx| {
        tx.add_shred(Ordinal(5))?;
        tx.add_shred(Ordinal(2))?;
        tx.add_shred(Ordinal(5))
    });
    assert_eq!(look(store, |tx| tx.shreds()), [Ordinal(2), Ordinal(5)]);
    change(store, |tx| tx.clear_shred(Ordinal(2)));
    assert_eq!(look(store, |tx| tx.shreds()), [Ordinal(5)]);
}
