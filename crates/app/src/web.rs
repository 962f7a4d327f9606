//! The one way out over HTTP, and the only user of its client: to witnesses and to the ledgers of others, whose
//! addresses the administrator wrote down. It follows no redirect, reads no more than it is told, and waits no longer.

use crate::refusal::{Refusal, Result};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// The longest address, in bytes.
const MAX_ADDRESS_BYTES: usize = 2_000;

/// Refuses what is not a plain `http` or `https` address: another scheme, a user's name, spaces, a query.
pub fn check_address(address: &str) -> Result<()> {
    let refused = |why: &str| {
        Err(Refusal::invalid("web.address", format!("`{address}` cannot be asked: {why}"))
            .hint("an address is like `https://witness.example.org` or `http://127.0.0.1:8480`"))
    };
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let Some(rest) = rest else { return refused("it begins with neither `https://` nor `http://`") };
    if address.len() > MAX_ADDRESS_BYTES {
        return refused("it is too long");
    }
    if rest.chars().any(|c| c.is_whitespace() || c.is_control() || "?#\\\"<>".contains(c)) {
        return refused(
            "it holds a space, a query or another character that an address of this kind does not have",
        );
    }
    let host = rest.split('/').next().unwrap_or_default();
    if host.is_empty() || host.starts_with(':') {
        return refused("it names no host");
    }
    if host.contains('@') {
        return refused("it holds a user's name");
    }
    Ok(())
}

/// Why there is no answer; says nothing of what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoAnswer(String);

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoAnswer {}

impl From<ureq::Error> for NoAnswer {
    fn from(error: ureq::Error) -> Self {
        Self(error.to_string())
    }
}

/// An answer: its status and its body.
pub type Answered = std::result::Result<(u16, Vec<u8>), NoAnswer>;

/// A client that waits so long for a whole exchange.
#[derive(Debug, Clone)]
pub struct Web(Agent);

impl Web {
    /// A client with the web's usual certificate authorities.
    pub fn new(patience: Duration) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(provider)
            .root_certs(RootCerts::WebPki)
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_global(Some(patience))
            .user_agent("hustings")
            .build();
        Self(config.new_agent())
    }

    /// Fetches; the body has at most `limit` bytes.
    pub fn get(&self, address: &str, limit: usize) -> Answered {
        read(self.0.get(address).call()?, limit)
    }

    /// Sends a body; the answer has at most `limit` bytes.
    pub fn post(&self, address: &str, body: &[u8], limit: usize) -> Answered {
        read(self.0.post(address).content_type("text/plain; charset=utf-8").send(body)?, limit)
    }
}

fn read(mut response: ureq::http::Response<ureq::Body>, limit: usize) -> Answered {
    let status = response.status().as_u16();
    let one_more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let body = response.body_mut().with_config().limit(one_more).read_to_vec()?;
    if body.len() > limit {
        return Err(NoAnswer(format!("the answer has more than {limit} bytes")));
    }
    Ok((status, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_are_asked() {
        for good in
            ["https://w.example", "http://127.0.0.1:8480", "https://w.example/a/b", "http://[::1]:80/"]
        {
            assert!(check_address(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "w.example",
            "ftp://w.example",
            "file:///etc/passwd",
            "https://",
            "https://:80",
            "https:///x",
            "https://user@w.example",
            "https://w.example/a b",
            "https://w.example/?q",
            "https://w.example/#x",
            "https://w.example/\n",
        ] {
            assert_eq!(check_address(bad).unwrap_err().code, "web.address", "{bad:?}");
        }
    }
}
