//! Which copy did a leak come from? The hold-back draw, planted seeds, reading a leaked file, and an
//! accusation whose chance of naming an innocent is bounded by a stated number. Knows no SQL and no HTTP:
//! people are ids, and the addresses in a leak are matched to them by the caller.

pub mod accuse;
pub mod hold_back;
pub mod leak;
pub mod opening;
mod prf;
pub mod report;
pub mod seeds;

pub use accuse::evidence::{Candidate, Evidence, Matched, RowEvidence, SeasonKeys, SeedEvidence, SharedSlot};
pub use accuse::{AccuseError, Case, Suspect, Verdict, accuse};
pub use hold_back::{Draw, HoldBackKey, Share, held_back};
pub use leak::{LeakError, LeakRow, read_leak};
pub use opening::{Commitments, OpenCandidate, OpenPerson, Opening, RerunError, rerun};
pub use report::Report;
pub use seeds::lookup::{DecoyIndex, PlantedDecoy, Sightings};
pub use seeds::{Decoy, PlantedSeed, SeedKey, SeedKind, all_decoys, decoy, plan};
