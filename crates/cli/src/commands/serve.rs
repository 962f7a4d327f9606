//! `hustings serve`: the console, the supporters' pages, the public ledger, and the sends that are under way.

mod board;
mod duties;
mod login_links;
mod sends;

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Args;
use hustings_app::send;
use hustings_app::settings::Settings;
use hustings_app::{App, Refusal, Result, access, beside, folder, people};
use hustings_domain::access::{Actor, Role};
use hustings_server::{LoginMail, Site};
use sends::Dispatcher;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often to look for requests of other verbs.
const LOOK_FOR_REQUESTS: Duration = Duration::from_millis(500);

/// Where to serve.
#[derive(Debug, Args)]
pub struct Options {
    /// Address and port [default: from hustings.toml, else 127.0.0.1:8470]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
}

/// Runs it until it is interrupted.
pub fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    let settings = Settings::load(&common.dir())?;
    let app = opening::open(common)?;
    let listen = options.listen.clone().unwrap_or_else(|| settings.serve.listen.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Refusal::internal("no threads could be started").because(error))?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind(&listen)).map_err(|error| {
        Refusal::new(hustings_app::Kind::Busy, "serve.address", format!("`{listen}` cannot be listened on"))
            .because(error)
            .hint("name another with --listen; links in mails lead to the `site` of the charter")
    })?;
    let _answering = beside::answer(&app)?;
    let links: Arc<dyn LoginMail> = match &settings.relay {
        Some(relay) => {
            Arc::new(login_links::Mailed::new(Arc::clone(&app), relay.clone(), runtime.handle().clone()))
        }
        None => Arc::new(login_links::Printed { voice }),
    };
    let mails = settings.relay.is_some();
    drop(runtime.spawn(destroy_overdue_copies(Arc::clone(&app))));
    drop(runtime.spawn(board::keep_time(Arc::clone(&app), settings.relay.clone())));
    drop(runtime.spawn(duties::keep_time(Arc::clone(&app), settings.relay.clone())));
    drop(runtime.spawn(end_overdue_standings(Arc::clone(&app))));
    let dispatcher = Arc::new(Dispatcher::new(Arc::clone(&app), settings, runtime.handle().clone()));
    dispatcher.take_up_the_unfinished()?;
    drop(runtime.spawn(sends::look_for_work(Arc::clone(&dispatcher))));
    let following = Following::begin(&app)?;
    let site = Site::new(Arc::clone(&app))?.with_dispatch(dispatcher).with_mail(links);
    drop(runtime.spawn(answer_requests(Arc::clone(&app))));
    greet(&app, &listen, mails, voice)?;
    let ended = ended(Arc::clone(&app));
    let served = runtime.block_on(hustings_server::serve(Arc::new(site), listener, ended));
    following.end();
    runtime.shutdown_timeout(Duration::from_secs(5));
    app.store().check_standing()?;
    if let Err(refusal) = send::lay_down(&app) {
        tracing::warn!(code = refusal.code, %refusal, "what was in hand is put right when the list is opened again");
    }
    people::follow::save(&app)?;
    served.map_err(|error| Refusal::internal("serving ended badly").because(error))
}

/// The thread that follows what other processes change.
struct Following {
    ended: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Following {
    fn begin(app: &Arc<App>) -> Result<Self> {
        let ended = Arc::new(AtomicBool::new(false));
        let (app, until) = (Arc::clone(app), Arc::clone(&ended));
        let thread = std::thread::Builder::new()
            .name("following".to_owned())
            .spawn(move || people::follow::keep_up(&app, &until))
            .map_err(|error| Refusal::internal("no thread could be started").because(error))?;
        Ok(Self { ended, thread })
    }

    fn end(self) {
        self.ended.store(true, Ordering::SeqCst);
        if self.thread.join().is_err() {
            tracing::error!("the thread that follows other processes broke off");
        }
    }
}

/// Until it is interrupted, or another process has taken this one's work over.
async fn ended(app: Arc<App>) {
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    let fenced = async {
        while app.store().check_standing().is_ok() {
            tick.tick().await;
        }
    };
    tokio::select! {
        () = interrupted() => {}
        () = fenced => {}
    }
}

/// Carries out what other verbs ask of the process that holds the list, and what an erasure left to do.
async fn answer_requests(app: Arc<App>) {
    let mut tick = tokio::time::interval(LOOK_FOR_REQUESTS);
    loop {
        tick.tick().await;
        let app = Arc::clone(&app);
        let work = move || {
            people::erase::finish_shreds(app.store())?;
            folder::carry_out_requests(&app)
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(_)) => {}
            Ok(Err(refusal)) => {
                tracing::error!(code = refusal.code, %refusal, "a request was not carried out");
            }
            Err(error) => tracing::error!(%error, "carrying out requests failed"),
        }
    }
}

/// Ready when the process is asked to end.
pub(super) async fn interrupted() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::warn!(%error, "a polite end by SIGTERM is not possible");
            drop(tokio::signal::ctrl_c().await);
            return;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Says where to go, with a link for each kind of work that somebody has a log-in for.
fn greet(app: &App, listen: &str, mails: bool, voice: Voice) -> Result<()> {
    let site = app.charter()?.owner.site;
    voice.say(format!("Serving on http://{listen} until you press Ctrl-C."));
    voice.say(format!("  Anyone: the public ledger   {site}/ledger"));
    let users = access::users(app, &Actor::operator())?;
    if users.is_empty() {
        voice.say("  Nobody has a log-in yet: `hustings user add` gives one.");
    }
    for role in [Role::Steward, Role::Trustee, Role::Treasurer, Role::Administrator, Role::Borrower] {
        if let Some(user) = users.iter().find(|user| user.roles.contains(&role)) {
            let link = access::login_link(app, user.id)?;
            voice.say(format!(
                "  Log in once as {:<14} {site}/login/{link}   ({})",
                role.as_str(),
                user.name
            ));
        }
    }
    if mails {
        voice.say("  Log-in links that are asked for on the log-in page are mailed.");
    } else {
        voice.say(format!(
            "  No relay is set: a log-in link that is asked for at {site}/login is printed here. \
             [relay] in hustings.toml has them mailed."
        ));
    }
    Ok(())
}

/// Hourly: a standing has ended by the calendar already; this writes it down.
async fn end_overdue_standings(app: Arc<App>) {
    let mut hours = tokio::time::interval(Duration::from_hours(1));
    loop {
        hours.tick().await;
        let app = Arc::clone(&app);
        match tokio::task::spawn_blocking(move || hustings_app::lend::end_overdue_standings(&app)).await {
            Ok(Ok(_)) => {}
            Ok(Err(refusal)) => {
                tracing::error!(code = refusal.code, %refusal, "ended standings are not written down");
            }
            Err(error) => tracing::error!(%error, "looking for ended standings failed"),
        }
    }
}

/// Daily: an opening does it too, but a server may run for months.
async fn destroy_overdue_copies(app: Arc<App>) {
    let mut days = tokio::time::interval(Duration::from_hours(24));
    loop {
        days.tick().await;
        let app = Arc::clone(&app);
        match tokio::task::spawn_blocking(move || folder::destroy_overdue_copies(&app)).await {
            Ok(Ok(_)) => {}
            Ok(Err(refusal)) => {
                tracing::error!(code = refusal.code, %refusal, causes = ?refusal.causes, "old keys are kept");
            }
            Err(error) => tracing::error!(%error, "looking for overdue copies failed"),
        }
    }
}
