//! The keys that trustees sign with, and when one takes force: never by the word of whoever runs the machine, always
//! by keys of the board itself. How a signature is checked is no business of this file.

use crate::canonical::{CanonicalError, ContentHash};
use crate::clearance::{BoardRules, Trustee};
use crate::ids::UserId;
use crate::statement::Signed;
use crate::words::Slug;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Which signatures a key makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// Ed25519 (RFC 8032): 32 bytes.
    Ed25519,
    /// ECDSA over P-256 with SHA-256: the point, 65 bytes uncompressed (SEC 1, section 2.3.3).
    Es256,
}

impl Algorithm {
    /// The word in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::Es256 => "es256",
        }
    }
}

/// A public key, by which anybody checks a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicKey {
    /// Its kind.
    pub algorithm: Algorithm,
    /// Its bytes, base64url without padding.
    pub public: String,
    /// For a passkey, the one origin that it signs for, such as `https://forward.example`; none for a key in a file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub origin: Option<String>,
}

impl PublicKey {
    /// How the key is called: the hash of what it is.
    pub fn id(&self) -> Result<ContentHash, CanonicalError> {
        ContentHash::of(&json!({"algorithm": self.algorithm, "public": self.public, "origin": self.origin}))
    }
}

/// A trustee's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrusteeKey {
    /// Its id: the hash of what it is.
    pub id: ContentHash,
    /// Whose.
    pub trustee: UserId,
    /// What its owner calls it: `my phone`.
    pub label: String,
    /// What signatures are checked with.
    pub public: PublicKey,
    /// The credential id of a passkey, base64url; browsers ask for it.
    pub credential: Option<String>,
    /// When it was registered.
    pub registered: Timestamp,
    /// How often a passkey says that it has signed; 0 when it does not count.
    pub counter: u32,
    /// Who said that it is theirs.
    pub confirmations: Vec<Signed>,
    /// Since when votes may be signed with it.
    pub in_force: Option<Timestamp>,
    /// Since when not any more.
    pub withdrawn: Option<Timestamp>,
}

impl TrusteeKey {
    /// Whether a vote may be signed with it now.
    pub fn is_in_force(&self) -> bool {
        self.in_force.is_some() && self.withdrawn.is_none()
    }

    /// Whether it was in force at that time.
    pub fn was_in_force(&self, at: Timestamp) -> bool {
        self.in_force.is_some_and(|since| since <= at) && self.withdrawn.is_none_or(|until| at < until)
    }

    /// Whether it waits to be confirmed.
    pub fn is_pending(&self) -> bool {
        self.in_force.is_none() && self.withdrawn.is_none()
    }
}

// INVARIANT: a key takes force only by keys of trustees. Whoever runs the machine can let a key be registered in a
// trustee's name, and cannot make it count.
/// The pending keys that take force now.
///
/// The first keys of a board confirm each other: they take force together, once trustees enough for a quorum, from
/// wings enough, and at least two, each have a key that another of them confirmed. From then on a key takes force
/// when its owner confirms it with a key already in force, or when two others do (all, where there are fewer), from
/// wings enough where those others have them.
pub fn newly_in_force(keys: &[TrusteeKey], board: &[Trustee], rules: &BoardRules) -> Vec<ContentHash> {
    if keys.iter().any(TrusteeKey::is_in_force) {
        let pending = keys.iter().filter(|key| key.is_pending());
        return pending.filter(|key| is_confirmed(key, keys, board, rules)).map(|key| key.id).collect();
    }
    founding(keys, board, rules)
}

/// What a pending key still waits for, in words.
pub fn still_missing(key: &TrusteeKey, keys: &[TrusteeKey], board: &[Trustee], rules: &BoardRules) -> String {
    if !keys.iter().any(TrusteeKey::is_in_force) {
        let (quorum, wings) = (rules.quorum.max(2), rules.wings_needed);
        return format!(
            "the board has no key in force yet: {quorum} trustees from {wings} wings confirm each other's first keys"
        );
    }
    let own = keys.iter().any(|other| other.trustee == key.trustee && other.is_in_force());
    let (needed, wings) = bar(key, keys, board, rules);
    let by_others = format!("{needed} other trustees from {wings} wings");
    if own { format!("confirm it with your key in force, or {by_others} do") } else { by_others }
}

fn founding(keys: &[TrusteeKey], board: &[Trustee], rules: &BoardRules) -> Vec<ContentHash> {
    let mut group: BTreeMap<ContentHash, &TrusteeKey> = keys
        .iter()
        .filter(|key| key.is_pending() && board.iter().any(|trustee| trustee.id == key.trustee))
        .map(|key| (key.id, key))
        .collect();
    loop {
        let by_another = |key: &TrusteeKey| {
            key.confirmations.iter().any(|signed| {
                group
                    .get(&signed.key)
                    .is_some_and(|by| by.trustee != key.trustee && by.trustee == signed.statement.trustee)
            })
        };
        let stays: BTreeSet<ContentHash> =
            group.values().filter(|key| by_another(key)).map(|key| key.id).collect();
        if stays.len() == group.len() {
            break;
        }
        group.retain(|id, _| stays.contains(id));
    }
    let owners: BTreeSet<UserId> = group.values().map(|key| key.trustee).collect();
    let wings = wings_of(&owners, board).len();
    let enough = owners.len() >= rules.quorum.max(2) as usize && wings >= rules.wings_needed as usize;
    if enough { group.into_keys().collect() } else { Vec::new() }
}

fn is_confirmed(key: &TrusteeKey, keys: &[TrusteeKey], board: &[Trustee], rules: &BoardRules) -> bool {
    let by: BTreeSet<UserId> = key
        .confirmations
        .iter()
        .filter_map(|signed| keys.iter().find(|other| other.id == signed.key))
        .filter(|other| other.is_in_force())
        .map(|other| other.trustee)
        .collect();
    if by.contains(&key.trustee) {
        return true;
    }
    let (needed, wings) = bar(key, keys, board, rules);
    let by: BTreeSet<UserId> =
        by.into_iter().filter(|id| board.iter().any(|trustee| trustee.id == *id)).collect();
    needed > 0 && by.len() >= needed && wings_of(&by, board).len() >= wings
}

/// How many others have to confirm a key, and from how many wings.
fn bar(key: &TrusteeKey, keys: &[TrusteeKey], board: &[Trustee], rules: &BoardRules) -> (usize, usize) {
    let others: BTreeSet<UserId> = board
        .iter()
        .map(|trustee| trustee.id)
        .filter(|id| *id != key.trustee)
        .filter(|id| keys.iter().any(|other| other.trustee == *id && other.is_in_force()))
        .collect();
    let needed = others.len().min(2);
    let wings = wings_of(&others, board).len().min(rules.wings_needed as usize).min(needed);
    (needed, wings)
}

fn wings_of<'a>(who: &BTreeSet<UserId>, board: &'a [Trustee]) -> BTreeSet<&'a Slug> {
    board.iter().filter(|trustee| who.contains(&trustee.id)).map(|trustee| &trustee.wing).collect()
}

#[cfg(test)]
mod tests;
