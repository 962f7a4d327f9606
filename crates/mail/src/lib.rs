//! Composing, DKIM, the SMTP client with its journal, bounces and complaints, seed mailbox and stop rule.
//! Knows no SQL and no HTTP; `mail-auth` is fenced in [`dkim`] and `mail-parser` in [`bounce`].

pub mod bounce;
pub mod compose;
pub mod dkim;
pub mod journal;
pub mod message_id;
pub mod receiver;
pub mod seed_mailbox;
pub mod smtp;
pub mod stop_rule;
pub mod verp;

mod headers;
mod sync;
