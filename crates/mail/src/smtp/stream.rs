//! A connection that may be plain or under TLS, with a read buffer of its own so that leftovers can be seen.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsStream;

/// Bytes asked of the system at once.
const READ_BYTES: usize = 16 * 1024;

/// The transport.
#[derive(Debug)]
pub(crate) enum Transport {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    /// Between plain and TLS: nothing can be read or written.
    Closed,
}

impl AsyncRead for Transport {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Closed => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncWrite for Transport {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Closed => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
            Self::Closed => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Closed => Poll::Ready(Ok(())),
        }
    }
}

/// A transport and what was read from it and not yet used.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) transport: Transport,
    read: Vec<u8>,
    used: usize,
}

impl Wire {
    pub(crate) fn new(transport: Transport) -> Self {
        Self { transport, read: Vec::new(), used: 0 }
    }

    /// A wire that leads nowhere.
    pub(crate) fn closed() -> Self {
        Self::new(Transport::Closed)
    }

    /// The bare stream, if there is no TLS on it.
    pub(crate) fn into_plain(self) -> Option<TcpStream> {
        if let Transport::Plain(stream) = self.transport { Some(stream) } else { None }
    }

    /// What was read and not yet used.
    pub(crate) fn unread(&self) -> &[u8] {
        self.read.get(self.used..).unwrap_or_default()
    }

    /// Marks `count` unread bytes as used.
    pub(crate) fn consume(&mut self, count: usize) {
        self.used = (self.used + count).min(self.read.len());
        if self.used == self.read.len() {
            self.read.clear();
            self.used = 0;
        }
    }

    /// Reads more; false at the end of the stream.
    pub(crate) async fn fill(&mut self) -> io::Result<bool> {
        if self.used > 0 {
            self.read.drain(..self.used);
            self.used = 0;
        }
        self.read.reserve(READ_BYTES);
        Ok(self.transport.read_buf(&mut self.read).await? > 0)
    }

    /// Writes all of `bytes` and hands them to the network at once.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.transport.write_all(bytes).await?;
        self.transport.flush().await
    }
}
