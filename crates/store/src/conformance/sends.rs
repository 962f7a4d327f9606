//! Frozen audiences, claims, outcomes.

use super::samples::{at, change, conflicts, loan_id, look, send};
use crate::handle::Store;
use crate::records::{Delivery, DeliveryCounts, DeliveryResult, DeliveryState, JOURNAL_ELSEWHERE, Signal};
use hustings_domain::ids::Ordinal;
use jiff::Timestamp;

const FIRST_EPOCH: u64 = 7;

fn freeze(store: &Store, loan: u32, ordinals: &[u32]) {
    let ordinals: Vec<Ordinal> = ordinals.iter().copied().map(Ordinal).collect();
    change(store, |tx| tx.insert_deliveries(loan_id(loan), &ordinals, at(0)));
}

fn claim(store: &Store, below: u32, limit: u32, epoch: u64, seconds: i64) -> Vec<u32> {
    let retry = Timestamp::MIN;
    let claimed = change(store, |tx| tx.claim(loan_id(1), below, limit, epoch, retry, at(seconds)));
    assert!(claimed.iter().all(|row| row.state == DeliveryState::Claimed && row.loan == loan_id(1)));
    claimed.iter().map(|row| row.seq).collect()
}

fn outcome(seq: u32, state: DeliveryState) -> DeliveryResult {
    DeliveryResult { seq, state, code: Some(250) }
}

fn settle(store: &Store, epoch: u64, results: &[DeliveryResult], seconds: i64) -> u64 {
    change(store, |tx| tx.settle_deliveries(loan_id(1), epoch, results, at(seconds)))
}

fn row(store: &Store, seq: u32) -> Delivery {
    look(store, |tx| tx.delivery(loan_id(1), seq)).unwrap()
}

/// Who is mailed and who is held back is frozen once, and read back in order.
pub fn an_audience_is_frozen_once(store: &Store) {
    freeze(store, 1, &[5, 3, 9]);
    change(store, |tx| tx.insert_held_back(loan_id(1), &[Ordinal(8), Ordinal(2)]));
    assert_eq!(look(store, |tx| tx.planned(loan_id(1))), [Ordinal(5), Ordinal(3), Ordinal(9)]);
    assert_eq!(look(store, |tx| tx.held_back(loan_id(1))), [Ordinal(2), Ordinal(8)]);
    conflicts(store, |tx| tx.insert_deliveries(loan_id(1), &[Ordinal(1)], at(1)));
    conflicts(store, |tx| tx.insert_held_back(loan_id(1), &[Ordinal(8)]));
    assert_eq!(look(store, |tx| tx.planned(loan_id(2))), []);
    assert_eq!(look(store, |tx| tx.held_back(loan_id(2))), []);
    let third = look(store, |tx| tx.delivery_to(loan_id(1), Ordinal(9))).unwrap();
    assert_eq!((third.seq, third.state, third.attempts, third.code), (2, DeliveryState::Pending, 0, None));
    assert_eq!((third.loan, third.ordinal, third.at), (loan_id(1), Ordinal(9), at(0)));
    assert_eq!(look(store, |tx| tx.delivery(loan_id(1), 3)), None);
    assert_eq!(look(store, |tx| tx.delivery_to(loan_id(2), Ordinal(9))), None);
    freeze(store, 2, &[9]);
    let sends: Vec<_> = look(store, |tx| tx.deliveries_of(Ordinal(9))).iter().map(|row| row.loan).collect();
    assert_eq!(sends, [loan_id(1), loan_id(2)]);
}

/// Claims take the lowest places first, none twice, and none at or above the limit of the wave.
pub fn claims_go_in_order_and_stop_at_the_wave(store: &Store) {
    freeze(store, 1, &[10, 11, 12, 13, 14]);
    assert_eq!(claim(store, 3, 2, FIRST_EPOCH, 1), [0, 1]);
    assert_eq!(claim(store, 3, 10, FIRST_EPOCH, 1), [2]);
    assert_eq!(claim(store, 3, 10, FIRST_EPOCH, 1), [0_u32; 0]);
    assert_eq!(claim(store, u32::MAX, 10, FIRST_EPOCH, 2), [3, 4]);
    assert_eq!(row(store, 3).at, at(2));
    assert_eq!(row(store, 3).ordinal, Ordinal(13));
    let nothing = change(store, |tx| tx.claim(loan_id(9), 10, 10, 1, at(0), at(0)));
    assert_eq!(nothing, []);
}

/// An epoch settles what it claimed itself, once; a result for anything else changes nothing.
pub fn a_claim_of_another_epoch_is_left_alone(store: &Store) {
    freeze(store, 1, &[10, 11, 12]);
    claim(store, 2, 1, FIRST_EPOCH, 1);
    claim(store, 2, 1, FIRST_EPOCH + 1, 2);
    let all = [0, 1, 2].map(|seq| outcome(seq, DeliveryState::Accepted));
    assert_eq!(settle(store, FIRST_EPOCH, &all, 3), 1);
    assert_eq!(row(store, 0).state, DeliveryState::Accepted);
    assert_eq!(row(store, 1).state, DeliveryState::Claimed);
    assert_eq!(row(store, 2).state, DeliveryState::Pending);
    let refused = [0, 1].map(|seq| outcome(seq, DeliveryState::Refused));
    assert_eq!(settle(store, FIRST_EPOCH, &refused, 4), 0, "a settled row is settled for good");
    assert_eq!(row(store, 0).state, DeliveryState::Accepted);
    assert_eq!(settle(store, FIRST_EPOCH + 1, &refused, 5), 1);
}

/// After a crash the next epoch finds what was claimed and not settled, and settles each once.
pub fn what_was_claimed_before_a_crash_is_found_and_settled_once(store: &Store) {
    freeze(store, 1, &[10, 11, 12, 13]);
    claim(store, 10, 3, FIRST_EPOCH, 1);
    settle(store, FIRST_EPOCH, &[outcome(1, DeliveryState::Accepted)], 2);
    claim(store, 10, 1, FIRST_EPOCH + 1, 3);
    assert_eq!(held(store), [(0, FIRST_EPOCH), (2, FIRST_EPOCH), (3, FIRST_EPOCH + 1)]);
    for state in [DeliveryState::InDoubt, DeliveryState::Pending] {
        change(store, |tx| tx.recover_delivery(loan_id(1), &outcome(0, state), at(4)));
    }
    assert_eq!(row(store, 0).state, DeliveryState::InDoubt, "recovery settles a claim, and nothing else");
    change(store, |tx| tx.recover_delivery(loan_id(1), &outcome(2, DeliveryState::Pending), at(4)));
    assert_eq!(held(store), [(3, FIRST_EPOCH + 1)]);
    assert_eq!(claim(store, 10, 10, FIRST_EPOCH + 1, 5), [2]);
}

fn held(store: &Store) -> Vec<(u32, u64)> {
    let held = look(store, |tx| tx.claims());
    assert!(held.iter().all(|claim| claim.loan == loan_id(1)));
    held.iter().map(|claim| (claim.seq, claim.epoch)).collect()
}

/// A doubt whose only reason is that a journal lies elsewhere is told from every other, and settled once, by the epoch
/// that had made the claim; what turns out to be no try is not counted as one.
pub fn a_doubt_is_resolved_by_whoever_has_the_journal(store: &Store) {
    use DeliveryState::{Accepted, InDoubt, Pending};
    freeze(store, 1, &[10, 11, 12, 13]);
    claim(store, 10, 3, FIRST_EPOCH, 1);
    claim(store, 10, 1, FIRST_EPOCH + 1, 1);
    for seq in [0, 1, 3] {
        let doubt = DeliveryResult { seq, state: InDoubt, code: Some(JOURNAL_ELSEWHERE) };
        change(store, |tx| tx.recover_delivery(loan_id(1), &doubt, at(2)));
    }
    change(store, |tx| {
        tx.recover_delivery(loan_id(1), &DeliveryResult { seq: 2, state: InDoubt, code: None }, at(2))
    });
    let doubted = |epoch| look(store, |tx| tx.doubted(loan_id(1), epoch));
    assert_eq!((doubted(FIRST_EPOCH), doubted(FIRST_EPOCH + 1)), (vec![0, 1], vec![3]));
    let resolve = |seq, state, code| {
        let result = DeliveryResult { seq, state, code };
        change(store, |tx| tx.resolve_doubt(loan_id(1), FIRST_EPOCH, &result, at(3)));
    };
    resolve(0, Accepted, Some(250));
    resolve(1, Pending, None);
    for seq in 0..4 {
        resolve(seq, Accepted, Some(251));
    }
    assert_eq!((row(store, 0).state, row(store, 0).code, row(store, 0).attempts), (Accepted, Some(250), 1));
    assert_eq!((row(store, 1).state, row(store, 1).code, row(store, 1).attempts), (Pending, None, 0));
    assert_eq!((row(store, 2).state, row(store, 2).code), (InDoubt, None));
    assert_eq!((row(store, 3).state, row(store, 3).code), (InDoubt, Some(JOURNAL_ELSEWHERE)));
    let counts = look(store, |tx| tx.delivery_counts(loan_id(1), u32::MAX));
    assert_eq!((counts.accepted, counts.pending, counts.in_doubt, counts.claimed), (1, 1, 2, 0));
    assert_eq!(claim(store, 10, 10, FIRST_EPOCH + 1, 5), [1]);
}

/// Whoever opened the list last may write, and has not run out of time.
pub fn the_process_that_writes_is_live(store: &Store) {
    let epoch: u64 = look(store, |tx| tx.meta("epoch")).unwrap().parse().unwrap();
    assert_eq!(look(store, |tx| tx.live_nodes()), [epoch]);
    assert_eq!(look(store, |tx| tx.expired_nodes()), [0_u64; 0]);
}

/// A deferred recipient can be claimed again once it has stood deferred since the given instant or longer.
pub fn the_deferred_come_back_when_they_have_waited(store: &Store) {
    freeze(store, 1, &[10, 11, 12]);
    claim(store, 10, 2, FIRST_EPOCH, 1);
    settle(store, FIRST_EPOCH, &[outcome(0, DeliveryState::Deferred)], 100);
    settle(store, FIRST_EPOCH, &[outcome(1, DeliveryState::Deferred)], 200);
    let again = |limit, before: i64| -> Vec<(u32, u32, Option<u16>)> {
        let claimed = change(store, |tx| tx.claim(loan_id(1), 10, limit, FIRST_EPOCH, at(before), at(300)));
        claimed.iter().map(|row| (row.seq, row.attempts, row.code)).collect()
    };
    assert_eq!(again(10, 99), [(2, 0, None)]);
    assert_eq!(again(10, 150), [(0, 1, Some(250))]);
    assert_eq!(again(10, 200), [(1, 1, Some(250))]);
}

/// Answers and losses count as tries; giving a claim back, or stopping it, does not.
pub fn a_try_is_counted_and_a_giving_back_is_not(store: &Store) {
    freeze(store, 1, &[10, 11, 12]);
    for (state, tries) in [
        (DeliveryState::Pending, 0),
        (DeliveryState::Deferred, 1),
        (DeliveryState::Deferred, 2),
        (DeliveryState::Refused, 3),
    ] {
        change(store, |tx| tx.claim(loan_id(1), 1, 1, FIRST_EPOCH, at(1), at(1)));
        assert_eq!(settle(store, FIRST_EPOCH, &[outcome(0, state)], 1), 1);
        assert_eq!((row(store, 0).state, row(store, 0).attempts), (state, tries));
    }
    claim(store, 2, 1, FIRST_EPOCH, 1);
    let stopped = DeliveryResult { seq: 1, state: DeliveryState::Stopped, code: None };
    settle(store, FIRST_EPOCH, &[stopped], 2);
    assert_eq!((row(store, 1).attempts, row(store, 1).code), (0, None));
}

/// However many are asked about, the counts are those of the rows themselves.
pub fn counts_of_the_whole_and_of_a_part_agree(store: &Store) {
    use DeliveryState::{Accepted, Deferred, InDoubt, Pending, Refused, Stopped};
    freeze(store, 1, &(100..120).collect::<Vec<_>>());
    claim(store, 20, 12, FIRST_EPOCH, 1);
    let states = [Accepted, Refused, Deferred, InDoubt, Stopped, Pending, Accepted, Accepted, Refused];
    let results: Vec<_> = (0..).zip(states).map(|(seq, state)| outcome(seq, state)).collect();
    settle(store, FIRST_EPOCH, &results, 2);
    change(store, |tx| tx.recover_delivery(loan_id(1), &outcome(9, InDoubt), at(3)));
    change(store, |tx| tx.claim(loan_id(1), 20, 2, FIRST_EPOCH, at(9), at(9)));
    for below in [0, 1, 5, 9, 13, 19, 20, 21, u32::MAX] {
        let mut expected = DeliveryCounts::default();
        for seq in 0..below.min(20) {
            let place = match row(store, seq).state {
                Pending => &mut expected.pending,
                DeliveryState::Claimed => &mut expected.claimed,
                Accepted => &mut expected.accepted,
                Refused => &mut expected.refused,
                Deferred => &mut expected.deferred,
                InDoubt => &mut expected.in_doubt,
                Stopped => &mut expected.stopped,
            };
            *place += 1;
        }
        assert_eq!(look(store, |tx| tx.delivery_counts(loan_id(1), below)), expected, "below {below}");
    }
    assert_eq!(look(store, |tx| tx.delivery_counts(loan_id(2), 5)), DeliveryCounts::default());
}

/// Accepted, claimed and doubtful messages address a person; money asks can be counted alone.
pub fn people_are_counted_who_were_addressed(store: &Store) {
    change(store, |tx| tx.put_send(&send(1, false)));
    change(store, |tx| tx.put_send(&send(2, true)));
    freeze(store, 1, &[10, 11, 12, 13, 14]);
    claim(store, 10, 4, FIRST_EPOCH, 5);
    let results = [
        outcome(0, DeliveryState::Accepted),
        outcome(1, DeliveryState::Refused),
        outcome(2, DeliveryState::InDoubt),
    ];
    settle(store, FIRST_EPOCH, &results, 10);
    change(store, |tx| tx.insert_deliveries(loan_id(2), &[Ordinal(10)], at(20)));
    change(store, |tx| tx.claim(loan_id(2), 10, 10, FIRST_EPOCH, at(0), at(20)));
    let since = |seconds, money| -> Vec<(u32, u32)> {
        let counted = look(store, |tx| tx.addressed_since(at(seconds), money));
        counted.iter().map(|(person, times)| (person.0, *times)).collect()
    };
    assert_eq!(since(0, false), [(10, 2), (12, 1), (13, 1)]);
    assert_eq!(since(10, false), [(10, 2), (12, 1)]);
    assert_eq!(since(11, false), [(10, 1)]);
    assert_eq!(since(0, true), [(10, 1)]);
    assert_eq!(since(21, false), []);
    assert_eq!(look(store, |tx| tx.people_addressed()), 3);
    assert_eq!(look(store, |tx| tx.answered_count(loan_id(1), at(0))), 2);
    assert_eq!(look(store, |tx| tx.answered_count(loan_id(1), at(11))), 0);
    assert_eq!(look(store, |tx| tx.answered_count(loan_id(3), at(0))), 0);
}

/// A sign of backlash counts once for each person and kind.
pub fn signals_count_once_a_person(store: &Store) {
    let add = |person, signal, seconds| {
        change(store, |tx| tx.add_signal(loan_id(1), Ordinal(person), signal, at(seconds)))
    };
    assert!(add(1, Signal::Complaint, 1));
    assert!(!add(1, Signal::Complaint, 9));
    assert!(add(1, Signal::Unsubscribe, 2));
    assert!(add(2, Signal::Complaint, 3));
    let count = |signal, since| look(store, |tx| tx.signal_count(loan_id(1), signal, at(since)));
    assert_eq!(count(Signal::Complaint, 0), 2);
    assert_eq!(count(Signal::Complaint, 2), 1);
    assert_eq!(count(Signal::Unsubscribe, 2), 1);
    assert_eq!(count(Signal::HardBounce, 0), 0);
    assert_eq!(look(store, |tx| tx.signal_count(loan_id(2), Signal::Complaint, at(0))), 0);
}

/// Whoever is pending or to be tried again is still to be mailed, and nobody else.
pub fn who_is_still_to_be_mailed_is_known(store: &Store) {
    freeze(store, 1, &[5, 3, 9, 4]);
    assert_eq!(claim(store, 4, 3, FIRST_EPOCH, 1), [0, 1, 2]);
    settle(
        store,
        FIRST_EPOCH,
        &[outcome(0, DeliveryState::Accepted), outcome(1, DeliveryState::Deferred)],
        2,
    );
    assert_eq!(look(store, |tx| tx.unsent(loan_id(1))), [Ordinal(3), Ordinal(4)]);
    assert_eq!(look(store, |tx| tx.unsent(loan_id(2))), []);
    assert_eq!(look(store, |tx| tx.accepted(loan_id(1))), [(Ordinal(5), at(2))]);
    assert_eq!(look(store, |tx| tx.accepted(loan_id(2))), []);
}

/// A send's numbers are replaced under its loan.
pub fn numbers_of_a_send_are_replaced(store: &Store) {
    assert_eq!(look(store, |tx| tx.send(loan_id(1))), None);
    change(store, |tx| tx.put_send(&send(1, true)));
    let mut released = send(1, true);
    released.released = 9;
    released.pilot_done = Some(at(50));
    change(store, |tx| tx.put_send(&released));
    assert_eq!(look(store, |tx| tx.send(loan_id(1))), Some(released));
    assert_eq!(look(store, |tx| tx.send(loan_id(2))), None);
}

/// A person finds the loans that they were held back from, and their signs of backlash, and nobody else's.
pub fn a_person_finds_what_sends_know_of_them(store: &Store) {
    let person = Ordinal(4);
    change(store, |tx| {
        tx.insert_held_back(loan_id(1), &[Ordinal(3), person])?;
        tx.insert_held_back(loan_id(2), &[Ordinal(3)])?;
        tx.insert_held_back(loan_id(3), &[person])?;
        tx.add_signal(loan_id(3), person, Signal::Unsubscribe, at(3))?;
        tx.add_signal(loan_id(2), person, Signal::HardBounce, at(2))?;
        tx.add_signal(loan_id(2), person, Signal::Complaint, at(1))?;
        tx.add_signal(loan_id(2), Ordinal(3), Signal::Complaint, at(5))
    });
    assert_eq!(look(store, |tx| tx.held_back_from(person)), [loan_id(1), loan_id(3)]);
    assert_eq!(look(store, |tx| tx.held_back_from(Ordinal(9))), []);
    let signals = [
        (loan_id(2), Signal::Complaint, at(1)),
        (loan_id(2), Signal::HardBounce, at(2)),
        (loan_id(3), Signal::Unsubscribe, at(3)),
    ];
    assert_eq!(look(store, |tx| tx.signals_of(person)), signals);
    assert_eq!(look(store, |tx| tx.signals_of(Ordinal(9))), []);
}
