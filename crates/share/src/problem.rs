//! What is to be shared: loans that compete, and how much each person may still be addressed.

use crate::people::People;

/// The most loans in one sharing.
pub const MOST_LOANS: usize = 4_096;
/// The most issues in one sharing that may decide who fits: one bit each.
pub const MOST_ISSUES: u32 = 64;
/// The heaviest weight, in thousandths.
const HEAVIEST: u32 = 1_000_000;

/// A loan that competes with others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contender {
    /// How many people it may be given at most: what it asked for.
    pub wanted: u32,
    /// How much more than others it is given while they compete, in thousandths: 1,000 is as much, 2,000 twice.
    pub weight_per_mille: u32,
    /// Whether it asks for money, and so falls under the tighter cap too.
    pub money: bool,
    /// The issues that it speaks of, a bit each.
    pub issues: u64,
    /// Who may be given to it.
    pub eligible: People,
}

/// How often a person may still be addressed in the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Room {
    /// By loans of any ask.
    pub appeals: u8,
    /// By loans that ask for money; each of them counts under `appeals` too.
    pub money: u8,
}

/// One sharing. People are positions `0..rooms.len()`.
#[derive(Debug, Clone, Default)]
pub struct Problem {
    /// The loans.
    pub loans: Vec<Contender>,
    /// How much room each person has.
    pub rooms: Vec<Room>,
    /// The issues that each person declared, a bit each as in [`Contender::issues`].
    pub issues: Vec<u64>,
}

/// What cannot be shared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProblemError {
    /// Too many loans.
    #[error("{0} loans compete, and at most {MOST_LOANS} can be shared at a time")]
    TooManyLoans(usize),
    /// Too many people.
    #[error("there is room for {0} messages, and at most 4,294,967,295 can be shared at a time")]
    TooMuchRoom(u64),
    /// The lists of people do not match.
    #[error("the room of {rooms} people is known and the issues of {issues}")]
    Uneven {
        /// People whose room is known.
        rooms: usize,
        /// People whose issues are known.
        issues: usize,
    },
    /// A loan may be given somebody who is not there.
    #[error("loan {loan} may be given person {person}, and there are {people} people")]
    Stranger {
        /// Which loan, from 0.
        loan: usize,
        /// The greatest position.
        person: usize,
        /// How many people there are.
        people: usize,
    },
    /// A weight out of range.
    #[error("loan {loan} weighs {weight} thousandths, and a weight is 1 to {HEAVIEST}")]
    Weight {
        /// Which loan, from 0.
        loan: usize,
        /// Its weight.
        weight: u32,
    },
}

impl Problem {
    /// Whether it can be shared at all.
    pub fn check(&self) -> Result<(), ProblemError> {
        if self.loans.len() > MOST_LOANS {
            return Err(ProblemError::TooManyLoans(self.loans.len()));
        }
        if self.rooms.len() != self.issues.len() {
            return Err(ProblemError::Uneven { rooms: self.rooms.len(), issues: self.issues.len() });
        }
        for (number, loan) in self.loans.iter().enumerate() {
            if !(1..=HEAVIEST).contains(&loan.weight_per_mille) {
                return Err(ProblemError::Weight { loan: number, weight: loan.weight_per_mille });
            }
            let bound = loan.eligible.bound();
            if bound > self.rooms.len() {
                return Err(ProblemError::Stranger {
                    loan: number,
                    person: bound - 1,
                    people: self.rooms.len(),
                });
            }
        }
        Ok(())
    }
}
