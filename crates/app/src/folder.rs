//! The data folder: making, opening, backing up and restoring a list.

mod backup;
mod init;
mod open;
mod restore;

pub use backup::{BackupReport, Manifest, back_up};
pub use init::{InitJob, init};
pub use open::open;
pub use restore::{RestoreReport, restore};
