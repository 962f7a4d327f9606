//! The audience language and index from outside.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod breakdown;
mod lending;
mod oracle;
mod people;
mod slips;
mod text;
