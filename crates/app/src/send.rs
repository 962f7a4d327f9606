//! Sending a cleared loan: who is mailed is frozen once, everybody in it is mailed at most once, and a pause, a stop
//! or the stop rule takes hold at once. Nothing here decides who may be lent to: that is `lend`.

mod answers;
pub mod audience;
pub mod backlash;
mod dispatch;
pub mod dkim;
mod duty_mail;
pub mod freeze;
pub mod inbound;
mod letter;
pub mod links;
mod login_mail;
pub mod marks;
mod notice_mail;
mod pause;
mod preview;
mod recover;
mod relay;
mod reminder_mail;
mod start;
mod waves;

pub use backlash::{EvidenceView, evidence, note_signal};
pub use dispatch::{Ended, Progress, Ran, lay_down, run_send};
pub use duty_mail::mail_duty;
pub use inbound::handle_report;
pub use letter::letter;
pub use login_mail::mail_login_link;
pub use notice_mail::mail_notice;
pub use pause::{act_of_resuming, end_pauses, halt_all, pause, resume};
pub use preview::preview;
pub(crate) use recover::FOLDER as JOURNAL_FOLDER;
pub use recover::{recover, take_over, unfinished};
pub use relay::relay;
pub use reminder_mail::mail_reminder;
pub use start::start_send;
pub use waves::release_rest;
