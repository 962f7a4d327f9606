//! The calendar: the owner's own mail first, and attention shared among cleared loans that ask for the same people.
//! What a borrower may see of it is the share of their own loans, and nothing of anybody's plans.

mod own_mail;
mod plan;
mod room;
mod share;
mod shares;
mod view;
mod within;

pub(crate) use own_mail::OwnMail;
pub use plan::{NewEntry, cancel, plan};
pub(crate) use room::times_taken;
pub use share::{Shared, share};
pub use shares::{ShareView, share_of};
pub use view::{CalendarView, Competing, calendar};
pub(crate) use within::within;
