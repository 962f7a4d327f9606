//! TLS to the server, as `sslmode` and `sslrootcert` of an address say, with the meanings that libpq gives them; without a
//! file of roots, those of the public web count.

use crate::error::{StoreError, StoreResult};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;

/// A longer file of roots is none.
const LONGEST: u64 = 4 << 20;

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Nothing was said: in clear, and not over a network.
    Unsaid,
    /// In clear.
    Disable,
    /// Encrypted; whom it speaks to is looked at only where roots are named.
    Require,
    /// And the server's certificate comes from a root that is trusted.
    VerifyCa,
    /// And it is made out for the host's name.
    VerifyFull,
}

/// What an address says of TLS.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) mode: Mode,
    roots: Option<String>,
    /// The address without it.
    pub(super) rest: String,
}

fn unusable<T>(why: impl Into<String>) -> StoreResult<T> {
    Err(StoreError::Address(why.into()))
}

impl Said {
    /// Takes what the driver does not know out of an address.
    pub(super) fn take_out_of(text: &str) -> StoreResult<Self> {
        let (base, query) = text.split_once('?').unwrap_or((text, ""));
        let (mut mode, mut roots, mut others) = (Mode::Unsaid, None, Vec::new());
        for part in query.split('&').filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some(("sslmode", said)) => {
                    mode = match said {
                        "allow" | "prefer" => Mode::Unsaid,
                        "disable" => Mode::Disable,
                        "require" => Mode::Require,
                        "verify-ca" => Mode::VerifyCa,
                        "verify-full" => Mode::VerifyFull,
                        _ => {
                            return unusable(
                                "`sslmode` is `disable`, `require`, `verify-ca` or `verify-full`",
                            );
                        }
                    }
                }
                Some(("sslrootcert", path)) if path.contains('%') || path.is_empty() => {
                    return unusable("`sslrootcert` is the path of a file, without `%`");
                }
                Some(("sslrootcert", path)) => roots = Some(path.to_owned()),
                _ => others.push(part),
            }
        }
        let rest = if others.is_empty() { base.to_owned() } else { format!("{base}?{}", others.join("&")) };
        Ok(Self { mode, roots, rest })
    }

    /// What makes connections.
    pub(super) fn tls(&self) -> StoreResult<Tls> {
        let mode = match (self.mode, &self.roots) {
            (Mode::Unsaid | Mode::Disable, _) => return Ok(Tls(None)),
            (Mode::Require, Some(_)) => Mode::VerifyCa,
            (mode, _) => mode,
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let refused = |error: rustls::Error| StoreError::Engine(format!("TLS cannot be set up: {error}"));
        let begun = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(refused)?;
        let config = if mode == Mode::VerifyFull {
            begun.with_root_certificates(self.root_store()?).with_no_client_auth()
        } else {
            let chain = if mode == Mode::VerifyCa {
                let roots = Arc::new(self.root_store()?);
                let built = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build();
                Some(built.map_err(|error| StoreError::Engine(format!("TLS cannot be set up: {error}")))?)
            } else {
                None
            };
            let verifier = Arc::new(AnyName { chain, provider });
            begun.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
        };
        Ok(Tls(Some(TlsConnector::from(Arc::new(config)))))
    }

    fn root_store(&self) -> StoreResult<RootCertStore> {
        let Some(path) = &self.roots else {
            return Ok(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
        };
        let wrong = |why: String| StoreError::Address(format!("the roots in `{path}` cannot be used: {why}"));
        let length = std::fs::metadata(Path::new(path)).map_err(|error| wrong(error.to_string()))?.len();
        if length > LONGEST {
            return Err(wrong("the file is too long".to_owned()));
        }
        let mut store = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| wrong(error.to_string()))? {
            let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
            store.add(certificate).map_err(|error| wrong(error.to_string()))?;
        }
        if store.is_empty() { Err(wrong("there is no certificate in it".to_owned())) } else { Ok(store) }
    }
}

/// Takes a certificate whatever name it is made out for: from a trusted root, or, without roots, from anybody.
#[derive(Debug)]
struct AnyName {
    chain: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        use CertificateError::{NotValidForName, NotValidForNameContext};
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        // The name is looked at last, when the chain has been found good.
        match chain.verify_server_cert(own, intermediates, name, ocsp, now) {
            Err(rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. })) => {
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, own, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, own, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Puts connections under TLS, or does not.
#[derive(Clone)]
pub(super) struct Tls(Option<TlsConnector>);

impl Tls {
    pub(super) fn is_on(&self) -> bool {
        self.0.is_some()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Tls {
    type Stream = Secured<S>;
    type TlsConnect = Connecting;
    type Error = io::Error;

    fn make_tls_connect(&mut self, domain: &str) -> io::Result<Connecting> {
        Ok(Connecting { connector: self.0.clone(), name: ServerName::try_from(domain.to_owned()).ok() })
    }
}

/// One connection on its way to TLS.
pub(super) struct Connecting {
    connector: Option<TlsConnector>,
    name: Option<ServerName<'static>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for Connecting {
    type Stream = Secured<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Secured<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let (Some(connector), Some(name)) = (self.connector, self.name) else {
                return Err(io::Error::other("TLS needs the name of a host"));
            };
            Ok(Secured(connector.connect(name, stream).await?))
        })
    }
}

/// A connection under TLS.
pub(super) struct Secured<S>(tokio_rustls::client::TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Secured<S> {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Secured<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Secured<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
