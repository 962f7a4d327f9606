//! The mail room against a receiver over real sockets.

mod client;
mod conversation;
mod harness;
