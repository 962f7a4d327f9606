//! The way of a log-in link to whoever asked for it on the log-in page: by mail when a relay is set, else onto the
//! terminal in which the server runs.

use crate::output::{Voice, aside};
use hustings_app::settings::RelaySettings;
use hustings_app::{App, send};
use hustings_server::{LinkGoes, LoginMail};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::runtime::Handle;

/// Mails links over the list's relay.
pub(super) struct Mailed {
    app: Arc<App>,
    relay: RelaySettings,
    handle: Handle,
    one_at_a_time: Mutex<()>,
}

impl Mailed {
    pub(super) fn new(app: Arc<App>, relay: RelaySettings, handle: Handle) -> Self {
        Self { app, relay, handle, one_at_a_time: Mutex::new(()) }
    }
}

impl LoginMail for Mailed {
    fn goes(&self) -> LinkGoes {
        LinkGoes::ByMail
    }

    fn send(&self, name: &str, address: &str, link: &str) {
        let _one = self.one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
        let mailed = send::relay(&self.relay).and_then(|relay| {
            self.handle.block_on(send::mail_login_link(&self.app, relay, name, address, link))
        });
        if let Err(refusal) = mailed {
            tracing::error!(code = refusal.code, %refusal, causes = ?refusal.causes, hints = ?refusal.hints, "no link was mailed");
        }
    }
}

/// Prints links where the server was started.
pub(super) struct Printed {
    pub(super) voice: Voice,
}

impl LoginMail for Printed {
    fn goes(&self) -> LinkGoes {
        LinkGoes::ToTheTerminal
    }

    fn send(&self, name: &str, _address: &str, link: &str) {
        let line = format!("  Log in once, asked for on the log-in page   {link}   ({name})");
        if self.voice.json { aside(line) } else { self.voice.say(line) }
    }
}
