//! A receiving mail server of our own: the seed mailbox, and the provider of demo and tests.
//! It takes mail for the domains it is told and for no others, refuses smuggled line breaks, and keeps nothing itself.

mod data;
mod session;

use crate::smtp::stream::{Transport, Wire};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;

/// How the receiver behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where it listens; port 0 picks a free one.
    pub listen: SocketAddr,
    /// What it calls itself.
    pub host_name: String,
    /// The only domains that it takes mail for, in lower case.
    pub domains: Vec<String>,
    /// The largest message in bytes.
    pub size_limit: usize,
    /// Whether it offers PIPELINING.
    pub pipelining: bool,
    /// Certificate and key for STARTTLS.
    pub tls: Option<Identity>,
    /// Who may hand in mail; `None` lets anybody.
    pub login: Option<crate::smtp::client::Auth>,
    /// Connections at once; more wait.
    pub connections: usize,
    /// A silent connection is closed after this.
    pub idle: Duration,
}

impl Settings {
    /// On a free loopback port, for `domains`, 10 MiB, pipelining, anybody, in clear.
    pub fn local(domains: &[&str]) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            host_name: "localhost".into(),
            domains: domains.iter().map(|domain| domain.to_ascii_lowercase()).collect(),
            size_limit: 10 << 20,
            pipelining: true,
            tls: None,
            login: None,
            connections: 200,
            idle: Duration::from_mins(5),
        }
    }
}

/// A certificate chain and its key, both PEM.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The chain.
    pub certificate_pem: Vec<u8>,
    /// The key.
    pub key_pem: Vec<u8>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

/// What the receiver answers to a recipient or to a whole message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A code and words; 2xx takes it.
    Say(u16, String),
    /// A code and words, then the connection is closed.
    SayAndClose(u16, String),
    /// The connection is closed without a word.
    HangUp {
        /// Whether the message is delivered all the same; only that of [`Policy::data`] is looked at.
        delivered: bool,
    },
}

impl Reply {
    /// 250.
    pub fn accept() -> Self {
        Self::Say(250, "2.0.0 ok".into())
    }

    /// 451.
    pub fn defer(why: &str) -> Self {
        Self::Say(451, format!("4.7.1 {why}"))
    }

    /// 550 with the enhanced code of an unknown mailbox.
    pub fn unknown() -> Self {
        Self::Say(550, "5.1.1 no such mailbox".into())
    }
}

/// Decides what is taken. Called for recipients in allowed domains only.
pub trait Policy: Send + Sync + 'static {
    /// The answer to RCPT for `address`.
    fn rcpt(&self, address: &str) -> Reply {
        let _ = address;
        Reply::accept()
    }

    /// The answer to the whole message.
    fn data(&self, from: &str, to: &[String], message: &[u8]) -> Reply {
        let _ = (from, to, message);
        Reply::accept()
    }
}

/// Takes everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct AcceptAll;

impl Policy for AcceptAll {}

/// A message for one recipient.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The recipient as given in RCPT.
    pub to: String,
    /// The return path as given in MAIL.
    pub from: String,
    /// The message as it was sent, without dot-stuffing.
    pub message: Vec<u8>,
    /// Counts deliveries of this receiver, from 0.
    pub at_order: u64,
}

impl fmt::Debug for Delivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivered")
            .field("at_order", &self.at_order)
            .field("bytes", &self.message.len())
            .finish_non_exhaustive()
    }
}

/// Where accepted mail goes. Called before the 250 is written: what it took was acknowledged or is in doubt.
pub trait Mailbox: Send + Sync + 'static {
    /// Keeps one message.
    fn deliver(&self, delivered: Delivered);
}

impl Mailbox for tokio::sync::mpsc::UnboundedSender<Delivered> {
    fn deliver(&self, delivered: Delivered) {
        if self.send(delivered).is_err() {
            tracing::warn!("a delivered message was dropped: nobody reads the mailbox");
        }
    }
}

/// A mailbox that keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Discard;

impl Mailbox for Discard {
    fn deliver(&self, _: Delivered) {}
}

/// Why the receiver did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken or not ours.
    #[error("the receiver cannot listen on `{address}`")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// Certificate or key cannot be used.
    #[error("the receiver's certificate or key cannot be used: {why}")]
    Identity {
        /// What is wrong.
        why: String,
    },
}

/// A running receiver; dropping it stops accepting at once, [`Running::shut_down`] lets messages finish.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Takes no new connections, lets messages under way finish, and returns when all are closed.
    pub async fn shut_down(mut self) {
        self.stop.send_replace(true);
        if let Err(error) = (&mut self.accepting).await {
            tracing::error!(%error, "the receiver ended badly");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

struct Server {
    settings: Settings,
    policy: Arc<dyn Policy>,
    mailbox: Arc<dyn Mailbox>,
    acceptor: Option<TlsAcceptor>,
    order: AtomicU64,
}

/// Starts a receiver.
///
/// # Errors
/// See [`StartError`].
pub async fn start(
    settings: Settings,
    policy: Arc<dyn Policy>,
    mailbox: Arc<dyn Mailbox>,
) -> Result<Running, StartError> {
    let listen = |source| StartError::Listen { address: settings.listen, source };
    let acceptor = match &settings.tls {
        Some(identity) => Some(acceptor(identity).map_err(|why| StartError::Identity { why })?),
        None => None,
    };
    let listener = TcpListener::bind(settings.listen).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let (stop, stopping) = watch::channel(false);
    let server = Arc::new(Server { settings, policy, mailbox, acceptor, order: AtomicU64::new(0) });
    let accepting = tokio::spawn(accept(listener, server, stopping));
    Ok(Running { address, stop, accepting })
}

fn acceptor(identity: &Identity) -> Result<TlsAcceptor, String> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&identity.certificate_pem)
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    let key = PrivateKeyDer::from_pem_slice(&identity.key_pem).map_err(|error| error.to_string())?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| error.to_string())?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn accept(listener: TcpListener, server: Arc<Server>, mut stopping: watch::Receiver<bool>) {
    let room = Arc::new(Semaphore::new(server.settings.connections.max(1)));
    let mut sessions = tokio::task::JoinSet::new();
    loop {
        let accepted = tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => break,
            accepted = next_connection(&listener, &room) => accepted,
            Some(ended) = sessions.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a receiving session ended badly");
                }
                continue;
            }
        };
        match accepted {
            Ok((stream, place)) => {
                let (server, stopping) = (Arc::clone(&server), stopping.clone());
                sessions.spawn(async move {
                    let wire = Wire::new(Transport::Plain(stream));
                    if let Err(error) = session::run(wire, server, stopping).await {
                        tracing::debug!(%error, "a receiving session broke");
                    }
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    while sessions.join_next().await.is_some() {}
}

async fn next_connection(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(room).acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, place))
}
