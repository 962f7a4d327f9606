//! The terms: one question about a person each.

mod literal;
mod moment;

use super::super::expr::{Asks, Expr, Node, Prefixed, Spanned, Term, Test};
use super::super::reference::Engaged;
use super::{KEYWORDS, Lexed, ParseError, Parser, Token};
use hustings_domain::attribute::AttributeType;
use hustings_domain::consent::{Channel, ConsentState};
use hustings_domain::response::ResponseKind;
use hustings_domain::words::Slug;
use literal::{mistyped, read_area, read_money, read_number, read_slug, read_source};

const TERM_WORDS: &[&str] = &[
    "everyone",
    "area",
    "issue",
    "tag",
    "source",
    "consent",
    "gave",
    "gifts",
    "last_gift",
    "joined",
    "addressed",
    "answered",
    "audience",
    "in",
    "not",
];
const BEGIN: &str = "begin with `area`, `issue`, `tag`, `source`, `consent`, `gave`, `gifts`, `last_gift`, `joined`, `addressed`, `answered`, `in audience`, `everyone`";

impl<'a> Parser<'a> {
    pub(super) fn term(&mut self) -> Result<Expr, ParseError> {
        let start = self.peek();
        let Token::Word(word) = start.token else {
            let hint = format!("{BEGIN}, `not`, a bracket or the name of a number or date");
            return self.expected("a term", &[], Some(hint));
        };
        self.count_term(start)?;
        let word = word.to_lowercase();
        self.at += 1;
        let node = match word.as_str() {
            "everyone" => Node::Everyone,
            "area" => Node::Term(Term::Area(self.names("area", &["in", "within"], read_area)?)),
            "issue" if self.takes_word("starts") => Node::Term(self.starts(Prefixed::Issue)?),
            "tag" if self.takes_word("starts") => Node::Term(self.starts(Prefixed::Tag)?),
            "issue" => Node::Term(Term::Issue(self.names("issue", &["has", "in"], read_slug)?)),
            "tag" => Node::Term(Term::Tag(self.names("tag", &["has", "in"], read_slug)?)),
            "source" => Node::Term(self.source()?),
            "addressed" => {
                let period = self.bracketed_period()?;
                let what = Engaged::Addressed { period, test: self.test("addressed", read_number)? };
                Node::Term(Term::Engaged { what, found: None })
            }
            "answered" => Node::Term(Term::Engaged { what: self.answered()?, found: None }),
            "audience" => Node::Term(self.audience()?),
            "in" => {
                if !self.takes_word("audience") {
                    let hint = "write `in audience \"...\"`, or `area in \"...\"`".to_owned();
                    return self.expected("`audience` after `in`", &["audience"], Some(hint));
                }
                Node::Term(self.audience()?)
            }
            "consent" => Node::Term(self.consent()?),
            "gave" => {
                let period = self.bracketed_stretch()?;
                Node::Term(Term::Gave { period, test: self.test("gave", read_money)? })
            }
            "gifts" => {
                let period = self.bracketed_stretch()?;
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

    /// `starts "vol-"`: the beginning of names.
    fn starts(&mut self, what: Prefixed) -> Result<Term, ParseError> {
        let subject = format!("{} starts", what.as_str());
        let prefix = read_source(self, &subject)?;
        let shaped = prefix.value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !shaped || prefix.value.starts_with('-') {
            let at = Lexed { token: Token::Text(""), span: prefix.span };
            let hint = "names hold lower-case letters, digits and hyphens".to_owned();
            return self.error(
                at,
                format!("no {} begins with `{}`", what.as_str(), prefix.value),
                Some(hint),
            );
        }
        Ok(Term::Starts { what, prefix })
    }

    fn source(&mut self) -> Result<Term, ParseError> {
        if self.takes_word("starts") {
            let names = vec![read_source(self, "source starts")?];
            return Ok(Term::Source { names, starts: true, numbers: None });
        }
        let names = self.names("source", &["in", "has"], read_source)?;
        Ok(Term::Source { names, starts: false, numbers: None })
    }

    fn audience(&mut self) -> Result<Term, ParseError> {
        Ok(Term::Audience { name: read_slug(self, "audience")?, meaning: None })
    }

    /// `answered`, `answered yes`, `answered in (yes, later) within 90d`.
    fn answered(&mut self) -> Result<Engaged, ParseError> {
        let mut kinds: Vec<ResponseKind> = Vec::new();
        let named = |parser: &Self| ResponseKind::ALL.iter().any(|kind| parser.is_word(kind.as_str()));
        if self.is_word("in") || self.peek().token == Token::Open {
            self.takes_word("in");
            if self.peek().token != Token::Open {
                return self.expected(
                    "`(` after `answered in`",
                    &[],
                    Some("write `answered in (yes, later)`".to_owned()),
                );
            }
            self.at += 1;
            loop {
                kinds.push(self.one_of("an answer", &ResponseKind::ALL, ResponseKind::as_str)?);
                if self.peek().token != Token::Comma {
                    break;
                }
                self.at += 1;
                self.count_term(self.peek())?;
            }
            if self.peek().token != Token::Close {
                return self.expected("`,` or `)` in the list", &[], None);
            }
            self.at += 1;
        } else if named(self) {
            kinds.push(self.one_of("an answer", &ResponseKind::ALL, ResponseKind::as_str)?);
        }
        let when = if self.is_moment() { Some(self.when("answered")?) } else { None };
        Ok(Engaged::Answered { kinds, when })
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

    /// A value under a name: of which type, the comparison and its literal say.
    fn attribute(&mut self, start: Lexed<'a>, word: &str) -> Result<Term, ParseError> {
        let next = self.peek_at(1).token;
        let is = |token: Token<'_>, wanted: &[&str]| matches!(token, Token::Word(word) if wanted.iter().any(|known| word.eq_ignore_ascii_case(known)));
        let lies_in = is(next, &["within"]) && matches!(self.peek_at(2).token, Token::Text(_) | Token::Open);
        let in_time = moment::opens(next) && !lies_in;
        let asks = lies_in || is(next, &["is", "in", "has", "starts"]);
        let compares = matches!(next, Token::Op(_)) || in_time || asks || is(next, &["between"]);
        // `text.member-no`: the type that is meant, for whoever reads the rule.
        let (kind, name) = match word.split_once('.') {
            Some((kind, name)) => (Some(self.named_type(start, kind)?), name),
            None => (None, word),
        };
        if !compares || KEYWORDS.contains(&name) {
            return self.expected("a term", TERM_WORDS, Some(BEGIN.to_owned()));
        }
        let Ok(name) = name.replace('_', "-").parse::<Slug>() else {
            return self.expected("the name of a number or date", TERM_WORDS, None);
        };
        self.at += 1;
        let name = Spanned { value: name, span: start.span };
        let term = if asks {
            Term::Named { asks: self.asks(name.value.as_str(), lies_in)?, name }
        } else if in_time {
            Term::Date { when: self.when(word)?, name }
        } else {
            match self.peek_at(1).token {
                Token::Number(_) => Term::Number { name, test: self.test(word, read_number)? },
                Token::Money(_) => Term::Money { name, test: self.test(word, read_money)? },
                Token::Date(_) => Term::Date { name, when: self.when(word)? },
                _ => {
                    self.at += 1;
                    return mistyped(
                        self,
                        word,
                        "a number, money or a date",
                        "write 1960, $27 or 2025-01-31; a text or a choice is asked for with `is \"...\"`",
                    );
                }
            }
        };
        match (kind, term.attribute()) {
            (Some(kind), Some((_, types))) if !types.contains(&kind) => {
                let message = format!("`{word}` is {} and cannot be asked for like this", kind.words());
                let at = Lexed { token: start.token, span: start.span.to(self.last_span()) };
                self.error(at, message, Some(format!("write `{}`", kind.example(word))))
            }
            _ => Ok(term),
        }
    }

    fn named_type(&self, start: Lexed<'a>, kind: &str) -> Result<AttributeType, ParseError> {
        kind.parse().or_else(|why| self.error(start, why, None))
    }

    /// `is "green"`, `in ("a", "b")`, `has "a"`, `starts "A"`, `within ocd-division/...`, after the name.
    fn asks(&mut self, name: &str, lies_in: bool) -> Result<Asks, ParseError> {
        if lies_in {
            return Ok(Asks::Within(self.names(name, &["within"], read_area)?));
        }
        if self.takes_word("starts") {
            return Ok(Asks::Starts(read_source(self, &format!("{name} starts"))?));
        }
        if self.is_word("has") {
            return Ok(Asks::Has(self.names(name, &["has"], read_slug)?));
        }
        Ok(Asks::Is(self.names(name, &["is", "in"], read_source)?))
    }
}
