//! The console: stewards, trustees, treasurer, administrator.

mod acts;
mod alarms;
mod attributes;
mod audience;
mod audiences;
mod board;
mod borrower;
mod borrowers;
mod calendar;
mod charter;
mod confirm;
mod copies;
mod copy;
mod entry;
mod error;
mod home;
mod imports;
mod ledger;
mod loan;
mod loans;
mod log_in;
mod places;
mod proposal;
mod sign;
mod supporter;
mod supporters;
mod tokens;
mod trace;
mod users;
mod worth;

pub use acts::{ActRow, Acts};
pub use alarms::{AlarmRow, Alarms};
pub use attributes::{AttributeRow, Attributes};
pub use audience::{
    AudienceOverlap, AudienceSample, AudienceWhy, Compared, SampleRow, SavedAudience, VersionRow, WhyRow,
};
pub use audiences::{AudienceActs, AudienceCount, AudienceExample, Audiences, Counted, SavedRow};
pub use board::{BoardPage, DelegationRow, KeyRow, OpenMatter, OwnForms, SeatRow};
pub use borrower::{Borrower, Position, StandingRow};
pub use borrowers::{BorrowerRow, Borrowers};
pub use calendar::{Calendar, EntryLine, ShareLine, WaitingLine};
pub use charter::{Charter, CharterSimulation, Chosen, RedecidedRow, RuleRow, SettingRow, TemplateRow};
pub use confirm::Confirm;
pub use copies::{Copies, CopyRow};
pub use copy::Copy;
pub use entry::LedgerEntry;
pub use error::ErrorPage;
pub use home::{Figure, Home, Sending, Waiting};
pub use imports::{Import, ImportRow, Imports};
pub use ledger::{EntryRow, LedgerPage, Witness};
pub use loan::{
    Appeal, Challenge, Clearance, Estimate, Introduction, Loan, Next, Request, Responses, RuleCheck, Send,
    Settlement, Vote, VoteForm, Wave, Wing,
};
pub use loans::{LoanRow, Loans, Shelf};
pub use log_in::{LogIn, LogInConfirm};
pub use places::{PlaceLink, PlaceRow, Places};
pub use proposal::CharterPage;
pub use sign::Sign;
pub use supporter::{ConsentRow, FactRow, HistoryRow, Supporter};
pub use supporters::Supporters;
pub use tokens::ConsoleTokens;
pub use trace::{Suspect, Trace, TraceResult};
pub use users::{UserRow, Users};
pub use worth::{LoanWorth, WorthLine, Worths};
