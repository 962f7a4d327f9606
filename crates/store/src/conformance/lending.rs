//! Charters, borrowers, loans, decisions, paid answers.

use super::samples::{at, borrower, borrower_id, change, conflicts, loan, loan_id, look, slug, user_id};
use crate::handle::Store;
use crate::records::{AskingRecord, EstimateRecord};
use hustings_domain::borrower::Standing;
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::{Ballot, Proceedings, Vote};
use hustings_domain::estimate::{Answer, PartOf, RhoMillionths};
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::LoanState;

/// The highest version is in force, and no version is written over.
pub fn charters_are_versions(store: &Store) {
    assert_eq!(look(store, |tx| tx.charter()), None);
    change(store, |tx| tx.put_charter(2, "second", at(2)));
    change(store, |tx| tx.put_charter(1, "first", at(1)));
    assert_eq!(look(store, |tx| tx.charter()), Some((2, "second".to_owned())));
    conflicts(store, |tx| tx.put_charter(2, "forged", at(3)));
    assert_eq!(look(store, |tx| tx.charter_version(1)), Some("first".to_owned()));
    assert_eq!(look(store, |tx| tx.charter_version(3)), None);
    assert_eq!(look(store, |tx| tx.charter()), Some((2, "second".to_owned())));
}

/// Two loans never share a number; a loan is replaced under its id.
pub fn loans_have_numbers_of_their_own(store: &Store) {
    assert_eq!(look(store, |tx| tx.next_loan_number()), LoanNumber(1));
    change(store, |tx| tx.put_loan(&loan(1)));
    change(store, |tx| tx.put_loan(&loan(2)));
    assert_eq!(look(store, |tx| tx.next_loan_number()), LoanNumber(3));
    let mut taken = loan(3);
    taken.number = LoanNumber(2);
    conflicts(store, |tx| tx.put_loan(&taken));
    let mut cleared = loan(1);
    cleared.state = LoanState::Cleared;
    change(store, |tx| tx.put_loan(&cleared));
    assert_eq!(look(store, |tx| tx.loan(loan_id(1))), Some(cleared.clone()));
    assert_eq!(look(store, |tx| tx.loan_by_number(LoanNumber(2))), Some(loan(2)));
    assert_eq!(look(store, |tx| tx.loan(loan_id(3))), None);
    assert_eq!(look(store, |tx| tx.loans()), [loan(2), cleared]);
}

/// A borrower's loans are theirs alone, the newest first, and are found after the list was changed and replaced.
pub fn a_borrowers_loans_are_found_without_the_others(store: &Store) {
    let of = |number, borrower| {
        let mut loan = loan(number);
        loan.terms.borrower = borrower_id(borrower);
        loan
    };
    for kept in [of(1, 1), of(2, 2), of(3, 1)] {
        change(store, |tx| tx.put_loan(&kept));
    }
    assert_eq!(look(store, |tx| tx.loans_of(borrower_id(1))), [of(3, 1), of(1, 1)]);
    assert_eq!(look(store, |tx| tx.loans_of(borrower_id(2))), [of(2, 2)]);
    assert_eq!(look(store, |tx| tx.loans_of(borrower_id(3))), []);
    change(store, |tx| tx.put_loan(&of(3, 2)));
    assert_eq!(look(store, |tx| tx.loans_of(borrower_id(1))), [of(1, 1)]);
    assert_eq!(look(store, |tx| tx.loans_of(borrower_id(2))), [of(3, 2), of(2, 2)]);
}

/// Requests are kept in the order in which they came, and the last are read first.
pub fn requests_are_kept_and_the_last_come_first(store: &Store) {
    assert_eq!(look(store, |tx| tx.askings(9)), []);
    let asking = |number: u32, loan| AskingRecord {
        at: at(i64::from(number)),
        borrower: borrower_id(number % 2),
        loan,
        charter_version: 1,
        case: format!("{{\"n\":{number}}}"),
    };
    let kept = [asking(1, Some(LoanNumber(1))), asking(2, None), asking(3, None)];
    for asking in &kept {
        change(store, |tx| tx.add_asking(asking));
    }
    assert_eq!(look(store, |tx| tx.askings(2)), [kept[2].clone(), kept[1].clone()]);
    assert_eq!(look(store, |tx| tx.askings(9)).len(), 3);
}

/// Borrowers come in the order of registration and are replaced under their id.
pub fn borrowers_read_back_and_change(store: &Store) {
    change(store, |tx| tx.put_borrower(&borrower(2)));
    change(store, |tx| tx.put_borrower(&borrower(1)));
    let mut verified = borrower(1);
    verified.standing = Standing::Verified { at: at(9) };
    change(store, |tx| tx.put_borrower(&verified));
    assert_eq!(look(store, |tx| tx.borrowers()), [verified.clone(), borrower(2)]);
    assert_eq!(look(store, |tx| tx.borrower(borrower_id(1))), Some(verified));
    assert_eq!(look(store, |tx| tx.borrower(borrower_id(3))), None);
}

/// Before anything was said there are empty proceedings; later ones replace earlier ones.
pub fn what_the_board_said_is_replaced_whole(store: &Store) {
    assert_eq!(look(store, |tx| tx.proceedings(loan_id(1))), Proceedings::default());
    let vote = Vote {
        trustee: user_id(1),
        ballot: Ballot::Approve,
        content: ContentHash([1; 32]),
        at: at(1),
        by: None,
    };
    let said = Proceedings { votes: vec![vote], ..Proceedings::default() };
    change(store, |tx| tx.put_proceedings(loan_id(1), &said));
    assert_eq!(look(store, |tx| tx.proceedings(loan_id(1))), said);
    change(store, |tx| tx.put_proceedings(loan_id(1), &Proceedings::default()));
    assert_eq!(look(store, |tx| tx.proceedings(loan_id(1))), Proceedings::default());
}

fn estimate(number: u32, season: &str, question: u8, season_price: u32) -> EstimateRecord {
    EstimateRecord {
        borrower: borrower_id(number),
        season: slug(season),
        question: ContentHash([question; 32]),
        answer: Answer::About { count: 1_900 + number, margin: 40 },
        price: RhoMillionths(10_000),
        season_price: RhoMillionths(season_price),
        at: at(0),
        part: (question == 8).then(|| PartOf {
            whole: ContentHash([1; 32]),
            division: ContentHash([2; 32]),
            by: "issue".to_owned(),
            name: "housing".to_owned(),
        }),
    }
}

/// All answers stay; a question finds its first answer of the season; the season's spending adds up.
pub fn answers_are_kept_and_the_first_is_found(store: &Store) {
    let first = estimate(1, "spring", 7, 10_000);
    let repeated = estimate(2, "spring", 7, 0);
    let other = estimate(1, "spring", 8, 20_000);
    let autumn = estimate(1, "autumn", 7, 5_000);
    for answer in [&first, &repeated, &other, &autumn] {
        change(store, |tx| tx.add_estimate(answer));
    }
    let spring = slug("spring");
    assert_eq!(look(store, |tx| tx.estimate_of(&spring, ContentHash([7; 32]))), Some(first.clone()));
    assert_eq!(look(store, |tx| tx.estimate_of(&spring, ContentHash([9; 32]))), None);
    assert_eq!(look(store, |tx| tx.estimate_of(&slug("autumn"), ContentHash([7; 32]))), Some(autumn));
    assert_eq!(look(store, |tx| tx.estimates_for(borrower_id(1), &spring)), [first, other]);
    assert_eq!(look(store, |tx| tx.season_spent(&spring)), RhoMillionths(30_000));
    assert_eq!(look(store, |tx| tx.season_spent(&slug("winter"))), RhoMillionths(0));
}
