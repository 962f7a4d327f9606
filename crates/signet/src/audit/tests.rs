//! A ledger with a founding, votes and a clearance; and each way to falsify it.

use super::*;
use crate::file_key::FileKey;
use hustings_domain::chance::SeededRng;
use hustings_domain::statement::{FORM, Statement};
use serde_json::json;

const LIST: &str = "forward.example/hustings";
const CONTENT: ContentHash = ContentHash([1; 32]);

struct Board {
    trustees: Vec<UserId>,
    keys: Vec<FileKey>,
    entries: Vec<(String, Value)>,
    nonce: u32,
}

impl Board {
    fn founded() -> Self {
        let mut rng = SeededRng::new(4);
        let trustees: Vec<UserId> = (0..3).map(|_| UserId::new(Timestamp::UNIX_EPOCH, &mut rng)).collect();
        let keys: Vec<FileKey> = (0..3).map(|_| FileKey::new(&mut rng).unwrap()).collect();
        let mut board = Self { trustees, keys, entries: Vec::new(), nonce: 0 };
        board.enter("charter.adopted", json!({"quorum": 2, "wings_needed": 2, "votes_signed": "required"}));
        for (who, wing) in [(0, "labor"), (1, "labor"), (2, "climate")] {
            let user = board.trustees[who];
            board.enter("user.added", json!({"user": user, "roles": ["trustee"], "wing": wing}));
        }
        for who in 0..3 {
            board.register(who);
        }
        for (by, whose) in [(0, 1), (1, 2), (2, 0)] {
            let key = board.keys[whose].public().id().unwrap();
            let signed = board.signed(by, Act::ConfirmKey, "key", key);
            board.enter_signed("key.confirmed", json!({"key": key}), &signed);
        }
        let ids: Vec<ContentHash> = board.keys.iter().map(|key| key.public().id().unwrap()).collect();
        board.enter("key.in-force", json!({"keys": ids}));
        board
    }

    fn enter(&mut self, kind: &str, body: Value) {
        self.entries.push((kind.to_owned(), body));
    }

    fn enter_signed(&mut self, kind: &str, mut body: Value, signed: &Signed) {
        body["by"] = json!(format!("trustee:{}", signed.statement.trustee));
        body["signed"] = json!(signed);
        self.enter(kind, body);
    }

    fn register(&mut self, who: usize) {
        let public = self.keys[who].public();
        let id = public.id().unwrap();
        let signed = self.signed(who, Act::RegisterKey, "key", id);
        let body = json!({"key": id, "trustee": self.trustees[who], "public": public});
        self.enter_signed("key.registered", body, &signed);
    }

    fn signed(&mut self, who: usize, act: Act, matter: &str, content: ContentHash) -> Signed {
        self.nonce += 1;
        let statement = Statement {
            form: FORM.to_owned(),
            list: LIST.to_owned(),
            matter: matter.to_owned(),
            content,
            act,
            whom: None,
            seat: None,
            until: None,
            words: None,
            trustee: self.trustees[who],
            at: Timestamp::UNIX_EPOCH,
            nonce: format!("{:032x}", self.nonce),
        };
        self.keys[who].sign(&statement).unwrap()
    }

    fn vote(&mut self, who: usize) -> Signed {
        let signed = self.signed(who, Act::Approve, "L-3", CONTENT);
        let body = json!({"loan": 3, "content": CONTENT, "ballot": "approve"});
        self.enter_signed("vote.cast", body, &signed);
        signed
    }

    fn cleared(&mut self, approvals: u32) {
        self.enter("loan.cleared", json!({"loan": 3, "content": CONTENT, "approvals": approvals}));
    }

    fn audit(&self) -> Audit {
        let entries: Vec<Vec<u8>> = self
            .entries
            .iter()
            .map(|(kind, body)| {
                serde_json::to_vec(&json!({"at": "1970-01-01T00:00:00Z", "kind": kind, "body": body}))
                    .unwrap()
            })
            .collect();
        audit(LIST, entries.iter().map(Vec::as_slice))
    }

    fn first_finding(&self) -> String {
        self.audit().findings.first().map_or_else(String::new, |finding| finding.what.clone())
    }
}

#[test]
fn an_honest_ledger_has_no_findings() {
    let mut board = Board::founded();
    board.vote(0);
    board.vote(2);
    board.cleared(2);
    let audit = board.audit();
    assert_eq!(audit.findings, []);
    assert_eq!((audit.keys, audit.votes, audit.signed, audit.unsigned), (3, 2, 8, 0));
}

#[test]
fn a_forged_vote_is_found() {
    let mut board = Board::founded();
    let signed = board.vote(0);
    let mut forged = signed.clone();
    forged.statement.trustee = board.trustees[1];
    forged.statement.nonce = "f".repeat(32);
    let body = json!({"loan": 3, "content": CONTENT, "ballot": "approve"});
    board.enter_signed("vote.cast", body, &forged);
    assert_eq!(board.first_finding(), "is signed with another trustee's key");
}

#[test]
fn a_replayed_vote_is_found() {
    let mut board = Board::founded();
    let signed = board.vote(0);
    board.enter_signed("vote.cast", json!({"loan": 3, "content": CONTENT, "ballot": "approve"}), &signed);
    assert_eq!(board.first_finding(), "repeats a statement");
}

#[test]
fn a_vote_told_otherwise_than_signed_is_found() {
    for body in [
        json!({"loan": 4, "content": CONTENT, "ballot": "approve"}),
        json!({"loan": 3, "content": ContentHash([2; 32]), "ballot": "approve"}),
        json!({"loan": 3, "content": CONTENT, "ballot": "refuse"}),
    ] {
        let mut board = Board::founded();
        let signed = board.signed(0, Act::Approve, "L-3", CONTENT);
        board.enter_signed("vote.cast", body, &signed);
        assert_eq!(board.first_finding(), "tells another vote than was signed");
    }
}

#[test]
fn an_unsigned_vote_and_too_many_approvals_are_found() {
    let mut board = Board::founded();
    let by = format!("trustee:{}", board.trustees[1]);
    board.enter("vote.cast", json!({"loan": 3, "content": CONTENT, "ballot": "approve", "by": by}));
    assert_eq!(board.first_finding(), "is not signed, and had to be");
    let mut board = Board::founded();
    board.vote(0);
    board.cleared(2);
    assert_eq!(board.first_finding(), "counts 2 approvals, and 1 were cast");
}

#[test]
fn a_key_that_an_administrator_put_in_force_is_found_and_so_is_what_it_signs() {
    let mut board = Board::founded();
    let mut rng = SeededRng::new(99);
    let own = std::mem::replace(&mut board.keys[1], FileKey::new(&mut rng).unwrap());
    board.register(1);
    let id = board.keys[1].public().id().unwrap();
    board.enter("key.in-force", json!({"keys": [id]}));
    assert!(
        board.first_finding().ends_with("in force, which was not confirmed"),
        "{}",
        board.first_finding()
    );
    board.vote(1);
    assert!(board.audit().findings.iter().any(|finding| finding.what.ends_with("which was not in force")));
    drop(own);
}

#[test]
fn a_statement_for_another_list_is_found() {
    let mut board = Board::founded();
    let signed = board.signed(0, Act::Approve, "L-3", CONTENT);
    board.enter_signed("vote.cast", json!({"loan": 3, "content": CONTENT, "ballot": "approve"}), &signed);
    let entries: Vec<Vec<u8>> = board
        .entries
        .iter()
        .map(|(kind, body)| {
            serde_json::to_vec(&json!({"at": "1970-01-01T00:00:00Z", "kind": kind, "body": body})).unwrap()
        })
        .collect();
    let other = audit("other.example/hustings", entries.iter().map(Vec::as_slice));
    assert!(other.findings.iter().any(|finding| finding.what == "the statement is for another list"));
}

#[test]
fn bytes_that_are_no_entries_are_found_and_nothing_more() {
    for bytes in [&b"{"[..], b"null", b"{\"at\":1}", b"\xff"] {
        assert_eq!(audit(LIST, [bytes]).findings.len(), 1);
    }
}

fn asked(board: &mut Board, number: u32, kind: &str) {
    board.enter(
        "act.asked",
        json!({"asked": number, "act": kind, "content": CONTENT, "by": "operator", "reason": CONTENT}),
    );
}

fn grant(board: &mut Board, who: usize, number: u32) {
    let mut signed = board.signed(who, Act::Grant, &format!("act/{number}"), CONTENT);
    signed.statement.until = Some(Timestamp::from_second(100).unwrap());
    signed = board.keys[who].sign(&signed.statement).unwrap();
    board.enter_signed("act.granted", json!({"asked": number, "act": "move"}), &signed);
}

fn found(board: &Board) -> Vec<String> {
    board.audit().findings.into_iter().map(|finding| finding.what).collect()
}

#[test]
fn what_nobody_does_alone_was_granted_before_once_and_for_this() {
    let mut board = Board::founded();
    asked(&mut board, 1, "move");
    grant(&mut board, 0, 1);
    board.enter("list.moved", json!({"by": "operator", "granted": 1}));
    assert_eq!((found(&board), board.audit().granted), (Vec::new(), 1));
    let mut twice = board;
    twice.enter("list.moved", json!({"by": "operator", "granted": 1}));
    assert!(found(&twice)[0].starts_with("goes on a grant that does not fit it"), "{:?}", found(&twice));

    let bodies = [
        ("user.added", json!({"by": "operator", "alone": true}), "was done without a second person"),
        ("list.moved", json!({"by": "operator", "granted": 1}), "goes on a grant that does not fit it"),
        ("list.moved", json!({"by": "operator", "granted": 7}), "was done without a second person"),
        ("list.moved", json!({"by": "operator", "broken_glass": 1}), "did alone what no emergency allows"),
        ("copy.fetched", json!({"by": "operator"}), "was done without a second person"),
    ];
    for (kind, body, what) in bodies {
        let mut board = Board::founded();
        asked(&mut board, 1, "move");
        board.enter(kind, body);
        assert!(found(&board)[0].starts_with(what), "{kind}: {:?}", found(&board));
    }
}

#[test]
fn a_grant_of_ones_own_and_one_for_another_text_are_found() {
    let mut board = Board::founded();
    let own = format!("trustee:{}", board.trustees[0]);
    board.enter("act.asked", json!({"asked": 1, "act": "open-trace", "content": CONTENT, "by": own}));
    grant(&mut board, 0, 1);
    assert_eq!(found(&board), ["grants what the same person asked for"]);

    let mut board = Board::founded();
    board.enter(
        "act.asked",
        json!({"asked": 1, "act": "move", "content": ContentHash([9; 32]), "by": "operator"}),
    );
    grant(&mut board, 0, 1);
    assert_eq!(found(&board), ["tells another answer than was signed"]);
}

#[test]
fn a_grant_without_a_seat_one_by_whom_it_is_about_and_a_declined_one_are_found() {
    let mut board = Board::founded();
    let gone = json!({"by": "operator", "granted": 1, "user": board.trustees[0]});
    asked(&mut board, 1, "change-user");
    grant(&mut board, 1, 1);
    board.enter("user.changed", gone.clone());
    asked(&mut board, 2, "move");
    grant(&mut board, 0, 2);
    assert_eq!(found(&board), ["grants without a seat on the board"]);

    let mut board = Board::founded();
    asked(&mut board, 1, "change-user");
    grant(&mut board, 0, 1);
    board.enter("user.changed", gone);
    assert_eq!(found(&board), ["was granted by the one whom it is about"]);

    let mut board = Board::founded();
    asked(&mut board, 1, "move");
    grant(&mut board, 0, 1);
    let signed = board.signed(1, Act::Decline, "act/1", CONTENT);
    board.enter_signed("act.declined", json!({"asked": 1}), &signed);
    board.enter("list.moved", json!({"by": "operator", "granted": 1}));
    assert!(found(&board)[0].starts_with("goes on a grant that does not fit it"), "{:?}", found(&board));
}

#[test]
fn before_two_have_keys_one_acts_alone_and_a_borrower_fetches_its_own() {
    let mut board = Board::founded();
    board.entries.insert(1, ("list.backed-up".to_owned(), json!({"by": "operator", "alone": true})));
    board.enter("copy.fetched", json!({"by": "borrower:01900000-0000-7000-8000-000000000001"}));
    assert_eq!(found(&board), [""; 0]);
}

#[test]
fn an_emergency_is_a_finding_until_a_quorum_has_confirmed_it() {
    let mut board = Board::founded();
    board.enter("act.alone", json!({"asked": 1, "act": "restore", "content": CONTENT, "by": "operator"}));
    board.enter("list.restored", json!({"by": "operator", "broken_glass": 1}));
    assert_eq!(found(&board), ["was done alone and not confirmed by the board: restore"]);
    for (who, left) in [(0, 1), (1, 1), (2, 0)] {
        let signed = board.signed(who, Act::ConfirmAlone, "act/1", CONTENT);
        board.enter_signed("alone.confirmed", json!({"asked": 1, "settled": true}), &signed);
        // Two are a quorum, and the third sits in the wing that was missing.
        assert_eq!(found(&board).len(), left, "{who}");
    }
    assert_eq!(board.audit().alone, 1);
}
