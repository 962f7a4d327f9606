//! A state in one word, told by colour, by shape and by the word itself.

use askama::Template;
use askama::filters::HtmlSafe;

/// The meanings that a colour may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It may go on, or it is done: a tick.
    Go,
    /// Somebody has to act, or it is under way: a half-filled ring.
    Wait,
    /// It is refused, stopped or wrong: a cross.
    Stop,
    /// No judgement: a dot.
    Plain,
}

impl Tone {
    /// The word in class names.
    pub fn word(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Wait => "wait",
            Self::Stop => "stop",
            Self::Plain => "plain",
        }
    }
}

/// A state in one or two words.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/badge.html")]
pub struct Badge {
    /// What it means for the reader.
    pub tone: Tone,
    /// The word.
    pub word: String,
}

impl HtmlSafe for Badge {}

impl Badge {
    /// Good, or done.
    pub fn go(word: impl Into<String>) -> Self {
        Self { tone: Tone::Go, word: word.into() }
    }

    /// Waiting, or under way.
    pub fn wait(word: impl Into<String>) -> Self {
        Self { tone: Tone::Wait, word: word.into() }
    }

    /// Refused, stopped or wrong.
    pub fn stop(word: impl Into<String>) -> Self {
        Self { tone: Tone::Stop, word: word.into() }
    }

    /// Neither.
    pub fn plain(word: impl Into<String>) -> Self {
        Self { tone: Tone::Plain, word: word.into() }
    }
}
