//! Serving: one listener, a graceful end, the ledger published again whenever it has grown, and its witnesses asked.

use crate::routes::router;
use crate::site::Site;
use hustings_app::after::{
    OverHttp, WitnessState, ask_witnesses, publish_ledger, published_checkpoint, witness_standing,
};
use hustings_domain::access::Actor;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How often to look whether the ledger has grown.
const PUBLISH_EVERY: Duration = Duration::from_secs(5);

/// Serves the site until `shutdown` is ready; requests under way are finished first.
pub async fn serve(
    site: Arc<Site>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let publisher = tokio::spawn(publish(Arc::clone(&site)));
    let asker = tokio::spawn(ask(Arc::clone(&site)));
    let served = axum::serve(listener, router(site)).with_graceful_shutdown(shutdown).await;
    publisher.abort();
    asker.abort();
    served
}

/// How many looks a witness that did not sign is left alone before it is asked again: a minute.
const LOOKS_BETWEEN: u32 = 12;

/// Asks the witnesses whose word is missing, apart from the publishing, so that none of them delays it: at once on each
/// new checkpoint, again every minute while one is missing, and all of them every hour, as a signature grows old.
async fn ask(site: Arc<Site>) {
    let way = Arc::new(OverHttp::new());
    let mut asked: Option<(u64, u32)> = None;
    let mut tick = tokio::time::interval(PUBLISH_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let (app, way) = (Arc::clone(site.app()), Arc::clone(&way));
        let work = move || {
            let standing = witness_standing(&app)?;
            let Some(size) = published_checkpoint(&app)?.map(|published| published.size) else {
                return Ok(asked);
            };
            let looks = asked.map_or(u32::MAX, |(_, looks)| looks);
            let missing = standing.iter().any(|witness| witness.state != WitnessState::Cosigned);
            let is_new = asked.is_none_or(|(before, _)| before != size);
            let due = (missing && (is_new || looks >= LOOKS_BETWEEN)) || looks >= 60 * LOOKS_BETWEEN;
            if standing.is_empty() || !due {
                return Ok(asked.map(|(size, looks)| (size, looks.saturating_add(1))));
            }
            for witness in ask_witnesses(&app, &Actor::operator(), &*way)? {
                if witness.state != WitnessState::Cosigned {
                    tracing::warn!(
                        witness = witness.key.name(),
                        said = witness.said,
                        "a witness has not signed"
                    );
                }
            }
            Ok::<_, hustings_app::Refusal>(Some((size, 0)))
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(now)) => asked = now,
            Ok(Err(refusal)) => {
                tracing::error!(code = refusal.code, %refusal, causes = ?refusal.causes, "the witnesses were not asked");
            }
            Err(error) => tracing::error!(%error, "asking the witnesses failed"),
        }
    }
}

/// Publishes the ledger, at once and after each growth.
async fn publish(site: Arc<Site>) {
    let mut published = None;
    let mut tick = tokio::time::interval(PUBLISH_EVERY);
    loop {
        tick.tick().await;
        let app = Arc::clone(site.app());
        let work = move || {
            let size = app.store().read(|tx| hustings_app::entry_count(tx))?;
            if published != Some(size) {
                publish_ledger(&app, &Actor::operator())?;
            }
            Ok::<_, hustings_app::Refusal>(size)
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(size)) => published = Some(size),
            Ok(Err(refusal)) => {
                tracing::error!(code = refusal.code, %refusal, causes = ?refusal.causes, "the ledger was not published");
            }
            Err(error) => tracing::error!(%error, "publishing the ledger failed"),
        }
    }
}
