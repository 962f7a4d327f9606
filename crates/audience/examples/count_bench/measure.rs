//! What is measured of the index of `hustings_audience` alone: building, memory, counts at several densities, divisions, one person's
//! change, saving and loading.

use super::synth::{Synth, TODAY, is_stopped};
use hustings_audience::{Bitmap, BreakdownBy, Index, Selection, parse};
use hustings_domain::chance::SeededRng;
use hustings_domain::facts::Profile;
use hustings_domain::ids::Ordinal;
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Line {
    /// What was measured.
    pub(crate) what: String,
    /// How many people it came to, for a count.
    pub(crate) people: Option<u64>,
    /// The median, in milliseconds, or the size in MiB.
    pub(crate) median: f64,
    /// The best of the runs.
    pub(crate) best: f64,
    /// `ms` or `MiB`.
    pub(crate) unit: &'static str,
}

/// The questions that are timed; the first three are those of the rivals too.
pub(crate) fn questions() -> Vec<(&'static str, String)> {
    let five = r#"consent "appeals" and total-cents > 2700 and birth-year between 1960 and 1985"#;
    let state = |name: &str| format!(r#"area in "ocd-division/country:us/state:{name}""#);
    vec![
        ("five, a state of 0.2 %", format!("{} and {five}", state("s0"))),
        ("five, a state of 12 %", format!("{} and {five}", state("s49"))),
        ("five, everywhere", format!(r#"area in "ocd-division/country:us" and {five}"#)),
        ("sets alone", format!(r#"{} and issue "issue-1" and not tag "tag-1""#, state("s0"))),
        ("gifts of 90 days", "gave(90d) >= $27".to_owned()),
        ("gifts ever", "gave >= $27".to_owned()),
        (
            "flagship",
            format!(r#"{} and issue has "issue-1" and gave(90d) >= $27 and not tag "tag-1""#, state("s49")),
        ),
        (
            "prefix, dates and sources",
            r#"tag starts "tag-" and joined before 90d and renewed-on within 1y"#.to_owned(),
        ),
    ]
}

/// Measures `people` made-up people; `say` hears each line as it is known.
pub(crate) fn all(
    people: u32,
    threads: usize,
    file: &Path,
    say: &mut dyn FnMut(&Line) -> std::io::Result<()>,
) -> Result<Vec<Line>, Box<dyn Error>> {
    let synth = Synth::new()?;
    let mut rng = SeededRng::new(1);
    let mut lines = Vec::new();
    let mut note = |line: Line, lines: &mut Vec<Line>| -> std::io::Result<()> {
        say(&line)?;
        lines.push(line);
        Ok(())
    };
    let (index, took) = timed(|| synth.index(people, threads));
    note(once("made up and built", took), &mut lines)?;
    #[expect(clippy::cast_precision_loss, reason = "a size in MiB")]
    let memory = index.memory() as f64 / 1_048_576.0;
    note(
        Line {
            what: "memory of the columns".to_owned(),
            people: None,
            median: memory,
            best: memory,
            unit: "MiB",
        },
        &mut lines,
    )?;
    let stopped: Bitmap = (0..people).filter(|ordinal| is_stopped(*ordinal)).map(Ordinal).collect();
    for (name, text) in questions() {
        let expr = parse(&text)?;
        let count = || index.count_within(&expr, &[], &[&stopped], Selection::OwnUse, TODAY, threads);
        let line = median(&format!("count: {name}"), Some(count()), 31, || {
            std::hint::black_box(count());
        });
        note(line, &mut lines)?;
    }
    let everyone = index.select(&parse("everyone")?, Selection::OwnUse, TODAY, threads);
    let dense = index.select(&parse(r#"consent "appeals""#)?, Selection::OwnUse, TODAY, threads);
    let state = BreakdownBy::Area { inside: None, kind: "state".to_owned() };
    for (what, of, by) in [
        ("50 states of half the list", &dense, &state),
        ("50 states of everybody", &everyone, &state),
        ("months joined, of everybody", &everyone, &BreakdownBy::JoinedMonth),
    ] {
        let divide = || index.breakdown(of, by, Selection::OwnUse, threads);
        let line = median(&format!("breakdown: {what}"), Some(of.count()), 9, || {
            std::hint::black_box(divide());
        });
        note(line, &mut lines)?;
    }
    let (saved, took) = timed(|| index.save(file));
    saved?;
    note(once("saved and synced", took), &mut lines)?;
    #[expect(clippy::cast_precision_loss, reason = "a size in MiB")]
    let size = std::fs::metadata(file)?.len() as f64 / 1_048_576.0;
    note(Line { what: "file".to_owned(), people: None, median: size, best: size, unit: "MiB" }, &mut lines)?;
    drop(index);
    let (loaded, took) = timed(|| Index::load(file));
    let mut index = loaded?;
    note(once("loaded and checked", took), &mut lines)?;
    std::fs::remove_file(file)?;
    let step = (people / 1_000).max(1);
    let changed: Vec<Profile> = (0..1_000).map(|n| synth.person(n * step % people, &mut rng)).collect();
    let tag = parse(r#"area in "ocd-division/country:us" and birth-year between 1960 and 1985"#)?;
    let mut each = Vec::with_capacity(changed.len());
    for profile in &changed {
        each.push(timed(|| index.upsert(profile)).1);
    }
    note(spread("one person's change, all columns", None, each), &mut lines)?;
    let seen = median("one change and the next count", None, 31, || {
        if let Some(profile) = changed.first() {
            index.upsert(profile);
        }
        let counted = index.count(&tag, Selection::OwnUse, TODAY, threads);
        std::hint::black_box(counted);
    });
    note(seen, &mut lines)?;
    Ok(lines)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures durations")]
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

fn once(what: &str, took: Duration) -> Line {
    spread(what, None, vec![took])
}

pub(crate) fn median(what: &str, people: Option<u64>, runs: usize, mut work: impl FnMut()) -> Line {
    spread(what, people, (0..runs).map(|_| timed(&mut work).1).collect())
}

fn spread(what: &str, people: Option<u64>, mut times: Vec<Duration>) -> Line {
    times.sort_unstable();
    let at = |run: usize| times.get(run).copied().unwrap_or_default().as_secs_f64() * 1_000.0;
    Line { what: what.to_owned(), people, median: at(times.len() / 2), best: at(0), unit: "ms" }
}

/// The load of the machine over the last minute, without which no figure is worth reading.
pub(crate) fn load_average() -> String {
    let read = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    read.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown").to_owned()
}
