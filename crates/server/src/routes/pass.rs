//! The one way to every handler: through the gate, with a bounded body, on a thread that may wait for the disk;
//! and out again with the headers that every answer has.

use super::{Call, Method, Reply, Route, Who};
use crate::assets::CONTENT_SECURITY_POLICY;
use crate::gate::{self, Caller, Fields, FormBody};
use crate::problem::{self, Form, Reader};
use crate::site::Site;
use axum::body::{Body, to_bytes};
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use hustings_app::{Kind, Refusal, Result};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// Lets a request through to its route.
pub(super) async fn through(
    route: &'static Route,
    State(site): State<Arc<Site>>,
    params: RawPathParams,
    request: Request,
) -> Response {
    let id = site.request_id();
    let began = site.app().now();
    let form = wanted(route.path, request.headers());
    let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let work = run(route, &site, params, request, id.clone());
    let outcome = if route.paced { paced(work).await } else { work.await };
    let code = outcome.as_ref().err().map_or("", |refusal| refusal.code);
    let reader = match route.who {
        Who::Signed(_) | Who::Asks(_) | Who::Session if !route.path.starts_with("/desk") => Reader::Staff,
        _ => Reader::Public,
    };
    let response = match &outcome {
        Err(refusal) => problem::answer(&site, refusal, &id, form, reader),
        Ok(_) => Response::new(Body::empty()),
    };
    let mut response = outcome.map_or(response, Reply::into_response);
    match response.status() {
        StatusCode::UNAUTHORIZED => {
            let challenge = HeaderValue::from_static("Bearer realm=\"hustings\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        StatusCode::TOO_MANY_REQUESTS => {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        _ => {}
    }
    // INVARIANT: the log names the route and never its parameters: a path may hold a token that speaks for a person.
    let milliseconds = site.app().now().duration_since(began).as_millis();
    tracing::info!(
        request = id,
        method = ?route.method,
        path = logged(route.path),
        status = response.status().as_u16(),
        code,
        milliseconds = i64::try_from(milliseconds).unwrap_or(i64::MAX),
        "answered"
    );
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// Programs are answered in JSON, whatever they accept.
fn wanted(path: &str, headers: &HeaderMap) -> Form {
    if path.starts_with("/api/") { Form::Json } else { Form::wanted(headers) }
}

/// The beat on which questions about counts are answered, refused ones too.
const BEAT: Duration = Duration::from_millis(250);

// INVARIANT (promise 7): the answer leaves on a beat that began with the question, so that the time it took says only
// how many beats that were, which is one unless the machine is busy.
async fn paced<T>(work: impl Future<Output = T>) -> T {
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    beat.tick().await;
    let done = work.await;
    beat.tick().await;
    done
}

fn logged(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "\u{2026}" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

async fn run(
    route: &'static Route,
    site: &Arc<Site>,
    params: Vec<(String, String)>,
    request: Request,
    id: String,
) -> Result<Reply> {
    let (head, body) = request.into_parts();
    let query = Fields::parse(head.uri.query().unwrap_or_default())?;
    let headers = head.headers;
    let at_gate = (Arc::clone(site), headers.clone());
    let entered = waiting(move || gate::enter(&at_gate.0, route, &at_gate.1)).await?;
    let Some(caller) = entered else { return Reply::see_other("/login") };
    let form = match route.method {
        Method::Get => FormBody::default(),
        Method::Post if matches!(caller, Caller::Program(_)) => {
            let body = to_bytes(body, route.most_bytes).await.map_err(|_| {
                let message = format!("this takes at most {} KiB", route.most_bytes / 1024);
                Refusal::new(Kind::Invalid, "api.too-large", message)
            })?;
            FormBody { file: Some(body.to_vec()), ..FormBody::default() }
        }
        Method::Post => {
            let body = to_bytes(body, route.most_bytes).await.map_err(|_| too_large(route.most_bytes))?;
            let form = gate::read_form(&headers, &body)?;
            gate::check_form(site, &caller, &headers, &form.fields)?;
            form
        }
    };
    let fresh = match &caller {
        Caller::Visitor { token, fresh: true } => Some(gate::set(site, gate::VISITOR, token)?),
        _ => None,
    };
    let key = key(&headers)?;
    let call = Call { site: Arc::clone(site), caller, params, query, form, key, id };
    let reply = waiting(move || (route.act)(&call)).await?;
    Ok(match fresh {
        Some(cookie) => reply.with_cookie(cookie),
        None => reply,
    })
}

/// The word under which a program wants a request done once (draft-ietf-httpapi-idempotency-key-header).
fn key(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim_matches('"');
    if (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(Some(text.to_owned()));
    }
    Err(Refusal::new(Kind::Invalid, "api.key", "the Idempotency-Key is not 1 to 100 plain characters")
        .hint("such as a UUID, a new one for each request"))
}

/// Runs what may wait for the disk on a thread that may.
async fn waiting<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Refusal::internal("a handler did not come back").because(error)))
}

fn too_large(most: usize) -> Refusal {
    Refusal::new(Kind::Invalid, "form.too-large", format!("this form takes at most {} KiB", most / 1024))
}

/// No such place.
pub(super) async fn nowhere(State(site): State<Arc<Site>>, request: Request) -> Response {
    let refusal = Refusal::not_found("page.unknown", "there is no such page");
    let form = wanted(request.uri().path(), request.headers());
    problem::answer(&site, &refusal, &site.request_id(), form, Reader::Public)
}

/// The place is there, but takes another method.
pub(super) async fn not_this_way(State(site): State<Arc<Site>>, request: Request) -> Response {
    let form = wanted(request.uri().path(), request.headers());
    let said = "this page does not take that method";
    problem::plain(
        &site,
        StatusCode::METHOD_NOT_ALLOWED,
        "method.not-allowed",
        said,
        &site.request_id(),
        form,
    )
}

/// What every answer carries.
pub(super) async fn with_headers(State(site): State<Arc<Site>>, mut response: Response) -> Response {
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if site.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if !headers.contains_key("x-request-id")
        && let Ok(id) = HeaderValue::try_from(site.request_id())
    {
        headers.insert("x-request-id", id);
    }
    response
}
