//! The data folder: making, opening, backing up and restoring a list.

mod backup;
mod init;
mod moving;
mod open;
mod overdue;
mod place;
mod restore;

pub use backup::{BackupReport, Manifest, back_up};
pub use init::{InitJob, init, init_on};
pub use moving::{MoveReport, move_to};
pub use open::{open, open_reading};
pub use overdue::destroy_overdue_copies;
pub use place::{address, holds_a_list, use_store_password};
pub use restore::{RestoreReport, restore};

/// The data of a list on SQLite.
const DATA: &str = "hustings.db";
/// Its keys.
const KEYS: &str = "keys.db";

/// The refusal of a folder that holds no list.
pub fn no_list(folder: &std::path::Path) -> crate::Refusal {
    hustings_store::StoreError::NotThere(folder.to_owned()).into()
}
