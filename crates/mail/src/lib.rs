//! Composing, DKIM, the SMTP client with its journal, bounces and complaints, seed mailbox and stop rule.
