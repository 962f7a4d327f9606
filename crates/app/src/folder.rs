//! The data folder: making, opening, backing up, restoring and examining a list.

mod backup;
mod doctor;
mod init;
mod moving;
mod open;
mod overdue;
mod place;
mod requests;
mod restore;

pub use backup::{BackupReport, Manifest, act_of_backing_up, back_up};
pub use doctor::{Diagnosis, Examined, Finding, How, examine, repair};
pub use init::{InitJob, init, init_on};
pub use moving::{MoveReport, act_of_moving, move_to};
pub use open::{join, open, open_reading};
pub use overdue::destroy_overdue_copies;
pub use place::{address, holds_a_list, use_store_password, use_store_passwords};
pub use requests::{Asked, ask_for_backup, carry_out_requests};
pub use restore::{RestoreReport, act_of_restoring, finish_restore, restore, restore_alone};

/// Whether a restored list waits beside the folder to take its place.
pub fn is_being_restored(folder: &std::path::Path) -> bool {
    restore::being_restored(folder).exists()
}

/// The data of a list on SQLite.
const DATA: &str = "hustings.db";
/// Its keys.
const KEYS: &str = "keys.db";

/// The refusal of a folder that holds no list.
pub fn no_list(folder: &std::path::Path) -> crate::Refusal {
    hustings_store::StoreError::NotThere(folder.to_owned()).into()
}
