//! A time in the reader's zone, with the exact instant on hover.

use askama::Template;
use askama::filters::HtmlSafe;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// A time as the reader sees it.
#[derive(Debug, Clone, Template)]
#[template(ext = "html", source = r#"<time datetime="{{ exact }}" title="{{ exact }}">{{ text }}</time>"#)]
pub struct When {
    /// In the reader's zone: `3 Nov 2026, 14:05`.
    pub text: String,
    /// The instant in RFC 3339 (UTC), or the date alone.
    pub exact: String,
}

impl HtmlSafe for When {}

impl When {
    /// An instant, in the reader's zone.
    pub fn at(instant: Timestamp, zone: &TimeZone) -> Self {
        let local = instant.to_zoned(zone.clone());
        Self { text: local.strftime("%-d %b %Y, %H:%M").to_string(), exact: instant.to_string() }
    }

    /// A day.
    pub fn on(date: Date) -> Self {
        Self { text: date.strftime("%-d %b %Y").to_string(), exact: date.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_keeps_its_exact_form() {
        let instant: Timestamp = "2026-11-03T19:05:00Z".parse().unwrap();
        let when = When::at(instant, &TimeZone::fixed(jiff::tz::offset(-5)));
        assert_eq!(when.text, "3 Nov 2026, 14:05");
        assert_eq!(
            when.to_string(),
            r#"<time datetime="2026-11-03T19:05:00Z" title="2026-11-03T19:05:00Z">3 Nov 2026, 14:05</time>"#
        );
        assert_eq!(When::on(jiff::civil::date(2026, 11, 3)).text, "3 Nov 2026");
    }
}
