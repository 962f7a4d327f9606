//! Where mail is handed over, and how.

use std::fmt;
use std::time::Duration;

/// Whether and how the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// In clear: a relay on this machine or a trusted network.
    None,
    /// STARTTLS (RFC 3207).
    StartTls {
        /// Refuse a relay that does not offer it; false uses it when offered.
        required: bool,
    },
    /// TLS from the first byte (port 465, RFC 8314).
    Implicit,
}

/// A user and a password; the password is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Auth {
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth").field("user", &self.user).finish_non_exhaustive()
    }
}

/// How long each step may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// TCP and TLS.
    pub connect: Duration,
    /// Each reply but the last.
    pub command: Duration,
    /// The reply to the final dot; RFC 5321, 4.5.3.2.6 asks for ten minutes.
    pub final_reply: Duration,
    /// A connection without work is closed after this.
    pub idle: Duration,
    /// First pause after a failed connection; doubles up to thirty seconds.
    pub backoff: Duration,
    /// Failed connections in a row after which one worker gives up.
    pub connect_attempts: u32,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            command: Duration::from_mins(1),
            final_reply: Duration::from_mins(10),
            idle: Duration::from_secs(20),
            backoff: Duration::from_millis(250),
            connect_attempts: 6,
        }
    }
}

/// A relay and how to speak to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// Host name or address; also the name that its certificate must bear.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection.
    pub tls: Tls,
    /// Credentials; never sent in clear except to this machine itself.
    pub auth: Option<Auth>,
    /// What we call ourselves in EHLO.
    pub helo: String,
    /// How many connections at once.
    pub connections: usize,
    /// Extra trusted root certificates (PEM), besides the public ones.
    pub root_pem: Option<Vec<u8>>,
    /// How long each step may take.
    pub timeouts: Timeouts,
}

impl Relay {
    /// A relay in clear on this machine, with one connection: change what differs.
    pub fn local(port: u16) -> Self {
        Self {
            host: "127.0.0.1".into(),
            port,
            tls: Tls::None,
            auth: None,
            helo: "localhost".into(),
            connections: 1,
            root_pem: None,
            timeouts: Timeouts::default(),
        }
    }

    /// Host and port, for messages.
    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Whether the relay is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}
