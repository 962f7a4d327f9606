//! The witness protocol (C2SP tlog-witness): what a log asks of a witness, what a witness checks before it cosigns, and
//! a witness that keeps its memory in a folder. No network: requests and answers are bytes.

mod answer;
mod folder;
mod request;
mod watched;

pub use answer::{Answer, Asked, Rejection, SIZE_TYPE, read_answer};
pub use folder::{Witness, WitnessError};
pub use request::{AddCheckpoint, MAX_REQUEST_BYTES, RequestError};
pub use watched::{Watched, origin_hash};

#[cfg(test)]
mod tests;
