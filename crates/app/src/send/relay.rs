//! The relay as the settings name it.

use crate::refusal::{Refusal, Result};
use crate::settings::{RelaySettings, TlsSetting};
use hustings_mail::smtp::client::{Auth, Relay, Tls};
use std::path::Path;

/// The relay to hand mail to. Reads the password's file.
pub fn relay(settings: &RelaySettings) -> Result<Relay> {
    let auth = match (&settings.user, &settings.password_file) {
        (None, _) => None,
        (Some(user), Some(file)) => Some(Auth { user: user.clone(), password: password(file)? }),
        (Some(_), None) => {
            return Err(Refusal::invalid("settings.password", "the relay has a user and no password")
                .hint("write the password to a file and name it as `password_file` under [relay]"));
        }
    };
    let tls = match settings.tls {
        TlsSetting::None => Tls::None,
        TlsSetting::Starttls => Tls::StartTls { required: true },
        TlsSetting::Implicit => Tls::Implicit,
    };
    let local = Relay::local(settings.port);
    Ok(Relay { host: settings.host.clone(), tls, auth, connections: settings.connections, ..local })
}

fn password(file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Refusal::invalid(
            "settings.password",
            format!("the password's file `{}` cannot be read", file.display()),
        )
        .because(error)
    })?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(Refusal::invalid(
            "settings.password",
            format!("the password's file `{}` is empty", file.display()),
        ));
    }
    Ok(password.to_owned())
}
