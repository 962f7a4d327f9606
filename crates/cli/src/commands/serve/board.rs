//! What the board's clock brings about: emergency pauses that nobody confirmed end, and whoever's vote is missing gets
//! a mail, and so does whoever can grant what another asked for. Without a relay nobody is mailed, and pages say by when the board decides all the same.

use hustings_app::settings::RelaySettings;
use hustings_app::{App, Result, board, second, send};
use hustings_domain::access::Actor;
use std::sync::Arc;
use std::time::Duration;

const LOOK: Duration = Duration::from_mins(1);

/// Looks every minute.
pub(super) async fn keep_time(app: Arc<App>, relay: Option<RelaySettings>) {
    let mut tick = tokio::time::interval(LOOK);
    loop {
        tick.tick().await;
        if let Err(refusal) = look(&app, relay.as_ref()).await {
            tracing::error!(code = refusal.code, %refusal, causes = ?refusal.causes, "the board's clock stands still");
        }
    }
}

async fn look(app: &Arc<App>, relay: Option<&RelaySettings>) -> Result<()> {
    let at_work = Arc::clone(app);
    let looked = tokio::task::spawn_blocking(move || {
        send::end_pauses(&at_work)?;
        Ok((board::reminders(&at_work, &Actor::machine())?, second::notices(&at_work)?))
    });
    let (due, notices) = looked.await.unwrap_or_else(|error| {
        Err(hustings_app::Refusal::internal("looking after the board failed").because(error))
    })?;
    let Some(settings) = relay else { return Ok(()) };
    for reminder in &due {
        send::mail_reminder(app, send::relay(settings)?, reminder).await?;
    }
    for notice in &notices {
        send::mail_notice(app, send::relay(settings)?, notice).await?;
    }
    Ok(())
}
