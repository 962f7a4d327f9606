//! One conversation with a sending host. Replies to pipelined commands leave together.

use super::data::{Body, Flaw};
use super::{Delivered, Reply, Server};
use crate::smtp::stream::{Transport, Wire};
use data_encoding::BASE64;
use smtp_proto::{AUTH_LOGIN, AUTH_PLAIN, Request};
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::watch;

/// The longest command line, CRLF included.
const LINE_LIMIT: usize = 4096;
/// Recipients of one message.
const RECIPIENT_LIMIT: usize = 100;
/// Commands that made no sense, after which the connection is closed.
const NONSENSE_LIMIT: u32 = 20;

#[derive(Debug, Default)]
struct Transaction {
    from: String,
    to: Vec<String>,
}

struct Session {
    wire: Wire,
    server: Arc<Server>,
    /// Replies not yet written.
    out: Vec<u8>,
    greeted: bool,
    logged_in: bool,
    transaction: Option<Transaction>,
    nonsense: u32,
}

/// What follows a command.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Command,
    Close,
}

/// Speaks until the other side leaves, misbehaves, or the receiver stops.
pub(super) async fn run(
    wire: Wire,
    server: Arc<Server>,
    mut stopping: watch::Receiver<bool>,
) -> io::Result<()> {
    let mut session = Session {
        wire,
        server,
        out: Vec::new(),
        greeted: false,
        logged_in: false,
        transaction: None,
        nonsense: 0,
    };
    session.say(220, &format!("{} ESMTP hustings", session.server.settings.host_name));
    loop {
        let idle = session.server.settings.idle;
        let line = tokio::select! {
            line = tokio::time::timeout(idle, session.line()) => Some(line),
            () = stopped(&mut stopping) => None,
        };
        let Some(line) = line else {
            session.say(421, "4.3.2 shutting down");
            return session.flush().await;
        };
        let Ok(line) = line else {
            session.say(421, "4.4.2 nothing was said for too long");
            return session.flush().await;
        };
        let Some(line) = line? else { return Ok(()) };
        if session.command(&line).await? == Next::Close {
            return session.flush().await;
        }
    }
}

/// Resolves when the receiver stops, or is gone.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    drop(stopping.wait_for(|stop| *stop).await);
}

impl Session {
    fn say(&mut self, code: u16, text: &str) {
        self.out.extend_from_slice(format!("{code} {text}\r\n").as_bytes());
    }

    async fn flush(&mut self) -> io::Result<()> {
        let out = std::mem::take(&mut self.out);
        self.wire.send(&out).await
    }

    /// The next line with its line break; `None` at the end. Flushes replies before it waits.
    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(end) = self.wire.unread().iter().position(|byte| *byte == b'\n') {
                let line = self.wire.unread().get(..=end).unwrap_or_default().to_vec();
                self.wire.consume(line.len());
                return Ok(Some(line));
            }
            if self.wire.unread().len() > LINE_LIMIT {
                self.say(500, "5.5.6 line too long");
                self.flush().await?;
                return Ok(None);
            }
            if !self.out.is_empty() {
                self.flush().await?;
            }
            if !self.wire.fill().await? {
                return Ok(None);
            }
        }
    }

    async fn command(&mut self, line: &[u8]) -> io::Result<Next> {
        if !line.ends_with(b"\r\n") || line.len() > LINE_LIMIT {
            self.say(500, "5.5.2 lines end in CRLF");
            return Ok(Next::Close);
        }
        match Request::parse(&mut line.iter()) {
            Ok(Request::Ehlo { .. }) => self.hello(),
            Ok(Request::Helo { .. }) => {
                (self.greeted, self.transaction) = (true, None);
                let host_name = self.server.settings.host_name.clone();
                self.say(250, &host_name);
            }
            Ok(Request::StartTls) => return self.start_tls().await,
            Ok(Request::Auth { mechanism, initial_response }) => {
                return self.log_in(mechanism, initial_response.into_owned()).await;
            }
            Ok(Request::Mail { from }) => self.mail(from.address.into_owned(), from.size),
            Ok(Request::Rcpt { to }) => return Ok(self.rcpt(to.address.into_owned())),
            Ok(Request::Data) => return self.data().await,
            Ok(Request::Rset) => {
                self.transaction = None;
                self.say(250, "2.0.0 ok");
            }
            Ok(Request::Noop { .. }) => self.say(250, "2.0.0 ok"),
            Ok(Request::Vrfy { .. }) => self.say(252, "2.5.1 cannot tell"),
            Ok(Request::Quit) => {
                self.say(221, "2.0.0 bye");
                return Ok(Next::Close);
            }
            Ok(_) => self.say(502, "5.5.1 not offered"),
            Err(_) => {
                self.nonsense += 1;
                if self.nonsense > NONSENSE_LIMIT {
                    self.say(421, "4.7.0 too much nonsense");
                    return Ok(Next::Close);
                }
                self.say(501, "5.5.2 not understood");
            }
        }
        Ok(Next::Command)
    }

    fn hello(&mut self) {
        (self.greeted, self.transaction) = (true, None);
        let settings = &self.server.settings;
        let mut lines = vec![settings.host_name.clone()];
        if settings.pipelining {
            lines.push("PIPELINING".into());
        }
        lines.push(format!("SIZE {}", settings.size_limit));
        if self.server.acceptor.is_some() && matches!(self.wire.transport, Transport::Plain(_)) {
            lines.push("STARTTLS".into());
        }
        if settings.login.is_some() {
            lines.push("AUTH PLAIN LOGIN".into());
        }
        lines.push("8BITMIME".into());
        lines.push("ENHANCEDSTATUSCODES".into());
        let last = lines.pop().unwrap_or_default();
        for line in lines {
            self.out.extend_from_slice(format!("250-{line}\r\n").as_bytes());
        }
        self.say(250, &last);
    }

    async fn start_tls(&mut self) -> io::Result<Next> {
        let Some(acceptor) = self.server.acceptor.clone() else {
            self.say(502, "5.5.1 not offered");
            return Ok(Next::Command);
        };
        // Commands sent in clear behind STARTTLS could be anybody's (CVE-2011-0411).
        if !self.wire.unread().is_empty() {
            self.say(501, "5.5.1 nothing may follow STARTTLS");
            return Ok(Next::Close);
        }
        if matches!(self.wire.transport, Transport::Tls(_)) {
            self.say(503, "5.5.1 TLS is on already");
            return Ok(Next::Command);
        }
        self.say(220, "2.0.0 go ahead");
        self.flush().await?;
        let upgraded = std::mem::replace(&mut self.wire, Wire::closed()).into_plain();
        let Some(stream) = upgraded else { return Ok(Next::Close) };
        let stream = acceptor.accept(stream).await?.into();
        self.wire = Wire::new(Transport::Tls(Box::new(stream)));
        (self.greeted, self.logged_in, self.transaction) = (false, false, None);
        Ok(Next::Command)
    }

    async fn log_in(&mut self, mechanism: u64, initial: String) -> io::Result<Next> {
        let Some(login) = self.server.settings.login.clone() else {
            self.say(502, "5.5.1 not offered");
            return Ok(Next::Command);
        };
        let given = match mechanism {
            AUTH_PLAIN => {
                let token = if initial.is_empty() { self.ask("").await? } else { Some(initial.into_bytes()) };
                let token = token.and_then(|token| BASE64.decode(&token).ok()).unwrap_or_default();
                let mut parts = token.splitn(3, |byte| *byte == 0).skip(1).map(<[u8]>::to_vec);
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
            }
            AUTH_LOGIN => {
                let user = if initial.is_empty() {
                    self.ask("VXNlcm5hbWU6").await?
                } else {
                    Some(initial.into_bytes())
                };
                let password = self.ask("UGFzc3dvcmQ6").await?;
                let plain = |token: Option<Vec<u8>>| {
                    token.and_then(|token| BASE64.decode(&token).ok()).unwrap_or_default()
                };
                (plain(user), plain(password))
            }
            _ => {
                self.say(504, "5.5.4 PLAIN or LOGIN");
                return Ok(Next::Command);
            }
        };
        let known = (login.user.into_bytes(), login.password.into_bytes());
        // Both are compared, in constant time, whether or not the first fits.
        let user_fits = aws_lc_rs::constant_time::verify_slices_are_equal(&known.0, &given.0).is_ok();
        let password_fits = aws_lc_rs::constant_time::verify_slices_are_equal(&known.1, &given.1).is_ok();
        self.logged_in = user_fits & password_fits;
        if self.logged_in {
            self.say(235, "2.7.0 welcome");
        } else {
            self.nonsense += 5;
            self.say(535, "5.7.8 credentials refused");
        }
        Ok(Next::Command)
    }

    /// Asks with 334 and gives the answer without its line break.
    async fn ask(&mut self, prompt: &str) -> io::Result<Option<Vec<u8>>> {
        self.say(334, prompt);
        let line = self.line().await?;
        Ok(line.map(|line| line.trim_ascii_end().to_vec()))
    }

    fn mail(&mut self, from: String, size: usize) {
        let settings = &self.server.settings;
        if !self.greeted {
            self.say(503, "5.5.1 say EHLO first");
        } else if settings.login.is_some() && !self.logged_in {
            self.say(530, "5.7.0 log in first");
        } else if self.transaction.is_some() {
            self.say(503, "5.5.1 one sender at a time");
        } else if size > settings.size_limit {
            self.say(552, "5.3.4 message too large");
        } else {
            self.transaction = Some(Transaction { from, to: Vec::new() });
            self.say(250, "2.1.0 ok");
        }
    }

    fn rcpt(&mut self, address: String) -> Next {
        let Some(transaction) = &mut self.transaction else {
            self.say(503, "5.5.1 MAIL comes first");
            return Next::Command;
        };
        let domain = address.rsplit_once('@').map(|(_, domain)| domain.to_ascii_lowercase());
        if !domain.is_some_and(|domain| self.server.settings.domains.contains(&domain)) {
            self.say(550, "5.7.1 no mail is passed on from here");
            return Next::Command;
        }
        if transaction.to.len() >= RECIPIENT_LIMIT {
            self.say(452, "4.5.3 too many recipients");
            return Next::Command;
        }
        match self.server.policy.rcpt(&address) {
            Reply::Say(code, text) => {
                if code / 100 == 2 {
                    transaction.to.push(address);
                }
                self.say(code, &text);
                Next::Command
            }
            Reply::SayAndClose(code, text) => {
                self.say(code, &text);
                Next::Close
            }
            Reply::HangUp { .. } => Next::Close,
        }
    }

    async fn data(&mut self) -> io::Result<Next> {
        let Some(transaction) = self.transaction.take_if(|transaction| !transaction.to.is_empty()) else {
            self.say(503, "5.5.1 no recipients");
            return Ok(Next::Command);
        };
        self.say(354, "end with a dot");
        self.flush().await?;
        let Some(body) = self.body().await? else { return Ok(Next::Close) };
        let message = match body.finish() {
            Ok(message) => message,
            Err(Flaw::BareLineBreak) => {
                self.say(550, "5.6.0 bare line breaks are not accepted");
                return Ok(Next::Close);
            }
            Err(Flaw::TooLarge) => {
                self.say(552, "5.3.4 message too large");
                return Ok(Next::Command);
            }
        };
        let reply = self.server.policy.data(&transaction.from, &transaction.to, &message);
        let taken = match &reply {
            Reply::Say(code, _) | Reply::SayAndClose(code, _) => code / 100 == 2,
            Reply::HangUp { delivered } => *delivered,
        };
        if taken {
            self.deliver(transaction, &message);
        }
        Ok(match reply {
            Reply::Say(code, text) => {
                self.say(code, &text);
                Next::Command
            }
            Reply::SayAndClose(code, text) => {
                self.say(code, &text);
                Next::Close
            }
            Reply::HangUp { .. } => Next::Close,
        })
    }

    fn deliver(&self, transaction: Transaction, message: &[u8]) {
        for to in transaction.to {
            let at_order = self.server.order.fetch_add(1, Ordering::SeqCst);
            let (from, message) = (transaction.from.clone(), message.to_vec());
            self.server.mailbox.deliver(Delivered { to, from, message, at_order });
        }
    }

    /// Reads up to the final dot; `None` when the other side left or a line has no end.
    async fn body(&mut self) -> io::Result<Option<Body>> {
        let size_limit = self.server.settings.size_limit;
        let mut body = Body::new(size_limit);
        loop {
            let (taken, ended) = body.take(self.wire.unread());
            self.wire.consume(taken);
            if ended {
                return Ok(Some(body));
            }
            if self.wire.unread().len() > size_limit {
                return Ok(None);
            }
            let filled = tokio::time::timeout(self.server.settings.idle, self.wire.fill()).await;
            match filled {
                Ok(filled) => {
                    if !filled? {
                        return Ok(None);
                    }
                }
                Err(_) => return Ok(None),
            }
        }
    }
}
