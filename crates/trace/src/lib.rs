//! Which copy did a leak come from? The hold-back draw, planted seeds, reading a leaked file, and an
//! accusation whose chance of naming an innocent is bounded by a stated number. Knows no SQL and no HTTP:
//! people are ids, and the addresses in a leak are matched to them by the caller.

pub mod accuse;
pub mod facts;
pub mod hold_back;
pub mod leak;
pub mod marks;
pub mod opening;
mod prf;
pub mod report;
pub mod sealed;
pub mod seeds;
pub mod trustees;

pub use accuse::evidence::{
    Candidate, Evidence, Matched, RowEvidence, SealedEvidence, SeasonKeys, SeedEvidence, SharedSlot,
};
pub use accuse::{AccuseError, Case, Suspect, Verdict, accuse};
pub use facts::{Facts, Found};
pub use hold_back::{Draw, HoldBackKey, Share, held_back};
pub use leak::{LeakError, LeakRow, Place, read_leak};
pub use marks::Marks;
pub use opening::{Commitments, OpenCandidate, OpenCopy, OpenPerson, Opening, RerunError, rerun};
pub use report::{Accused, CopyMatch, Report, Said, TraceReport};
pub use sealed::SealedSeeds;
pub use seeds::lookup::{DecoyIndex, PlantedDecoy, Sightings};
pub use seeds::{Decoy, PlantedSeed, SeedKey, SeedKind, all_decoys, decoy, plan};
pub use trustees::{TraceKey, TrusteeError, TrusteeShare};
