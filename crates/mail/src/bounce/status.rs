//! Enhanced status codes (RFC 3463) and what they mean for an address.

use std::fmt;
use std::str::FromStr;

/// An enhanced code such as 5.1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Status {
    /// 2 success, 4 for now, 5 for good.
    pub class: u8,
    /// What it is about: 1 address, 2 mailbox, 7 policy and so on.
    pub subject: u16,
    /// The particular.
    pub detail: u16,
}

/// What a failure means for the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// May work later: full, slow, greylisted.
    Soft,
    /// The message or the sender was not wanted; the address may be good.
    Policy,
    /// The address is dead: do not write to it again.
    Hard,
}

impl Status {
    /// What this code means for the address.
    pub fn kind(self) -> Kind {
        match (self.class, self.subject, self.detail) {
            (5, 6 | 7, _) | (5, 3, 4) | (5, 2, 3) => Kind::Policy,
            (5, 2, 2) => Kind::Soft,
            (5, _, _) => Kind::Hard,
            _ => Kind::Soft,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// The text is no enhanced code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an enhanced code looks like 5.1.1")]
pub struct NotAStatus;

impl FromStr for Status {
    type Err = NotAStatus;
    /// Reads the code at the beginning of `text`; comments behind it are let be.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = text.split([' ', '\t', '(', '\n']).next().unwrap_or_default();
        let mut numbers = word.split('.').map(|number| {
            let digits = (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
            if digits { number.parse::<u16>().map_err(|_| NotAStatus) } else { Err(NotAStatus) }
        });
        let mut next = || numbers.next().unwrap_or(Err(NotAStatus));
        let (class, subject, detail) = (next()?, next()?, next()?);
        if numbers.next().is_some() {
            return Err(NotAStatus);
        }
        let class = match class {
            2 => 2,
            4 => 4,
            5 => 5,
            _ => return Err(NotAStatus),
        };
        Ok(Self { class, subject, detail })
    }
}

/// What a refusal by the relay itself means: its enhanced code if the words begin with one, else its reply code.
pub fn of_reply(code: u16, text: &str) -> Kind {
    match text.parse::<Status>() {
        Ok(status) => status.kind(),
        Err(NotAStatus) => match code {
            552 => Kind::Soft,
            554 | 571 => Kind::Policy,
            500.. => Kind::Hard,
            _ => Kind::Soft,
        },
    }
}
