//! Whether the time that an answer takes tells who is there, or how many there are.

use crate::desk::Attacker;
use crate::list::{GROUPS, List, county, victims_of};
use crate::report::Outcome;
use crate::{EVERY_ISSUE, Failure};
use hustings_app::Refusal;
use hustings_domain::estimate::RhoMillionths;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

pub(crate) const WHAT: &str = "the time that answers take";
/// How many groups are asked at once: few, so that the machine is not what is measured.
const AT_ONCE: usize = 4;
const RHO: RhoMillionths = RhoMillionths(125);

pub(crate) struct Timings {
    /// How often the slower half was who is there.
    pub(crate) guess: Outcome,
    /// What was measured, in words.
    pub(crate) lines: Vec<String>,
}

/// Asks about every victim alone, and about fifty times as many people as often.
pub(crate) async fn measure(list: &Arc<List>, address: SocketAddr) -> Result<Timings, Failure> {
    list.new_season(RHO, RhoMillionths(RHO.0 * 200))?;
    let began = list.app.now();
    let (mut alone, mut many): (Vec<(usize, Duration)>, Vec<Duration>) = (Vec::new(), Vec::new());
    for first in (0..GROUPS).step_by(AT_ONCE) {
        let mut groups = JoinSet::new();
        for group in first..(first + AT_ONCE).min(GROUPS) {
            let list = Arc::clone(list);
            groups.spawn(async move { of_group(&list, address, group).await });
        }
        while let Some(done) = groups.join_next().await {
            let (of_victims, of_all) = done??;
            alone.extend(of_victims);
            many.extend(of_all);
        }
    }
    alone.sort_by_key(|(_, took)| *took);
    let half = alone.len() / 2;
    let right = alone
        .iter()
        .enumerate()
        .filter(|(place, (victim, _))| (*place >= half) == list.is_there(*victim))
        .count() as u64;
    let small: Vec<Duration> = alone.iter().map(|(_, took)| *took).collect();
    let (statistic, limit) = kolmogorov_smirnov(small.clone(), many.clone());
    let lines = vec![
        format!("100 people: {}", spread(small)),
        format!("5,000 people: {}", spread(many)),
        format!(
            "Kolmogorov-Smirnov between them {statistic:.4}, {} {limit:.4} that chance passes once in a hundred times",
            if statistic <= limit { "not beyond the" } else { "beyond the" }
        ),
    ];
    let guess = Outcome {
        what: WHAT,
        questions: 1,
        right,
        of: alone.len() as u64,
        rho: Some(0.0),
        expected: Some(0.5),
        seconds: list.app.now().duration_since(began).as_secs(),
    };
    let lines = lines.into_iter().chain(desk(list, address).await?).collect();
    Ok(Timings { guess, lines })
}

/// How long the pages of a desk take now that the list has thousands of loans; and what a page would take longer that
/// reads every loan twice, as it did.
async fn desk(list: &List, address: SocketAddr) -> Result<Vec<String>, Failure> {
    const TIMES: usize = 50;
    let mut attacker = Attacker::connect(address).await?;
    let session = list.session(0, 0)?;
    let loan = attacker.file(session, &county(0), EVERY_ISSUE).await?;
    let (mut home, mut one, mut all, mut own) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut loans = (0, 0);
    for _ in 0..TIMES {
        home.push(attacker.time_of(session, "/desk").await?);
        one.push(attacker.time_of(session, &loan).await?);
        let number =
            loan.rsplit('/').next().unwrap_or_default().parse().map_err(|_| "a page without a number")?;
        list.app.store().read(|tx| {
            let read = tx.loan_by_number(number)?.map(|loan| loan.terms.borrower);
            let Some(borrower) = read else { return Ok(()) };
            let (count, took) = timed(|| tx.loans())?;
            all.push(took);
            loans.0 = count;
            let (count, took) = timed(|| tx.loans_of(borrower))?;
            own.push(took);
            loans.1 = count;
            Ok::<_, Refusal>(())
        })?;
    }
    Ok(vec![
        format!("the desk of a borrower with {} of {} loans: {}", loans.1, loans.0, spread(home)),
        format!("the page of one of them: {}", spread(one)),
        format!("reading all loans once: {}", spread(all)),
        format!("reading the borrower's: {}", spread(own)),
    ])
}

fn timed<T>(
    read: impl FnOnce() -> hustings_store::StoreResult<Vec<T>>,
) -> Result<(usize, Duration), Refusal> {
    #[expect(clippy::disallowed_methods, reason = "how long a read takes is what is measured")]
    let began = Instant::now();
    let found = read()?.len();
    Ok((found, began.elapsed()))
}

type Times = (Vec<(usize, Duration)>, Vec<Duration>);

async fn of_group(list: &List, address: SocketAddr, group: usize) -> Result<Times, Failure> {
    let mut attacker = Attacker::connect(address).await?;
    let (mut alone, mut many) = (Vec::new(), Vec::new());
    for (victim, issues) in victims_of(group).zip(1_u8..) {
        alone.push((victim, attacker.ask_victim(list.session(group, 0)?, victim, EVERY_ISSUE).await?));
        many.push(attacker.ask_alone(list.session(group, 1)?, &county(group), issues).await?);
    }
    Ok((alone, many))
}

fn spread(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |percent: usize| {
        let time = times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
        time.map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    };
    format!("median {:.1} ms, 5 to 95 % {:.1} to {:.1} ms", at(50), at(5), at(95))
}

/// The largest distance between two samples' distribution functions, and what it stays under 99 times in 100.
#[expect(clippy::cast_precision_loss, reason = "samples are small")]
fn kolmogorov_smirnov(mut a: Vec<Duration>, mut b: Vec<Duration>) -> (f64, f64) {
    a.sort();
    b.sort();
    let share = |times: &[Duration], at: &Duration| {
        times.partition_point(|time| time <= at) as f64 / times.len().max(1) as f64
    };
    let largest = a.iter().chain(&b).map(|at| (share(&a, at) - share(&b, at)).abs()).fold(0.0, f64::max);
    let (n, m) = (a.len().max(1) as f64, b.len().max(1) as f64);
    (largest, 1.628 * ((n + m) / (n * m)).sqrt())
}
