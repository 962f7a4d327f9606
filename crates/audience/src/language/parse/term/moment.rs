//! Days and stretches of time: `within 90d`, `before 2026-01-01`, `(2025-01-01 to 2025-03-31)`, `(2025)`.

use super::super::{ParseError, Parser, Token};
use super::literal::read_date;
use crate::language::expr::{Op, Period, Stretch, Test, When};
use jiff::civil::Date;

const WORDS: &[&str] = &["within", "before", "after", "since", "until", "on"];

/// Whether a token opens a question about a day and nothing else.
pub(super) fn opens(token: Token<'_>) -> bool {
    matches!(token, Token::Word(word) if WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

impl Parser<'_> {
    /// Whether a question about a day follows.
    pub(super) fn is_moment(&self) -> bool {
        let next = self.peek().token;
        opens(next) || matches!(next, Token::Op(_)) || self.is_word("between")
    }

    pub(super) fn when(&mut self, subject: &str) -> Result<When, ParseError> {
        if self.takes_word("within") {
            return Ok(When::Within(self.period()?));
        }
        if self.takes_word("before") {
            if let Token::Period(period) = self.peek().token {
                self.at += 1;
                // As people say it: `before 90d ago`.
                self.takes_word("ago");
                return Ok(When::Before(period));
            }
            return Ok(When::Test(Test::Compare(Op::Less, read_date(self, subject)?)));
        }
        for (word, op) in
            [("after", Op::More), ("since", Op::AtLeast), ("until", Op::AtMost), ("on", Op::Equal)]
        {
            if self.takes_word(word) {
                return Ok(When::Test(Test::Compare(op, read_date(self, subject)?)));
            }
        }
        Ok(When::Test(self.test(subject, read_date)?))
    }

    fn period(&mut self) -> Result<Period, ParseError> {
        match self.peek().token {
            Token::Period(period) => {
                self.at += 1;
                Ok(period)
            }
            _ => self.expected("a period", &[], Some("write 90d, 12w, 6m or 2y".to_owned())),
        }
    }

    /// `(90d)` after `addressed`, or nothing.
    pub(super) fn bracketed_period(&mut self) -> Result<Option<Period>, ParseError> {
        if self.peek().token != Token::Open {
            return Ok(None);
        }
        self.at += 1;
        let period = self.period()?;
        self.closed(Some(period))
    }

    /// `(90d)`, `(2025)` or `(2025-01-01 to 2025-03-31)` after `gave` and `gifts`, or nothing.
    pub(super) fn bracketed_stretch(&mut self) -> Result<Option<Stretch>, ParseError> {
        if self.peek().token != Token::Open {
            return Ok(None);
        }
        self.at += 1;
        let start = self.peek();
        let stretch = match start.token {
            Token::Number(year) => {
                let year = i16::try_from(year).ok().filter(|year| (1_900..=2_200).contains(year));
                let days =
                    year.and_then(|year| Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?)));
                let Some((first, last)) = days else {
                    let hint = "write a year such as 2025, a period such as 90d, or two dates".to_owned();
                    return self.error(start, format!("`{}` is no year", self.shown(start)), Some(hint));
                };
                self.at += 1;
                Stretch::Days(first, last)
            }
            Token::Date(first) => {
                self.at += 1;
                if !self.takes_word("to") {
                    let hint = "write `(2025-01-01 to 2025-03-31)`".to_owned();
                    return self.expected("`to` and the last day", &["to"], Some(hint));
                }
                let end = self.peek();
                let last = read_date(self, "the last day")?;
                if last < first {
                    let at = super::Lexed { token: start.token, span: start.span.to(end.span) };
                    let hint = "put the earlier one first".to_owned();
                    return self.error(at, "no day lies between these".to_owned(), Some(hint));
                }
                Stretch::Days(first, last)
            }
            _ => Stretch::Trailing(self.period()?),
        };
        self.closed(Some(stretch))
    }

    fn closed<T>(&mut self, value: T) -> Result<T, ParseError> {
        if self.peek().token != Token::Close {
            return self.expected("`)` after the period", &[], None);
        }
        self.at += 1;
        Ok(value)
    }
}
