//! Sending, against a receiver of our own on loopback and a list in a temporary folder.

mod coming_back;
mod crash;
mod faults;
mod halts;
mod limits;
mod rights;
mod whole;
mod world;
