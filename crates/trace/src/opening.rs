//! What is opened on accusation, so that a third party runs it again without us: the keys behind the ledger's
//! commitments, and the people as salted hashes. Opening ends the season: new keys are drawn and committed.
//!
//! The third party needs the leaked file, the opening and the ledger. What it must still take from us is who was in
//! which audience and copy; a ledger that commits those lists closes that.

use crate::accuse::AccuseError;
use crate::accuse::evidence::Candidate;
use crate::facts::{Facts, Found};
use crate::hold_back::{self, HoldBackKey};
use crate::leak::{LeakError, read_leak};
use crate::marks::Marks;
use crate::report::TraceReport;
use crate::sealed::SealedSeeds;
use crate::seeds::{self, SeedKey};
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::ids::{BorrowerId, CopyNumber, LoanNumber, SupporterId};
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCandidate {
    /// By name.
    pub name: String,
    /// Who, and what the draws need to know.
    #[serde(flatten)]
    pub candidate: Candidate,
}

/// A copy as it was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCopy {
    /// The copy.
    pub copy: CopyNumber,
    /// Its loan.
    pub loan: LoanNumber,
    /// Who got it.
    pub borrower: BorrowerId,
    /// People in it.
    pub people: u64,
}

/// One leaked person of the list, without a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPerson {
    /// Who, as the draw knows the person.
    pub person: SupporterId,
    /// [`contact_hash`] of each address and number by which the person was matched.
    pub contacts: Vec<String>,
    /// Candidates in whose audience the person was.
    pub audiences: BTreeSet<BorrowerId>,
    /// Copies in which the person stands.
    pub copies: BTreeSet<CopyNumber>,
}

/// Everything a third party needs beside the leaked file and the commitments.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// All copies of the season.
    pub copies: Vec<OpenCopy>,
    /// The keys of the copies' sealed seeds, where the trace key is split and the trustees opened it.
    pub sealed: Vec<SealedSeeds>,
    /// Whether the trace key is split among trustees.
    pub split: bool,
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
    /// One person stands in the opening twice, so that one draw would count twice.
    #[error("one person stands in the opening twice")]
    SamePerson,
    /// The leaked file is none.
    #[error(transparent)]
    Leak(#[from] LeakError),
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
/// people by the hashes of the leaked contacts, draws anew, weighs, and writes the report anew. Someone whom the
/// opening names but the leak does not contain is not counted.
///
/// The commitments of sealed seeds are the caller's to check: they stand in the ledger's entries of the copies.
pub fn rerun(opening: &Opening, committed: &Commitments, leak: &[u8]) -> Result<TraceReport, RerunError> {
    let hold_back = HoldBackKey(opening.hold_back_key);
    let seeds = SeedKey(opening.seed_key);
    let opened = Commitments::new(&hold_back, &seeds, &opening.nonce);
    if opened.hold_back != committed.hold_back {
        return Err(RerunError::Commitment("hold-back"));
    }
    if opened.seeds != committed.seeds {
        return Err(RerunError::Commitment("seed"));
    }
    let rows = read_leak(leak)?;
    let mut by_contact: BTreeMap<&str, usize> = BTreeMap::new();
    let mut different = BTreeSet::new();
    if !opening.people.iter().all(|person| different.insert(person.person)) {
        return Err(RerunError::SamePerson);
    }
    for (position, person) in opening.people.iter().enumerate() {
        for contact in &person.contacts {
            let before = by_contact.insert(contact, position);
            if before.is_some_and(|other| other != position) {
                return Err(RerunError::SharedContact);
            }
        }
    }
    let find = |contact: &String| by_contact.get(contact_hash(&opening.salt, contact).as_str()).copied();
    let found = Found::by(&rows, find, find);
    let (listed, found) = found.compact();
    let people: Vec<&OpenPerson> =
        listed.iter().filter_map(|position| opening.people.get(*position)).collect();
    let marked = |is: &dyn Fn(&OpenPerson) -> bool| {
        let mut marks = Marks::with_room(people.len());
        let inside = people.iter().enumerate().filter(|(_, person)| is(person));
        inside.for_each(|(position, _)| marks.set(position));
        marks
    };
    let audiences = opening
        .candidates
        .iter()
        .map(|one| marked(&|person| person.audiences.contains(&one.candidate.borrower)))
        .collect();
    let copies =
        opening.copies.iter().map(|one| marked(&|person| person.copies.contains(&one.copy))).collect();
    let facts = Facts {
        season: opening.season.clone(),
        seed_domain: opening.seed_domain.clone(),
        epsilon: opening.epsilon,
        candidates: opening.candidates.clone(),
        copies: opening.copies.clone(),
        sealed: opening.sealed.clone(),
        split: opening.split,
        people: people.iter().map(|person| person.person).collect(),
        found,
        audiences,
        in_copies: copies,
    };
    Ok(facts.weigh(&hold_back, &seeds, &opening.nonce, &rows, ContentHash(sha256(leak)))?)
}

/// 32 bytes as hexadecimal in JSON.
pub(crate) mod hexadecimal {
    use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&HEXLOWER.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).map_err(D::Error::custom)?;
        bytes.try_into().map_err(|_| D::Error::custom("use 64 hexadecimal digits"))
    }
}
