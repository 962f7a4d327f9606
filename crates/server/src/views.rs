//! What every page shows: plain structs, already formatted, one file a page, and how each becomes HTML
//! (`askama::Template::render`). They know nothing of the store or of HTTP, and live for one render only.

pub mod console;
pub mod desk;
pub mod format;
pub mod frame;
pub mod parts;
pub mod supporter;

pub use frame::{Frame, OpenFrame, Place};

#[cfg(test)]
mod tests;
