//! People: what files bring in, what they can never undo, and what is left of somebody who is forgotten.

mod bad_files;
mod consents;
mod erasing;
mod exports;
mod following;
mod gifts;
mod importing;
mod matching;
mod messy;
mod stops;
mod throughput;
mod world;
