//! The borrower's desk: requests and their dates, noised reach, results without names, copies, what is owed.

mod home;
mod loan;
mod request;

pub use home::{Desk, DeskCopy, DeskCorrection, DeskErasure, DeskLoanRow};
pub use loan::{DeskEdit, DeskLoan, DeskParts, DeskStep};
pub use request::{DeskRequest, Met, Typed};
