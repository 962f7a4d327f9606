//! Lending reach: charter, borrowers, requests, estimates, the board's decision, settlement.

mod borrowers;
mod budget;
mod case;
mod charter;
mod check;
mod decide;
mod divide;
mod edit;
mod estimate;
mod expected;
mod load;
mod many;
mod offer;
mod request;
mod settle;
mod simulate;
mod templates;
mod view;

pub(crate) use borrowers::note_standing;
pub use borrowers::{
    Filed, LEAST_CURE_DAYS, MOST_CURE_DAYS, MOST_WAITING, NewBorrower, Registration, add_borrower, borrowers,
    end_overdue_standings, file_borrower, give_notice, register_borrower, reinstate_borrower,
    suspend_borrower, verify_borrower,
};
pub(crate) use charter::adopt;
pub use charter::{
    CharterInForce, Proposed, adopt_charter, charter_in_force, check_charter, proposals, propose_charter,
    read_rules,
};
pub use check::{AppealRemark, RequestCheck, check_request};
pub use decide::{Said, rule_on_challenge, say};
pub use divide::{DivideBy, Divided, Part, divide};
pub use edit::{LoanChange, edit_appeal, edit_loan};
pub use estimate::{Estimated, estimate};
pub use expected::{Expected, expected};
pub(crate) use load::charter as charter_in;
pub use load::{board, clearance_of, loan_numbered};
pub use many::{
    Fate, MOST_BYTES as MOST_MANY_BYTES, MOST_ROWS, ManyFile, ManyReport, ManyRow, Reason, RowReport,
    check_many, file_many,
};
pub use offer::{Offer, offer, questions_left};
pub use request::{FiledOnce, FilingKey, RequestFile, Requested, request, request_once};
pub use settle::{Settlement, settle, settlement};
pub use simulate::{MOST as MOST_SIMULATED, Redecided, Simulation, simulate};
pub use templates::{ReadyRule, ReadySetting, fill_template, schema_of, templates};
pub(crate) use view::audience_words;
pub use view::{LoanView, loan_view, loans};
