//! SMTP (RFC 5321) as this room speaks it: the wire, replies, and the sending client.

pub mod client;
pub(crate) mod reply;
pub(crate) mod stream;
