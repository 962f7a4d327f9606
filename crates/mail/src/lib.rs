//! Composing, DKIM, the SMTP client with its journal, bounces and complaints, seed mailbox and stop rule.
//! Knows no SQL and no HTTP; `mail-auth` is fenced in [`dkim`] and `mail-parser` in `bounce`.

pub mod dkim;
pub mod journal;
pub mod message_id;
pub mod receiver;
pub mod smtp;
pub mod stop_rule;
pub mod verp;

mod sync;
