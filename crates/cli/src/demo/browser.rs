//! A browser as far as the story needs one: cookies, forms with their hidden fields, no script.

use hustings_app::{Refusal, Result};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use ureq::http::Response;
use ureq::{Agent, Body};

/// One person's browser.
#[derive(Debug)]
pub(crate) struct Browser {
    agent: Agent,
    site: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// A page as it arrived.
#[derive(Debug)]
pub(crate) struct Page {
    /// The status.
    pub(crate) status: u16,
    /// The text.
    pub(crate) text: String,
}

impl Browser {
    pub(crate) fn new(site: &str) -> Self {
        let agent = Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .new_agent();
        Self { agent, site: site.to_owned(), cookies: Mutex::default() }
    }

    /// Logs in with the token of a link, as a person does: opens the page, presses the button.
    pub(crate) fn log_in(&self, token: &str) -> Result<()> {
        let path = format!("/login/{token}");
        let form = form_of(&self.get(&path)?.text, &path)?;
        let fields: Vec<(&str, &str)> =
            form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let response = self.send(&path, &fields)?;
        if self.jar().contains_key("hustings_session") {
            return Ok(());
        }
        let status = response.status();
        Err(Refusal::internal(format!("logging in answered {status}"))
            .because(words_of(&page(response)?.text)))
    }

    /// Opens a page by its path or whole address.
    pub(crate) fn get(&self, path: &str) -> Result<Page> {
        let mut request = self.agent.get(self.address(path));
        if let Some(cookies) = self.cookies() {
            request = request.header("cookie", cookies);
        }
        page(self.keep_cookies(request.call().map_err(|error| no_answer(&error))?))
    }

    /// Fills in the form of `page_path` that posts to `action` and presses its button.
    pub(crate) fn submit(&self, page_path: &str, action: &str, filled: &[(&str, &str)]) -> Result<Page> {
        self.submit_shown(&self.get(page_path)?, action, filled)
    }

    /// The same with a page that is open already.
    pub(crate) fn submit_shown(&self, shown: &Page, action: &str, filled: &[(&str, &str)]) -> Result<Page> {
        let form = form_of(&shown.text, action)?;
        let mut fields: Vec<(&str, &str)> = form
            .iter()
            .filter(|(name, _)| filled.iter().all(|(other, _)| name != other))
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        fields.extend_from_slice(filled);
        page(self.send(action, &fields)?)
    }

    /// Posts fields without opening a page first, as a mailbox provider's one-click button does (RFC 8058).
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Page> {
        page(self.send(path, fields)?)
    }

    fn send(&self, path: &str, fields: &[(&str, &str)]) -> Result<Response<Body>> {
        let mut request = self.agent.post(self.address(path)).header("origin", &self.site);
        if let Some(cookies) = self.cookies() {
            request = request.header("cookie", cookies);
        }
        let response = request.send_form(fields.iter().copied()).map_err(|error| no_answer(&error))?;
        Ok(self.keep_cookies(response))
    }

    fn jar(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cookies(&self) -> Option<String> {
        let pairs: Vec<String> = self.jar().iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    fn keep_cookies(&self, response: Response<Body>) -> Response<Body> {
        let set = response.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        for pair in set.filter_map(|value| value.split(';').next()?.split_once('=')) {
            let (name, value) = pair;
            if value.is_empty() {
                self.jar().remove(name);
            } else {
                self.jar().insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }

    fn address(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.site) }
    }
}

fn no_answer(error: &ureq::Error) -> Refusal {
    Refusal::internal("the site did not answer").because(error)
}

fn page(mut response: Response<Body>) -> Result<Page> {
    let status = response.status().as_u16();
    let text = response
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_to_string()
        .map_err(|error| no_answer(&error))?;
    Ok(Page { status, text })
}

impl Page {
    /// The page, if it says that it went well.
    pub(crate) fn ok(self, what: &str) -> Result<Self> {
        if self.status < 400 {
            return Ok(self);
        }
        Err(Refusal::internal(format!("{what} answered {}", self.status)).because(words_of(&self.text)))
    }
}

/// A page's words without its tags, for saying what it said.
fn words_of(html: &str) -> String {
    let mut words = String::new();
    let mut inside_tag = false;
    for character in html.chars() {
        match character {
            '<' => inside_tag = true,
            '>' => {
                inside_tag = false;
                words.push(' ');
            }
            _ if !inside_tag => words.push(character),
            _ => {}
        }
    }
    words.split_whitespace().take(80).collect::<Vec<_>>().join(" ")
}

/// The hidden fields of the form that posts to `action`.
fn form_of(html: &str, action: &str) -> Result<Vec<(String, String)>> {
    let missing =
        || Refusal::internal(format!("the page has no form for `{action}`")).because(words_of(html));
    let marker = format!("action=\"{action}\"");
    let (_, after) = html.split_once(&marker).ok_or_else(missing)?;
    let (form, _) = after.split_once("</form>").ok_or_else(missing)?;
    let hidden = form.split("<input").skip(1).filter_map(|input| {
        let (tag, _) = input.split_once('>')?;
        let attribute = |name: &str| {
            let (_, rest) = tag.split_once(&format!("{name}=\""))?;
            Some(rest.split_once('"')?.0.to_owned())
        };
        (attribute("type")? == "hidden").then_some(())?;
        Some((attribute("name")?, attribute("value").unwrap_or_default()))
    });
    Ok(hidden.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forms_hidden_fields_are_found() {
        let html = r#"<form action="/x"><input type="hidden" name="a" value="1"></form>
            <form method="post" action="/y" class="form"><input type="hidden" name="csrf" value="k-1">
            <input type="radio" name="vote" value="approve"></form>"#;
        assert_eq!(form_of(html, "/y").unwrap(), [("csrf".to_owned(), "k-1".to_owned())]);
        assert!(form_of(html, "/z").is_err());
    }
}
