//! Sends in the background: the pilot, its watch, the rest, what was deferred, and what a process that is gone had in hand.

use hustings_app::send::{self, Ended};
use hustings_app::settings::Settings;
use hustings_app::{App, Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::ids::LoanNumber;
use hustings_server::Dispatch;
use jiff::Timestamp;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;

/// How often to look for sends that nobody carries out.
const LOOK: Duration = Duration::from_secs(1);
/// How long a send rests that could not reach the store, and one whose relay takes no mail.
const REST: (Duration, Duration) = (Duration::from_secs(2), Duration::from_mins(1));

/// Carries sends out.
pub(super) struct Dispatcher {
    app: Arc<App>,
    settings: Settings,
    handle: Handle,
    running: Arc<Mutex<HashSet<LoanNumber>>>,
    /// Until a person asks for them again.
    failed: Arc<Mutex<HashSet<LoanNumber>>>,
}

impl Dispatcher {
    pub(super) fn new(app: Arc<App>, settings: Settings, handle: Handle) -> Self {
        Self { app, settings, handle, running: Arc::default(), failed: Arc::default() }
    }

    /// Goes on with every send that is under way and in nobody's hands.
    pub(super) fn take_up_the_unfinished(&self) -> Result<()> {
        for loan in send::unfinished(&self.app)? {
            if !self.failed.lock().unwrap_or_else(PoisonError::into_inner).contains(&loan) {
                self.go_on(loan);
            }
        }
        Ok(())
    }

    fn go_on(&self, loan: LoanNumber) {
        if !self.running.lock().unwrap_or_else(PoisonError::into_inner).insert(loan) {
            return;
        }
        let (app, settings) = (Arc::clone(&self.app), self.settings.clone());
        let (running, failed) = (Arc::clone(&self.running), Arc::clone(&self.failed));
        drop(self.handle.spawn(async move {
            if let Err(refusal) = carry_out(&app, &settings, loan).await {
                match refusal.code {
                    // Somebody else sees to it, or has.
                    "send.elsewhere" | "send.running" | "loan.wrong-state" => {}
                    "store.unreachable" => {
                        tracing::warn!(%loan, code = refusal.code, %refusal, "a send waits");
                        tokio::time::sleep(REST.0).await;
                    }
                    code => {
                        tracing::error!(%loan, code, %refusal, causes = ?refusal.causes, "a send stands still");
                        if code == "send.no-relay" {
                            tokio::time::sleep(REST.1).await;
                        } else {
                            failed.lock().unwrap_or_else(PoisonError::into_inner).insert(loan);
                        }
                    }
                }
            }
            running.lock().unwrap_or_else(PoisonError::into_inner).remove(&loan);
        }));
    }
}

impl Dispatch for Dispatcher {
    fn begin(&self, loan: LoanNumber) {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).remove(&loan);
        self.go_on(loan);
    }
}

/// Takes over what other processes left that are gone, and goes on with sends that stand still: after a failure, and,
/// where this process has a relay to hand mail to, also with those that were begun elsewhere.
pub(super) async fn look_for_work(dispatcher: Arc<Dispatcher>) {
    let mut tick = tokio::time::interval(LOOK);
    let mut said = false;
    loop {
        tick.tick().await;
        let of = Arc::clone(&dispatcher);
        let looked = tokio::task::spawn_blocking(move || {
            let taken = send::take_over(&of.app)?;
            if of.settings.relay.is_some() {
                of.take_up_the_unfinished()?;
            }
            Ok::<_, Refusal>(taken)
        });
        match looked.await {
            Ok(Ok(taken)) => {
                said = false;
                for (loan, righted) in taken {
                    tracing::warn!(%loan, in_doubt = righted.in_doubt, "took over from a process that is gone");
                }
            }
            Ok(Err(refusal)) => {
                if !said {
                    tracing::error!(code = refusal.code, %refusal, "sends that stand still are not looked for");
                }
                said = true;
            }
            Err(error) => tracing::error!(%error, "looking for sends that stand still failed"),
        }
    }
}

async fn carry_out(app: &Arc<App>, settings: &Settings, loan: LoanNumber) -> Result<()> {
    loop {
        let set = settings.relay();
        let relay = send::relay(&set)?;
        let ran = send::run_send(Arc::clone(app), relay, set.retry_seconds, loan, |_| {}).await?;
        match ran.ended {
            Ended::Finished | Ended::WindowClosed | Ended::Paused { .. } => return Ok(()),
            Ended::Deferred { retry, .. } => wait_until(app, retry).await,
            Ended::Pilot { until } => {
                wait_until(app, until).await;
                let released = Arc::clone(app);
                tokio::task::spawn_blocking(move || send::release_rest(&released, &Actor::machine(), loan))
                    .await
                    .map_err(|error| Refusal::internal("a send's next wave failed").because(error))??;
            }
        }
    }
}

async fn wait_until(app: &App, until: Timestamp) {
    let seconds = until.as_second().saturating_sub(app.now().as_second()).max(1);
    tokio::time::sleep(Duration::from_secs(u64::try_from(seconds).unwrap_or(1))).await;
}
