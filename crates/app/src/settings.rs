//! The settings file `hustings.toml` in the data folder: where mail is handed over, where pages are served, and which
//! witnesses are asked to cosign the ledger.

use crate::refusal::{Refusal, Result};
use crate::web;
use hustings_ledger::WitnessKey;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The name of the file in the data folder.
pub const FILE: &str = "hustings.toml";

/// All settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where mail is handed over; none until somebody sets it.
    pub relay: Option<RelaySettings>,
    /// Where pages are served.
    pub serve: ServeSettings,
    /// Who is asked to cosign the ledger's checkpoints.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub witness: Vec<WitnessSettings>,
}

/// The most witnesses that are asked.
const MOST_WITNESSES: usize = 32;

/// Somebody else's witness, as `[[witness]]` in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessSettings {
    /// Its public key, `name+hash+base64`, as `hustings witness show` prints it there.
    pub key: String,
    /// Where it answers: its submission prefix, such as `https://witness.example.org`.
    pub url: String,
}

impl WitnessSettings {
    /// The key, read.
    pub fn key(&self) -> Result<WitnessKey> {
        self.key.trim().parse().map_err(|error| {
            Refusal::invalid("settings.witness", format!("`{}` is not a witness's public key", self.key))
                .because(error)
                .hint("it is the line that `hustings witness show` prints at the witness")
        })
    }
}

/// Where mail is handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RelaySettings {
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
    /// `none`, `starttls` or `implicit`. Without TLS only to this machine.
    pub tls: TlsSetting,
    /// The user to log in as.
    pub user: Option<String>,
    /// A file that holds the password alone, so that it stands in no settings file.
    pub password_file: Option<PathBuf>,
    /// Connections at a time.
    pub connections: usize,
    /// Seconds until a deferred message is tried again.
    pub retry_seconds: u64,
}

impl Default for RelaySettings {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 25,
            tls: TlsSetting::None,
            user: None,
            password_file: None,
            connections: 8,
            retry_seconds: 900,
        }
    }
}

/// How the connection to the relay is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsSetting {
    /// Not at all.
    #[default]
    None,
    /// Upgraded; refused when the relay cannot.
    Starttls,
    /// From the first byte.
    Implicit,
}

/// Where pages are served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServeSettings {
    /// Address and port.
    pub listen: String,
}

impl Default for ServeSettings {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8470".to_owned() }
    }
}

impl Settings {
    /// The settings of a data folder; the defaults when it has no file.
    pub fn load(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => {
                return Err(Refusal::invalid(
                    "settings.unreadable",
                    format!("`{}` cannot be read", path.display()),
                )
                .because(error));
            }
        };
        let settings: Self = toml::from_str(&text).map_err(|error| {
            Refusal::invalid("settings.wrong", format!("`{}` does not hold settings", path.display()))
                .because(error)
        })?;
        settings.check()?;
        Ok(settings)
    }

    /// Writes the settings of a data folder.
    pub fn save(&self, folder: &Path) -> Result<()> {
        self.check()?;
        let text = toml::to_string(self)
            .map_err(|error| Refusal::internal("settings cannot be written").because(error))?;
        let path = folder.join(FILE);
        std::fs::write(&path, text).map_err(|error| {
            Refusal::internal(format!("`{}` cannot be written", path.display())).because(error)
        })
    }

    /// The relay for a send: the one that is set, else a mail server on this machine.
    pub fn relay(&self) -> RelaySettings {
        self.relay.clone().unwrap_or_default()
    }

    fn check(&self) -> Result<()> {
        let relay = self.relay();
        let local = ["127.0.0.1", "::1", "localhost"].contains(&relay.host.as_str());
        if relay.tls == TlsSetting::None && !local {
            return Err(Refusal::invalid("settings.clear-text", "mail to another machine goes through TLS")
                .hint("set `tls = \"starttls\"` or `tls = \"implicit\"` under [relay]"));
        }
        if relay.connections == 0 || relay.connections > 100 {
            return Err(Refusal::invalid("settings.connections", "the relay gets 1 to 100 connections"));
        }
        self.check_witnesses()
    }

    fn check_witnesses(&self) -> Result<()> {
        if self.witness.len() > MOST_WITNESSES {
            return Err(Refusal::invalid("settings.witness", "at most 32 witnesses are asked"));
        }
        let mut seen: Vec<WitnessKey> = Vec::new();
        for witness in &self.witness {
            web::check_address(&witness.url)?;
            let key = witness.key()?;
            // One body with two names is one witness.
            if seen.iter().any(|other| other.public_key() == key.public_key() || other.name() == key.name()) {
                return Err(Refusal::invalid(
                    "settings.witness",
                    format!("the witness `{}` is named twice, or shares its key with another", key.name()),
                ));
            }
            seen.push(key);
        }
        Ok(())
    }
}
