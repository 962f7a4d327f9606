//! Serving: one listener, a graceful end, and the ledger published again whenever it has grown.

use crate::routes::router;
use crate::site::Site;
use hustings_app::after::publish_ledger;
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
    let served = axum::serve(listener, router(site)).with_graceful_shutdown(shutdown).await;
    publisher.abort();
    served
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
