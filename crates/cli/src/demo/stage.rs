//! What the story is played on: a list with its pages served, a mailbox provider, and a clock that moves when told.

use super::browser::Browser;
use super::cast;
use super::provider::{Front, Provider};
use crate::commands::import::bar::counting_bar;
use crate::opening::DEMO_PASSPHRASE;
use crate::output::Voice;
use hustings_app::folder::{InitJob, init};
use hustings_app::send::{self, Ended};
use hustings_app::settings::{RelaySettings, ServeSettings, Settings};
use hustings_app::{App, Refusal, Result, SeededChance, SystemClock};
use hustings_domain::access::Actor;
use hustings_domain::clock::{Clock, SetClock};
use hustings_domain::ids::LoanNumber;
use hustings_mail::receiver::{self, Running};
use hustings_server::Site;
use hustings_vault::{Argon2Cost, RootSecret};
use jiff::{Span, Timestamp};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// When the story begins, so that the same seed tells the same story on any day.
const BEGINS: &str = "2026-09-07T13:00:00Z";

/// The address that a story serves on when it is free, so that links stay true from one start to the next.
const PREFERRED: &str = "127.0.0.1:8470";

/// How far a demonstration's clock is from the machine's: the list lives on from where its story ended.
pub const DEMO_CLOCK: &str = "DEMO-CLOCK";

/// The machine's clock, moved by a fixed span.
#[derive(Debug, Clone, Copy)]
pub struct ShiftedClock {
    /// Seconds to add.
    pub seconds: i64,
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().checked_add(Span::new().seconds(self.seconds)).unwrap_or(Timestamp::MAX)
    }
}

/// The stage.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) app: Arc<App>,
    pub(crate) clock: SetClock,
    pub(crate) seed: u64,
    pub(crate) voice: Voice,
    pub(crate) site: String,
    pub(crate) files: PathBuf,
    pub(crate) provider: Arc<Provider>,
    pub(crate) relay: RelaySettings,
    pub(crate) operator: Actor,
    runtime: Runtime,
    receiver: Running,
    stop: oneshot::Sender<()>,
}

impl Stage {
    /// Makes the list, serves its pages and starts the provider.
    pub(crate) fn build(folder: &Path, people: u32, seed: u64, voice: Voice) -> Result<Self> {
        clear_earlier_story(folder)?;
        let begins: Timestamp =
            BEGINS.parse().map_err(|error| Refusal::internal("the story has no beginning").because(error))?;
        let clock = SetClock::at(begins);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Refusal::internal("no threads could be started").because(error))?;
        let listener = runtime.block_on(listen())?;
        let address =
            listener.local_addr().map_err(|error| Refusal::internal("no address").because(error))?;
        let site = format!("http://{address}");
        let passphrase = format!("demonstration-{seed}-nobody-real");
        let root = RootSecret::passphrase(&passphrase)
            .map_err(|error| Refusal::internal("the demonstration has no key").because(error))?;
        let app = Arc::new(init(InitJob {
            folder,
            root: &root,
            cost: Argon2Cost { memory_kib: 8 * 1024, passes: 1, lanes: 1 },
            charter: &charter_of_the_story(&site, people),
            clock: Arc::new(clock.clone()),
            chance: Arc::new(SeededChance::new(seed)),
            demo: true,
        })?);
        write(&folder.join(DEMO_PASSPHRASE), &passphrase)?;
        let provider = Arc::new(Provider::new(seed));
        let front = Front(Arc::clone(&provider));
        let receiver = runtime
            .block_on(receiver::start(receiver_settings(), Arc::new(front.clone()), Arc::new(front)))
            .map_err(|error| {
                Refusal::internal("the mail server of the story did not start").because(error)
            })?;
        let relay = RelaySettings {
            host: receiver.address().ip().to_string(),
            port: receiver.address().port(),
            connections: 4,
            retry_seconds: 600,
            ..RelaySettings::default()
        };
        Settings {
            relay: Some(relay.clone()),
            serve: ServeSettings { listen: address.to_string() },
            ..Settings::default()
        }
        .save(folder)?;
        let (stop, stopped) = oneshot::channel();
        let served = Arc::new(Site::new(Arc::clone(&app))?);
        drop(runtime.spawn(async move {
            let until = async {
                drop(stopped.await);
            };
            if let Err(error) = hustings_server::serve(served, listener, until).await {
                tracing::error!(%error, "the pages of the story are not served");
            }
        }));
        let files = folder.join("files");
        Ok(Self {
            app,
            clock,
            seed,
            voice,
            site,
            files,
            provider,
            relay,
            operator: Actor::operator(),
            runtime,
            receiver,
            stop,
        })
    }

    /// Hours go by.
    pub(crate) fn hours_go_by(&self, hours: i64) {
        self.clock.advance_seconds(hours * 3_600);
    }

    /// A browser in which somebody is logged in.
    pub(crate) fn browser_of(&self, person: &str) -> Result<Browser> {
        let user = hustings_app::access::user_named(&self.app, person)?;
        let browser = Browser::new(&self.site);
        browser.log_in(&hustings_app::access::login_link(&self.app, user.id)?)?;
        Ok(browser)
    }

    /// A browser in which nobody is logged in.
    pub(crate) fn stranger(&self) -> Browser {
        Browser::new(&self.site)
    }

    /// Sends what may be sent of a loan now, and what was deferred an hour later.
    pub(crate) fn send_out(&self, loan: LoanNumber) -> Result<()> {
        loop {
            let relay = send::relay(&self.relay)?;
            let bar = counting_bar(0, &loan.to_string());
            let shown = bar.clone();
            let sending =
                send::run_send(Arc::clone(&self.app), relay, self.relay.retry_seconds, loan, move |step| {
                    shown.set_length(u64::from(step.released));
                    shown.set_position(u64::from(step.counts.accepted + step.counts.refused));
                });
            let ran = self.runtime.block_on(sending)?;
            bar.finish_and_clear();
            match ran.ended {
                Ended::Deferred { .. } => self.hours_go_by(1),
                _ => return Ok(()),
            }
        }
    }

    /// Ends the story: stops the servers and notes where its clock stands.
    pub(crate) fn close(self) -> Result<()> {
        let Self { app, clock, runtime, receiver, stop, .. } = self;
        // The story's mail server ends with the story: what is served after it has no relay.
        let settings = Settings::load(app.folder())?;
        Settings { relay: None, ..settings }.save(app.folder())?;
        // A server that ended by itself has nothing left to stop.
        let _already_stopped = stop.send(());
        let ahead = clock.now().as_second() - SystemClock.now().as_second();
        write(&app.folder().join(DEMO_CLOCK), &ahead.to_string())?;
        runtime.block_on(receiver.shut_down());
        runtime.shutdown_timeout(std::time::Duration::from_secs(5));
        Ok(())
    }
}

/// A demonstration may be played again over an earlier one, and over nothing else.
fn clear_earlier_story(folder: &Path) -> Result<()> {
    if folder.join(DEMO_PASSPHRASE).exists() {
        return std::fs::remove_dir_all(folder).map_err(|error| {
            Refusal::internal(format!(
                "the earlier demonstration in `{}` cannot be cleared",
                folder.display()
            ))
            .because(error)
        });
    }
    let empty = !folder.exists() || folder.read_dir().is_ok_and(|mut entries| entries.next().is_none());
    if empty {
        return Ok(());
    }
    Err(Refusal::conflict(
        "demo.folder-taken",
        format!("`{}` holds something that is not a demonstration", folder.display()),
    )
    .hint("name an empty folder with --dir"))
}

async fn listen() -> Result<tokio::net::TcpListener> {
    let any: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 0));
    match tokio::net::TcpListener::bind(PREFERRED).await {
        Ok(listener) => Ok(listener),
        Err(_) => tokio::net::TcpListener::bind(any)
            .await
            .map_err(|error| Refusal::internal("no port of this machine is free").because(error)),
    }
}

/// The example charter at this address, and on a small list with small limits.
fn charter_of_the_story(site: &str, people: u32) -> String {
    let mut text =
        include_str!("../../../../docs/charter.example.toml").replace("http://127.0.0.1:8470", site);
    if people < 20_000 {
        for (from, to) in [
            ("least_audience = 100", "least_audience = 20"),
            ("pilot_least = 200", "pilot_least = 25"),
            ("floor = 300", "floor = 50"),
        ] {
            text = text.replace(from, to);
        }
    }
    text
}

fn receiver_settings() -> receiver::Settings {
    let domains = crate::synth::mail_domains();
    let mut names: Vec<&str> = domains.iter().map(String::as_str).collect();
    names.push("seeds.forward.example");
    receiver::Settings::local(&names)
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text)
        .map_err(|error| Refusal::internal(format!("`{}` cannot be written", path.display())).because(error))
}

/// The people of the story get their log-ins.
pub(crate) fn seat_everybody(stage: &Stage) -> Result<()> {
    use hustings_app::access::{NewUser, add_user};
    use hustings_domain::access::Role;
    let add = |name: &str, email: &str, role: Role, wing: Option<&str>| {
        let wing = wing.and_then(|wing| wing.parse().ok());
        let new = NewUser {
            name: name.to_owned(),
            email: email.to_owned(),
            roles: vec![role],
            wing,
            borrower: None,
        };
        add_user(&stage.app, &stage.operator, new).map(|_| ())
    };
    add("Ada Lowe", "ada@forward.example", Role::Steward, None)?;
    add("Nils Berg", "nils@forward.example", Role::Administrator, None)?;
    add("Olive Grant", "olive@forward.example", Role::Treasurer, None)?;
    for (name, wing) in cast::TRUSTEES {
        let email = format!("{}@board.forward.example", name.to_lowercase().replace(' ', "."));
        add(name, &email, Role::Trustee, Some(wing))?;
    }
    Ok(())
}
