//! Tries to learn from the borrower's desk whether one person is on the list:
//! `cargo run --release -p hustings-bench --bin attack -- [VICTIMS]`.
//!
//! The worst attacker: knows everybody else in the victim's district, and that every one of them, and the victim if on the
//! list, declared every issue. Whether the victim is there was tossed by a coin. It has a borrower's log-in and the
//! pages over HTTP, nothing else; the harness makes lists and log-ins. The same attacks are then made on counts that are
//! rounded to tens above a floor, as advertising platforms showed them until 2018.
//!
//! No guess can be right more often than `Phi(sqrt(2 rho)/2)` for the loss `rho` of all its answers together (Bun and
//! Steinke 2016; Dong, Roth and Su 2019): the lower end of each 95 % interval must lie under it.

#[path = "attack/desk.rs"]
mod desk;
#[path = "attack/list.rs"]
mod list;
#[path = "attack/report.rs"]
mod report;

use desk::Desk;
use list::{KNOWN, List};
use report::{Outcome, print};
use std::error::Error;
use std::time::Duration;

type Failure = Box<dyn Error + Send + Sync>;

/// What one question costs under the example charter.
const RHO: f64 = 0.001_25;
/// What a borrower may ask in a season under it.
const QUESTIONS: usize = 100;

/// Somebody who answers counts: about whom, over which of the seven issues (as bits), asked by which of the victim's
/// borrowers, under which number of asking. None under the floor.
trait Answers {
    async fn ask(
        &mut self,
        victim: usize,
        issues: u8,
        borrower: usize,
        again: usize,
    ) -> Result<Option<u64>, Failure>;
}

/// Exact counts, rounded to tens, and none below 300.
struct Rounding<'a>(&'a List);

impl Answers for Rounding<'_> {
    async fn ask(&mut self, victim: usize, _: u8, _: usize, _: usize) -> Result<Option<u64>, Failure> {
        let exact = KNOWN + u64::from(self.0.is_there(victim));
        Ok((exact >= 300).then_some((exact + 5) / 10 * 10))
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let victims: usize = std::env::args().nth(1).map_or(Ok(150), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let list = List::make(folder.path(), victims * 4)?;
    let mut desk = Desk::serve(&list).await?;
    let mut outcomes = Vec::new();
    let places: Vec<Vec<usize>> =
        (0..4).map(|attack| (attack * victims..(attack + 1) * victims).collect()).collect();
    let [edge, repeated, differing, colluding] = places.as_slice() else { return Err("four attacks".into()) };
    outcomes.push(attack(&mut desk, &list, "one count at the edge of its rounding", edge, &EDGE).await?);
    outcomes
        .push(attack(&mut desk, &list, "the same count, asked again and again", repeated, &REPEATED).await?);
    outcomes.push(attack(&mut desk, &list, "every count that a budget pays", differing, &DIFFERING).await?);
    outcomes.push(attack(&mut desk, &list, "two borrowers who collude", colluding, &COLLUDING).await?);
    let timing = desk.guess_by_time(&list, differing);
    outcomes.push(timing);
    desk.end().await?;
    let mut rounding = Rounding(&list);
    outcomes.push(
        attack(&mut rounding, &list, "rounding to tens: one count at its edge", edge, &BASELINE).await?,
    );
    print(&outcomes, victims)
}

/// How one victim is asked about.
struct Plan {
    /// For each borrower, which questions, by their issues.
    questions: fn() -> Vec<(usize, u8, usize)>,
    /// The loss that is charged for all of them together; none where nothing is.
    rho: Option<f64>,
}

const EVERY_ISSUE: u8 = 0b111_1111;
const EDGE: Plan = Plan { questions: || vec![(0, EVERY_ISSUE, 0)], rho: Some(RHO) };
const BASELINE: Plan = Plan { questions: || vec![(0, EVERY_ISSUE, 0)], rho: None };
/// Under a new loan each time: the question is the same, and so is the answer.
const REPEATED: Plan =
    Plan { questions: || (0..10).map(|time| (0, EVERY_ISSUE, time)).collect(), rho: Some(RHO) };
/// The victim is in each of these audiences.
const DIFFERING: Plan = Plan {
    questions: || (1..=EVERY_ISSUE).take(QUESTIONS).map(|issues| (0, issues, 0)).collect(),
    rho: Some(RHO * 100.0),
};
/// Both ask the same forty, and each some of the others: the season pays for each question once.
const COLLUDING: Plan = Plan {
    questions: || {
        let first = (1..=EVERY_ISSUE).take(80).map(|issues| (0, issues, 0));
        first.chain((1..=EVERY_ISSUE).skip(40).map(|issues| (1, issues, 0))).collect()
    },
    rho: Some(RHO * 127.0),
};

async fn attack(
    answers: &mut impl Answers,
    list: &List,
    what: &'static str,
    victims: &[usize],
    plan: &Plan,
) -> Result<Outcome, Failure> {
    let mut right = 0;
    let questions = (plan.questions)();
    for victim in victims {
        let (mut sum, mut answered) = (0_u64, 0_u64);
        for (borrower, issues, again) in &questions {
            if let Some(count) = answers.ask(*victim, *issues, *borrower, *again).await? {
                sum += count;
                answered += 1;
            }
        }
        // Twice the mean against twice the middle between absent and there.
        let guess = 2 * sum > answered * (2 * KNOWN + 1);
        right += u64::from(guess == list.is_there(*victim));
    }
    Ok(Outcome { what, questions: questions.len(), right, of: victims.len() as u64, rho: plan.rho })
}

fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1_000.0
}
