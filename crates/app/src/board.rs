//! The board: keys that its trustees sign with, what they say on loans and charters, who votes for whom, reminders.
//!
//! Whatever a trustee does is an [`Intent`]. Where a signature is due it is prepared as a statement, signed outside of
//! this program, and carried out when the proof comes back; where none is due it is carried out at once.

mod delegate;
mod intent;
mod key;
mod open;
mod register;
mod remind;
mod review;
mod sign;
mod speak;
mod table;
mod verify;

pub use delegate::delegations;
pub use intent::{Intent, Matter};
pub use key::{KeyView, keys, passkey_made};
pub use open::{CharterView, MatterView, charter_view, open_matters};
pub(crate) use register::{Registered, origin_of};
pub use remind::{Reminder, Stage, due, due_on, reminded, reminders};
pub use review::ask_for_review;
pub(crate) use review::review_until;
pub(crate) use sign::seat;
pub use sign::{Outcome, Prepared, SignedBy, must_sign, prepare, submit, unsigned};
pub(crate) use table::{decision_on_loan, seats_of_loan};
pub use verify::{Verified, verify};
