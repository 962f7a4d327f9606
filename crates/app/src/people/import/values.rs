//! What cells say: consents, money, days, instants, postal codes. Nothing is guessed; what can be read two ways
//! is not read at all.

use hustings_domain::consent::ConsentState;
use hustings_domain::money::Cents;
use hustings_vault::Region;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use std::borrow::Cow;

/// What a cell says about a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// So much.
    Says(ConsentState),
    /// Nothing: the cell is blank, or says that nobody knows.
    Silent,
    /// Something that no one can be sure of.
    Unclear,
}

const GIVEN: [&str; 18] = [
    "yes",
    "y",
    "true",
    "t",
    "1",
    "on",
    "x",
    "given",
    "agreed",
    "granted",
    "opt-in",
    "opted in",
    "opted-in",
    "subscribed",
    "active",
    "enabled",
    "confirmed",
    "\u{2713}",
];
const REFUSED: [&str; 13] = [
    "no",
    "n",
    "false",
    "f",
    "0",
    "off",
    "refused",
    "declined",
    "denied",
    "opt-out",
    "opted out",
    "opted-out",
    "not subscribed",
];
const WITHDRAWN: [&str; 15] = [
    "unsubscribed",
    "unsubscribe",
    "withdrawn",
    "revoked",
    "cleaned",
    "bounced",
    "bouncing",
    "spam",
    "spam complaint",
    "complained",
    "blocklisted",
    "blocked",
    "disabled",
    "archived",
    "deleted",
];
const SILENT: [&str; 10] =
    ["", "-", "n/a", "na", "null", "none", "unknown", "pending", "unconfirmed", "transactional"];

/// Reads a cell of a consent or a status column.
pub(super) fn word(cell: &str) -> Word {
    let cell = cell.trim();
    let is = |words: &[&str]| words.iter().any(|word| cell.eq_ignore_ascii_case(word));
    if cell.is_empty() || is(&SILENT) {
        Word::Silent
    } else if is(&GIVEN) {
        Word::Says(ConsentState::Given)
    } else if is(&REFUSED) {
        Word::Says(ConsentState::Refused)
    } else if is(&WITHDRAWN) {
        Word::Says(ConsentState::Withdrawn)
    } else {
        Word::Unclear
    }
}

/// Why a cell is no amount of a gift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum AmountError {
    /// `27,50` is 27.50 to some and 2,750 to others.
    Ambiguous,
    /// No positive amount.
    NotAnAmount,
}

/// Reads `$1,250.00`, `1250`, `27.5`.
pub(crate) fn amount(cell: &str) -> Result<Cents, AmountError> {
    let text = cell.trim();
    let text = text.strip_prefix("USD").or_else(|| text.strip_suffix("USD")).unwrap_or(text).trim();
    let text = text.strip_prefix('$').unwrap_or(text).trim();
    let (whole, odd) = text.split_once('.').map_or((text, None), |(whole, odd)| (whole, Some(odd)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let (mut number, mut grouped) = (first.to_owned(), false);
    for group in groups {
        if !digits(group) || !digits(first) {
            return Err(AmountError::NotAnAmount);
        }
        if group.len() != 3 || first.len() > 3 {
            return Err(AmountError::Ambiguous);
        }
        grouped = true;
        number.push_str(group);
    }
    // A point that groups (`1.250,00`) leaves a comma behind it.
    if odd.is_some_and(|odd| odd.contains(',')) {
        return Err(AmountError::Ambiguous);
    }
    if !digits(&number) || number.len() > 13 || (grouped && first.is_empty()) {
        return Err(AmountError::NotAnAmount);
    }
    let odd = match odd {
        None => 0,
        Some(odd) if digits(odd) && odd.len() == 1 => odd.parse::<i64>().unwrap_or(0) * 10,
        Some(odd) if digits(odd) && odd.len() == 2 => odd.parse().unwrap_or(0),
        Some(odd) if digits(odd) && odd.len() == 3 && !grouped => return Err(AmountError::Ambiguous),
        Some(_) => return Err(AmountError::NotAnAmount),
    };
    let cents = number.parse::<i64>().map_err(|_| AmountError::NotAnAmount)? * 100 + odd;
    if cents > 0 { Ok(Cents(cents)) } else { Err(AmountError::NotAnAmount) }
}

/// Reads `2025-03-07` and, month first as in the United States, `3/7/2025`; what follows the day is left alone.
pub(in crate::people) fn date(cell: &str) -> Option<Date> {
    let text = cell.trim();
    let day = text.split([' ', 'T']).next()?;
    let mut iso = day.split('-');
    if let (Some(year), Some(month), Some(day), None) = (iso.next(), iso.next(), iso.next(), iso.next()) {
        return ymd(year, month, day);
    }
    let mut american = day.split('/');
    match (american.next(), american.next(), american.next(), american.next()) {
        (Some(month), Some(day), Some(year), None) => ymd(year, month, day),
        _ => None,
    }
}

fn ymd(year: &str, month: &str, day: &str) -> Option<Date> {
    let short = |text: &str| (1..=2).contains(&text.len()).then(|| text.parse::<i8>().ok()).flatten();
    let year = (year.len() == 4).then(|| year.parse::<i16>().ok()).flatten()?;
    Date::new(year, short(month)?, short(day)?).ok()
}

/// Reads an instant, in UTC where the cell names no offset; a day alone is its first moment.
pub(super) fn instant(cell: &str) -> Option<Timestamp> {
    let text = cell.trim();
    let day = date(text)?;
    let rest = text.split_once([' ', 'T']).map_or("", |(_, rest)| rest.trim());
    if rest.ends_with(['Z', 'z']) || rest.contains(['+', '-']) {
        return text.parse().ok();
    }
    let time = if rest.is_empty() { Time::midnight() } else { clock(rest)? };
    Offset::UTC.to_timestamp(day.to_datetime(time)).ok()
}

/// Reads `14:05`, `14:05:33`, `2:05 PM`.
fn clock(text: &str) -> Option<Time> {
    let (digits, half) = text.split_once(' ').map_or((text, None), |(digits, half)| (digits, Some(half)));
    let mut parts = digits.split(':').map(|part| part.split('.').next().unwrap_or(part).parse::<i8>());
    let mut hour = parts.next()?.ok()?;
    let minute = parts.next()?.ok()?;
    let second = parts.next().map_or(Some(0), Result::ok)?;
    match half {
        None | Some("UTC") => {}
        Some(half) if half.eq_ignore_ascii_case("am") => hour %= 12,
        Some(half) if half.eq_ignore_ascii_case("pm") => hour = hour % 12 + 12,
        Some(_) => return None,
    }
    Time::new(hour, minute, second, 0).ok()
}

/// Mends what spreadsheets do to postal codes of the United States: the leading zero comes back.
pub(in crate::people) fn mend_postal(cell: &str, region: Region) -> Cow<'_, str> {
    let text = cell.trim();
    let (code, more) = text.split_once('-').map_or((text, None), |(code, more)| (code, Some(more)));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let short = region == Region::NorthAmerica && (3..5).contains(&code.len()) && digits(code);
    if !short || more.is_some_and(|more| more.len() != 4 || !digits(more)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(more.map_or_else(|| format!("{code:0>5}"), |more| format!("{code:0>5}-{more}")))
}

/// The code that a table of postal codes is asked for: without the four digits more.
pub(in crate::people) fn postal_key(code: &str) -> &str {
    match code.split_once('-') {
        Some((five, four)) if five.len() == 5 && four.len() == 4 => five,
        _ => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_read_as_people_write_them() {
        for (cell, said) in [
            (" Yes ", Word::Says(ConsentState::Given)),
            ("TRUE", Word::Says(ConsentState::Given)),
            ("N", Word::Says(ConsentState::Refused)),
            ("Unsubscribed", Word::Says(ConsentState::Withdrawn)),
            ("cleaned", Word::Says(ConsentState::Withdrawn)),
            ("", Word::Silent),
            ("pending", Word::Silent),
            ("maybe", Word::Unclear),
        ] {
            assert_eq!(word(cell), said, "{cell}");
        }
    }

    #[test]
    fn amounts_are_read_or_refused() {
        for (cell, cents) in [
            ("$1,250.00", 125_000),
            (" $27.00 ", 2_700),
            ("27", 2_700),
            ("27.5", 2_750),
            ("0.50", 50),
            ("1,234,567.89", 123_456_789),
            ("USD 10", 1_000),
        ] {
            assert_eq!(amount(cell), Ok(Cents(cents)), "{cell}");
        }
        for cell in ["27,50", "1.250,00", "1,25", "1250,000", "1.250"] {
            assert_eq!(amount(cell), Err(AmountError::Ambiguous), "{cell}");
        }
        for cell in
            ["", "$", "ten", "-5", "0", "0.00", "1e3", ",100", "99999999999999", "5.", "1,,000", "\u{20ac}5"]
        {
            assert_eq!(amount(cell), Err(AmountError::NotAnAmount), "{cell}");
        }
    }

    #[test]
    fn days_are_iso_or_month_first() {
        let day = jiff::civil::date(2025, 3, 7);
        for cell in ["2025-03-07", "3/7/2025", "03/07/2025", " 2025-03-07 11:12:13", "2025-03-07T00:00:00Z"] {
            assert_eq!(date(cell), Some(day), "{cell}");
        }
        for cell in
            ["", "25/12/2024", "2025-13-01", "07.03.2025", "3/7/25", "2025", "tomorrow", "2025-03-07-01"]
        {
            assert_eq!(date(cell), None, "{cell}");
        }
    }

    #[test]
    fn instants_are_utc_unless_they_say_otherwise() {
        let read = |cell| instant(cell).map(|at| at.to_string());
        assert_eq!(read("2025-03-07").as_deref(), Some("2025-03-07T00:00:00Z"));
        assert_eq!(read("2025-03-07 14:05:33").as_deref(), Some("2025-03-07T14:05:33Z"));
        assert_eq!(read("3/7/2025 2:05 PM").as_deref(), Some("2025-03-07T14:05:00Z"));
        assert_eq!(read("3/7/2025 12:05 AM").as_deref(), Some("2025-03-07T00:05:00Z"));
        assert_eq!(read("2025-03-07T14:05:33-05:00").as_deref(), Some("2025-03-07T19:05:33Z"));
        assert_eq!(read("2025-03-07 25:00"), None);
    }

    #[test]
    fn postal_codes_get_their_zero_back() {
        assert_eq!(mend_postal(" 5401 ", Region::NorthAmerica), "05401");
        assert_eq!(mend_postal("5401-1234", Region::NorthAmerica), "05401-1234");
        assert_eq!(mend_postal("5401", Region::International), "5401");
        assert_eq!(mend_postal("K1A 0B1", Region::NorthAmerica), "K1A 0B1");
        assert_eq!(postal_key("05401-1234"), "05401");
    }

    proptest! {
        #[test]
        fn no_cell_stops_a_reader(cell in any::<String>()) {
            let _ = (word(&cell), date(&cell), instant(&cell), mend_postal(&cell, Region::NorthAmerica).len());
            if let Ok(read) = amount(&cell) {
                prop_assert_eq!(amount(&read.to_string()), Ok(read));
            }
        }
    }
}
