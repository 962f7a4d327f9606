//! From text to tree: `or`, `and`, `not` and brackets here, the terms in `term`. Never panics, and never
//! takes more than a bounded stack, whatever the text.

mod term;

use super::error::ParseError;
use super::expr::{Expr, Node};
use super::lex::{Lexed, Token, lex};
use super::{KEYWORDS, MAX_BYTES, MAX_DEPTH, MAX_TERMS, Span};
use hustings_domain::words::nearest;

/// Reads an expression; at most [`MAX_BYTES`] bytes, [`MAX_DEPTH`] levels and [`MAX_TERMS`] terms.
pub fn parse(text: &str) -> Result<Expr, ParseError> {
    let too_long = || ParseError {
        span: Span { start: 0, end: 0 },
        message: "the expression is too long".to_owned(),
        hint: Some(format!("at most {MAX_BYTES} bytes are allowed: save parts of it as tags")),
        found: String::new(),
    };
    if text.len() > MAX_BYTES {
        return Err(too_long());
    }
    let mut parser = Parser { text, tokens: lex(text)?, at: 0, terms: 0, depth: 0 };
    let expr = parser.or()?;
    parser.end()?;
    // What is printed must be readable again, and printing adds a blank where the text had none.
    if expr.to_string().len() > MAX_BYTES { Err(too_long()) } else { Ok(expr) }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Lexed<'a>>,
    at: usize,
    terms: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Lexed<'a> {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> Lexed<'a> {
        let end = Span { start: self.text.len(), end: self.text.len() };
        self.tokens.get(self.at + ahead).copied().unwrap_or(Lexed { token: Token::End, span: end })
    }

    fn take(&mut self) -> Lexed<'a> {
        let lexed = self.peek();
        self.at += 1;
        lexed
    }

    fn last_span(&self) -> Span {
        self.at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or_else(Span::default, |lexed| lexed.span)
    }

    /// Whether the next token is `word`; taken if so.
    fn takes_word(&mut self, word: &str) -> bool {
        let is = self.is_word(word);
        self.at += usize::from(is);
        is
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek().token, Token::Word(found) if found.eq_ignore_ascii_case(word))
    }

    fn error<T>(&self, at: Lexed<'a>, message: String, hint: Option<String>) -> Result<T, ParseError> {
        let found = self.shown(at);
        Err(ParseError { span: at.span, message, hint, found })
    }

    fn shown(&self, at: Lexed<'a>) -> String {
        self.text.get(at.span.start..at.span.end).unwrap_or_default().chars().take(80).collect()
    }

    /// "expected this, found that", with the nearest of `known` when what was found is a slip of it.
    fn expected<T>(&self, what: &str, known: &[&str], hint: Option<String>) -> Result<T, ParseError> {
        let found = self.peek();
        let near = match found.token {
            Token::Word(word) => nearest(&word.to_lowercase(), known.iter().copied()),
            _ => None,
        };
        let message = match found.token {
            Token::End => format!("expected {what}, but the expression ends"),
            _ => format!("expected {what}, found `{}`", self.shown(found)),
        };
        self.error(found, message, near.map(|near| format!("did you mean `{near}`?")).or(hint))
    }

    fn or(&mut self) -> Result<Expr, ParseError> {
        self.group("or", Self::and, Node::Or)
    }

    fn and(&mut self) -> Result<Expr, ParseError> {
        self.group("and", Self::not, Node::And)
    }

    fn group(
        &mut self,
        word: &str,
        part: fn(&mut Self) -> Result<Expr, ParseError>,
        node: fn(Vec<Expr>) -> Node,
    ) -> Result<Expr, ParseError> {
        let start = self.peek().span;
        let first = part(self)?;
        if !self.is_word(word) {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.takes_word(word) {
            parts.push(part(self)?);
        }
        Ok(Expr { node: node(parts), span: start.to(self.last_span()) })
    }

    fn not(&mut self) -> Result<Expr, ParseError> {
        let start = self.peek();
        if !self.takes_word("not") {
            return self.primary();
        }
        self.deeper(start)?;
        let inner = self.not()?;
        self.depth -= 1;
        let span = start.span.to(self.last_span());
        Ok(Expr { node: Node::Not(Box::new(inner)), span })
    }

    fn deeper(&mut self, at: Lexed<'a>) -> Result<(), ParseError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let hint = format!("at most {MAX_DEPTH} levels of brackets and `not` are allowed");
            return self.error(at, "the expression is nested too deep".to_owned(), Some(hint));
        }
        Ok(())
    }

    fn primary(&mut self) -> Result<Expr, ParseError> {
        let start = self.peek();
        if start.token != Token::Open {
            return self.term();
        }
        self.deeper(start)?;
        self.at += 1;
        let inner = self.or()?;
        if self.peek().token != Token::Close {
            let column = self.text.get(..start.span.start).map_or(0, |before| before.chars().count()) + 1;
            let hint = format!("the bracket opened at character {column} is still open");
            return self.expected("`)`, `and` or `or`", &["and", "or"], Some(hint));
        }
        self.at += 1;
        self.depth -= 1;
        Ok(Expr { node: inner.node, span: start.span.to(self.last_span()) })
    }

    fn end(&mut self) -> Result<(), ParseError> {
        match self.peek().token {
            Token::End => Ok(()),
            Token::Close => self.error(self.peek(), "this bracket closes nothing".to_owned(), None),
            Token::Word(word) if KEYWORDS.contains(&word.to_lowercase().as_str()) => {
                let hint = "join two terms with `and` or `or`".to_owned();
                self.expected("`and` or `or`", &[], Some(hint))
            }
            _ => self.expected("`and` or `or`", &["and", "or"], None),
        }
    }

    fn count_term(&mut self, at: Lexed<'a>) -> Result<(), ParseError> {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            let hint = format!("at most {MAX_TERMS} are allowed, and each name in a list counts");
            return self.error(at, "the expression has too many terms".to_owned(), Some(hint));
        }
        Ok(())
    }
}
