//! Where one person after another is served: each goes to the loans that have got least of what they asked for so
//! far. A loan's *level* is what it has been given over what it asked for, divided by its weight.
//!
//! A division of people is max-min fair exactly when everybody stands with the lowest levels they may stand with
//! (Fujishige, 1980, on bases of a polymatroid that are optimal in lexicographic order; Harvey, Ladner, Lovász and
//! Tamir, 2006, for the same by paths that lower a cost). So serving everybody by the levels, again until nobody would
//! move, ends there, but for the size of one person.

use crate::at;
use crate::problem::{Contender, Room};
use crate::rows::{clear, set};

/// A loan of weight 1 that was given all that it asked for stands at this level.
pub(crate) const WHOLE: i64 = 1 << 52;
/// A loan whose issues the person declared counts as lower by this much, a quarter of a per cent of what was asked:
/// enough to choose among loans that are level, too little to leave a lower loan waiting.
pub(crate) const FIT: i64 = WHOLE / 400;
/// A place that nobody has taken.
pub(crate) const EMPTY: u16 = u16::MAX;

/// One loan while people are given out.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Side {
    /// Given over asked, over weight; from `knee` on steeper.
    pub(crate) level: i64,
    /// What one person adds to the level.
    pub(crate) unit: i64,
    /// What one person adds from `knee` on.
    steep: i64,
    knee: u32,
    pub(crate) given: u32,
    pub(crate) wanted: u32,
    pub(crate) money: bool,
    pub(crate) issues: u64,
}

impl Side {
    fn new(loan: &Contender) -> Self {
        let asked = i128::from(loan.wanted.max(1)) * i128::from(loan.weight_per_mille.max(1));
        let unit = i64::try_from(i128::from(WHOLE) * 1_000 / asked).unwrap_or(i64::MAX / 4);
        let (issues, money, wanted) = (loan.issues, loan.money, loan.wanted);
        Self { unit, steep: unit, knee: wanted, issues, money, wanted, ..Self::default() }
    }

    /// What the next person adds.
    fn up(&self) -> i64 {
        if self.given < self.knee { self.unit } else { self.steep }
    }

    /// What the last person added.
    fn down(&self) -> i64 {
        if self.given <= self.knee { self.unit } else { self.steep }
    }

    /// How gladly it is given one more person; the lowest first. With half a person's step on either side, every move
    /// from a higher price to a lower one lowers a sum of convex costs, so moving comes to an end.
    fn taking(&self, issues: u64) -> i64 {
        self.level + self.up() / 2 - self.fit(issues)
    }

    /// How gladly it gives a person up; the highest first.
    fn giving(&self, issues: u64) -> i64 {
        self.level - self.down() / 2 - self.fit(issues)
    }

    fn fit(&self, issues: u64) -> i64 {
        if self.issues & issues == 0 { 0 } else { FIT }
    }
}

/// The loans, and which of them still take people.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    pub(crate) sides: Vec<Side>,
    /// Loans that have not got all they asked for.
    pub(crate) open: Vec<u64>,
    money: Vec<u64>,
    free: Vec<u64>,
}

/// What may be done with a person who is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Empty places are filled.
    Fill,
    /// And one place may go to a lower loan.
    Move,
}

impl Desk {
    pub(crate) fn new(loans: &[Contender], stride: usize) -> Self {
        let mut desk = Self {
            sides: loans.iter().map(Side::new).collect(),
            open: vec![0; stride],
            money: vec![0; stride],
            free: vec![0; stride],
        };
        for (loan, number) in loans.iter().zip(0_u16..) {
            if loan.wanted > 0 {
                set(&mut desk.open, number);
            }
            if loan.money {
                set(&mut desk.money, number);
            }
        }
        desk
    }

    pub(crate) fn side(&self, loan: u16) -> Side {
        at(&self.sides, usize::from(loan))
    }

    /// Lets the last part of each loan, one in `steep` of what it asked for and at least `least` people (but no more
    /// than a quarter), rise above every other loan.
    ///
    /// A heavy loan has all it asked for at a low level, and would then neither give anybody to a loan that is higher
    /// and still short nor take anybody for them. On the slope people flow through it.
    pub(crate) fn bend(&mut self, steep: u32, least: u32) {
        let highest = self.sides.iter().map(|side| side.unit * i64::from(side.wanted)).max();
        let ceiling = highest.map_or(0, |highest| highest / 64 * 65);
        for side in &mut self.sides {
            let part = (side.wanted / steep.max(1)).max(least.min(side.wanted / 4));
            side.knee = side.wanted - part;
            let rise = ceiling - i64::from(side.knee) * side.unit;
            side.steep = (rise / i64::from(part.max(1))).max(side.unit);
            let (flat, over) = (side.given.min(side.knee), side.given.saturating_sub(side.knee));
            side.level = i64::from(flat) * side.unit + i64::from(over) * side.steep;
        }
    }

    /// Levels are from now on what was given over what was asked for.
    pub(crate) fn straighten(&mut self) {
        for side in &mut self.sides {
            side.knee = side.wanted;
            side.level = i64::from(side.given) * side.unit;
        }
    }

    /// How many people each loan has.
    pub(crate) fn given(&self) -> Vec<u32> {
        self.sides.iter().map(|side| side.given).collect()
    }

    /// Whether no loan has gained or lost more than two thousandths of what it asked for since `before`, or two people.
    pub(crate) fn is_settled(&self, before: &[u32]) -> bool {
        let mut moved = self.sides.iter().zip(before);
        moved.all(|(side, before)| side.given.abs_diff(*before) <= (side.wanted / 500).max(2))
    }

    // INVARIANT: a loan is closed the moment it has all it asked for, and nobody is given to a closed loan.
    pub(crate) fn take(&mut self, loan: u16) {
        if let Some(side) = self.sides.get_mut(usize::from(loan)) {
            side.level += side.up();
            side.given += 1;
            if side.given >= side.wanted {
                clear(&mut self.open, loan);
            }
        }
    }

    pub(crate) fn give(&mut self, loan: u16) {
        if let Some(side) = self.sides.get_mut(usize::from(loan)) {
            side.level -= side.down();
            side.given -= 1;
            // Inside a chain a loan may stand above what it asked for between two steps.
            if side.given < side.wanted {
                set(&mut self.open, loan);
            }
        }
    }

    /// Serves one person; whether anything changed. `row` holds the loans that may be given the person, `places` one
    /// place for each time the person may be addressed.
    pub(crate) fn serve(
        &mut self,
        row: &[u64],
        issues: u64,
        room: Room,
        places: &mut [u16],
        turn: Turn,
    ) -> bool {
        let mut any = 0;
        for ((free, row), open) in self.free.iter_mut().zip(row).zip(&self.open) {
            *free = row & open;
            any |= *free;
        }
        if any == 0 && turn == Turn::Fill {
            return false;
        }
        let (mut filled, mut money) = (0, 0);
        for loan in places.iter().copied().take_while(|loan| *loan != EMPTY) {
            clear(&mut self.free, loan);
            filled += 1;
            money += u8::from(self.side(loan).money);
        }
        let mut changed = false;
        // INVARIANT: as many places as there is room, of which as many ask for money as there is room for that.
        while filled < places.len() {
            let Some((_, loan)) = self.lowest(issues, money < room.money) else { break };
            if let Some(place) = places.get_mut(filled) {
                *place = loan;
            }
            self.take(loan);
            clear(&mut self.free, loan);
            money += u8::from(self.side(loan).money);
            filled += 1;
            changed = true;
        }
        if turn == Turn::Fill {
            return changed;
        }
        changed | self.shift(issues, money < room.money, places.get_mut(..filled).unwrap_or_default())
    }

    /// The loan among the free ones that would be given one more person first.
    #[inline]
    fn lowest(&self, issues: u64, money: bool) -> Option<(i64, u16)> {
        let (mut lowest, mut found) = (i64::MAX, EMPTY);
        for ((free, asks_money), place) in self.free.iter().zip(&self.money).zip(0_u16..) {
            let mut left = if money { *free } else { free & !asks_money };
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                let loan = place * 64 + u16::try_from(bit).unwrap_or_default();
                if let Some(side) = self.sides.get(usize::from(loan)) {
                    let price = side.taking(issues);
                    if price < lowest {
                        (lowest, found) = (price, loan);
                    }
                }
            }
        }
        (found != EMPTY).then_some((lowest, found))
    }

    /// Moves the person from the highest loan that has them to the lowest that may, if that is a step down.
    fn shift(&mut self, issues: u64, money: bool, places: &mut [u16]) -> bool {
        if self.free.iter().all(|free| *free == 0) {
            return false;
        }
        let mut highest: [Option<(i64, usize)>; 2] = [None, None];
        for (place, loan) in places.iter().enumerate() {
            let side = self.side(*loan);
            let price = (side.giving(issues), place);
            for slot in highest.iter_mut().take(1 + usize::from(side.money)) {
                *slot = (*slot).max(Some(price));
            }
        }
        let [any, of_money] = highest;
        // A place that asks for money may be given only for one that does, when there is no more room for money.
        let plain = self.lowest(issues, money).and_then(|to| Some((any?, to)));
        let for_money = if money { None } else { self.lowest(issues, true) };
        let for_money = for_money.and_then(|to| Some((of_money?, to)));
        let gain = |(from, to): &((i64, usize), (i64, u16))| from.0.saturating_sub(to.0);
        let Some(((_, place), (_, to))) =
            plain.into_iter().chain(for_money).filter(|step| gain(step) > 0).max_by_key(gain)
        else {
            return false;
        };
        if let Some(held) = places.get_mut(place) {
            let from = std::mem::replace(held, to);
            self.give(from);
            self.take(to);
        }
        true
    }
}
