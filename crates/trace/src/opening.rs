//! What is opened on accusation, so that a third party runs it again without us: the keys behind the ledger's
//! commitments, and the people as salted hashes. Opening ends the season: new keys are drawn and committed.
//!
//! The third party needs the leaked file, the opening and the two commitments from the ledger. What it must
//! still take from us is who was in which audience and copy; a ledger that commits those lists closes that.

use crate::accuse::evidence::{Candidate, Matched, SeasonKeys};
use crate::accuse::{AccuseError, Case, Verdict, accuse};
use crate::hold_back::{self, HoldBackKey};
use crate::leak::LeakRow;
use crate::seeds::{self, SeedKey};
use hustings_domain::canonical::sha256;
use hustings_domain::ids::{BorrowerId, SupporterId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The commitments that stood in the ledger before the season's first draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitments {
    /// [`hold_back::commitment`].
    #[serde(with = "hexadecimal")]
    pub hold_back: [u8; 32],
    /// [`seeds::commitment`].
    #[serde(with = "hexadecimal")]
    pub seeds: [u8; 32],
}

impl Commitments {
    /// Commits to both keys with one random `nonce`.
    pub fn new(hold_back: &HoldBackKey, seeds: &SeedKey, nonce: &[u8; 32]) -> Self {
        Self { hold_back: hold_back::commitment(hold_back, nonce), seeds: seeds::commitment(seeds, nonce) }
    }
}

/// A candidate as it was opened.
pub type OpenCandidate = Candidate;

/// One leaked person of the list, without a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPerson {
    /// Who, as the draw knows the person.
    pub person: SupporterId,
    /// [`contact_hash`] of each address and number by which the person was matched.
    pub contacts: Vec<String>,
    /// Candidates in whose audience the person was.
    pub audiences: BTreeSet<BorrowerId>,
    /// Candidates in whose copies the person stands.
    pub copies: BTreeSet<BorrowerId>,
}

/// Everything a third party needs beside the leaked file and the commitments.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// The season's name.
    pub season: String,
    /// The domain of the decoys.
    pub seed_domain: String,
    /// The bound that was stated beforehand.
    pub epsilon: f64,
    /// The opened key behind the hold-back draw.
    #[serde(with = "hexadecimal")]
    pub hold_back_key: [u8; 32],
    /// The opened key behind the seeds.
    #[serde(with = "hexadecimal")]
    pub seed_key: [u8; 32],
    /// The commitments' nonce.
    #[serde(with = "hexadecimal")]
    pub nonce: [u8; 32],
    /// The salt of the contact hashes, drawn for this opening.
    #[serde(with = "hexadecimal")]
    pub salt: [u8; 32],
    /// All who hold a copy of the season.
    pub candidates: Vec<OpenCandidate>,
    /// The leaked people of the list.
    pub people: Vec<OpenPerson>,
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening")
            .field("season", &self.season)
            .field("candidates", &self.candidates.len())
            .field("people", &self.people.len())
            .finish_non_exhaustive()
    }
}

/// Why an opening was not run.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RerunError {
    /// The opened key is not the committed one.
    #[error("the opened {0} key is not the one that the ledger committed to")]
    Commitment(&'static str),
    /// Two people of the opening claim one contact, so that one leaked row would count twice.
    #[error("two people of the opening have the same address or number")]
    SharedContact,
    /// The case has no verdict.
    #[error(transparent)]
    Accuse(#[from] AccuseError),
}

/// SHA-256, in hexadecimal, of the salt and an address or number as [`crate::read_leak`] gives it.
pub fn contact_hash(salt: &[u8; 32], contact: &str) -> String {
    let message = [salt.as_slice(), contact.as_bytes()].concat();
    data_encoding::HEXLOWER.encode(&sha256(&message))
}

/// Runs the accusation again from the leaked file: checks the keys against the ledger's commitments, finds the
/// people by the hashes of the leaked contacts, draws anew and weighs. Someone whom the opening names but the
/// leak does not contain is not counted.
pub fn rerun(opening: &Opening, committed: &Commitments, leak: &[LeakRow]) -> Result<Verdict, RerunError> {
    let hold_back = HoldBackKey(opening.hold_back_key);
    let seeds = SeedKey(opening.seed_key);
    let opened = Commitments::new(&hold_back, &seeds, &opening.nonce);
    if opened.hold_back != committed.hold_back {
        return Err(RerunError::Commitment("hold-back"));
    }
    if opened.seeds != committed.seeds {
        return Err(RerunError::Commitment("seed"));
    }
    let mut by_contact: BTreeMap<&str, &OpenPerson> = BTreeMap::new();
    for person in &opening.people {
        for contact in &person.contacts {
            let before = by_contact.insert(contact, person);
            if before.is_some_and(|other| other.person != person.person) {
                return Err(RerunError::SharedContact);
            }
        }
    }
    let contacts = leak.iter().flat_map(|row| row.emails.iter().chain(&row.phones));
    let found: BTreeMap<SupporterId, &OpenPerson> = contacts
        .filter_map(|contact| by_contact.get(contact_hash(&opening.salt, contact).as_str()))
        .map(|person| (person.person, *person))
        .collect();
    let people: Vec<_> = found.keys().copied().collect();
    let has = |set: fn(&OpenPerson) -> &BTreeSet<BorrowerId>, borrower: BorrowerId, person: SupporterId| {
        found.get(&person).is_some_and(|open| set(open).contains(&borrower))
    };
    let in_audience = |borrower, person| has(|open| &open.audiences, borrower, person);
    let in_copy = |borrower, person| has(|open| &open.copies, borrower, person);
    let matched = Matched { people: &people, in_audience: &in_audience, in_copy: &in_copy };
    let keys = SeasonKeys {
        season: &opening.season,
        hold_back: &hold_back,
        seeds: &seeds,
        seed_domain: &opening.seed_domain,
    };
    let addresses = leak.iter().flat_map(|row| row.emails.iter().map(String::as_str));
    let case = Case::gather(keys, &opening.candidates, matched, addresses);
    Ok(accuse(&case, opening.epsilon)?)
}

/// 32 bytes as hexadecimal in JSON.
mod hexadecimal {
    use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&HEXLOWER.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).map_err(D::Error::custom)?;
        bytes.try_into().map_err(|_| D::Error::custom("use 64 hexadecimal digits"))
    }
}
