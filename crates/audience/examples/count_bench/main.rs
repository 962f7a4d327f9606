//! `count_bench [PEOPLE] [THREADS]`: builds an index of so many made-up people (1 million on 2 threads) and
//! prints the median and the best time of counts, divisions, a change, saving and loading.
//!
//! `count_bench PEOPLE --csv FILE` writes the same people as a narrow table instead, for other engines to count.

mod measure;
mod synth;

use hustings_domain::chance::SeededRng;
use std::io::Write as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let people: u32 = words.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let second = words.next();
    if second.as_deref() == Some("--csv") {
        return write_csv(people, &words.next().ok_or("--csv names a file")?);
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
    let mut rng = SeededRng::new(1);
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    writeln!(file, "id,state,agreed,stopped,cents,born")?;
    for ordinal in 0..people {
        let (state, agreed, stopped, cents, born) = synth.row(&synth.person(ordinal, &mut rng));
        writeln!(file, "{ordinal},{state},{},{},{cents},{born}", u8::from(agreed), u8::from(stopped))?;
    }
    file.flush()?;
    Ok(())
}
