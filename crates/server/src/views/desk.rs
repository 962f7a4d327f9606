//! The borrower's desk: requests and their dates, noised reach, results without names, copies, what is owed.

mod home;
mod loan;
mod many;
mod owed;
mod request;
mod tokens;
mod worth;

pub use home::{Desk, DeskCopy, DeskLoanRow};
pub use loan::{DeskEdit, DeskLoan, DeskParts, DeskStep};
pub use many::{DeskMany, ManyLine};
pub use owed::{DeskDuty, OutcomeMark, Outcomes, OutcomesResult};
pub use request::{DeskRequest, Met, Typed};
pub use tokens::{DeskTokens, TokenRow};
pub use worth::DeskWorth;
