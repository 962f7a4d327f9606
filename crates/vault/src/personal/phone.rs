//! Phone numbers in E.164 (ITU-T E.164: `+`, then 8 to 15 digits). Numbers of the North American plan are checked by
//! its shape, fast; all others by the tables of libphonenumber ([`abroad`]).

mod abroad;

use hustings_domain::country::Country;

/// The longest number, in digits.
const MAX_DIGITS: usize = 15;
const MIN_DIGITS: usize = 8;
const MAX_INPUT_BYTES: usize = 64;

/// How a number without `+` is dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Region {
    /// The North American plan: ten digits, with or without a 1 before them; `011` goes abroad.
    #[default]
    NorthAmerica,
    /// Nothing can be assumed: only `+` and `00` are read.
    International,
    /// As people in this country dial, by libphonenumber's tables; a country of the North American plan is
    /// [`Region::NorthAmerica`].
    Country(Country),
}

impl Region {
    /// How people in `country` dial; none when the tables do not know the country.
    pub fn of(country: Country) -> Option<Self> {
        Some(match abroad::calling_code(country)? {
            1 => Self::NorthAmerica,
            _ => Self::Country(country),
        })
    }
}

/// Why a cell is not a number that can be called; never with its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// No digit.
    #[error("the phone number is empty")]
    Empty,
    /// Something else than digits and what people put between them.
    #[error("the phone number has a character that is not a digit, `+`, or a separator")]
    Character,
    /// Too few or too many digits.
    #[error("the phone number has too few or too many digits: 10 in North America, else `+` and 8 to 15")]
    Length,
    /// An area code or exchange that starts with 0 or 1.
    #[error("the area code or the exchange starts with 0 or 1, which no North American number does")]
    NotNorthAmerican,
    /// Local digits of an unknown country.
    #[error("the phone number needs `+` and the country in front")]
    NoCountry,
    /// No number of its country looks like this.
    #[error("no phone number of that country looks like this")]
    NotInPlan,
}

personal_text! {
    /// A phone number: `+`, the country, the number.
    Phone
}

impl Phone {
    /// Reads one number; spaces, dots, hyphens, slashes and brackets between its digits fall away.
    pub fn parse(text: &str, default_region: Region) -> Result<Self, PhoneError> {
        let text = text.trim();
        if text.len() > MAX_INPUT_BYTES {
            return Err(PhoneError::Length);
        }
        let text = match text.split_at_checked(4) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("tel:") => rest.trim_start(),
            _ => text,
        };
        let (dialled, plus) = read_digits(text)?;
        let digits = dialled.as_str();
        let abroad = match default_region {
            _ if plus => Some(digits),
            Region::NorthAmerica => digits.strip_prefix("011").or_else(|| digits.strip_prefix("00")),
            Region::International => digits.strip_prefix("00"),
            // The tables know what is dialled there to get abroad.
            Region::Country(country) => return at_home(digits, country),
        };
        match (abroad, default_region) {
            (Some(number), _) => match number.strip_prefix('1') {
                Some(rest) => north_american(rest),
                None => elsewhere(number),
            },
            (None, Region::NorthAmerica) if digits.len() == 11 => {
                north_american(digits.strip_prefix('1').ok_or(PhoneError::Length)?)
            }
            (None, Region::NorthAmerica) => north_american(digits),
            (None, _) => Err(PhoneError::NoCountry),
        }
    }
}

/// The digits, and whether a `+` stood before them.
fn read_digits(text: &str) -> Result<(String, bool), PhoneError> {
    let international = text.strip_prefix('+').or_else(|| text.strip_prefix("(+"));
    // `+44 (0)20`: the bracketed zero is dialled at home only.
    let at_home = international.and_then(|number| number.split_once("(0)"));
    let (head, tail) = at_home.unwrap_or((international.unwrap_or(text), ""));
    let mut digits = String::with_capacity(MAX_DIGITS + 3);
    for character in head.chars().chain(tail.chars()) {
        match character {
            '0'..='9' => digits.push(character),
            ' ' | '\u{a0}' | '\u{202f}' | '.' | '-' | '/' | '(' | ')' | '\u{2010}'..='\u{2015}' => {}
            _ => return Err(PhoneError::Character),
        }
    }
    if digits.is_empty() { Err(PhoneError::Empty) } else { Ok((digits, international.is_some())) }
}

/// The ten digits of the North American plan: area code and exchange start with 2 to 9.
fn north_american(digits: &str) -> Result<Phone, PhoneError> {
    let bytes: &[u8; 10] = digits.as_bytes().try_into().map_err(|_| PhoneError::Length)?;
    let [area, _, _, exchange, ..] = bytes;
    if *area < b'2' || *exchange < b'2' {
        return Err(PhoneError::NotNorthAmerican);
    }
    let mut number = String::with_capacity(12);
    number.push_str("+1");
    number.push_str(digits);
    Ok(Phone(number.into_boxed_str()))
}

fn elsewhere(digits: &str) -> Result<Phone, PhoneError> {
    if !(MIN_DIGITS..=MAX_DIGITS).contains(&digits.len()) {
        return Err(PhoneError::Length);
    }
    if digits.starts_with('0') {
        return Err(PhoneError::NoCountry);
    }
    let mut number = String::with_capacity(1 + digits.len());
    number.push('+');
    number.push_str(digits);
    Ok(Phone(abroad::read(&number, None)?.into_boxed_str()))
}

/// Digits without a `+`, as they are dialled in `country`; whoever calls North America from there lands in its plan.
fn at_home(digits: &str, country: Country) -> Result<Phone, PhoneError> {
    if digits.len() > MAX_DIGITS + 3 {
        return Err(PhoneError::Length);
    }
    let number = abroad::read(digits, Some(country))?;
    match number.strip_prefix("+1") {
        Some(rest) => north_american(rest),
        None => Ok(Phone(number.into_boxed_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str, region: Region) -> Result<String, PhoneError> {
        Phone::parse(text, region).map(|phone| phone.reveal().to_owned())
    }

    #[test]
    fn one_number_has_one_spelling() {
        for text in [
            "8025550123",
            "802-555-0123",
            "(802) 555-0123",
            "802.555.0123",
            "1 802 555 0123",
            "+1 (802) 555\u{2011}0123",
            "tel:+1-802-555-0123",
            " 001 802 555 0123 ",
        ] {
            assert_eq!(parse(text, Region::NorthAmerica).as_deref(), Ok("+18025550123"), "{text}");
        }
        for text in ["+44 20 7946 0958", "0044 20 7946 0958", "+44 (0)20 7946 0958", "(+44) 20 7946 0958"] {
            assert_eq!(parse(text, Region::International).as_deref(), Ok("+442079460958"), "{text}");
        }
        assert_eq!(parse("011 44 20 7946 0958", Region::NorthAmerica).unwrap(), "+442079460958");
    }

    fn home(country: &str) -> Region {
        Region::of(country.parse().unwrap()).unwrap()
    }

    /// What `libphonenumber` makes of numbers as they are written at home.
    #[test]
    fn numbers_are_read_as_they_are_dialled_at_home() {
        for (country, text, number) in [
            ("GB", "020 7946 0958", "+442079460958"),
            ("GB", "+44 (0)20 7946 0958", "+442079460958"),
            ("GB", "0044 20 7946 0958", "+442079460958"),
            ("GB", "00 1 802 555 0123", "+18025550123"),
            ("DE", "030 901820", "+4930901820"),
            ("FR", "01 42 68 53 00", "+33142685300"),
            // Italy keeps the zero that others drop.
            ("IT", "06 6982 1234", "+390669821234"),
            ("JP", "03-3580-3311", "+81335803311"),
            ("JP", "010 44 20 7946 0958", "+442079460958"),
            ("AU", "0011 64 3 331 6005", "+6433316005"),
            ("CA", "613 555 0123", "+16135550123"),
        ] {
            assert_eq!(parse(text, home(country)).as_deref(), Ok(number), "{country} {text}");
        }
        assert_eq!(home("CA"), Region::NorthAmerica);
        assert_eq!(Region::of("QQ".parse().unwrap()), None);
    }

    #[test]
    fn each_refusal_has_its_reason() {
        use PhoneError as E;
        for (text, region, reason) in [
            ("", Region::NorthAmerica, E::Empty),
            ("--", Region::NorthAmerica, E::Empty),
            ("+", Region::NorthAmerica, E::Empty),
            ("call me", Region::NorthAmerica, E::Character),
            ("802 555 0123 x9", Region::NorthAmerica, E::Character),
            ("8.025550123E9", Region::NorthAmerica, E::Character),
            ("555 0123", Region::NorthAmerica, E::Length),
            ("28025550123", Region::NorthAmerica, E::Length),
            ("102 555 0123", Region::NorthAmerica, E::NotNorthAmerican),
            ("802 155 0123", Region::NorthAmerica, E::NotNorthAmerican),
            ("+1 802 055 0123", Region::International, E::NotNorthAmerican),
            ("802 555 0123", Region::International, E::NoCountry),
            ("+0123 456 789", Region::International, E::NoCountry),
            ("+44 2079", Region::International, E::Length),
            ("+44 2079 4609 5812 3456", Region::International, E::Length),
            ("+999 2079 4609", Region::International, E::NoCountry),
            ("+44 99999 99999", Region::International, E::NotInPlan),
            ("123 456", home("GB"), E::NotInPlan),
            ("00 1 102 555 0123", home("GB"), E::NotNorthAmerican),
        ] {
            assert_eq!(parse(text, region), Err(reason), "{text:?}");
        }
        assert_eq!(parse(&"1".repeat(100), Region::NorthAmerica), Err(E::Length));
    }

    proptest! {
        #[test]
        fn parsing_twice_changes_nothing(text in prop_oneof![any::<String>(), "[+(]{0,2}[0-9 ()./-]{0,24}"]) {
            for region in [Region::NorthAmerica, Region::International, home("GB"), home("IT")] {
                if let Ok(once) = Phone::parse(&text, region) {
                    prop_assert!(once.reveal().len() <= 1 + MAX_DIGITS);
                    prop_assert_eq!(Phone::parse(once.reveal(), Region::NorthAmerica), Ok(once.clone()));
                    prop_assert_eq!(Phone::parse(once.reveal(), home("DE")), Ok(once.clone()));
                    prop_assert_eq!(Phone::parse(once.reveal(), Region::International), Ok(once));
                }
            }
        }
    }
}
