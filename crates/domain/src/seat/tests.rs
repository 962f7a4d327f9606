//! When a key takes force, and that no single person brings it about.

use super::*;
use crate::chance::SeededRng;
use crate::statement::{Act, FORM, Proof, Statement};

struct Table {
    board: Vec<Trustee>,
    keys: Vec<TrusteeKey>,
    rules: BoardRules,
}

fn table() -> Table {
    let mut rng = SeededRng::new(5);
    let board: Vec<Trustee> = (0..5)
        .map(|n| Trustee {
            id: UserId::new(Timestamp::UNIX_EPOCH, &mut rng),
            name: format!("Trustee {n}"),
            wing: if n < 3 { "labor" } else { "climate" }.parse().unwrap(),
        })
        .collect();
    Table {
        board,
        keys: Vec::new(),
        rules: BoardRules { quorum: 3, wings_needed: 2, ..BoardRules::default() },
    }
}

impl Table {
    /// Registers a key of `who`; returns its place.
    fn register(&mut self, who: usize) -> usize {
        let place = self.keys.len();
        let public =
            PublicKey { algorithm: Algorithm::Ed25519, public: format!("key-{place}"), origin: None };
        self.keys.push(TrusteeKey {
            id: public.id().unwrap(),
            trustee: self.board[who].id,
            label: String::new(),
            public,
            credential: None,
            registered: Timestamp::UNIX_EPOCH,
            counter: 0,
            confirmations: Vec::new(),
            in_force: None,
            withdrawn: None,
        });
        place
    }

    fn confirm(&mut self, key: usize, with: usize) {
        let (id, by) = (self.keys[with].id, self.keys[with].trustee);
        let statement = Statement {
            form: FORM.to_owned(),
            list: String::new(),
            matter: "key".to_owned(),
            content: self.keys[key].id,
            act: Act::ConfirmKey,
            whom: Some(self.keys[key].trustee),
            seat: None,
            until: None,
            words: None,
            trustee: by,
            at: Timestamp::UNIX_EPOCH,
            nonce: String::new(),
        };
        let proof = Proof::File { signature: String::new() };
        self.keys[key].confirmations.push(Signed { statement, key: id, proof });
    }

    fn settle(&mut self) -> usize {
        let new = newly_in_force(&self.keys, &self.board, &self.rules);
        for key in &mut self.keys {
            if new.contains(&key.id) {
                key.in_force = Some(Timestamp::UNIX_EPOCH);
            }
        }
        new.len()
    }

    fn founded() -> Self {
        let mut table = table();
        for who in [0, 1, 3] {
            table.register(who);
        }
        for (key, with) in [(0, 1), (1, 2), (2, 0)] {
            table.confirm(key, with);
        }
        assert_eq!(table.settle(), 3);
        table
    }
}

#[test]
fn the_first_keys_take_force_together_with_a_quorum_of_both_wings() {
    let mut table = table();
    for who in [0, 1, 2, 3] {
        table.register(who);
    }
    assert_eq!(table.settle(), 0, "a key alone counts for nothing");
    for (key, with) in [(0, 1), (1, 2), (2, 0)] {
        table.confirm(key, with);
    }
    assert_eq!(table.settle(), 0, "three of one wing found no board");
    table.confirm(3, 0);
    assert_eq!(table.settle(), 4);
}

#[test]
fn nobody_founds_a_board_alone() {
    let mut table = table();
    table.rules.quorum = 1;
    table.rules.wings_needed = 1;
    let (first, second) = (table.register(0), table.register(0));
    table.confirm(first, second);
    table.confirm(second, first);
    assert_eq!(table.settle(), 0);
}

#[test]
fn a_second_key_is_confirmed_by_the_first_and_a_lost_one_replaced_by_two_others() {
    let mut table = Table::founded();
    let second = table.register(0);
    assert_eq!(table.settle(), 0);
    table.confirm(second, 0);
    assert_eq!(table.settle(), 1);

    let lost = table.register(1);
    table.confirm(lost, 0);
    assert_eq!(table.settle(), 0, "one other does not seat somebody");
    table.confirm(lost, second);
    assert_eq!(table.settle(), 0, "nor one other with two keys");
    table.confirm(lost, 2);
    assert_eq!(table.settle(), 1);
}

#[test]
fn a_key_of_somebody_without_a_seat_and_a_pending_or_withdrawn_key_confirm_nothing() {
    let mut table = Table::founded();
    let forged = table.register(4);
    let other = table.register(2);
    table.confirm(forged, other);
    table.confirm(other, forged);
    assert_eq!(table.settle(), 0, "two keys that an administrator registered confirm each other in vain");
    table.keys[0].withdrawn = Some(Timestamp::UNIX_EPOCH);
    table.confirm(forged, 0);
    table.confirm(forged, 1);
    assert_eq!(table.settle(), 0);
    table.confirm(forged, 2);
    assert_eq!(table.settle(), 1);
}
