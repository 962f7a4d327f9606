//! Audiences: saved under a name in versions, divided, compared, sampled, and why one person is in or out.

mod breakdown;
mod kept;
mod overlap;
mod retire;
mod rule;
mod sample;
mod save;
mod why;

pub use breakdown::{DivideBy, Divided, breakdown};
pub use kept::{KeptAudience, KeptVersion, list, show};
pub use overlap::{Overlap, overlap};
pub use retire::retire;
pub use sample::{Sample, Sampled, sample};
pub use save::{Saved, save};
pub use why::{Reason, Why, why};

pub(crate) use rule::{ask, bind_by_value, in_words, source_names, threads, vocabulary};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

/// What a number is true of: two screens with the same `change` and `today` show the same numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AsOf {
    /// The change of the store up to which it is true.
    pub change: u64,
    /// The day that periods end on.
    pub today: Date,
    /// When it was counted.
    pub at: Timestamp,
}
