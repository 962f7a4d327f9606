//! How a board decides, broken on purpose.

use super::*;
use crate::chance::SeededRng;
use proptest::prelude::*;

struct Table {
    rules: BoardRules,
    board: Vec<Trustee>,
    proceedings: Proceedings,
}

const TEXT: ContentHash = ContentHash([1; 32]);
const OTHER_TEXT: ContentHash = ContentHash([2; 32]);

fn table() -> Table {
    let mut rng = SeededRng::new(5);
    let now = Timestamp::UNIX_EPOCH;
    let board = (0..5)
        .map(|n| Trustee {
            id: UserId::new(now, &mut rng),
            name: format!("Trustee {n}"),
            wing: if n < 3 { "labor" } else { "climate" }.parse().unwrap(),
        })
        .collect();
    Table {
        rules: BoardRules { quorum: 3, wings_needed: 2, ..BoardRules::default() },
        board,
        proceedings: Proceedings::default(),
    }
}

impl Table {
    fn vote(&mut self, who: usize, ballot: Ballot, content: ContentHash) {
        let vote = Vote { trustee: self.board[who].id, ballot, content, at: Timestamp::UNIX_EPOCH, by: None };
        self.proceedings.votes.push(vote);
    }

    fn recuse(&mut self, who: usize) {
        let recusal =
            Recusal { trustee: self.board[who].id, reason: "my cousin".into(), at: Timestamp::UNIX_EPOCH };
        self.proceedings.recusals.push(recusal);
    }

    fn decide(&self) -> Decision {
        decide(&self.rules, &self.board, &self.proceedings, TEXT)
    }
}

#[test]
fn both_wings_are_needed() {
    let mut table = table();
    for who in 0..3 {
        table.vote(who, Ballot::Approve, TEXT);
    }
    assert_eq!(table.decide(), Decision::Open { missing: vec!["approvals come from 1 of 2 wings".into()] });
    table.vote(3, Ballot::Approve, TEXT);
    let Decision::Cleared(clearance) = table.decide() else { panic!("{:?}", table.decide()) };
    assert_eq!((clearance.approvals(), clearance.wings().len()), (4, 2));
}

#[test]
fn a_changed_byte_voids_the_votes() {
    let mut table = table();
    for who in 0..5 {
        table.vote(who, Ballot::Approve, OTHER_TEXT);
    }
    assert!(matches!(table.decide(), Decision::Open { .. }));
}

#[test]
fn a_recused_vote_counts_for_nothing_and_a_repeated_one_once() {
    let mut table = table();
    table.recuse(3);
    table.vote(3, Ballot::Approve, TEXT);
    for _ in 0..4 {
        table.vote(0, Ballot::Approve, TEXT);
    }
    let Decision::Open { missing } = table.decide() else { panic!() };
    assert_eq!(missing.first().unwrap(), "1 of 3 votes are in");
}

#[test]
fn an_open_challenge_holds_the_decision_and_the_others_settle_it() {
    let mut table = table();
    table.recuse(0);
    let (challenged, challenger) = (table.board[1].id, table.board[2].id);
    table.proceedings.challenges.push(Challenge {
        against: challenged,
        by: challenger,
        reason: "paid by the campaign".into(),
        at: Timestamp::UNIX_EPOCH,
        rulings: vec![(challenger, true), (challenged, false)],
    });
    for who in [2, 3, 4] {
        table.vote(who, Ballot::Approve, TEXT);
    }
    let Decision::Open { missing } = table.decide() else { panic!() };
    assert_eq!(missing, ["the others have to decide on the challenge to Trustee 1"]);
    let other = table.board[3].id;
    table.proceedings.challenges[0].rulings.push((other, true));
    assert!(matches!(table.decide(), Decision::Cleared(_)));
    assert_eq!(eligible(&table.board, &table.proceedings).len(), 3);
}

#[test]
fn a_board_that_can_never_decide_says_so() {
    let mut table = table();
    table.recuse(3);
    table.recuse(4);
    let Decision::Unreachable { why } = table.decide() else { panic!() };
    assert!(why.contains("2 wings"), "{why}");
}

#[test]
fn refusals_refuse_and_conditions_wait() {
    let mut table = table();
    table.vote(0, Ballot::Approve, TEXT);
    table.vote(1, Ballot::ApproveIf { condition: "say who pays".into() }, TEXT);
    table.vote(3, Ballot::Approve, TEXT);
    assert!(matches!(table.decide(), Decision::Open { .. }));
    for who in [1, 2, 4] {
        table.vote(who, Ballot::Refuse { reason: "not ours".into() }, TEXT);
    }
    assert!(matches!(table.decide(), Decision::Refused { .. }));
}

proptest! {
    /// However votes, recusals and texts fall, a clearance has a majority of eligible approvals on this text
    /// from both wings, counted by hand.
    #[test]
    fn no_clearance_without_quorum_majority_and_wings(
        votes in proptest::collection::vec((0_usize..5, 0_u8..3, any::<bool>()), 0..14),
        recused in proptest::collection::btree_set(0_usize..5, 0..3),
    ) {
        let mut table = table();
        for who in &recused {
            table.recuse(*who);
        }
        let mut last = BTreeMap::new();
        for (who, kind, current) in votes {
            let ballot = match kind {
                0 => Ballot::Approve,
                1 => Ballot::ApproveIf { condition: "c".into() },
                _ => Ballot::Refuse { reason: "r".into() },
            };
            table.vote(who, ballot, if current { TEXT } else { OTHER_TEXT });
            if current && !recused.contains(&who) {
                last.insert(who, kind);
            }
        }
        let approvals: Vec<usize> = last.iter().filter(|(_, kind)| **kind == 0).map(|(who, _)| *who).collect();
        let by_hand = last.len() >= 3
            && approvals.len() * 2 > 5 - recused.len()
            && approvals.iter().any(|who| *who < 3)
            && approvals.iter().any(|who| *who >= 3);
        prop_assert_eq!(matches!(table.decide(), Decision::Cleared(_)), by_hand);
    }
}
