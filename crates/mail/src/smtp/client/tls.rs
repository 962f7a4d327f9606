//! TLS of the client: the public roots, and the extra ones that the settings name.

use super::{Relay, Tls};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A connector for `relay`; `None` when it is spoken to in clear.
pub(super) fn connector(relay: &Relay) -> Result<Option<TlsConnector>, String> {
    if relay.tls == Tls::None {
        return Ok(None);
    }
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(pem) = &relay.root_pem {
        let mut added = 0;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| format!("the extra root is not PEM: {error}"))?;
            roots.add(certificate).map_err(|error| format!("the extra root is not usable: {error}"))?;
            added += 1;
        }
        if added == 0 {
            return Err("the extra root file has no certificate in it".into());
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    server_name(relay)?;
    Ok(Some(TlsConnector::from(Arc::new(config))))
}

/// Puts `stream` under TLS.
pub(super) async fn wrap(
    connector: &TlsConnector,
    relay: &Relay,
    stream: TcpStream,
) -> std::io::Result<tokio_rustls::TlsStream<TcpStream>> {
    let name = server_name(relay).map_err(std::io::Error::other)?;
    Ok(connector.connect(name, stream).await?.into())
}

/// Whether a failed handshake will fail again: the certificate is wrong, not the network.
pub(super) fn is_certificate_error(error: &std::io::Error) -> bool {
    error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        .is_some_and(|error| matches!(error, rustls::Error::InvalidCertificate(_)))
}

fn server_name(relay: &Relay) -> Result<ServerName<'static>, String> {
    ServerName::try_from(relay.host.clone()).map_err(|_| format!("`{}` is not a host name", relay.host))
}
