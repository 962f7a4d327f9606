//! What handlers answer: a page, a file, or where to go next.

use super::Done;
use crate::problem;
use askama::Template;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use hustings_app::{Refusal, Result};
use serde::Serialize;
use serde_json::Value;

/// What a handler returns.
pub(crate) type Answer = Result<Reply>;

/// An answer that was not refused.
#[derive(Debug)]
pub(crate) struct Reply(Response);

impl Reply {
    fn new(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Self {
        let mut response = Response::new(body.into());
        *response.status_mut() = status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self(response)
    }

    /// A page.
    pub(crate) fn page(page: &impl Template) -> Answer {
        Self::page_with(StatusCode::OK, page)
    }

    /// A page with another status than 200.
    pub(crate) fn page_with(status: StatusCode, page: &impl Template) -> Answer {
        let html =
            page.render().map_err(|error| Refusal::internal("a page does not render").because(error))?;
        Ok(Self::new(status, "text/html; charset=utf-8", html))
    }

    /// JSON for a program.
    pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Answer {
        let text = serde_json::to_string(value)
            .map_err(|error| Refusal::internal("an answer cannot be written as JSON").because(error))?;
        Ok(Self::new(status, "application/json", text))
    }

    /// A problem document (RFC 9457) with members of its own.
    pub(crate) fn problem(refusal: &Refusal, id: &str, more: Value) -> Self {
        let (status, mut document) = problem::document_of(refusal, id);
        if let (Some(members), Value::Object(more)) = (document.as_object_mut(), more) {
            members.extend(more);
        }
        Self::new(status, "application/problem+json", document.to_string())
    }

    /// Plain text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::new(StatusCode::OK, "text/plain; charset=utf-8", text.into())
    }

    /// Bytes that a cache may keep as `cache` says.
    pub(crate) fn bytes(content_type: &'static str, cache: &'static str, bytes: impl Into<Body>) -> Self {
        let mut reply = Self::new(StatusCode::OK, content_type, bytes);
        reply.put(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        reply
    }

    /// A file to keep, not to show.
    pub(crate) fn file(content_type: &'static str, name: &str, bytes: Vec<u8>) -> Answer {
        let mut reply = Self::new(StatusCode::OK, content_type, bytes);
        let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""))
            .map_err(|_| Refusal::internal("a file has no name"))?;
        reply.put(header::CONTENT_DISPOSITION, disposition);
        Ok(reply)
    }

    /// Go on there, with `GET` (RFC 9110, section 15.4.4).
    pub(crate) fn see_other(path: &str) -> Answer {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SEE_OTHER;
        let path = HeaderValue::try_from(path).map_err(|_| Refusal::internal("a path cannot be written"))?;
        response.headers_mut().insert(header::LOCATION, path);
        Ok(Self(response))
    }

    /// Back to a page, which then says what was done.
    pub(crate) fn done(path: &str, done: Done) -> Answer {
        Self::see_other(&format!("{path}?done={}", done.word()))
    }

    /// With a header.
    pub(crate) fn put(&mut self, name: HeaderName, value: HeaderValue) {
        self.0.headers_mut().append(name, value);
    }

    /// With a cookie.
    #[must_use]
    pub(crate) fn with_cookie(mut self, cookie: HeaderValue) -> Self {
        self.put(header::SET_COOKIE, cookie);
        self
    }

    /// As the server sends it.
    pub(crate) fn into_response(self) -> Response {
        self.0
    }
}
