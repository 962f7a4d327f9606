//! A refusal as an answer: a page that says what to do, or a problem document (RFC 9457) when the asker wants
//! JSON. Our own faults say one fixed sentence and an id; what happened stands in the log, once.

use crate::site::Site;
use crate::views::OpenFrame;
use crate::views::console::ErrorPage;
use askama::Template;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use hustings_app::{Kind, Refusal};
use serde_json::{Value, json};

/// What is said of a fault of ours, whatever it was.
const OURS: &str = "something went wrong on our side, and nothing was changed";

/// Which form of an answer was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Page,
    Json,
}

impl Form {
    /// JSON only for whoever names it and does not name HTML.
    pub(crate) fn wanted(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let json = accept.contains("application/json") || accept.contains("application/problem+json");
        if json && !accept.contains("text/html") { Self::Json } else { Self::Page }
    }
}

/// For whom hints that name a command are of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// The owner's own people.
    Staff,
    /// Everybody else: hints that name a command of ours are left out.
    Public,
}

/// The status of a kind of refusal.
pub(crate) fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Denied => StatusCode::FORBIDDEN,
        Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The status of a refusal: by its kind, but for what a program meets before anything is looked at.
fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal.code {
        "token.none" | "token.dead" => StatusCode::UNAUTHORIZED,
        "api.too-often" => StatusCode::TOO_MANY_REQUESTS,
        "api.too-large" => StatusCode::PAYLOAD_TOO_LARGE,
        _ => status(refusal.kind),
    }
}

/// A refusal of a request that a program sent, with what else it needs to know.
pub(crate) fn document_of(refusal: &Refusal, id: &str) -> (StatusCode, Value) {
    let useful = |hint: &&String| !hint.contains("hustings ");
    let hints: Vec<String> = refusal.hints.iter().filter(useful).cloned().collect();
    let status = status_of(refusal);
    (status, document(status, refusal.code, &refusal.message, &refusal.causes, &hints, id))
}

/// A refusal as an answer; one of ours is logged here and nowhere else.
pub(crate) fn answer(site: &Site, refusal: &Refusal, id: &str, form: Form, reader: Reader) -> Response {
    if refusal.kind == Kind::Internal {
        tracing::error!(request = id, %refusal, causes = ?refusal.causes, "internal");
    }
    let said = if refusal.kind == Kind::Internal { Refusal::internal(OURS) } else { refusal.clone() };
    let useful = |hint: &&String| reader == Reader::Staff || !hint.contains("hustings ");
    let hints: Vec<String> = said.hints.iter().filter(useful).cloned().collect();
    let status = status_of(&said);
    match form {
        Form::Json => json_answer(status, said.code, &said.message, &said.causes, &hints, id),
        Form::Page => page(site, status, &said.message, &said.causes.join("; "), &hints, said.code, id),
    }
}

/// A status without a refusal: a method that a place does not take.
pub(crate) fn plain(
    site: &Site,
    status: StatusCode,
    code: &str,
    message: &str,
    id: &str,
    form: Form,
) -> Response {
    match form {
        Form::Json => json_answer(status, code, message, &[], &[], id),
        Form::Page => page(site, status, message, "", &[], code, id),
    }
}

fn json_answer(
    status: StatusCode,
    code: &str,
    message: &str,
    causes: &[String],
    hints: &[String],
    id: &str,
) -> Response {
    let document = document(status, code, message, causes, hints, id);
    respond(status, "application/problem+json", document.to_string())
}

fn document(
    status: StatusCode,
    code: &str,
    message: &str,
    causes: &[String],
    hints: &[String],
    id: &str,
) -> Value {
    json!({
        "type": format!("urn:hustings:problem:{code}"),
        "title": message,
        "status": status.as_u16(),
        "code": code,
        "detail": causes.join("; "),
        "hints": hints,
        "request_id": id,
    })
}

fn page(
    site: &Site,
    status: StatusCode,
    message: &str,
    because: &str,
    hints: &[String],
    code: &str,
    id: &str,
) -> Response {
    let page = ErrorPage {
        frame: OpenFrame {
            title: sentence(message),
            owner: site.owner().to_owned(),
            as_of: None,
            notice: None,
        },
        because: sentence(because),
        hints: hints.iter().map(|hint| sentence(hint)).collect(),
        code: code.to_owned(),
        request_id: id.to_owned(),
        onward: None,
    };
    match page.render() {
        Ok(html) => respond(status, "text/html; charset=utf-8", html),
        Err(error) => {
            tracing::error!(request = id, %error, "the error page does not render");
            respond(status, "text/plain; charset=utf-8", format!("{message}\n"))
        }
    }
}

fn respond(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, axum::http::HeaderValue::from_static(content_type));
    response
}

/// A message as a sentence: a capital at its start, a stop at its end.
pub(crate) fn sentence(text: &str) -> String {
    let mut characters = text.trim().chars();
    let Some(first) = characters.next() else { return String::new() };
    let rest = characters.as_str();
    let stop = if text.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    format!("{}{rest}{stop}", first.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_becomes_a_sentence() {
        assert_eq!(sentence("there is no loan `L-9`"), "There is no loan `L-9`.");
        assert_eq!(sentence("Really?"), "Really?");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn a_browser_gets_a_page_and_a_program_what_it_names() {
        let wanted = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            Form::wanted(&headers)
        };
        assert_eq!(wanted("text/html,application/xhtml+xml,application/json;q=0.5,*/*;q=0.1"), Form::Page);
        assert_eq!(wanted("application/json"), Form::Json);
        assert_eq!(wanted("*/*"), Form::Page);
        assert_eq!(Form::wanted(&HeaderMap::new()), Form::Page);
    }
}
