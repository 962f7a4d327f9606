//! Supporters: bringing them in, showing, stopping, erasing and counting them, and the index that follows them.
//! A person's names and addresses come out of their seal here, for one person at a time.

mod address_file;
pub mod attributes;
pub mod audience;
pub mod consent;
pub mod correct;
pub mod count;
pub mod erase;
pub mod export;
pub mod follow;
pub mod import;
pub mod join;
pub mod object;
pub mod places;
mod sealed;
pub mod show;

pub use address_file::{BulkReport, LineReason, LineReject};
pub use sealed::{open_identity, open_in, person_key};
pub(crate) use sealed::{open_record, seal_holds};

use hustings_domain::charter::Charter;
use hustings_vault::Region;

/// How people of this list dial: as in the charter's country, or with `+` alone where no table knows that country.
pub(crate) fn dialled(charter: &Charter) -> Region {
    Region::of(charter.owner.country).unwrap_or(Region::International)
}
