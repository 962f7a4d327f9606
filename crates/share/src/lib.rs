//! Sharing attention: which people go to which loan when several cleared loans ask for the same people in the same
//! weeks, under caps that hold exactly, and the words that explain it. Numbers in, numbers out: no store, no clock, no
//! names, and no chance but the seed, so that a trustee can run the same sharing again and see the same answer.

mod allocate;
mod desk;
mod exact;
mod exchange;
mod order;
mod outcome;
mod people;
mod problem;
mod rows;
mod words;

pub use allocate::{Effort, allocate};
pub use outcome::Allocation;
pub use people::People;
pub use problem::{Contender, MOST_ISSUES, MOST_LOANS, Problem, ProblemError, Room};
pub use words::Caps;

/// The item at `index`; what lies outside is the default, which the shape checked in [`Problem::check`] rules out.
fn at<T: Copy + Default>(items: &[T], index: usize) -> T {
    items.get(index).copied().unwrap_or_default()
}
