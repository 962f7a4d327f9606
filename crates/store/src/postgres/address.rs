//! Where a list's database is, without its password.

use super::passwords;
use super::tls::{Mode, Said, Tls};
use crate::error::{StoreError, StoreResult};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// The longest name of a database whose roles' names the server can hold (63 bytes, less `_keys`).
const LONGEST_NAME: usize = 58;

/// The address of a list on PostgreSQL, such as `postgres://hustings@localhost/hustings`.
#[derive(Clone)]
pub struct Address {
    text: String,
    database: String,
    config: Config,
    tls: Tls,
}

/// The password stays out of logs.
impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Address").field("text", &self.text).finish_non_exhaustive()
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

fn unusable<T>(why: impl Into<String>) -> StoreResult<T> {
    Err(StoreError::Address(why.into()))
}

impl Address {
    /// Whether a text means a database and not a folder.
    pub fn is_one(text: &str) -> bool {
        text.starts_with("postgres://") || text.starts_with("postgresql://")
    }

    /// Reads an address; the password, if the server wants one, comes beside it.
    ///
    /// `Address` when it holds a password, names no database, or would cross a network in clear.
    pub fn parse(text: &str, password: Option<&str>) -> StoreResult<Self> {
        if !Self::is_one(text) {
            return unusable("it begins with `postgres://`");
        }
        let said = Said::take_out_of(text)?;
        // What the parser says can repeat a part of the address, and that part may be a password.
        let Ok(mut config) = said.rest.parse::<Config>() else {
            return unusable("it is not of the form `postgres://USER@HOST:PORT/DATABASE`");
        };
        if config.get_password().is_some() {
            return unusable(
                "it holds a password, which others could read: leave it out and set PGPASSWORD or a password file",
            );
        }
        let Some(database) = config.get_dbname().map(str::to_owned) else {
            return unusable("it names no database: end it with `/DATABASE`");
        };
        if database.len() > LONGEST_NAME {
            return unusable(format!("the database's name is longer than {LONGEST_NAME} bytes"));
        }
        check_network(&config, said.mode)?;
        let tls = said.tls()?;
        if let Some(password) = password {
            config.password(password);
        }
        // A socket of this machine is never encrypted.
        let over_network = config.get_hosts().iter().any(|host| matches!(host, Host::Tcp(_)));
        config
            .ssl_mode(if tls.is_on() && over_network { SslMode::Require } else { SslMode::Disable })
            .application_name("hustings")
            .connect_timeout(Duration::from_secs(10));
        Ok(Self { text: text.to_owned(), database, config, tls })
    }

    /// The same with the password that a file in the form of `.pgpass` has for it, if it has one.
    #[must_use]
    pub fn with_password_of(mut self, file: &Path) -> Self {
        if let Some(password) = passwords::of_file(file, &self.config) {
            self.config.password(password);
        }
        self
    }

    /// The name of the database.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The role that owns the list.
    pub fn data_role(&self) -> String {
        format!("{}_data", self.database)
    }

    /// The role that owns the wrapped keys.
    pub fn keys_role(&self) -> String {
        format!("{}_keys", self.database)
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    pub(super) fn tls(&self) -> &Tls {
        &self.tls
    }

    /// The address where an error wants a place.
    pub(super) fn place(&self) -> PathBuf {
        PathBuf::from(&self.text)
    }
}

/// A connection in clear stays on this machine unless somebody says otherwise.
fn check_network(config: &Config, mode: Mode) -> StoreResult<()> {
    let is_local = |host: &Host| match host {
        #[cfg(unix)]
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    };
    let elsewhere = !config.get_hosts().iter().all(is_local)
        || !config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback);
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return unusable("it names no host");
    }
    if elsewhere && mode == Mode::Unsaid {
        return unusable(
            "the server is on another machine and the connection is not encrypted: say `?sslmode=verify-full` \
             (with `&sslrootcert=FILE` for a root of your own), or `?sslmode=disable` when the network is your own",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_its_database_and_roles() {
        let address = Address::parse("postgres://ada@localhost:5433/vermont", None).unwrap();
        assert_eq!(address.to_string(), "postgres://ada@localhost:5433/vermont");
        assert_eq!(
            (address.data_role().as_str(), address.keys_role().as_str()),
            ("vermont_data", "vermont_keys")
        );
        assert!(Address::parse("postgres:///list?host=/run/postgresql", None).is_ok());
        assert!(Address::parse("postgresql://[::1]/list", None).is_ok());
        assert!(Address::is_one("postgresql://x/y") && !Address::is_one("./list"));
    }

    #[test]
    fn what_would_leak_or_cannot_work_is_refused() {
        for (text, word) in [
            ("postgres://ada:hunter2@localhost/list", "password"),
            ("postgres://ada@localhost/list?password=hunter2", "password"),
            ("postgres://ada@localhost", "database"),
            ("postgres://ada@localhost/list?sslmode=perhaps", "sslmode"),
            ("postgres://ada@db.example.org/list?sslmode=prefer", "encrypted"),
            ("postgres://ada@localhost/list?sslmode=verify-ca&sslrootcert=/no/such/file", "/no/such/file"),
            ("postgres://ada@localhost/list?sslmode=verify-ca&sslrootcert=", "path"),
            ("postgres://ada@db.example.org/list", "encrypted"),
            ("postgres://ada@192.0.2.7/list", "encrypted"),
            ("postgres://ada@localhost/list?colour=hunter2", "form"),
            ("mysql://ada@localhost/list", "postgres://"),
        ] {
            let refused = Address::parse(text, None).unwrap_err().to_string();
            assert!(refused.contains(word) && !refused.contains("hunter2"), "{text}: {refused}");
        }
        for mode in ["disable", "require", "verify-ca", "verify-full"] {
            let address = format!("postgres://ada@db.example.org/list?sslmode={mode}&application_name=x");
            let parsed = Address::parse(&address, None).unwrap();
            assert_eq!(parsed.config().get_ssl_mode() == SslMode::Require, mode != "disable", "{mode}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let address = Address::parse("postgres://ada@localhost/list", Some("hunter2")).unwrap();
        assert!(!format!("{address:?} {address}").contains("hunter2"));
    }
}
