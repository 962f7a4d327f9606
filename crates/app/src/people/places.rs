//! Places: the register of divisions with the days that they are valid, where postal codes lie, and who lives where.

mod list;
mod load;
mod read;
mod settle;
mod validity;

pub use list::{AreaPage, AreaRow, PlacesPage, areas, show_area};
pub use load::{BadLine, LoadReport, load_divisions, load_postcodes};
pub use read::{BadRow, MAX_LINE, Row, read_divisions, read_postcodes};
pub use settle::{Settled, settle_people};
pub(crate) use settle::{must_settle, settle};
pub(crate) use validity::{check_area, check_areas};

/// How far a file of places is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Bytes of the file that are read, of so many.
    Read(u64, u64),
    /// People who were looked at, of so many.
    Placed(u64, u64),
}
