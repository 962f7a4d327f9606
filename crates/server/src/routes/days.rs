//! Days as forms give them: a loan's window begins with its first day and ends with its last, in UTC.

use super::Call;
use hustings_app::{Refusal, Result};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

fn invalid(what: impl Into<String>, hint: &str) -> Refusal {
    Refusal::invalid("request.invalid", what).hint(hint)
}

/// The day in the form's field; none where it is blank.
pub(super) fn day(call: &Call, name: &str) -> Result<Option<Date>> {
    let text = call.form.fields.text(name).trim().to_owned();
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| invalid(format!("`{text}` is not a day"), "write it as 2026-10-01"))
}

/// Its first instant.
pub(super) fn begins(day: Date) -> Result<Timestamp> {
    let zoned = day.to_zoned(TimeZone::UTC);
    zoned.map(|zoned| zoned.timestamp()).map_err(|_| out_of_range())
}

/// The first instant after it.
pub(super) fn ends(day: Date) -> Result<Timestamp> {
    begins(day.tomorrow().map_err(|_| out_of_range())?)
}

/// The day of a window's first instant.
pub(crate) fn first(opens: Timestamp) -> Date {
    opens.to_zoned(TimeZone::UTC).date()
}

/// The last day of a window that ends before `closes`.
pub(crate) fn last(closes: Timestamp) -> Date {
    first(closes.saturating_sub(1.nanosecond()).unwrap_or(closes))
}

fn out_of_range() -> Refusal {
    invalid("the day is out of range", "a day of this decade or the next")
}
