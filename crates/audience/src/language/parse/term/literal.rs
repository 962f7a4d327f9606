//! What stands to be compared with: money, numbers, dates, names, each of its own type.

use super::super::{ParseError, Parser, Token};
use super::TERM_WORDS;
use crate::language::MAX_SOURCE;
use crate::language::expr::Spanned;
use hustings_domain::area::AreaId;
use hustings_domain::money::Cents;
use hustings_domain::words::Slug;
use jiff::civil::Date;

/// A literal of the wrong type: names what the subject is and what was found.
pub(super) fn mistyped<T>(parser: &Parser<'_>, subject: &str, is: &str, hint: &str) -> Result<T, ParseError> {
    let found = parser.peek();
    if found.token == Token::End {
        return parser.expected(&format!("{is} to compare `{subject}` with"), &[], Some(hint.to_owned()));
    }
    let near =
        hustings_domain::words::nearest(subject, TERM_WORDS.iter().copied()).filter(|near| *near != subject);
    let hint = near.map_or_else(|| hint.to_owned(), |near| format!("did you mean `{near}`?"));
    let message = format!(
        "`{subject}` is {is} and cannot be compared with {} `{}`",
        found.token.kind(),
        parser.shown(found)
    );
    parser.error(found, message, Some(hint))
}

pub(super) fn read_money(parser: &mut Parser<'_>, subject: &str) -> Result<Cents, ParseError> {
    let Token::Money(cents) = parser.peek().token else {
        let hint = match parser.peek().token {
            Token::Number(number) if number >= 0 => format!("write `${number}`"),
            _ => "write an amount such as $27 or $27.50".to_owned(),
        };
        return mistyped(parser, subject, "money", &hint);
    };
    parser.take();
    Ok(cents)
}

pub(super) fn read_number(parser: &mut Parser<'_>, subject: &str) -> Result<i64, ParseError> {
    let Token::Number(number) = parser.peek().token else {
        return mistyped(parser, subject, "a number", "write a whole number such as 2");
    };
    parser.take();
    Ok(number)
}

pub(super) fn read_date(parser: &mut Parser<'_>, subject: &str) -> Result<Date, ParseError> {
    let Token::Date(date) = parser.peek().token else {
        let hint = match parser.peek().token {
            Token::Period(period) => format!("write `{subject} within {period}`"),
            _ => "write a date such as 2025-01-31".to_owned(),
        };
        return mistyped(parser, subject, "a date", &hint);
    };
    parser.take();
    Ok(date)
}

pub(super) fn read_slug(parser: &mut Parser<'_>, subject: &str) -> Result<Spanned<Slug>, ParseError> {
    let at = parser.peek();
    let Token::Text(text) = at.token else {
        let hint = match at.token {
            Token::Word(word) => format!("names stand in double quotes: \"{}\"", word.to_lowercase()),
            _ => "names stand in double quotes".to_owned(),
        };
        return parser.expected(&format!("a quoted name after `{subject}`"), &[], Some(hint));
    };
    match text.parse() {
        Ok(value) => {
            parser.take();
            Ok(Spanned { value, span: at.span })
        }
        Err(error) => {
            let hint = Slug::from_free_text(text).map(|near| format!("did you mean \"{near}\"?"));
            parser.error(at, error.to_string(), hint)
        }
    }
}

pub(super) fn read_area(parser: &mut Parser<'_>, subject: &str) -> Result<Spanned<AreaId>, ParseError> {
    let at = parser.peek();
    let Token::Text(text) = at.token else {
        return parser.expected(&format!("a quoted id after `{subject} in`"), &[], None);
    };
    match text.parse() {
        Ok(value) => {
            parser.take();
            Ok(Spanned { value, span: at.span })
        }
        Err(error) => parser.error(at, error.to_string(), None),
    }
}

/// The name of a source, or the beginning of a name.
pub(super) fn read_source(parser: &mut Parser<'_>, subject: &str) -> Result<Spanned<String>, ParseError> {
    let at = parser.peek();
    let Token::Text(text) = at.token else {
        return parser.expected(&format!("a quoted name after `{subject}`"), &[], None);
    };
    let name = text.trim();
    if name.is_empty() || name.chars().count() > MAX_SOURCE {
        let hint = format!("write 1 to {MAX_SOURCE} characters");
        return parser.error(at, "this is no name".to_owned(), Some(hint));
    }
    parser.take();
    Ok(Spanned { value: name.to_owned(), span: at.span })
}
