//! What the binary is made of, so that tests can reach it.

pub mod synth;
