//! The data folder: backed up, restored, examined; whatever is damaged is named, and whatever is cut off loses nothing.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

#[cfg(test)]
mod backing_up;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod rates;
mod world;
