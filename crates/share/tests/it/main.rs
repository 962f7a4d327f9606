//! The sharing held against its promises, and against a linear program that solves small ones exactly.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod optimum;
mod promises;
mod world;
