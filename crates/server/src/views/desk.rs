//! The borrower's desk: requests and their dates, noised reach, results without names, copies, what is owed.

mod home;
mod loan;
mod owed;
mod request;
mod worth;

pub use home::{Desk, DeskCopy, DeskLoanRow};
pub use loan::{DeskEdit, DeskLoan, DeskStep};
pub use owed::{DeskDuty, OutcomeMark, Outcomes, OutcomesResult};
pub use request::{DeskRequest, Met, Typed};
pub use worth::DeskWorth;
