//! Whether a form was sent from one of our own pages, as far as the browser says (Fetch Metadata, and the
//! `Origin` header of RFC 6454). A program that says neither still needs the form's token.

use axum::http::{HeaderMap, header};

/// Whether nothing says that the form comes from elsewhere.
pub(crate) fn is_ours(headers: &HeaderMap, site: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    if let Some(from) = text("sec-fetch-site") {
        return from == "same-origin" || from == "none";
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return true };
    let host = text(header::HOST.as_str()).unwrap_or_default();
    let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
    origin == site || !authority.is_empty() && authority.eq_ignore_ascii_case(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(pairs: &[(&str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(axum::http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        is_ours(&headers, "https://forward.example")
    }

    #[test]
    fn what_the_browser_says_counts() {
        assert!(ours(&[("sec-fetch-site", "same-origin")]));
        for elsewhere in ["cross-site", "same-site", "rubbish"] {
            assert!(!ours(&[("sec-fetch-site", elsewhere)]), "{elsewhere}");
        }
        assert!(ours(&[("origin", "https://forward.example")]));
        assert!(ours(&[("origin", "http://127.0.0.1:8470"), ("host", "127.0.0.1:8470")]));
        assert!(!ours(&[("origin", "https://evil.example"), ("host", "127.0.0.1:8470")]));
        assert!(!ours(&[("origin", "null"), ("host", "127.0.0.1:8470")]));
        assert!(ours(&[]));
    }
}
