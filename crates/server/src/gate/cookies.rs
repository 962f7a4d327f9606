//! The two cookies there are. Neither can be read by a script, nor is sent along from another site.

use crate::site::Site;
use axum::http::{HeaderMap, HeaderValue, header};
use hustings_app::{Refusal, Result};

/// The session.
pub(crate) const SESSION: &str = "hustings_session";
/// Who is about to log in.
pub(crate) const VISITOR: &str = "hustings_visitor";

/// A cookie of the request.
pub(crate) fn find(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name && !value.is_empty()).then(|| value.to_owned()))
}

/// A cookie of the answer; it ends with the browser, and at the latest when the session does.
pub(crate) fn set(site: &Site, name: &str, value: &str) -> Result<HeaderValue> {
    written(site, &format!("{name}={value}"))
}

/// Takes a cookie away.
pub(crate) fn clear(site: &Site, name: &str) -> Result<HeaderValue> {
    written(site, &format!("{name}=; Max-Age=0"))
}

fn written(site: &Site, pair: &str) -> Result<HeaderValue> {
    let secure = if site.is_secure() { "; Secure" } else { "" };
    HeaderValue::try_from(format!("{pair}; Path=/; HttpOnly; SameSite=Strict{secure}"))
        .map_err(|_| Refusal::internal("a cookie cannot be written"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "x_hustings_session=no; a=b".parse().unwrap());
        headers.append(header::COOKIE, "hustings_session=yes".parse().unwrap());
        assert_eq!(find(&headers, SESSION).as_deref(), Some("yes"));
        assert_eq!(find(&headers, VISITOR), None);
    }
}
