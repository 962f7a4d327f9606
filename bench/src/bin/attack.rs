//! Tries to learn from the borrower's desk whether one person is on the list:
//! `cargo run --release -p hustings-bench --bin attack -- [WORDS]` plays the attacks whose names hold the words, or all but the
//! hundred questions of the example charter, which take hours. `bench/attack.json` keeps one run of each.
//!
//! The worst attacker: knows everybody else in the victim's district, and that every one of them, and the victim if on the
//! list, declared every issue; and guesses by the exact likelihood of what was answered. Whether the victim is there was
//! tossed by a coin. It has borrowers' log-ins and the pages over HTTP, nothing else; the harness makes lists, log-ins and
//! seasons. Reaches are asked for in parts, so that one question is about fifty victims, each of them in one part alone:
//! that is what each of them is charged. The same attack is then made on counts that are rounded to tens above a floor,
//! as advertising platforms showed them until 2018.
//!
//! No guess can be right more often than `Phi(sqrt(2 rho)/2)` for the loss `rho` that is charged for all its answers
//! together (Bun and Steinke 2016; Dong, Roth and Su 2019): the upper end of each 95 % interval must lie under it.

#[path = "attack/desk.rs"]
mod desk;
#[path = "attack/guess.rs"]
mod guess;
#[path = "attack/list.rs"]
mod list;
#[path = "attack/report.rs"]
mod report;
#[path = "attack/timing.rs"]
mod timing;

use desk::Attacker;
use guess::{Guesser, expected};
use hustings_domain::estimate::RhoMillionths;
use list::{GROUPS, KNOWN, List, VICTIMS};
use report::{Outcome, print};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use tokio::task::JoinSet;

type Failure = Box<dyn Error + Send + Sync>;

/// One question: which of the two borrowers asks, over which of the seven issues (as bits).
type Question = (usize, u8);

/// How victims are asked about.
struct Plan {
    what: &'static str,
    price: RhoMillionths,
    questions: Vec<Question>,
    /// In how many seasons, each with its own budgets and noise, all victims are asked about.
    seasons: usize,
}

impl Plan {
    /// The loss that is charged: for each different question once.
    fn rho(&self) -> f64 {
        f64::from(self.price.0) * f64::from(u32::try_from(self.different()).unwrap_or(u32::MAX)) / 1e6
    }

    fn different(&self) -> usize {
        self.questions.iter().map(|(_, issues)| issues).collect::<std::collections::BTreeSet<_>>().len()
    }

    /// What a borrower may spend: what its own questions cost, and nothing more.
    fn budget(&self) -> RhoMillionths {
        let of = |which| {
            let own = self.questions.iter().filter(|(borrower, _)| *borrower == which);
            own.map(|(_, issues)| issues).collect::<std::collections::BTreeSet<_>>().len()
        };
        self.price.times(u32::try_from(of(0).max(of(1))).unwrap_or(u32::MAX))
    }
}

const HUNDRED: &str = "a hundred counts that differ, for a whole budget";
const PLAIN: &str = "plain rounding: one count at its edge";
const EVERY_ISSUE: u8 = 0b111_1111;
/// The budget of the example charter, spent on one question or on several.
const BUDGET: RhoMillionths = RhoMillionths(125_000);

/// How many seasons each lasts is what its interval needs, to lie under the bound nineteen times in twenty or so.
fn plans() -> Vec<Plan> {
    let part = |parts: u32| RhoMillionths(BUDGET.0 / parts);
    vec![
        Plan {
            what: "one count at the edge of its rounding",
            price: BUDGET,
            questions: vec![(0, EVERY_ISSUE)],
            seasons: 60,
        },
        // Under a new request each time, the third by a borrower who colludes.
        Plan {
            what: "the same count, asked again and again",
            price: BUDGET,
            questions: vec![(0, EVERY_ISSUE), (0, EVERY_ISSUE), (1, EVERY_ISSUE)],
            seasons: 36,
        },
        // The victim is in each of these audiences.
        Plan {
            what: "four counts that differ, for a whole budget",
            price: part(4),
            questions: (1..=4).map(|issues| (0, issues)).collect(),
            seasons: 5,
        },
        Plan {
            what: "ten counts that differ, for a whole budget",
            price: part(10),
            questions: (1..=10).map(|issues| (0, issues)).collect(),
            seasons: 7,
        },
        // Both ask two of them, and each two of its own: the season pays for each question once.
        Plan {
            what: "two borrowers who collude",
            price: part(4),
            questions: (1..=4).map(|issues| (0, issues)).chain((3..=6).map(|issues| (1, issues))).collect(),
            seasons: 5,
        },
        Plan {
            what: HUNDRED,
            price: part(100),
            questions: (1..=100).map(|issues| (0, issues)).collect(),
            seasons: 20,
        },
    ]
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let words = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
    let is_wanted = |what: &str| {
        if words.is_empty() { what != HUNDRED } else { what.contains(&words) }
    };
    let folder = tempfile::tempdir()?;
    let list = Arc::new(List::make(folder.path())?);
    let serving = list.serve().await?;
    let mut outcomes = Vec::new();
    for plan in plans().iter().filter(|plan| is_wanted(plan.what)) {
        let outcome = attack(&list, serving.address, plan).await?;
        report::keep(&outcome, &[])?;
        outcomes.push(outcome);
    }
    if is_wanted(timing::WHAT) {
        let timings = timing::measure(&list, serving.address).await?;
        report::keep(&timings.guess, &timings.lines)?;
        outcomes.push(timings.guess);
    }
    serving.end().await?;
    if is_wanted(PLAIN) {
        let outcome = baseline(&list);
        report::keep(&outcome, &[])?;
        outcomes.push(outcome);
    }
    print(&outcomes)?;
    report::judge(&outcomes)
}

async fn attack(list: &Arc<List>, address: std::net::SocketAddr, plan: &Plan) -> Result<Outcome, Failure> {
    let guesser = Arc::new(Guesser::new(plan.price, list::FLOOR));
    let (mut right, mut of) = (0, 0);
    let began = list.app.now();
    for _ in 0..plan.seasons {
        list.new_season(plan.price, plan.budget())?;
        let mut groups = JoinSet::new();
        for group in 0..GROUPS {
            let (list, guesser, questions) = (Arc::clone(list), Arc::clone(&guesser), plan.questions.clone());
            groups.spawn(async move { against(&list, address, group, &questions, &guesser).await });
        }
        while let Some(done) = groups.join_next().await {
            let (group_right, group_of) = done??;
            right += group_right;
            of += group_of;
        }
    }
    Ok(Outcome {
        what: plan.what,
        questions: plan.questions.len(),
        right,
        of,
        rho: Some(plan.rho()),
        expected: Some(expected(plan.price, plan.different(), &guesser)),
        seconds: list.app.now().duration_since(began).as_secs(),
    })
}

/// One group of victims in one season: how often the guess was right, of how many.
async fn against(
    list: &List,
    address: std::net::SocketAddr,
    group: usize,
    questions: &[Question],
    guesser: &Guesser,
) -> Result<(u64, u64), Failure> {
    let mut attacker = Attacker::connect(address).await?;
    // Of each question the answers in the order of asking, victim by victim.
    let mut answers: BTreeMap<u8, Vec<Vec<Option<u64>>>> = BTreeMap::new();
    for (borrower, issues) in questions {
        let parts = attacker.ask(list.session(group, *borrower)?, group, *issues).await?;
        answers.entry(*issues).or_default().push(parts);
    }
    let mut right = 0;
    for (place, victim) in list::victims_of(group).enumerate() {
        let mut weight = 0.0;
        for asked in answers.values() {
            let mut told: Vec<Option<u64>> =
                asked.iter().map(|parts| parts.get(place).copied().flatten()).collect();
            // The same noise twice says nothing twice; were it fresh, each would count.
            told.dedup();
            weight += told.into_iter().map(|answer| guesser.log_ratio(answer)).sum::<f64>();
        }
        right += u64::from((weight > 0.0) == list.is_there(victim));
    }
    Ok((right, list::victims_of(group).count() as u64))
}

/// Exact counts, rounded to tens, and none below a floor that everybody is above: the edge of the rounding tells all.
fn baseline(list: &List) -> Outcome {
    let rounded = |count: u64| (count + 5) / 10 * 10;
    let right = (0..VICTIMS)
        .filter(|victim| {
            let answer = rounded(KNOWN + u64::from(list.is_there(*victim)));
            (answer == rounded(KNOWN + 1)) == list.is_there(*victim)
        })
        .count() as u64;
    Outcome { what: PLAIN, questions: 1, right, of: VICTIMS as u64, rho: None, expected: None, seconds: 0 }
}
