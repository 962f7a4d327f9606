//! One connection: opened, protected, authenticated, then fed envelopes and bodies.

use super::envelope::{mail_command, rcpt_command};
use super::{Delivery, Outgoing, Relay, Timeouts, Tls, tls};
use crate::smtp::reply::{self, NoReply, Reply};
use crate::smtp::stream::{Transport, Wire};
use data_encoding::BASE64;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What the relay said that it can do.
#[derive(Debug, Clone, Default)]
pub(super) struct Extensions {
    pub(super) pipelining: bool,
    pub(super) size: bool,
    pub(super) eight_bit: bool,
    pub(super) smtp_utf8: bool,
    pub(super) start_tls: bool,
    pub(super) auth_plain: bool,
    pub(super) auth_login: bool,
}

impl Extensions {
    fn read(text: &str) -> Self {
        let mut found = Self::default();
        for line in text.lines().skip(1) {
            let mut words = line.split_ascii_whitespace().map(str::to_ascii_uppercase);
            match words.next().as_deref() {
                Some("PIPELINING") => found.pipelining = true,
                Some("SIZE") => found.size = true,
                Some("8BITMIME") => found.eight_bit = true,
                Some("SMTPUTF8") => found.smtp_utf8 = true,
                Some("STARTTLS") => found.start_tls = true,
                Some("AUTH") => words.for_each(|mechanism| match mechanism.as_str() {
                    "PLAIN" => found.auth_plain = true,
                    "LOGIN" => found.auth_login = true,
                    _ => {}
                }),
                _ => {}
            }
        }
        found
    }
}

/// Why a connection could not be made.
#[derive(Debug)]
pub(super) enum OpenError {
    /// Worth another try.
    Retry(String),
    /// Not before somebody changes the settings.
    Unusable(String),
}

impl From<NoReply> for OpenError {
    fn from(error: NoReply) -> Self {
        Self::Retry(error.to_string())
    }
}

impl From<std::io::Error> for OpenError {
    fn from(error: std::io::Error) -> Self {
        Self::Retry(error.to_string())
    }
}

/// The connection broke; what that means depends on the phase.
#[derive(Debug)]
pub(super) struct Lost(pub(super) String);

impl From<NoReply> for Lost {
    fn from(error: NoReply) -> Self {
        Self(error.to_string())
    }
}

/// The relay's answer to an envelope.
#[derive(Debug)]
pub(super) enum Opened {
    /// It waits for the body.
    Ready,
    /// It does not want this one.
    Rejected(Delivery),
}

#[derive(Debug)]
pub(super) struct Connection {
    wire: Wire,
    pub(super) extensions: Extensions,
    timeouts: Timeouts,
    /// The relay's transaction is half open, so RSET comes before the next MAIL.
    needs_reset: bool,
    reset_unanswered: bool,
    /// The relay closes, or no longer speaks in step.
    pub(super) is_over: bool,
}

impl Connection {
    /// Connects, protects and authenticates as `relay` says.
    pub(super) async fn open(relay: &Relay, connector: Option<&TlsConnector>) -> Result<Self, OpenError> {
        let timeouts = relay.timeouts;
        let late = |_| OpenError::Retry("no connection in time".into());
        let connecting = TcpStream::connect((relay.host.as_str(), relay.port));
        let stream = tokio::time::timeout(timeouts.connect, connecting).await.map_err(late)??;
        // Without this the body's last packet waits 40 ms for a delayed acknowledgement.
        stream.set_nodelay(true)?;
        let transport = match (relay.tls, connector) {
            (Tls::Implicit, Some(connector)) => wrap(relay, connector, stream).await?,
            _ => Transport::Plain(stream),
        };
        let mut wire = Wire::new(transport);
        expect(reply::next(&mut wire, timeouts.command).await?, 220)?;
        let mut extensions = hello(&mut wire, relay).await?;
        if let (Tls::StartTls { required }, Some(connector)) = (relay.tls, connector) {
            if extensions.start_tls {
                wire = start_tls(wire, relay, connector).await?;
                extensions = hello(&mut wire, relay).await?;
            } else if required {
                return Err(OpenError::Unusable(
                    "it does not offer STARTTLS, which the settings demand".into(),
                ));
            }
        }
        authenticate(&mut wire, relay, &extensions).await?;
        Ok(Self { wire, extensions, timeouts, needs_reset: false, reset_unanswered: false, is_over: false })
    }

    /// The bytes of a pipelined envelope (RFC 2920): a pending RSET, MAIL, RCPT and, last, DATA.
    pub(super) fn group(&mut self, job: &Outgoing) -> String {
        let mut group = String::new();
        if std::mem::take(&mut self.needs_reset) {
            group.push_str("RSET\r\n");
            self.reset_unanswered = true;
        }
        group.push_str(&mail_command(job, &self.extensions));
        group.push_str(&rcpt_command(job));
        group.push_str("DATA\r\n");
        group
    }

    /// Writes bytes; nothing is known about them after an error.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Lost> {
        let writing = tokio::time::timeout(self.timeouts.final_reply, self.wire.send(bytes));
        match writing.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Lost(format!("the connection broke: {error}"))),
            Err(_) => Err(Lost("the relay took no more bytes in time".into())),
        }
    }

    /// The relay's answer to the envelope of `job`, which was written as a group when the relay pipelines.
    pub(super) async fn envelope(&mut self, job: &Outgoing) -> Result<Opened, Lost> {
        if self.extensions.pipelining { self.grouped().await } else { self.stepwise(job).await }
    }

    async fn grouped(&mut self) -> Result<Opened, Lost> {
        if std::mem::take(&mut self.reset_unanswered) {
            self.reply().await?;
        }
        let mut negative = None;
        for _ in 0..2 {
            match self.reply().await {
                Ok(reply) if reply.is_positive() => {}
                Ok(reply) => drop(negative.get_or_insert(reply)),
                Err(lost) => return self.broken_off(negative, lost),
            }
        }
        let data = match self.reply().await {
            Ok(data) => data,
            Err(lost) => return self.broken_off(negative, lost),
        };
        match (negative, data.code) {
            (None, 354) => Ok(Opened::Ready),
            (None, _) => Ok(self.rejected(&data)),
            (Some(negative), 354) => {
                // RFC 2920, 3.1: DATA was granted although nobody is left to receive; an empty message ends it.
                let rejected = self.rejected(&negative);
                self.needs_reset = false;
                if self.write(b".\r\n").await.is_err() || self.reply().await.is_err() {
                    self.is_over = true;
                }
                Ok(rejected)
            }
            (Some(negative), _) => Ok(self.rejected(&negative)),
        }
    }

    async fn stepwise(&mut self, job: &Outgoing) -> Result<Opened, Lost> {
        if std::mem::take(&mut self.needs_reset) {
            self.write(b"RSET\r\n").await?;
            self.reply().await?;
        }
        for command in [mail_command(job, &self.extensions), rcpt_command(job)] {
            self.write(command.as_bytes()).await?;
            let reply = self.reply().await?;
            if !reply.is_positive() {
                return Ok(self.rejected(&reply));
            }
        }
        self.write(b"DATA\r\n").await?;
        let data = self.reply().await?;
        if data.code == 354 { Ok(Opened::Ready) } else { Ok(self.rejected(&data)) }
    }

    /// The reply to the final dot.
    pub(super) async fn final_reply(&mut self) -> Result<Reply, Lost> {
        let reply = reply::next(&mut self.wire, self.timeouts.final_reply).await?;
        self.is_over |= reply.code == 421;
        Ok(reply)
    }

    /// Says goodbye; whatever happens then is of no interest.
    pub(super) async fn quit(mut self) {
        if self.write(b"QUIT\r\n").await.is_ok() {
            drop(reply::next(&mut self.wire, std::time::Duration::from_secs(2)).await);
        }
    }

    /// A reply before the final dot; 421 is the relay closing (RFC 5321, 3.8).
    async fn reply(&mut self) -> Result<Reply, Lost> {
        let reply = reply::next(&mut self.wire, self.timeouts.command).await?;
        if reply.code == 421 {
            self.is_over = true;
            return Err(Lost(format!("the relay closed: {}", reply.text)));
        }
        Ok(reply)
    }

    fn broken_off(&mut self, negative: Option<Reply>, lost: Lost) -> Result<Opened, Lost> {
        self.is_over = true;
        negative.map(|reply| self.rejected(&reply)).ok_or(lost)
    }

    fn rejected(&mut self, reply: &Reply) -> Opened {
        self.needs_reset = true;
        let (code, text) = (reply.code, reply.text.clone());
        Opened::Rejected(if code / 100 == 5 {
            Delivery::Refused { code, text }
        } else {
            self.is_over |= code / 100 != 4;
            Delivery::Deferred { code, text }
        })
    }
}

fn expect(reply: Reply, code: u16) -> Result<Reply, OpenError> {
    if reply.code == code {
        Ok(reply)
    } else {
        Err(OpenError::Retry(format!("it answered {} {}", reply.code, reply.text)))
    }
}

async fn command(wire: &mut Wire, relay: &Relay, line: &str) -> Result<Reply, OpenError> {
    wire.send(line.as_bytes()).await?;
    Ok(reply::next(wire, relay.timeouts.command).await?)
}

async fn hello(wire: &mut Wire, relay: &Relay) -> Result<Extensions, OpenError> {
    let reply = command(wire, relay, &format!("EHLO {}\r\n", relay.helo)).await?;
    if reply.code / 100 == 5 {
        expect(command(wire, relay, &format!("HELO {}\r\n", relay.helo)).await?, 250)?;
        return Ok(Extensions::default());
    }
    Ok(Extensions::read(&expect(reply, 250)?.text))
}

async fn wrap(relay: &Relay, connector: &TlsConnector, stream: TcpStream) -> Result<Transport, OpenError> {
    let handshake = tokio::time::timeout(relay.timeouts.connect, tls::wrap(connector, relay, stream));
    match handshake.await {
        Ok(Ok(stream)) => Ok(Transport::Tls(Box::new(stream))),
        Ok(Err(error)) if tls::is_certificate_error(&error) => {
            Err(OpenError::Unusable(format!("its certificate is not accepted: {error}")))
        }
        Ok(Err(error)) => Err(OpenError::Retry(format!("TLS failed: {error}"))),
        Err(_) => Err(OpenError::Retry("TLS did not come about in time".into())),
    }
}

async fn start_tls(mut wire: Wire, relay: &Relay, connector: &TlsConnector) -> Result<Wire, OpenError> {
    expect(command(&mut wire, relay, "STARTTLS\r\n").await?, 220)?;
    // What was sent in clear behind the reply could be anybody's (CVE-2011-0411).
    if !wire.unread().is_empty() {
        return Err(OpenError::Unusable("it sent more in clear after STARTTLS".into()));
    }
    let stream = wire.into_plain().ok_or_else(|| OpenError::Unusable("TLS is on already".into()))?;
    Ok(Wire::new(wrap(relay, connector, stream).await?))
}

async fn authenticate(wire: &mut Wire, relay: &Relay, extensions: &Extensions) -> Result<(), OpenError> {
    let Some(auth) = &relay.auth else { return Ok(()) };
    if matches!(wire.transport, Transport::Plain(_)) && !relay.is_loopback() {
        return Err(OpenError::Unusable("the password would cross the network in clear: use TLS".into()));
    }
    let last = if extensions.auth_plain {
        let token = BASE64.encode(format!("\0{}\0{}", auth.user, auth.password).as_bytes());
        command(wire, relay, &format!("AUTH PLAIN {token}\r\n")).await?
    } else if extensions.auth_login {
        let mut reply = command(wire, relay, "AUTH LOGIN\r\n").await?;
        for answer in [&auth.user, &auth.password] {
            if reply.code == 334 {
                reply = command(wire, relay, &format!("{}\r\n", BASE64.encode(answer.as_bytes()))).await?;
            }
        }
        reply
    } else {
        return Err(OpenError::Unusable("it offers neither AUTH PLAIN nor AUTH LOGIN".into()));
    };
    match last.code {
        235 => Ok(()),
        500.. => Err(OpenError::Unusable(format!("it refused the credentials: {} {}", last.code, last.text))),
        _ => Err(OpenError::Retry(format!("it did not authenticate: {} {}", last.code, last.text))),
    }
}
