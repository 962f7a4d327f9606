//! What one entry of the decision ledger says, and its canonical bytes.
//!
//! INVARIANT: a leaf holds no personal data. It is public and for ever, so it names people by random ids only, and a
//! detail that may have to be erased stays outside and is committed to by [`commit`].

use crate::canonical;
use crate::hash::{Hash, plain_hash};
use crate::tiles::MAX_ENTRY_BYTES;
use serde_json::{Map, Value};

/// The longest kind, in bytes.
pub const MAX_KIND_BYTES: usize = 64;

/// Why something cannot be an entry.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum LeafError {
    /// Numbers with a fraction have many spellings; count in whole units instead.
    #[error("`{0}` is not a whole number, and only whole numbers have one canonical form")]
    Fraction(String),
    /// The instant is not in the one form that the ledger uses.
    #[error("`{0}` is not an instant in UTC like `2026-03-01T09:30:00Z`")]
    Instant(String),
    /// The kind is not dotted lower-case words.
    #[error("`{0}` is not a kind; use lower-case words joined by dots, like `loan.cleared`, up to 64 bytes")]
    Kind(String),
    /// A text looks like an e-mail address. The text itself is not repeated here.
    #[error(
        "`{0}` holds what looks like an e-mail address; refer to a person by id, or commit to the detail"
    )]
    PersonalData(String),
    /// The entry is longer than a bundle can hold.
    #[error("the entry has {0} bytes; at most 65535 fit")]
    TooLong(usize),
    /// The bytes are not the canonical form of a leaf.
    #[error("the entry is not a leaf in canonical form: {0}")]
    NotCanonical(String),
}

/// One decision, send, export, accusation or bulk read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// When, in RFC 3339 and UTC: `2026-03-01T09:30:00Z`, with up to nine digits of a second's fraction.
    pub at: String,
    /// What happened, as dotted lower-case words: `loan.cleared`.
    pub kind: String,
    /// The rest, whole numbers and ids only.
    pub body: Value,
}

impl Leaf {
    /// The entry's canonical bytes: `{"at":…,"body":…,"kind":…}`.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LeafError> {
        if !is_instant(&self.at) {
            return Err(LeafError::Instant(self.at.clone()));
        }
        if !is_kind(&self.kind) {
            return Err(LeafError::Kind(self.kind.clone()));
        }
        refuse_addresses(&self.body, "body")?;
        let mut members = Map::new();
        members.insert("at".into(), Value::String(self.at.clone()));
        members.insert("body".into(), self.body.clone());
        members.insert("kind".into(), Value::String(self.kind.clone()));
        let mut text = String::new();
        canonical::write(&Value::Object(members), &mut text)?;
        if text.len() > MAX_ENTRY_BYTES {
            return Err(LeafError::TooLong(text.len()));
        }
        Ok(text.into_bytes())
    }

    /// Reads an entry back. Only the canonical form is accepted, so one meaning has one hash.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LeafError> {
        if bytes.len() > MAX_ENTRY_BYTES {
            return Err(LeafError::TooLong(bytes.len()));
        }
        let not_canonical = |what: &str| LeafError::NotCanonical(what.to_owned());
        let value: Value = serde_json::from_slice(bytes).map_err(|_| not_canonical("it is not JSON"))?;
        let Value::Object(mut members) = value else { return Err(not_canonical("it is not an object")) };
        let (Some(Value::String(at)), Some(body), Some(Value::String(kind))) =
            (members.remove("at"), members.remove("body"), members.remove("kind"))
        else {
            return Err(not_canonical("`at`, `body` or `kind` is missing"));
        };
        let leaf = Self { at, kind, body };
        if leaf.to_bytes()? == bytes { Ok(leaf) } else { Err(not_canonical("it is written another way")) }
    }
}

/// Commits to a detail that stays outside the ledger: SHA-256 of 32 random bytes and the payload.
///
/// The detail is opened by showing both; it is erased by destroying both, after which the hash says nothing.
pub fn commit(random: &[u8; 32], payload: &[u8]) -> Hash {
    plain_hash(&[random, payload])
}

fn is_instant(text: &str) -> bool {
    let Some((date_and_time, "")) = text.split_once('Z') else { return false };
    let (seconds, fraction) = match date_and_time.split_once('.') {
        Some((seconds, fraction)) => (seconds, Some(fraction)),
        None => (date_and_time, None),
    };
    let pattern = b"0000-00-00T00:00:00";
    let shape = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
    let number = |from: usize| seconds.get(from..from + 2).and_then(|digits| digits.parse::<u8>().ok());
    let within = |from, low, high| number(from).is_some_and(|value| (low..=high).contains(&value));
    seconds.bytes().map(shape).eq(pattern.iter().copied())
        && fraction.is_none_or(|digits| {
            (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
        && within(5, 1, 12)
        && within(8, 1, 31)
        && within(11, 0, 23)
        && within(14, 0, 59)
        && within(17, 0, 60)
}

fn is_kind(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
    };
    text.len() <= MAX_KIND_BYTES && text.split('.').all(is_word)
}

/// A net under the invariant, not a proof of it: refuses any text or key of the shape `a@b.c`.
fn refuse_addresses(value: &Value, path: &str) -> Result<(), LeafError> {
    match value {
        Value::String(text) if looks_like_address(text) => Err(LeafError::PersonalData(path.to_owned())),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(position, item)| refuse_addresses(item, &format!("{path}[{position}]"))),
        Value::Object(members) => members.iter().try_for_each(|(key, member)| {
            if looks_like_address(key) {
                return Err(LeafError::PersonalData(path.to_owned()));
            }
            refuse_addresses(member, &format!("{path}.{key}"))
        }),
        _ => Ok(()),
    }
}

fn looks_like_address(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || "<>,;\"()".contains(c)).any(|word| {
        word.rsplit_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.split_once('.').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn leaf(body: Value) -> Leaf {
        Leaf { at: "2026-03-01T09:30:00Z".into(), kind: "loan.cleared".into(), body }
    }

    #[test]
    fn the_bytes_are_canonical_and_read_back() {
        let leaf = leaf(json!({"votes": 3, "loan": "L-7", "é": [true, null]}));
        let bytes = leaf.to_bytes().unwrap();
        assert_eq!(
            String::from_utf8(bytes.clone()).unwrap(),
            r#"{"at":"2026-03-01T09:30:00Z","body":{"loan":"L-7","votes":3,"é":[true,null]},"kind":"loan.cleared"}"#
        );
        assert_eq!(Leaf::from_bytes(&bytes), Ok(leaf));
    }

    #[test]
    fn another_spelling_of_the_same_leaf_is_refused() {
        for spelling in [
            r#"{"at":"2026-03-01T09:30:00Z","kind":"a.b","body":{}}"#,
            r#"{"at":"2026-03-01T09:30:00Z","body":{}, "kind":"a.b"}"#,
            r#"{"at":"2026-03-01T09:30:00Z","body":{},"kind":"a.b","more":1}"#,
        ] {
            let outcome = Leaf::from_bytes(spelling.as_bytes());
            assert!(matches!(outcome, Err(LeafError::NotCanonical(_))), "{spelling}: {outcome:?}");
        }
    }

    #[test]
    fn what_an_entry_refuses() {
        assert_eq!(leaf(json!({"rate": 0.5})).to_bytes(), Err(LeafError::Fraction("0.5".into())));
        let found = leaf(json!({"who": [{"to": "Ann <ann@example.org>"}]})).to_bytes();
        assert_eq!(found, Err(LeafError::PersonalData("body.who[0].to".into())));
        assert!(!found.unwrap_err().to_string().contains("ann"));
        assert!(leaf(json!({"note": "meet @ noon", "tag": "@handle"})).to_bytes().is_ok());
        let long = leaf(json!("x".repeat(MAX_ENTRY_BYTES))).to_bytes();
        assert!(matches!(long, Err(LeafError::TooLong(_))));
        for at in [
            "2026-03-01 09:30:00Z",
            "2026-03-01T09:30:00+01:00",
            "2026-13-01T09:30:00Z",
            "2026-03-01T09:30:00.Z",
        ] {
            let wrong = Leaf { at: at.into(), ..leaf(json!({})) };
            assert_eq!(wrong.to_bytes(), Err(LeafError::Instant(at.into())));
        }
        for kind in ["", "Loan", "loan.", "loan cleared"] {
            let wrong = Leaf { kind: kind.into(), ..leaf(json!({})) };
            assert_eq!(wrong.to_bytes(), Err(LeafError::Kind(kind.into())));
        }
    }

    #[test]
    fn a_commitment_depends_on_both_parts() {
        assert_eq!(commit(&[1; 32], b"x"), commit(&[1; 32], b"x"));
        assert_ne!(commit(&[1; 32], b"x"), commit(&[2; 32], b"x"));
        assert_ne!(commit(&[1; 32], b"x"), commit(&[1; 32], b"y"));
    }
}
