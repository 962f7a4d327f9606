//! The last step of a small sharing: what moving people one at a time cannot reach, chains of moves can. First chains
//! that even the levels out, then circles that change no level and let people go where their issues fit.

use crate::allocate::Table;
use crate::desk::EMPTY;
use crate::rows::{has, loans_in};
use std::collections::{BTreeSet, VecDeque};

/// One step of a chain: `person` leaves one loan, or an empty place, for another loan, or an empty place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    person: usize,
    from: u16,
    to: u16,
}

/// Evens the levels out until no chain of moves can raise a lower loan at the cost of a higher one, or use room that
/// nobody used.
pub(crate) fn level(table: &mut Table<'_>, mut looks: u64) {
    let mut hopeless = BTreeSet::new();
    loop {
        let loans = u16::try_from(table.problem.loans.len()).unwrap_or(u16::MAX);
        let mut open: Vec<u16> =
            (0..loans).filter(|loan| has(&table.desk.open, *loan) && !hopeless.contains(loan)).collect();
        open.sort_by_key(|loan| table.desk.side(*loan).level);
        let Some(lowest) = open.first().copied() else { return };
        let cost = table.people() as u64 * u64::from(loans);
        let Some(rest) = looks.checked_sub(cost) else { return };
        looks = rest;
        match chain_to(table, lowest) {
            // A chain that helped one loan may open a way for another.
            Some(chain) if walk(table, &chain) => hopeless.clear(),
            _ => {
                hopeless.insert(lowest);
            }
        }
    }
}

/// The shortest chain that gives one more person to `target`: from an empty place if there is one, else from the
/// highest loan that stays above where `target` was.
fn chain_to(table: &Table<'_>, target: u16) -> Option<Vec<Step>> {
    let loans = table.problem.loans.len();
    let mut before: Vec<Option<Step>> = vec![None; loans];
    let mut queue = VecDeque::from([target]);
    let mut highest: Option<(i64, u16)> = None;
    let floor = table.desk.side(target).level;
    while let Some(to) = queue.pop_front() {
        for person in 0..table.people() {
            if !may_come(table, person, to) {
                continue;
            }
            if may_step(table, Step { person, from: EMPTY, to }) {
                return Some(trail(&before, Step { person, from: EMPTY, to }, target));
            }
            for from in table.places_of(person).iter().copied().take_while(|loan| *loan != EMPTY) {
                let step = Step { person, from, to };
                let Some(slot) = before.get_mut(usize::from(from)) else { continue };
                if from == target || slot.is_some() || !may_step(table, step) {
                    continue;
                }
                *slot = Some(step);
                queue.push_back(from);
                let side = table.desk.side(from);
                if side.level - side.unit > floor {
                    highest = highest.max(Some((side.level, from)));
                }
            }
        }
    }
    let (_, from) = highest?;
    let first = before.get(usize::from(from)).copied().flatten()?;
    Some(trail(&before, first, target))
}

/// The steps from `first` on to the target.
fn trail(before: &[Option<Step>], first: Step, target: u16) -> Vec<Step> {
    let mut steps = vec![first];
    let mut at = first.to;
    while at != target && steps.len() <= before.len() {
        let Some(step) = before.get(usize::from(at)).copied().flatten() else { break };
        steps.push(step);
        at = step.to;
    }
    steps
}

fn may_come(table: &Table<'_>, person: usize, to: u16) -> bool {
    has(table.rows.of(person), to) && !table.places_of(person).contains(&to)
}

/// Whether the person has room for the step as things stand.
fn may_step(table: &Table<'_>, step: Step) -> bool {
    let taken = table.places_of(step.person);
    let there = if step.from == EMPTY {
        taken.last().is_some_and(|last| *last == EMPTY)
    } else {
        taken.contains(&step.from)
    };
    if !there {
        return false;
    }
    if step.to == EMPTY {
        return true;
    }
    let is_money = |loan: u16| loan != EMPTY && table.desk.side(loan).money;
    let money = taken.iter().filter(|loan| is_money(**loan)).count() - usize::from(is_money(step.from));
    may_come(table, step.person, step.to)
        && (!is_money(step.to) || money < usize::from(table.room(step.person).money))
}

/// Does every step, or none: one person may stand in a chain twice, and then the second step may have become
/// impossible by the first.
fn walk(table: &mut Table<'_>, steps: &[Step]) -> bool {
    for (done, step) in steps.iter().enumerate() {
        if !may_step(table, *step) {
            for step in steps.iter().take(done).rev() {
                replace(table, Step { from: step.to, to: step.from, ..*step });
            }
            return false;
        }
        replace(table, *step);
    }
    true
}

fn replace(table: &mut Table<'_>, step: Step) {
    let places = table.places_of_mut(step.person);
    if let Some(place) = places.iter_mut().find(|place| **place == step.from) {
        *place = step.to;
        // Taken places stand first.
        places.sort_unstable();
    }
    if step.from != EMPTY {
        table.desk.give(step.from);
    }
    if step.to != EMPTY {
        table.desk.take(step.to);
    }
}

/// Lets people change places in circles, which changes no level, as long as more of them then fit.
pub(crate) fn fit(table: &mut Table<'_>, mut looks: u64) {
    let loans = table.problem.loans.len();
    let cost = (table.people() * loans + loans * loans * loans) as u64;
    let mut barred = BTreeSet::new();
    while let Some(rest) = looks.checked_sub(cost) {
        looks = rest;
        let Some(circle) = circle(table, &barred) else { return };
        if !walk(table, &circle) {
            barred.extend(circle);
        }
    }
}

/// A circle of steps after which more people fit, by Bellman and Ford; the empty place is one more loan.
fn circle(table: &Table<'_>, barred: &BTreeSet<Step>) -> Option<Vec<Step>> {
    let nodes = table.problem.loans.len() + 1;
    let node = |loan: u16| if loan == EMPTY { nodes - 1 } else { usize::from(loan) };
    let mut best: Vec<Option<(i32, Step)>> = vec![None; nodes * nodes];
    for person in 0..table.people() {
        let issues = table.issues(person);
        let fits = |loan: u16| i32::from(loan != EMPTY && table.desk.side(loan).issues & issues != 0);
        let taken = table.places_of(person);
        for (place, from) in taken.iter().copied().enumerate() {
            // Of several empty places one is enough.
            if place > 0 && from == EMPTY && taken.get(place - 1) == Some(&EMPTY) {
                break;
            }
            let targets = loans_in(table.rows.of(person)).chain((from != EMPTY).then_some(EMPTY));
            for to in targets {
                let step = Step { person, from, to };
                let gain = fits(to) - fits(from);
                if let Some(slot) = best.get_mut(node(from) * nodes + node(to))
                    && slot.is_none_or(|(known, _)| known < gain)
                    && may_step(table, step)
                    && !barred.contains(&step)
                {
                    *slot = Some((gain, step));
                }
            }
        }
    }
    let mut gained = vec![0_i32; nodes];
    let mut by: Vec<Option<Step>> = vec![None; nodes];
    let mut last = None;
    for _ in 0..nodes {
        last = None;
        for (gain, step) in best.iter().copied().flatten() {
            let sum = gained.get(node(step.from)).copied().unwrap_or_default() + gain;
            if let (Some(known), Some(slot)) = (gained.get_mut(node(step.to)), by.get_mut(node(step.to)))
                && *known < sum
            {
                (*known, *slot) = (sum, Some(step));
                last = Some(step.to);
            }
        }
        last?;
    }
    // Back for as many steps as there are loans: then it stands inside the circle.
    let before = |loan: u16| by.get(node(loan)).copied().flatten();
    let mut inside = last?;
    for _ in 0..nodes {
        inside = before(inside)?.from;
    }
    let (mut circle, mut at) = (Vec::new(), inside);
    while circle.len() <= nodes {
        let step = before(at)?;
        circle.push(step);
        at = step.from;
        if at == inside {
            circle.reverse();
            return Some(circle);
        }
    }
    None
}
