//! A witness over HTTP (C2SP tlog-witness): one way in for checkpoints, and its newest ones for whoever compares. It has
//! nothing to do with a list: any organisation can run it.

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Router, serve};
use hustings_domain::clock::Clock;
use hustings_ledger::witness::{MAX_REQUEST_BYTES, Rejection, Witness, origin_hash};
use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tower_http::timeout::TimeoutLayer;

/// The longest that a request may take: a slow sender shall not hold a place.
const PATIENCE: Duration = Duration::from_secs(20);
const TEXT: &str = "text/plain; charset=utf-8";

struct Desk {
    witness: Mutex<Witness>,
    clock: Arc<dyn Clock>,
}

impl Desk {
    fn witness(&self) -> MutexGuard<'_, Witness> {
        self.witness.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a witness answers, under any prefix that a proxy takes away.
pub fn witness_router(witness: Witness, clock: Arc<dyn Clock>) -> Router {
    let desk = Arc::new(Desk { witness: Mutex::new(witness), clock });
    Router::new()
        .route("/", get(front))
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{log}/checkpoint", get(newest))
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PATIENCE))
        .with_state(desk)
}

/// Serves a witness; requests under way are finished first.
pub async fn serve_witness(
    witness: Witness,
    clock: Arc<dyn Clock>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve(listener, witness_router(witness, clock)).with_graceful_shutdown(shutdown).await
}

fn answer(status: u16, content_type: &'static str, cache: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// `POST /add-checkpoint`. One at a time, as checking and keeping must not be torn apart.
async fn add_checkpoint(State(desk): State<Arc<Desk>>, body: Bytes) -> Response {
    let work = move || {
        let seconds = u64::try_from(desk.clock.now().as_second()).unwrap_or(0);
        let outcome = desk.witness().cosign(&body, seconds);
        match &outcome {
            Err(Rejection::Forked(size)) => {
                tracing::error!(size, "a log signed two checkpoints of one size: both are in `evidence`");
            }
            Err(Rejection::NotKept) => tracing::error!("the witness cannot write to its folder"),
            Err(rejection) => tracing::info!(%rejection, "not cosigned"),
            Ok(_) => {}
        }
        hustings_ledger::witness::Answer::from(outcome)
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(given) => answer(given.status, given.content_type, "no-store", given.body),
        Err(error) => {
            tracing::error!(%error, "a request broke off");
            answer(500, TEXT, "no-store", "the witness could not answer\n".to_owned())
        }
    }
}

/// `GET /{log}/checkpoint`: the newest cosigned checkpoint of the log whose origin has this SHA-256.
async fn newest(State(desk): State<Arc<Desk>>, Path(log): Path<String>) -> Response {
    let note = desk.witness().newest(&log).map(str::to_owned);
    match note {
        Some(note) => answer(200, TEXT, "no-cache", note),
        None => answer(404, TEXT, "no-cache", "this witness has cosigned no such log\n".to_owned()),
    }
}

/// `GET /`: who this is and what it watches.
async fn front(State(desk): State<Arc<Desk>>) -> Response {
    let witness = desk.witness();
    let logs: Vec<String> = witness
        .logs()
        .map(|log| {
            let origin = log.key.name();
            format!("{origin}: {} entries, at /{}/checkpoint", log.size(), origin_hash(origin))
        })
        .collect();
    let body = format!(
        "This is a witness of transparency logs (c2sp.org/tlog-witness). Its public key:\n{}\n\nIt watches:\n{}\n",
        witness.key(),
        logs.join("\n")
    );
    drop(witness);
    answer(200, TEXT, "no-cache", body)
}
