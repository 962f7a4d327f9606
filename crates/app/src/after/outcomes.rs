//! What borrowers report back of people who were introduced to them: read from a file or a form, by the references of
//! their copies' rows, sealed with the person, and counted without anybody in it.

mod log;
mod read;
mod report;
mod seal;
mod tell;

pub use log::{log_outcome, log_outcomes};
pub use read::{MOST_BYTES as MOST_OUTCOME_BYTES, MOST_ROWS as MOST_OUTCOME_ROWS, OutcomeRow, read_outcomes};
pub use report::{OutcomeReason, OutcomeReject, OutcomeReport};
pub(crate) use tell::told_of;
pub(crate) use tell::{OutcomeCounts, counted};
pub use tell::{ToldOutcome, outcome_form};
