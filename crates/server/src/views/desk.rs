//! The borrower's desk: requests and their dates, noised reach, results without names, copies, what is owed.

mod home;
mod loan;
mod many;
mod request;
mod tokens;

pub use home::{Desk, DeskCopy, DeskCorrection, DeskErasure, DeskLoanRow};
pub use loan::{DeskEdit, DeskLoan, DeskParts, DeskStep};
pub use many::{DeskMany, ManyLine};
pub use request::{DeskRequest, Met, Typed};
pub use tokens::{DeskTokens, TokenRow};
