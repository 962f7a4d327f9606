//! How often a leak is traced, and whether an innocent is ever accused:
//! `cargo run --release -p hustings-trace --example trace_bench -- [RUNS [BORROWERS [ROWS]]]`.
//!
//! Copies, draws, seeds and verdict are the project's own functions; only who leaks what is made up here. Every
//! borrower addresses the same people, which is the hardest case for the innocent: every leaked row is weighed
//! against all of them.

mod attack;

use attack::{Attack, World};
use hustings_domain::ids::BorrowerId;
use hustings_trace::AccuseError;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::error::Error;
use std::io::Write as _;

const EPSILON: f64 = 1e-6;

/// An attack, the share of the attacked file that leaked in per cent, the rows from elsewhere on the list in per
/// cent of the leak, and the bar in per cent of runs.
const CASES: [(Attack, u64, u64, Option<u64>); 14] = [
    (Attack::Single, 5, 0, Some(95)),
    (Attack::And(2), 5, 0, Some(95)),
    (Attack::Mix(4), 25, 0, Some(90)),
    (Attack::And(4), 5, 0, None),
    (Attack::Mix(2), 5, 0, None),
    (Attack::Mix(2), 10, 0, None),
    (Attack::Mix(4), 10, 0, None),
    (Attack::Union(4), 5, 0, None),
    (Attack::Single, 1, 0, None),
    (Attack::Single, 2, 0, None),
    (Attack::Single, 5, 10, None),
    (Attack::Single, 5, 50, None),
    (Attack::And(2), 5, 10, None),
    (Attack::Elsewhere, 100, 0, None),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |usual: u64| arguments.next().map_or(Ok(usual), |text| text.parse::<u64>());
    let (runs, borrowers, rows) = (number(200)?, number(500)?, number(10_000)?);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{borrowers} borrowers, copies of about {rows} rows, {runs} runs, epsilon {EPSILON}")?;
    let mut cases = Vec::new();
    for (attack, leaked, strangers, bar) in CASES {
        let case = measure(attack, leaked, strangers, runs, borrowers, rows)?;
        writeln!(
            out,
            "{:<32} leaked {leaked:>3} %, {strangers:>2} % from elsewhere: named in {:>3} of {runs}, all leakers in {:>3}, \
             innocents in {}; weakest leader {:.1}, {} seeds{}",
            attack.words(),
            case.named,
            case.all_named,
            case.innocent,
            case.weakest,
            case.seeds / runs,
            bar.map_or(String::new(), |bar| format!(
                "; bar {bar} %: {}",
                if case.named * 100 >= bar * runs && case.innocent == 0 { "kept" } else { "MISSED" }
            )),
        )?;
        out.flush()?;
        cases.push(
            json!({"attack": attack.words(), "leaked_percent": leaked, "elsewhere_percent": strangers,
            "named": case.named, "all_leakers_named": case.all_named, "runs_with_an_innocent": case.innocent,
            "bar_percent": bar}),
        );
    }
    let run: Value =
        json!({"borrowers": borrowers, "rows": rows, "runs": runs, "epsilon": EPSILON, "cases": cases});
    std::fs::write("bench/trace.json", serde_json::to_string_pretty(&run)? + "\n")?;
    Ok(())
}

struct Case {
    named: u64,
    all_named: u64,
    innocent: u64,
    seeds: u64,
    weakest: f64,
}

fn measure(
    attack: Attack,
    leaked: u64,
    strangers: u64,
    runs: u64,
    borrowers: u64,
    rows: u64,
) -> Result<Case, AccuseError> {
    let mut case = Case { named: 0, all_named: 0, innocent: 0, seeds: 0, weakest: f64::INFINITY };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(2) as u64;
    let verdicts: Vec<Vec<_>> = std::thread::scope(|scope| {
        let part = |thread: u64| {
            move || {
                let one = |run: u64| {
                    let mut world = World::new(run * 1_000 + leaked * 7 + strangers, borrowers, rows);
                    let (leak, guilty) = world.leak(attack, leaked, strangers);
                    Ok((world.judge(&leak, EPSILON)?, guilty, leak.addresses.len() as u64))
                };
                (0..runs)
                    .filter(|run| run % threads == thread)
                    .map(one)
                    .collect::<Result<Vec<_>, AccuseError>>()
            }
        };
        let handles: Vec<_> = (0..threads).map(|thread| scope.spawn(part(thread))).collect();
        handles.into_iter().filter_map(|handle| handle.join().ok()).collect::<Result<_, _>>()
    })?;
    for (verdict, guilty, seeds) in verdicts.into_iter().flatten() {
        let guilty: BTreeSet<BorrowerId> = guilty.into_iter().collect();
        let accused: BTreeSet<BorrowerId> = verdict.accused().map(|suspect| suspect.borrower).collect();
        case.named += u64::from(!accused.is_disjoint(&guilty));
        case.all_named += u64::from(!guilty.is_empty() && guilty.is_subset(&accused));
        case.innocent += u64::from(!accused.is_subset(&guilty));
        case.seeds += seeds;
        let leader = verdict.ranked.iter().find(|suspect| guilty.contains(&suspect.borrower));
        case.weakest = case.weakest.min(leader.map_or(f64::INFINITY, |suspect| suspect.log_e_value));
    }
    Ok(case)
}
