//! The sharing held against its promises, and against a linear program that solves small ones exactly.

mod optimum;
mod promises;
mod world;
