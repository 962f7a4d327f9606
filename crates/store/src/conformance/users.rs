//! Users, links, sessions, tokens.

use super::samples::{at, borrower_id, change, conflicts, look, plain_id, slug, user_id};
use crate::handle::Store;
use crate::records::{SessionRecord, TokenAbout, TokenPurpose, TokenRecord, UserRecord};
use hustings_domain::access::Role;
use hustings_domain::canonical::ContentHash;
use hustings_domain::ids::TokenId;
use hustings_domain::token::Scope;

fn user(number: u32, email: &str) -> UserRecord {
    UserRecord {
        id: user_id(number),
        name: format!("User {}", 9 - number),
        email: email.to_owned(),
        roles: vec![Role::Steward, Role::Trustee],
        wing: Some(slug("field")),
        borrower: None,
    }
}

/// Users are found by id and address; two never share an address; a user's own can change.
pub fn an_address_belongs_to_one_user(store: &Store) {
    change(store, |tx| tx.put_user(&user(1, "a@example.org")));
    change(store, |tx| tx.put_user(&user(2, "b@example.org")));
    conflicts(store, |tx| tx.put_user(&user(3, "a@example.org")));
    assert_eq!(look(store, |tx| tx.user_by_email("b@example.org")), Some(user(2, "b@example.org")));
    change(store, |tx| tx.put_user(&user(2, "c@example.org")));
    assert_eq!(look(store, |tx| tx.user_by_email("b@example.org")), None);
    assert_eq!(look(store, |tx| tx.user(user_id(2))), Some(user(2, "c@example.org")));
    assert_eq!(look(store, |tx| tx.user(user_id(3))), None);
    assert_eq!(look(store, |tx| tx.users()), [user(2, "c@example.org"), user(1, "a@example.org")]);
}

/// A log-in link works once, and not from its last instant on.
pub fn a_link_is_used_once_and_in_time(store: &Store) {
    change(store, |tx| {
        tx.add_login_link([1; 32], user_id(1), at(10))?;
        tx.add_login_link([2; 32], user_id(2), at(10))?;
        tx.add_login_link([3; 32], user_id(3), at(11))
    });
    let take = |hash: u8, seconds| change(store, |tx| tx.take_login_link([hash; 32], at(seconds)));
    assert_eq!(take(1, 9), Some(user_id(1)));
    assert_eq!(take(1, 9), None, "used");
    assert_eq!(take(2, 10), None, "expired");
    assert_eq!(take(4, 9), None, "unknown");
    assert_eq!(take(3, 10), Some(user_id(3)));
}

fn session(number: u8, user: u32, expires: i64) -> SessionRecord {
    SessionRecord {
        token_hash: [number; 32],
        user: user_id(user),
        csrf: format!("form-{number}"),
        expires: at(expires),
    }
}

/// A session lives until its end, or until it is ended.
pub fn sessions_end(store: &Store) {
    change(store, |tx| tx.add_session(&session(1, 1, 10)));
    change(store, |tx| tx.add_session(&session(2, 1, 10)));
    let live = |number: u8, seconds| look(store, |tx| tx.session([number; 32], at(seconds)));
    assert_eq!(live(1, 9), Some(session(1, 1, 10)));
    assert_eq!(live(1, 10), None);
    change(store, |tx| tx.end_session([2; 32]));
    assert_eq!(live(2, 0), None);
    assert_eq!(live(1, 0), Some(session(1, 1, 10)));
}

/// A token as it is kept.
pub(super) fn token(number: u8, user: u32, expires: i64) -> TokenRecord {
    TokenRecord {
        hash: [number; 32],
        user: user_id(user),
        expires: at(expires),
        about: TokenAbout {
            id: TokenId(plain_id(u32::from(number))),
            purpose: TokenPurpose::Program,
            name: format!("program {number}"),
            borrower: Some(borrower_id(1)),
            scopes: vec![Scope::Count],
            bound: Some(ContentHash([number; 32])),
            made: at(0),
            used: None,
        },
    }
}

/// A token is found by its hash until it runs out, is kept anew under the same hash, listed, and ended once.
pub fn a_token_is_found_until_it_ends(store: &Store) {
    for (number, expires) in [(1, 20), (2, 10), (3, 15)] {
        change(store, |tx| tx.put_token(&token(number, 1, expires)));
    }
    let mut used = token(1, 1, 20);
    used.about.used = Some(jiff::civil::date(2026, 9, 1));
    change(store, |tx| tx.put_token(&used));
    assert_eq!(look(store, |tx| tx.token([1; 32], at(19))), Some(used.clone()));
    assert_eq!(look(store, |tx| tx.token([1; 32], at(20))), None);
    assert_eq!(look(store, |tx| tx.tokens(at(10))), [token(3, 1, 15), used]);
    assert!(change(store, |tx| tx.end_token([3; 32])));
    assert!(!change(store, |tx| tx.end_token([3; 32])));
    assert_eq!(look(store, |tx| tx.tokens(at(10))).len(), 1);
}

/// Ending everything of a user ends links, sessions and tokens, and nobody else's.
pub fn everything_of_a_user_ends_at_once(store: &Store) {
    for number in [1_u8, 2] {
        let user = user_id(u32::from(number));
        change(store, |tx| {
            tx.add_login_link([number; 32], user, at(10))?;
            tx.add_session(&session(number, u32::from(number), 10))?;
            tx.put_token(&token(number, u32::from(number), 10))
        });
    }
    assert_eq!(look(store, |tx| tx.token([1; 32], at(9))), Some(token(1, 1, 10)));
    assert_eq!(look(store, |tx| tx.token([1; 32], at(10))), None);
    change(store, |tx| tx.end_all_of(user_id(1)));
    assert_eq!(look(store, |tx| tx.token([1; 32], at(1))), None);
    assert_eq!(look(store, |tx| tx.session([1; 32], at(1))), None);
    assert_eq!(change(store, |tx| tx.take_login_link([1; 32], at(1))), None);
    assert_eq!(look(store, |tx| tx.token([2; 32], at(1))), Some(token(2, 2, 10)));
    assert_eq!(look(store, |tx| tx.session([2; 32], at(1))), Some(session(2, 2, 10)));
    assert_eq!(change(store, |tx| tx.take_login_link([2; 32], at(1))), Some(user_id(2)));
}
