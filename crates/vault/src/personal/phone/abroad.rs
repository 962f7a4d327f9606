//! Numbers outside the North American plan, by the tables of Google's libphonenumber. The crate `phonenumber`, which
//! carries them, is named in this file only. Regular expressions under a lock: some microseconds a number, which is
//! why the North American plan has a path of its own.

use super::PhoneError;
use hustings_domain::country::Country;
use phonenumber::country::Id;
use phonenumber::metadata::DATABASE;
use phonenumber::{Mode, ParseError};

/// The country calling code of the North American plan.
const NORTH_AMERICA: u16 = 1;

/// The calling code of a country: 44 for GB; none when the tables do not know it.
pub(super) fn calling_code(country: Country) -> Option<u16> {
    DATABASE.by_id(country.as_str()).map(phonenumber::Metadata::country_code)
}

/// Reads `dialled` (digits, a `+` before them when they begin with a country) as somebody in `home` dials it.
/// The answer is E.164, and reads as itself again.
pub(super) fn read(dialled: &str, home: Option<Country>) -> Result<String, PhoneError> {
    let home: Option<Id> = home.and_then(|country| country.as_str().parse().ok());
    let number = phonenumber::parse(home, dialled).map_err(|error| match error {
        ParseError::InvalidCountryCode => PhoneError::NoCountry,
        _ => PhoneError::Length,
    })?;
    if number.country().code() != NORTH_AMERICA && !number.is_valid() {
        return Err(PhoneError::NotInPlan);
    }
    Ok(number.format().mode(Mode::E164).to_string())
}
