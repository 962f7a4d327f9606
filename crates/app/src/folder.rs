//! The data folder: making, opening, backing up and restoring a list.

mod backup;
mod init;
mod open;
mod overdue;
mod restore;

pub use backup::{BackupReport, Manifest, back_up};
pub use init::{InitJob, init};
pub use open::{open, open_reading};
pub use overdue::destroy_overdue_copies;
pub use restore::{RestoreReport, restore};

/// The refusal of a folder that holds no list.
pub fn no_list(folder: &std::path::Path) -> crate::Refusal {
    hustings_store::StoreError::NotThere(folder.to_owned()).into()
}
