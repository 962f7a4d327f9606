//! `count_bench [PEOPLE] [THREADS]`: builds an index of so many made-up people (1 million on 2 threads) and
//! prints the median and the best time of counts, divisions, a change, saving and loading.
//!
//! `count_bench PEOPLE --csv FILE` writes the same people as a narrow table instead, for other engines to count, and
//! `count_bench PEOPLE --json` answers what they are asked, on one thread and on two, a line of JSON each.

mod measure;
mod synth;

use hustings_audience::{Bitmap, Selection, parse};
use hustings_domain::facts::{FactValue, Profile};
use hustings_domain::ids::Ordinal;
use std::io::Write as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let people: u32 = words.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let second = words.next();
    if second.as_deref() == Some("--csv") {
        return write_csv(people, &words.next().ok_or("--csv names a file")?);
    }
    if second.as_deref() == Some("--json") {
        let mut out = std::io::stdout().lock();
        for (threads, line) in for_rivals(people)? {
            let (people, median, best) = (line.people.unwrap_or_default(), line.median, line.best);
            writeln!(
                out,
                "{{\"what\": \"{}\", \"threads\": {threads}, \"people\": {people}, \"median_ms\": {median:.4}, \"best_ms\": {best:.4}}}",
                line.what
            )?;
        }
        return Ok(());
    }
    let threads: usize = second.map_or(Ok(2), |text| text.parse())?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{people} people, {threads} threads, load average {}", measure::load_average())?;
    writeln!(out, "{:<44} {:>12} {:>12} {:>12}", "", "people", "median", "best")?;
    let file = std::env::temp_dir().join(format!("hustings-count-bench-{}.index", std::process::id()));
    measure::all(people, threads, &file, &mut |line| {
        let people = line.people.map_or_else(String::new, |people| people.to_string());
        writeln!(
            out,
            "{:<44} {people:>12} {:>12.3} {:>12.3} {}",
            line.what, line.median, line.best, line.unit
        )
    })?;
    writeln!(out, "load average {}", measure::load_average())?;
    Ok(())
}

fn write_csv(people: u32, path: &str) -> Result<(), Box<dyn std::error::Error>> {
    let synth = synth::Synth::new()?;
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    writeln!(file, "id,state,agreed,stopped,cents,born")?;
    for person in synth.people(0..people) {
        let (ordinal, (state, agreed, stopped, cents, born)) = (person.ordinal.0, row(&synth, &person));
        writeln!(file, "{ordinal},{state},{},{},{cents},{born}", u8::from(agreed), u8::from(stopped))?;
    }
    file.flush()?;
    Ok(())
}

/// What rivals are asked on the same people: five predicates with two ranges, at three densities.
fn for_rivals(people: u32) -> Result<Vec<(usize, measure::Line)>, Box<dyn std::error::Error>> {
    let synth = synth::Synth::new()?;
    let index = synth.index(people, 2);
    let stopped: Bitmap = (0..people).filter(|ordinal| synth::is_stopped(*ordinal)).map(Ordinal).collect();
    let mut lines = Vec::new();
    for (name, text) in measure::questions().into_iter().take(3) {
        let expr = parse(&text)?;
        for threads in [1, 2] {
            let count =
                || index.count_within(&expr, &[], &[&stopped], Selection::OwnUse, synth::TODAY, threads);
            lines.push((
                threads,
                measure::median(name, Some(count()), 101, || {
                    std::hint::black_box(count());
                }),
            ));
        }
    }
    Ok(lines)
}

/// A person as a row of the narrow table: state, whether they agreed, whether they have stopped, cents, year of birth.
fn row(synth: &synth::Synth, person: &Profile) -> (usize, bool, bool, i64, i64) {
    let mut row = (0, false, synth::is_stopped(person.ordinal.0), 0, 0);
    for fact in &person.facts {
        match &fact.value {
            area @ FactValue::Area(_) => {
                row.0 = synth.areas.iter().position(|known| known == area).unwrap_or_default();
            }
            FactValue::Number(name, number) if *name == synth.total_cents => row.3 = *number,
            FactValue::Number(name, number) if *name == synth.birth_year => row.4 = *number,
            _ => {}
        }
    }
    row.1 = person.consents.iter().any(|(purpose, ..)| *purpose == synth.appeals);
    row
}
