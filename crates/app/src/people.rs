//! Supporters: bringing them in, showing, stopping, erasing and counting them, and the index that follows them.
//! A person's names and addresses come out of their seal here, for one person at a time.

pub mod audience;
pub mod consent;
pub mod count;
pub mod erase;
pub mod export;
pub mod follow;
pub mod import;
mod sealed;
pub mod show;

pub use sealed::{open_identity, open_in, person_key};
