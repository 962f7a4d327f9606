//! The story that `hustings demo` plays: one reach loan from a messy file to a traced leak. Nothing in it is
//! privileged: it calls the use cases, pages and files that a user would.

mod browser;
mod cast;
mod keys;
mod provider;
mod stage;
mod story;
mod summary;

pub use stage::{DEMO_CLOCK, ShiftedClock};
pub use story::play;
pub use summary::Summary;
