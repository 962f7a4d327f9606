//! Names and places: trimmed, inner white space folded to one space, NFC. What looks like a formula is text
//! and kept; making it harmless in a spreadsheet is the export's work.

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// The longest text, in characters.
const MAX_CHARS: usize = 200;
const MAX_POSTAL_CODE_CHARS: usize = 32;
const MAX_INPUT_BYTES: usize = 8192;

/// Why a cell is not kept; never with its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("it is empty")]
    Empty,
    /// Too long, with the most characters allowed.
    #[error("it is longer than {0} characters")]
    TooLong(usize),
    /// A control character, or one that reverses the direction of what follows.
    #[error("it holds a control character")]
    ControlCharacter,
}

personal_text! {
    /// A given or a family name.
    PersonName
}
personal_text! {
    /// Street and house.
    Street
}
personal_text! {
    /// A town, as people write it.
    City
}
personal_text! {
    /// A postal code, in ASCII capitals.
    PostalCode
}

macro_rules! parse_text {
    ($name:ident) => {
        impl $name {
            /// Normalises a cell of at most 200 characters.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                normalise(text, MAX_CHARS).map(|text| Self(text.into_boxed_str()))
            }
        }
    };
}

parse_text!(PersonName);
parse_text!(Street);
parse_text!(City);

impl PostalCode {
    /// Normalises a cell of at most 32 characters.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let mut code = normalise(text, MAX_POSTAL_CODE_CHARS)?;
        code.make_ascii_uppercase();
        Ok(Self(code.into_boxed_str()))
    }
}

/// Characters that files carry along unseen: soft hyphen, zero-width space, word joiner, byte order mark.
pub(crate) const fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// Marks that reverse how the rest of a line is shown (Unicode Annex 9, explicit formatting and isolates).
const fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn normalise(text: &str, max_chars: usize) -> Result<String, TextError> {
    if text.len() > MAX_INPUT_BYTES {
        return Err(TextError::TooLong(max_chars));
    }
    let mut folded = String::with_capacity(text.len());
    let mut space_due = false;
    for character in text.chars() {
        if character.is_whitespace() {
            space_due = !folded.is_empty();
        } else if character.is_control() || turns_direction(character) {
            return Err(TextError::ControlCharacter);
        } else if !is_invisible(character) {
            if space_due {
                folded.push(' ');
                space_due = false;
            }
            folded.push(character);
        }
    }
    if !is_nfc(&folded) {
        folded = folded.nfc().collect();
    }
    match folded.chars().count() {
        0 => Err(TextError::Empty),
        count if count > max_chars => Err(TextError::TooLong(max_chars)),
        _ => Ok(folded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn space_is_folded_and_letters_composed() {
        let name = |text| PersonName::parse(text).map(|name| name.reveal().to_owned());
        assert_eq!(name("  Mary\t Ann\u{a0}\n").unwrap(), "Mary Ann");
        assert_eq!(name("Jose\u{301}").unwrap(), "Jos\u{e9}");
        assert_eq!(name("\u{feff}O\u{2019}Brien\u{200b}").unwrap(), "O\u{2019}Brien");
        assert_eq!(name("=HYPERLINK(\"x\")").unwrap(), "=HYPERLINK(\"x\")");
        assert_eq!(name("@smith").unwrap(), "@smith");
        assert_eq!(PostalCode::parse(" sw1a  1aa ").unwrap().reveal(), "SW1A 1AA");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(City::parse(" \u{200b} "), Err(TextError::Empty));
        assert_eq!(City::parse("a\0b"), Err(TextError::ControlCharacter));
        assert_eq!(City::parse("abc\u{202e}def"), Err(TextError::ControlCharacter));
        assert_eq!(Street::parse(&"x".repeat(201)), Err(TextError::TooLong(200)));
        assert!(Street::parse(&"\u{e9}".repeat(200)).is_ok());
        assert_eq!(PostalCode::parse(&"1".repeat(33)), Err(TextError::TooLong(32)));
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(text in any::<String>()) {
            if let Ok(once) = normalise(&text, MAX_CHARS) {
                prop_assert!(!once.contains("  ") && once.trim() == once);
                prop_assert_eq!(normalise(&once, MAX_CHARS), Ok(once));
            }
        }
    }
}
