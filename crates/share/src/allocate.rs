//! The sharing itself: everybody is served once in the drawn order, then again until the levels are even; small
//! sharings are then made exact, person by person.

use crate::at;
use crate::desk::{Desk, EMPTY, Turn};
use crate::exact;
use crate::exchange;
use crate::order::Order;
use crate::outcome::{Allocation, outcome};
use crate::problem::{Problem, ProblemError, Room};
use crate::rows::Rows;

/// Where loans weigh differently: how steep the last part of each is while people move (see [`Desk::bend`]), and for
/// how many rounds at most.
const PHASES: [(u32, u32, u32); 3] = [(64, 256, 6), (1_024, 64, 4), (8_192, 16, 2)];
/// Rounds without a slope.
const STRAIGHT: u32 = 10;
/// Rounds in which people change places to fit.
const EXCHANGES: u32 = 2;

/// How many people times loans are still made exact, and how many steps that may take.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// People times loans up to which it is tried.
    pub cells: u64,
    /// People looked at before it is left as it is; counted, not timed, so that every machine stops at the same place.
    pub looks: u64,
}

impl Default for Effort {
    fn default() -> Self {
        Self { cells: 2_000_000, looks: 300_000_000 }
    }
}

/// Everything that changes while people are given out.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    pub(crate) problem: &'a Problem,
    pub(crate) rows: Rows,
    pub(crate) desk: Desk,
    /// Where the places of each person begin; one more than there are people.
    begins: Vec<u32>,
    pub(crate) places: Vec<u16>,
}

impl<'a> Table<'a> {
    fn new(problem: &'a Problem, threads: usize) -> Result<Self, ProblemError> {
        let rows = Rows::new(&problem.loans, problem.rooms.len(), threads);
        let mut begins = Vec::with_capacity(problem.rooms.len() + 1);
        let mut total = 0_u64;
        for (person, room) in problem.rooms.iter().enumerate() {
            begins.push(u32::try_from(total).unwrap_or(u32::MAX));
            let loans: u32 = rows.of(person).iter().map(|word| word.count_ones()).sum();
            total += u64::from(loans.min(u32::from(room.appeals)));
        }
        begins.push(u32::try_from(total).map_err(|_| ProblemError::TooMuchRoom(total))?);
        let desk = Desk::new(&problem.loans, rows.stride());
        let places = vec![EMPTY; usize::try_from(total).unwrap_or(usize::MAX)];
        Ok(Self { problem, rows, desk, begins, places })
    }

    pub(crate) fn people(&self) -> usize {
        self.problem.rooms.len()
    }

    pub(crate) fn room(&self, person: usize) -> Room {
        at(&self.problem.rooms, person)
    }

    pub(crate) fn issues(&self, person: usize) -> u64 {
        at(&self.problem.issues, person)
    }

    fn span(&self, person: usize) -> std::ops::Range<usize> {
        at(&self.begins, person) as usize..at(&self.begins, person + 1) as usize
    }

    /// The places of one person, taken ones first.
    pub(crate) fn places_of(&self, person: usize) -> &[u16] {
        self.places.get(self.span(person)).unwrap_or_default()
    }

    pub(crate) fn places_of_mut(&mut self, person: usize) -> &mut [u16] {
        let span = self.span(person);
        self.places.get_mut(span).unwrap_or_default()
    }

    /// Serves people in order; how many changed.
    fn round(&mut self, people: impl Iterator<Item = usize>, turn: Turn) -> u64 {
        let mut changed = 0;
        for person in people {
            let span = self.span(person);
            let places = self.places.get_mut(span).unwrap_or_default();
            if !places.is_empty() {
                let (room, issues) = (at(&self.problem.rooms, person), at(&self.problem.issues, person));
                changed += u64::from(self.desk.serve(self.rows.of(person), issues, room, places, turn));
            }
        }
        changed
    }
}

/// Shares people among the loans. The same problem and seed give the same answer on any number of threads.
///
/// Caps hold exactly: no loan is given more than it wanted, no person to more loans than there is room, nobody to a
/// loan they may not be given to, and no loan is left short while somebody it may be given has room. Within that it
/// is max-min fair over loans by what they asked for and weigh, and prefers people who declared an issue of the loan.
pub fn allocate(
    problem: &Problem,
    seed: u64,
    threads: usize,
    effort: Effort,
) -> Result<Allocation, ProblemError> {
    problem.check()?;
    let mut table = Table::new(problem, threads)?;
    let people = table.people();
    table.round(Order::new(people, seed, 0).people(), Turn::Fill);
    let small = people as u64 * problem.loans.len() as u64 <= effort.cells;
    // Each round draws an order of its own. In one order for all, those who came too late in the first round for a loan
    // that was full would come too late again, after everybody who could have made room for them.
    let mut rounds = 1_u32..;
    let mut settle = |table: &mut Table<'_>, most: u32| {
        for round in rounds.by_ref().take(usize::try_from(most).unwrap_or(usize::MAX)) {
            let before = table.desk.given();
            let moved = table.round(Order::in_stretches(people, seed, round), Turn::Move);
            if moved == 0 || (!small && table.desk.is_settled(&before)) {
                break;
            }
        }
    };
    let mut weights = problem.loans.iter().map(|loan| loan.weight_per_mille);
    let first = weights.next();
    if weights.any(|weight| Some(weight) != first) {
        for (steep, least, most) in PHASES {
            table.desk.bend(steep, least);
            settle(&mut table, most);
        }
        table.desk.straighten();
    }
    settle(&mut table, STRAIGHT);
    for round in 0..EXCHANGES {
        let few = if small { 0 } else { people as u64 / 1_000 };
        if exchange::exchange(&mut table, seed, u32::MAX - round) <= few {
            break;
        }
    }
    table.round(0..people, Turn::Fill);
    if small {
        exact::level(&mut table, effort.looks);
        exact::fit(&mut table, effort.looks);
    }
    Ok(outcome(&table, threads))
}
