//! Lending reach: charter, borrowers, requests, estimates, the board's decision, settlement.

mod borrowers;
mod charter;
mod check;
mod decide;
mod edit;
mod estimate;
mod load;
mod request;
mod settle;
mod view;

pub use borrowers::{NewBorrower, add_borrower, borrowers, verify_borrower};
pub(crate) use charter::adopt;
pub use charter::{Proposed, adopt_charter, check_charter, proposals, propose_charter};
pub use check::{AppealRemark, RequestCheck, check_request};
pub use decide::{Said, rule_on_challenge, say};
pub use edit::{LoanChange, edit_appeal, edit_loan};
pub use estimate::{Estimated, estimate};
pub(crate) use load::charter as charter_in;
pub use load::{board, clearance_of, loan_numbered};
pub use request::{RequestFile, Requested, request};
pub use settle::{Settlement, settle, settlement};
pub(crate) use view::audience_words;
pub use view::{LoanView, loan_view, loans};
