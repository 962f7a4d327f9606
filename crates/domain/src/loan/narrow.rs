//! Asking for less than was asked, which is the only change of terms that a loan takes.

use super::{IllegalMove, Loan, LoanState};
use crate::words::Slug;
use jiff::Timestamp;

/// Less than was asked for: what is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrower {
    /// Fewer people at most.
    pub cap: Option<u32>,
    /// Those of the fields that a yes may still pass.
    pub fields: Option<Vec<Slug>>,
    /// A later start.
    pub opens: Option<Timestamp>,
    /// An earlier end.
    pub closes: Option<Timestamp>,
}

/// Why terms are not narrower than those that stand.
#[derive(Debug, thiserror::Error)]
pub enum NotNarrower {
    /// Not fewer people.
    #[error("at most 1 to {now} people: more are another request")]
    Cap {
        /// The most people now.
        now: u32,
    },
    /// A field that was not asked for.
    #[error("`{new}` was not asked for: another field is another request")]
    Field {
        /// The field.
        new: Slug,
    },
    /// Not within the window.
    #[error("the window is {opens} to {closes}, and a change lies within it")]
    Window {
        /// Its start.
        opens: Timestamp,
        /// Its end.
        closes: Timestamp,
    },
    /// The loan is not where it can be changed.
    #[error(transparent)]
    Move(#[from] IllegalMove),
}

impl Loan {
    /// Asks for less, as a condition of the board may want it. More is another loan.
    pub fn narrow(mut self, to: &Narrower) -> Result<Self, NotNarrower> {
        self.expect(&[LoanState::Requested, LoanState::Cleared], "edited")?;
        let terms = &mut self.terms;
        if let Some(cap) = to.cap {
            if cap == 0 || cap > terms.cap {
                return Err(NotNarrower::Cap { now: terms.cap });
            }
            terms.cap = cap;
        }
        if let Some(fields) = &to.fields {
            if let Some(new) = fields.iter().find(|field| !terms.fields.contains(field)) {
                return Err(NotNarrower::Field { new: new.clone() });
            }
            terms.fields.retain(|field| fields.contains(field));
        }
        let (opens, closes) = (to.opens.unwrap_or(terms.opens), to.closes.unwrap_or(terms.closes));
        if opens < terms.opens || closes > terms.closes || opens >= closes {
            return Err(NotNarrower::Window { opens: terms.opens, closes: terms.closes });
        }
        (terms.opens, terms.closes) = (opens, closes);
        self.state = LoanState::Requested;
        Ok(self)
    }
}
