//! Who goes to which loan, and what became of everybody that a loan might have been given.

use crate::allocate::Table;
use crate::desk::{EMPTY, WHOLE};
use crate::rows::{has, loans_in};
use hustings_domain::share::LoanShare;

/// The answer of one sharing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    /// Who goes to each loan, in order of position; in the order of the problem's loans.
    pub given: Vec<Vec<u32>>,
    /// The same in numbers.
    pub shares: Vec<LoanShare>,
    /// The farthest that one person's move from a loan to a lower one could still even things out, in millionths of
    /// what a loan of weight 1 asked for; 0 when no single move is left.
    pub unevenness: u64,
}

/// What one thread saw of some of the people.
struct Seen {
    given: Vec<Vec<u32>>,
    shares: Vec<LoanShare>,
    unevenness: i64,
}

/// Reads the answer off the table.
pub(crate) fn outcome(table: &Table<'_>, threads: usize) -> Allocation {
    let people = table.people();
    let part = people.div_ceil(threads.max(1)).max(1);
    let parts: Vec<Seen> = std::thread::scope(|scope| {
        let begun: Vec<_> = (0..people.div_ceil(part))
            .map(|number| {
                let range = number * part..people.min((number + 1) * part);
                scope.spawn(move || look(table, range))
            })
            .collect();
        begun.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let loans = table.problem.loans.len();
    let mut allocation = Allocation {
        given: vec![Vec::new(); loans],
        shares: vec![LoanShare::default(); loans],
        unevenness: 0,
    };
    for (share, loan) in allocation.shares.iter_mut().zip(&table.problem.loans) {
        share.wanted = loan.wanted;
    }
    let mut unevenness = 0;
    for seen in parts {
        for (all, part) in allocation.given.iter_mut().zip(seen.given) {
            if all.is_empty() { *all = part } else { all.extend(part) }
        }
        allocation.shares.iter_mut().zip(&seen.shares).for_each(|(all, part)| all.add(part));
        unevenness = unevenness.max(seen.unevenness);
    }
    allocation.unevenness =
        u64::try_from(i128::from(unevenness) * 1_000_000 / i128::from(WHOLE)).unwrap_or(0);
    allocation
}

fn look(table: &Table<'_>, people: std::ops::Range<usize>) -> Seen {
    let loans = table.problem.loans.len();
    let mut seen =
        Seen { given: vec![Vec::new(); loans], shares: vec![LoanShare::default(); loans], unevenness: 0 };
    for person in people {
        let (row, room, issues) = (table.rows.of(person), table.room(person), table.issues(person));
        let taken: &[u16] = table.places_of(person);
        let filled = taken.iter().position(|loan| *loan == EMPTY).unwrap_or(taken.len());
        let taken = taken.get(..filled).unwrap_or_default();
        let money = taken.iter().filter(|loan| table.desk.side(**loan).money).count();
        let highest = taken.iter().map(|loan| {
            let side = table.desk.side(*loan);
            side.level - side.unit
        });
        let highest = highest.max();
        for loan in loans_in(row) {
            let Some(share) = seen.shares.get_mut(usize::from(loan)) else { continue };
            let Some(side) = table.desk.sides.get(usize::from(loan)) else { continue };
            share.eligible += 1;
            if taken.contains(&loan) {
                share.given += 1;
                share.fitting += u32::from(side.issues & issues != 0);
                if let (Some(given), Ok(person)) =
                    (seen.given.get_mut(usize::from(loan)), u32::try_from(person))
                {
                    given.push(person);
                }
                continue;
            }
            if room.appeals == 0 {
                share.tired += 1;
            } else if side.money && room.money == 0 {
                share.tired_of_money += 1;
            } else if filled == usize::from(room.appeals) || (side.money && money >= usize::from(room.money))
            {
                share.elsewhere += 1;
            } else {
                share.left += 1;
            }
            let may = !side.money || money < usize::from(room.money);
            if may && has(&table.desk.open, loan) {
                seen.unevenness = seen.unevenness.max(highest.map_or(0, |highest| highest - side.level));
            }
        }
    }
    seen
}
