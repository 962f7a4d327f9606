//! What a sharing of attention gave one loan, in numbers.

use serde::{Deserialize, Serialize};

/// What became of the people whom one loan might have been given. The parts of `eligible` add up to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanShare {
    /// What it asked for.
    pub wanted: u32,
    /// Whom it got.
    pub given: u32,
    /// Those of them who declared an issue that it speaks of.
    pub fitting: u32,
    /// Who might have been given to it.
    pub eligible: u32,
    /// Not given: addressed as often as the charter allows before this sharing began.
    pub tired: u32,
    /// Not given: asked for money as often as the charter allows before this sharing began.
    pub tired_of_money: u32,
    /// Not given: went to other loans, and then had no room.
    pub elsewhere: u32,
    /// Not given: had room, but the loan had all it asked for.
    pub left: u32,
}

impl LoanShare {
    /// What it got of what it asked for, in whole hundredths; 100 only when it got everything.
    pub fn percent(&self) -> u32 {
        if self.wanted == 0 {
            return 100;
        }
        u32::try_from(u64::from(self.given) * 100 / u64::from(self.wanted)).unwrap_or(100)
    }

    /// Adds what another part of the people came to; what was asked for stays.
    pub fn add(&mut self, other: &Self) {
        self.given += other.given;
        self.fitting += other.fitting;
        self.eligible += other.eligible;
        self.tired += other.tired;
        self.tired_of_money += other.tired_of_money;
        self.elsewhere += other.elsewhere;
        self.left += other.left;
    }
}
