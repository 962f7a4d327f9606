//! Shares ten million people among two hundred loans and says how long each step took, with how much memory.
//!
//! `cargo run --release -p hustings-share --example share_bench -- [PEOPLE] [LOANS] [THREADS]` prints a table and writes
//! `bench/share.json`. Two worlds: loans by nested areas and issues, as they are asked for; and one in which who may go
//! where is drawn for every person and loan, so that no two people are alike.

#![expect(clippy::print_stdout, reason = "a program that measures says what it measured")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

mod synth;

use hustings_share::{Allocation, Effort, Problem, allocate};
use serde_json::{Value, json};
use std::time::Instant;

/// Makes so many people and loans.
type World = fn(u32, u32) -> Problem;

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<u32>().ok());
    let people = numbers.next().unwrap_or(10_000_000);
    let loans = numbers.next().unwrap_or(200);
    let threads = numbers.next().map_or(2, |threads| threads as usize);
    let worlds: [(&str, World); 2] =
        [("areas and issues", synth::nested), ("everybody different", synth::scattered)];
    let mut rows = Vec::new();
    for (name, world) in worlds {
        let problem = world(people, loans);
        let before = memory("VmRSS");
        let (begun, spent) = (Instant::now(), processor_seconds());
        let answer = allocate(&problem, 1, threads, Effort::default());
        let took = (begun.elapsed().as_secs_f64(), processor_seconds() - spent);
        match answer {
            Ok(answer) => rows.push(told(name, &problem, &answer, took, before)),
            Err(error) => println!("{name}: {error}"),
        }
    }
    let report = json!({"people": people, "loans": loans, "threads": threads, "worlds": rows});
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench/share.json");
    match std::fs::write(file, format!("{report:#}\n")) {
        Ok(()) => println!("written to bench/share.json"),
        Err(error) => println!("bench/share.json: {error}"),
    }
}

fn told(name: &str, problem: &Problem, answer: &Allocation, took: (f64, f64), before: u64) -> Value {
    let (seconds, processor) = took;
    let sum = |of: fn(&hustings_domain::share::LoanShare) -> u32| {
        answer.shares.iter().map(|s| u64::from(of(s))).sum::<u64>()
    };
    let broken = broken(problem, answer);
    let mut percents: Vec<u32> =
        answer.shares.iter().map(hustings_domain::share::LoanShare::percent).collect();
    percents.sort_unstable();
    let at = |part: usize| percents.get((percents.len().saturating_sub(1)) * part / 4).copied().unwrap_or(0);
    let peak = memory("VmHWM");
    println!("{name}");
    println!(
        "  {seconds:.2} s, {processor:.2} s of processor time; {before} MiB held by the question, {peak} MiB at the peak"
    );
    println!("  {} pairs of person and loan may be, {} are", sum(|s| s.eligible), sum(|s| s.given));
    println!("  asked {}, given {}, fitting {}", sum(|s| s.wanted), sum(|s| s.given), sum(|s| s.fitting));
    println!(
        "  shares in %: least {}, quarter {}, middle {}, three quarters {}, most {}",
        at(0),
        at(1),
        at(2),
        at(3),
        at(4)
    );
    println!("  one person's move could still even out {} millionths of what was asked", answer.unevenness);
    println!("  caps broken: {broken}");
    json!({"world": name, "seconds": seconds, "processor_seconds": processor, "before_mib": before, "peak_mib": peak,
        "eligible": sum(|s| s.eligible), "wanted": sum(|s| s.wanted), "given": sum(|s| s.given),
        "fitting": sum(|s| s.fitting), "percent": [at(0), at(1), at(2), at(3), at(4)],
        "unevenness_millionths": answer.unevenness, "caps_broken": broken})
}

/// How many caps do not hold, counted afresh from the lists.
fn broken(problem: &Problem, answer: &Allocation) -> u64 {
    let mut used = vec![(0_u8, 0_u8); problem.rooms.len()];
    let mut broken = 0;
    for (loan, given) in problem.loans.iter().zip(&answer.given) {
        broken += u64::from(given.len() > loan.wanted as usize);
        broken += given.windows(2).filter(|pair| pair.first() >= pair.last()).count() as u64;
        for person in given {
            broken += u64::from(!loan.eligible.contains(*person));
            if let Some((appeals, money)) = used.get_mut(*person as usize) {
                *appeals += 1;
                *money += u8::from(loan.money);
            }
        }
    }
    let over = used
        .iter()
        .zip(&problem.rooms)
        .filter(|((appeals, money), room)| *appeals > room.appeals || *money > room.money);
    broken + over.count() as u64
}

/// The processor time that this process has had, in seconds, as Linux counts it; 0 elsewhere. On a machine that does
/// other things too it says more than the clock.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u32 = fields.skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
    f64::from(ticks) / 100.0
}

/// A line of what Linux says of this process, in MiB; 0 elsewhere.
fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
    let kib = found.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1_024
}
