//! People change places so that more of them go where their issues fit, while every loan keeps as many as it has:
//! whoever fits and has room comes for somebody who does not fit, and two people trade when that helps.

use crate::allocate::Table;
use crate::desk::EMPTY;
use crate::order::Order;
use crate::people::Bits;
use crate::rows::{clear, has, loans_in, set};

/// The longest list of people who would go from one loan to another.
const LONGEST: usize = 512;

/// What is known of one person while they are looked at.
struct Standing {
    /// Loans that may be given the person, fit, and are not held.
    would: Vec<u64>,
    /// Loans that may be given the person and are not held.
    could: Vec<u64>,
    money: usize,
    room_for_money: usize,
    filled: usize,
}

/// Who would go where.
struct Exchange {
    loans: usize,
    stride: usize,
    /// The loans that speak of each issue.
    speak: Vec<Vec<u64>>,
    /// For each loan, those in it who do not fit.
    unfit: Vec<Vec<u32>>,
    some_unfit: Vec<u64>,
    /// For each loan and other loan, those in the one who fit the other and not the one.
    would_go: Vec<Vec<u32>>,
    /// For each loan, the loans from which somebody would come.
    comes: Vec<Vec<u64>>,
    standing: Standing,
}

/// Goes over everybody twice, to note and to serve; how many more fit.
pub(crate) fn exchange(table: &mut Table<'_>, seed: u64, round: u32) -> u64 {
    let loans = table.problem.loans.len();
    let stride = table.rows.stride();
    let mut speak = vec![vec![0; stride]; 64];
    for (loan, number) in table.problem.loans.iter().zip(0_u16..) {
        for issue in Bits(loan.issues) {
            if let Some(row) = speak.get_mut(issue as usize) {
                set(row, number);
            }
        }
    }
    let empty =
        Standing { would: vec![0; stride], could: vec![0; stride], money: 0, room_for_money: 0, filled: 0 };
    let mut exchange = Exchange {
        loans,
        stride,
        speak,
        unfit: vec![Vec::new(); loans],
        some_unfit: vec![0; stride],
        would_go: vec![Vec::new(); loans * loans],
        comes: vec![vec![0; stride]; loans],
        standing: empty,
    };
    let people = table.people();
    for person in Order::in_stretches(people, seed, round) {
        exchange.note(table, person);
    }
    // Everybody fits who can be told apart.
    if exchange.unfit.iter().all(Vec::is_empty) {
        return 0;
    }
    Order::in_stretches(people, seed, round).map(|person| exchange.serve(table, person)).sum()
}

impl Exchange {
    fn stand(&mut self, table: &Table<'_>, person: usize) {
        let (row, issues) = (table.rows.of(person), table.issues(person));
        let standing = &mut self.standing;
        standing.could.clear();
        standing.could.extend_from_slice(row);
        (standing.money, standing.filled) = (0, 0);
        for loan in table.places_of(person).iter().copied().take_while(|loan| *loan != EMPTY) {
            clear(&mut standing.could, loan);
            standing.money += usize::from(table.desk.side(loan).money);
            standing.filled += 1;
        }
        standing.room_for_money = usize::from(table.room(person).money);
        standing.would.clear();
        standing.would.resize(self.stride, 0);
        for issue in Bits(issues) {
            let speak = self.speak.get(issue as usize).map(Vec::as_slice).unwrap_or_default();
            for ((would, could), speak) in standing.would.iter_mut().zip(&standing.could).zip(speak) {
                *would |= could & speak;
            }
        }
    }

    /// Whether the person who stands may leave `from` for `to`.
    fn may(&self, table: &Table<'_>, from: u16, to: u16) -> bool {
        let is_money = |loan: u16| loan != EMPTY && table.desk.side(loan).money;
        !is_money(to) || is_money(from) || self.standing.money < self.standing.room_for_money
    }

    /// Notes where a person does not fit, and where they would rather be.
    fn note(&mut self, table: &Table<'_>, person: usize) {
        let issues = table.issues(person);
        let Ok(number) = u32::try_from(person) else { return };
        let places = table.places_of(person);
        let mut unfit = places.iter().copied().take_while(|loan| *loan != EMPTY);
        if unfit.all(|loan| table.desk.side(loan).issues & issues != 0) {
            return;
        }
        self.stand(table, person);
        for from in places.iter().copied().take_while(|loan| *loan != EMPTY) {
            if table.desk.side(from).issues & issues != 0 {
                continue;
            }
            if let Some(list) = self.unfit.get_mut(usize::from(from)) {
                list.push(number);
                set(&mut self.some_unfit, from);
            }
            for to in loans_in(&self.standing.would) {
                if !self.may(table, from, to) {
                    continue;
                }
                if let (Some(list), Some(comes)) = (
                    self.would_go.get_mut(usize::from(from) * self.loans + usize::from(to)),
                    self.comes.get_mut(usize::from(to)),
                ) && list.len() < LONGEST
                {
                    list.push(number);
                    set(comes, from);
                }
            }
        }
    }

    /// Lets a person come for somebody who does not fit, or trade places; how many more fit.
    fn serve(&mut self, table: &mut Table<'_>, person: usize) -> u64 {
        if !self.may_help(table, person) {
            return 0;
        }
        self.stand(table, person);
        let mut more = 0;
        if self.standing.filled < table.places_of(person).len() {
            let wanted: Vec<u64> =
                self.standing.would.iter().zip(&self.some_unfit).map(|(would, some)| would & some).collect();
            for loan in loans_in(&wanted) {
                let room = self.standing.filled < table.places_of(person).len();
                if room && self.may(table, EMPTY, loan) && self.come_for(table, person, loan) {
                    self.stand(table, person);
                    more += 1;
                }
            }
        }
        let issues = table.issues(person);
        for place in 0..self.standing.filled {
            let Some(held) = table.places_of(person).get(place).copied() else { break };
            let Some(comes) = self.comes.get(usize::from(held)) else { continue };
            let fits_here = table.desk.side(held).issues & issues != 0;
            let reach = if fits_here { &self.standing.would } else { &self.standing.could };
            let others: Vec<u64> = reach.iter().zip(comes).map(|(could, comes)| could & comes).collect();
            for other in loans_in(&others) {
                if self.may(table, held, other) && self.trade(table, person, place, other) {
                    self.stand(table, person);
                    more += 1;
                    break;
                }
            }
        }
        more
    }

    /// Whether anybody waits where the person is, or could be: most people need not be looked at further.
    fn may_help(&self, table: &Table<'_>, person: usize) -> bool {
        let (row, places) = (table.rows.of(person), table.places_of(person));
        let meets = |other: &[u64]| row.iter().zip(other).any(|(row, other)| row & other != 0);
        let comes = |loan: &u16| self.comes.get(usize::from(*loan)).is_some_and(|comes| meets(comes));
        (places.last() == Some(&EMPTY) && meets(&self.some_unfit))
            || places.iter().take_while(|loan| **loan != EMPTY).any(comes)
    }

    /// The person takes the place in `loan` of somebody who does not fit there and still holds it.
    fn come_for(&mut self, table: &mut Table<'_>, person: usize, loan: u16) -> bool {
        let Some(list) = self.unfit.get_mut(usize::from(loan)) else { return false };
        while let Some(other) = list.pop() {
            let places = table.places_of_mut(other as usize);
            let Some(place) = places.iter_mut().find(|held| **held == loan) else { continue };
            *place = EMPTY;
            places.sort_unstable();
            let places = table.places_of_mut(person);
            if let Some(free) = places.iter_mut().find(|held| **held == EMPTY) {
                *free = loan;
            }
            return true;
        }
        clear(&mut self.some_unfit, loan);
        false
    }

    /// The person leaves the loan in `place` for `from`, to whoever there would rather be where the person is.
    fn trade(&mut self, table: &mut Table<'_>, person: usize, place: usize, from: u16) -> bool {
        let Some(to) = table.places_of(person).get(place).copied() else { return false };
        let pair = usize::from(from) * self.loans + usize::from(to);
        while let Some(other) = self.would_go.get_mut(pair).and_then(Vec::pop) {
            let other = other as usize;
            let held = table.places_of(other);
            let is_money = |loan: &u16| *loan != EMPTY && table.desk.side(*loan).money;
            let money = held.iter().filter(|loan| is_money(loan)).count();
            let room = usize::from(table.room(other).money);
            let still = other != person && held.contains(&from) && !held.contains(&to);
            if !still
                || !has(table.rows.of(other), to)
                || (is_money(&to) && !is_money(&from) && money >= room)
            {
                continue;
            }
            if let Some(theirs) = table.places_of_mut(other).iter_mut().find(|loan| **loan == from) {
                *theirs = to;
            }
            if let Some(own) = table.places_of_mut(person).get_mut(place) {
                *own = from;
            }
            return true;
        }
        if let Some(comes) = self.comes.get_mut(usize::from(to)) {
            clear(comes, from);
        }
        false
    }
}
