//! Whether the time that an answer takes tells who is there, or how many there are.

use crate::desk::Attacker;
use crate::list::{GROUPS, List, VICTIMS, county, victims_of};
use crate::report::Outcome;
use crate::{EVERY_ISSUE, Failure};
use hustings_domain::estimate::RhoMillionths;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

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
        what: "the time that answers take",
        questions: 1,
        right,
        of: VICTIMS as u64,
        rho: Some(0.0),
        expected: Some(0.5),
        seconds: list.app.now().duration_since(began).as_secs(),
    };
    Ok(Timings { guess, lines })
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
