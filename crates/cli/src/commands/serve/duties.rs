//! What the calendar brings about of what borrowers owe: copies that end, marks on standings, and mails to whoever acts
//! for them. Without a relay nobody is mailed, and the desk says by when all the same.

use hustings_app::settings::RelaySettings;
use hustings_app::{App, Result, after, send};
use hustings_domain::access::Actor;
use std::sync::Arc;
use std::time::Duration;

const LOOK: Duration = Duration::from_mins(5);

/// Looks every few minutes.
pub(super) async fn keep_time(app: Arc<App>, relay: Option<RelaySettings>) {
    let mut tick = tokio::time::interval(LOOK);
    loop {
        tick.tick().await;
        if let Err(refusal) = look(&app, relay.as_ref()).await {
            tracing::error!(code = refusal.code, %refusal, causes = ?refusal.causes, "what borrowers owe is not looked after");
        }
    }
}

async fn look(app: &Arc<App>, relay: Option<&RelaySettings>) -> Result<()> {
    let at_work = Arc::clone(app);
    let looked = tokio::task::spawn_blocking(move || {
        after::keep_duties(&at_work)?;
        after::duty_mails(&at_work, &Actor::machine())
    });
    let due = looked.await.unwrap_or_else(|error| {
        Err(hustings_app::Refusal::internal("looking after what is owed failed").because(error))
    })?;
    let Some(settings) = relay else { return Ok(()) };
    for mail in &due {
        // One mailbox that takes nothing keeps nobody else from hearing; it is tried again the next time.
        if let Err(refusal) = send::mail_duty(app, send::relay(settings)?, mail).await {
            tracing::error!(borrower = %mail.borrower, code = refusal.code, %refusal, "a borrower is not reminded");
        }
    }
    Ok(())
}
