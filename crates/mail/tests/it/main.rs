//! The mail room against a receiver over real sockets.
#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "helpers of tests may fail the test, and the measurement measures and prints"
)]

mod client;
mod conversation;
mod crash;
mod harness;
mod seeds;
