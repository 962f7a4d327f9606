//! The terms: one question about a person each.

use super::super::expr::{Expr, Node, Period, Spanned, Term, Test, When};
use super::{KEYWORDS, Lexed, ParseError, Parser, Token};
use hustings_domain::area::AreaId;
use hustings_domain::consent::{Channel, ConsentState};
use hustings_domain::money::Cents;
use hustings_domain::words::Slug;
use jiff::civil::Date;

const TERM_WORDS: &[&str] =
    &["everyone", "area", "issue", "tag", "consent", "gave", "gifts", "last_gift", "joined", "not"];

impl<'a> Parser<'a> {
    pub(super) fn term(&mut self) -> Result<Expr, ParseError> {
        let start = self.peek();
        let Token::Word(word) = start.token else {
            let hint = "begin with `area`, `issue`, `tag`, `consent`, `gave`, `gifts`, `last_gift`, `joined`, `everyone`, `not`, a bracket or the name of a number or date";
            return self.expected("a term", &[], Some(hint.to_owned()));
        };
        self.count_term(start)?;
        let word = word.to_lowercase();
        self.at += 1;
        let node = match word.as_str() {
            "everyone" => Node::Everyone,
            "area" => Node::Term(Term::Area(self.names("area", &["in"], read_area)?)),
            "issue" => Node::Term(Term::Issue(self.names("issue", &["has", "in"], read_slug)?)),
            "tag" => Node::Term(Term::Tag(self.names("tag", &["has", "in"], read_slug)?)),
            "consent" => Node::Term(self.consent()?),
            "gave" => {
                let period = self.bracketed_period()?;
                Node::Term(Term::Gave { period, test: self.test("gave", read_money)? })
            }
            "gifts" => {
                let period = self.bracketed_period()?;
                Node::Term(Term::Gifts { period, test: self.test("gifts", read_number)? })
            }
            "last_gift" | "last-gift" => Node::Term(Term::LastGift(self.when("last_gift")?)),
            "joined" => Node::Term(Term::Joined(self.when("joined")?)),
            _ => {
                self.at -= 1;
                Node::Term(self.attribute(start, &word)?)
            }
        };
        Ok(Expr { node, span: start.span.to(self.last_span()) })
    }

    /// One name, or several in brackets, after an optional joining word.
    fn names<T>(
        &mut self,
        subject: &str,
        joining: &[&str],
        read: fn(&mut Self, &str) -> Result<Spanned<T>, ParseError>,
    ) -> Result<Vec<Spanned<T>>, ParseError> {
        let joined = joining.iter().any(|word| self.takes_word(word));
        if self.peek().token != Token::Open {
            if !joined && !matches!(self.peek().token, Token::Text(_)) {
                let first = joining.first().copied().unwrap_or_default();
                let hint = format!("write `{subject} {first} \"...\"`");
                return self.expected(&format!("`{first}` after `{subject}`"), joining, Some(hint));
            }
            return Ok(vec![read(self, subject)?]);
        }
        self.at += 1;
        let mut names = vec![read(self, subject)?];
        while self.peek().token == Token::Comma {
            self.at += 1;
            self.count_term(self.peek())?;
            names.push(read(self, subject)?);
        }
        if self.peek().token != Token::Close {
            return self.expected("`,` or `)` in the list", &[], None);
        }
        self.at += 1;
        Ok(names)
    }

    fn consent(&mut self) -> Result<Term, ParseError> {
        let purpose = read_slug(self, "consent")?;
        let (mut channel, mut state) = (Channel::Email, ConsentState::Given);
        if self.takes_word("on") {
            channel = self.one_of("a channel", &Channel::ALL, Channel::as_str)?;
        }
        if self.takes_word("is") {
            state = self.one_of("a state of consent", &ConsentState::ALL, ConsentState::as_str)?;
        }
        Ok(Term::Consent { purpose, channel, state })
    }

    fn one_of<T: Copy>(
        &mut self,
        what: &str,
        all: &[T],
        name: fn(T) -> &'static str,
    ) -> Result<T, ParseError> {
        if let Some(&found) = all.iter().find(|&&value| self.is_word(name(value))) {
            self.at += 1;
            return Ok(found);
        }
        let names: Vec<&str> = all.iter().map(|&value| name(value)).collect();
        let hint = format!("one of {}", names.join(", "));
        self.expected(what, &names, Some(hint))
    }

    fn bracketed_period(&mut self) -> Result<Option<Period>, ParseError> {
        if self.peek().token != Token::Open {
            return Ok(None);
        }
        self.at += 1;
        let period = self.period()?;
        if self.peek().token != Token::Close {
            return self.expected("`)` after the period", &[], None);
        }
        self.at += 1;
        Ok(Some(period))
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

    fn test<T: PartialOrd>(
        &mut self,
        subject: &str,
        read: fn(&mut Self, &str) -> Result<T, ParseError>,
    ) -> Result<Test<T>, ParseError> {
        if let Token::Op(op) = self.peek().token {
            self.at += 1;
            return Ok(Test::Compare(op, read(self, subject)?));
        }
        if !self.takes_word("between") {
            let hint = "compare with = != < <= > >= or `between ... and ...`".to_owned();
            return self.expected(&format!("a comparison after `{subject}`"), &["between"], Some(hint));
        }
        let first = self.peek();
        let low = read(self, subject)?;
        if !self.takes_word("and") {
            return self.expected("`and` and the upper end of `between`", &["and"], None);
        }
        let last = self.peek();
        let high = read(self, subject)?;
        if low > high {
            let at = Lexed { token: first.token, span: first.span.to(last.span) };
            return self.error(
                at,
                "nothing lies between these".to_owned(),
                Some("put the smaller one first".to_owned()),
            );
        }
        Ok(Test::Between(low, high))
    }

    fn when(&mut self, subject: &str) -> Result<When, ParseError> {
        if self.takes_word("within") {
            return Ok(When::Within(self.period()?));
        }
        Ok(When::Test(self.test(subject, read_date)?))
    }

    /// A named number or date: which of them, the literal says.
    fn attribute(&mut self, start: Lexed<'a>, word: &str) -> Result<Term, ParseError> {
        let next = self.peek_at(1);
        let within = matches!(next.token, Token::Word(next) if next.eq_ignore_ascii_case("within"));
        let between = matches!(next.token, Token::Word(next) if next.eq_ignore_ascii_case("between"));
        let compares = matches!(next.token, Token::Op(_)) || within || between;
        if !compares || KEYWORDS.contains(&word) {
            let hint = "begin with `area`, `issue`, `tag`, `consent`, `gave`, `gifts`, `last_gift`, `joined` or `everyone`";
            return self.expected("a term", TERM_WORDS, Some(hint.to_owned()));
        }
        let Ok(name) = word.parse::<Slug>() else {
            return self.expected("the name of a number or date", TERM_WORDS, None);
        };
        self.at += 1;
        let name = Spanned { value: name, span: start.span };
        if within {
            return Ok(Term::Date { name, when: self.when(word)? });
        }
        match self.peek_at(1).token {
            Token::Number(_) => Ok(Term::Number { name, test: self.test(word, read_number)? }),
            Token::Date(_) => Ok(Term::Date { name, when: self.when(word)? }),
            _ => {
                self.at += 1;
                mistyped(self, word, "a number or a date", "write 1960 or 2025-01-31")
            }
        }
    }
}

/// A literal of the wrong type: names what the subject is and what was found.
fn mistyped<T>(parser: &Parser<'_>, subject: &str, is: &str, hint: &str) -> Result<T, ParseError> {
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

fn read_money(parser: &mut Parser<'_>, subject: &str) -> Result<Cents, ParseError> {
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

fn read_number(parser: &mut Parser<'_>, subject: &str) -> Result<i64, ParseError> {
    let Token::Number(number) = parser.peek().token else {
        return mistyped(parser, subject, "a number", "write a whole number such as 2");
    };
    parser.take();
    Ok(number)
}

fn read_date(parser: &mut Parser<'_>, subject: &str) -> Result<Date, ParseError> {
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

fn read_slug(parser: &mut Parser<'_>, subject: &str) -> Result<Spanned<Slug>, ParseError> {
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

fn read_area(parser: &mut Parser<'_>, subject: &str) -> Result<Spanned<AreaId>, ParseError> {
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
