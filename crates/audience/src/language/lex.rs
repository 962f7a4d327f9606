//! A text cut into words, quoted names, literals and signs, each with its span.

use super::error::ParseError;
use super::expr::{Op, Period, PeriodUnit, Span};
use super::{MAX_DIGITS, MAX_PERIOD_DAYS};
use hustings_domain::money::Cents;
use jiff::civil::Date;

/// One piece of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'a> {
    Word(&'a str),
    Text(&'a str),
    Number(i64),
    Money(Cents),
    Date(Date),
    Period(Period),
    Op(Op),
    Open,
    Close,
    Comma,
    End,
}

impl Token<'_> {
    /// Its type, for people.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Word(_) => "a word",
            Self::Text(_) => "a text",
            Self::Number(_) => "a number",
            Self::Money(_) => "money",
            Self::Date(_) => "a date",
            Self::Period(_) => "a period",
            Self::Op(_) => "a comparison",
            Self::Open | Self::Close => "a bracket",
            Self::Comma => "a comma",
            Self::End => "the end",
        }
    }
}

/// A token and where it stood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lexed<'a> {
    pub(super) token: Token<'a>,
    pub(super) span: Span,
}

/// Cuts the whole text; the last token is [`Token::End`].
pub(super) fn lex(text: &str) -> Result<Vec<Lexed<'_>>, ParseError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        let lexed = lexer.next()?;
        tokens.push(lexed);
        if lexed.token == Token::End {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn skip_while(&mut self, wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|character| !wanted(character)).unwrap_or(rest.len());
    }

    fn error<T>(&self, start: usize, message: String, hint: Option<String>) -> Result<T, ParseError> {
        let found = self.since(start).chars().take(80).collect();
        Err(ParseError { span: Span { start, end: self.at }, message, hint, found })
    }

    fn next(&mut self) -> Result<Lexed<'a>, ParseError> {
        self.skip_while(char::is_whitespace);
        let start = self.at;
        let mut characters = self.rest().chars();
        let Some(first) = characters.next() else {
            return Ok(Lexed { token: Token::End, span: Span { start, end: start } });
        };
        let second = characters.next();
        let token = match first {
            '(' => self.sign(first, Token::Open),
            ')' => self.sign(first, Token::Close),
            ',' => self.sign(first, Token::Comma),
            '"' | '“' | '”' => self.quoted(start, first)?,
            '$' => self.money(start)?,
            '0'..='9' => self.numeric(start)?,
            '-' if second.is_some_and(|next| next.is_ascii_digit()) => self.negative(start)?,
            '=' | '!' | '<' | '>' | '≤' | '≥' | '≠' | '&' | '|' => self.operator(start)?,
            _ if first.is_alphabetic() || first == '_' => {
                self.skip_while(|c| c.is_alphanumeric() || c == '-' || c == '_');
                self.after_word(start)
            }
            '\'' | '‘' | '’' | '`' => {
                self.at += first.len_utf8();
                return self.error(
                    start,
                    format!("`{first}` does not open a name"),
                    Some("names stand in double quotes, such as \"health-care\"".to_owned()),
                );
            }
            _ => {
                self.at += first.len_utf8();
                return self.error(start, format!("the sign `{first}` has no meaning here"), None);
            }
        };
        Ok(Lexed { token, span: Span { start, end: self.at } })
    }

    /// A word as it goes on: a division id needs no quotes, and a type may stand before a name (`text.member-no`).
    fn after_word(&mut self, start: usize) -> Token<'a> {
        if self.since(start) == "ocd-division" && self.rest().starts_with('/') {
            self.skip_while(|c| c.is_alphanumeric() || "/:-_.~".contains(c));
            return Token::Text(self.since(start));
        }
        let goes_on =
            |rest: &str| rest.strip_prefix('.').is_some_and(|name| name.starts_with(char::is_alphabetic));
        if goes_on(self.rest()) {
            self.at += 1;
            self.skip_while(|c| c.is_alphanumeric() || c == '-' || c == '_');
        }
        Token::Word(self.since(start))
    }

    fn sign(&mut self, sign: char, token: Token<'a>) -> Token<'a> {
        self.at += sign.len_utf8();
        token
    }

    /// A name in straight or curly double quotes: texts are pasted from word processors.
    fn quoted(&mut self, start: usize, open: char) -> Result<Token<'a>, ParseError> {
        self.at += open.len_utf8();
        let inner = self.at;
        self.skip_while(|c| !matches!(c, '"' | '“' | '”' | '\n'));
        let name = self.since(inner);
        match self.rest().chars().next() {
            Some(close) if close != '\n' => {
                self.at += close.len_utf8();
                Ok(Token::Text(name))
            }
            _ => {
                self.at = start + open.len_utf8();
                self.error(
                    start,
                    "this quote is never closed".to_owned(),
                    Some("end the name with a second \"".to_owned()),
                )
            }
        }
    }

    fn operator(&mut self, start: usize) -> Result<Token<'a>, ParseError> {
        self.skip_while(|c| matches!(c, '=' | '!' | '<' | '>' | '≤' | '≥' | '≠' | '&' | '|'));
        let slip = match self.since(start) {
            "=" => return Ok(Token::Op(Op::Equal)),
            "!=" | "≠" => return Ok(Token::Op(Op::NotEqual)),
            "<" => return Ok(Token::Op(Op::Less)),
            "<=" | "≤" => return Ok(Token::Op(Op::AtMost)),
            ">" => return Ok(Token::Op(Op::More)),
            ">=" | "≥" => return Ok(Token::Op(Op::AtLeast)),
            "==" => "=",
            "<>" => "!=",
            "=<" => "<=",
            "=>" => ">=",
            "&&" | "&" => "and",
            "||" | "|" => "or",
            "!" => "not",
            _ => "",
        };
        let hint =
            if slip.is_empty() { "use = != < <= > >=".to_owned() } else { format!("did you mean `{slip}`?") };
        self.error(start, format!("`{}` is not a comparison", self.since(start)), Some(hint))
    }

    fn negative(&mut self, start: usize) -> Result<Token<'a>, ParseError> {
        self.at += 1;
        let digits = self.at;
        match self.numeric(digits)? {
            Token::Number(number) => Ok(Token::Number(-number)),
            other => self.error(start, format!("`-` stands before {}", other.kind()), None),
        }
    }

    fn money(&mut self, start: usize) -> Result<Token<'a>, ParseError> {
        self.at += 1;
        let run = self.run();
        let (whole, cents) = match run.split_once('.') {
            Some((whole, cents)) if cents.len() == 2 => {
                (self.digits(start, whole)?, self.digits(start, cents)?)
            }
            None => (self.digits(start, run)?, Some(0)),
            Some(_) => (None, None),
        };
        match (whole, cents) {
            (Some(whole), Some(cents)) => Ok(Token::Money(Cents(whole * 100 + cents))),
            _ => self.error(
                start,
                format!("`{}` is not an amount", self.since(start)),
                Some("write whole dollars or two digits of cents: `$27` or `$27.50`".to_owned()),
            ),
        }
    }

    /// What starts with a digit: a number, a date or a period.
    fn numeric(&mut self, start: usize) -> Result<Token<'a>, ParseError> {
        let run = self.run();
        if let Some(number) = self.digits(start, run)? {
            return Ok(Token::Number(number));
        }
        if run.len() == 10
            && run
                .bytes()
                .enumerate()
                .all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() })
        {
            return match run.parse::<Date>() {
                Ok(date) => Ok(Token::Date(date)),
                Err(_) => self.error(start, format!("`{run}` is not a day of the calendar"), None),
            };
        }
        if let Some(period) = self.period(start, run)? {
            return Ok(Token::Period(period));
        }
        self.error(
            start,
            format!("`{run}` is not a number, a date or a period"),
            Some("write whole numbers as 1960, money as $27.50, dates as 2025-01-31, periods as 90d, 12w, 6m or 2y".to_owned()),
        )
    }

    fn period(&self, start: usize, run: &str) -> Result<Option<Period>, ParseError> {
        let digits = run.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = match run.strip_prefix(digits) {
            Some("d" | "D") => PeriodUnit::Days,
            Some("w" | "W") => PeriodUnit::Weeks,
            Some("m" | "M") => PeriodUnit::Months,
            Some("y" | "Y") => PeriodUnit::Years,
            _ => return Ok(None),
        };
        let Some(count) = self.digits(start, digits)? else { return Ok(None) };
        let period = Period { count: u32::try_from(count).unwrap_or(u32::MAX), unit };
        if !(1..=MAX_PERIOD_DAYS).contains(&period.days()) {
            return self.error(
                start,
                format!("`{run}` is not a period that can be looked back on"),
                Some("periods go from 1d to 100y".to_owned()),
            );
        }
        Ok(Some(period))
    }

    fn run(&mut self) -> &'a str {
        let start = self.at;
        self.skip_while(|c| c.is_alphanumeric() || matches!(c, ',' | '.' | '-' | '_'));
        let run = self.since(start).trim_end_matches([',', '.']);
        self.at = start + run.len();
        run
    }

    /// Plain digits, or digits with a comma before each three; none when `run` is something else.
    fn digits(&self, start: usize, run: &str) -> Result<Option<i64>, ParseError> {
        let mut groups = run.split(',');
        let shaped =
            groups.next().is_some_and(|first| !first.is_empty() && (first.len() <= 3 || !run.contains(',')))
                && groups.all(|group| group.len() == 3)
                && run.bytes().all(|b| b.is_ascii_digit() || b == b',');
        if !shaped {
            return Ok(None);
        }
        let plain = run.replace(',', "");
        if plain.trim_start_matches('0').len() > MAX_DIGITS {
            return self.error(
                start,
                "this number is too large".to_owned(),
                Some(format!("at most {MAX_DIGITS} digits are allowed")),
            );
        }
        Ok(plain.parse().ok())
    }
}
