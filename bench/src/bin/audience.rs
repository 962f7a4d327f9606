//! The index of `hustings_audience` at size: built, saved, loaded, counted, divided, changed, and made ready from a list in SQLite:
//! `cargo run --release -p hustings-bench --bin audience -- [PEOPLE] [--index-only]`.
//!
//! 100 million people fit with `--index-only`; rivals are timed on the same people by `bench/audience-rivals`.

#[path = "../../../crates/audience/examples/count_bench/measure.rs"]
mod measure;
#[path = "../../../crates/audience/examples/count_bench/synth.rs"]
mod synth;

use hustings_app::folder::{init, open};
use hustings_app::people::import::{ImportJob, import};
use hustings_app::people::{audience, count, erase, follow};
use hustings_app::{App, Refusal, SystemChance, SystemClock};
use hustings_bench::new_list;
use hustings_domain::access::Actor;
use hustings_domain::chance::{Rng, SeededRng};
use hustings_domain::consent::Consent;
use hustings_domain::facts::{FactValue, Profile};
use hustings_domain::ids::{Ordinal, SupporterId};
use hustings_store::records::SupporterRecord;
use hustings_vault::RootSecret;
use hustings_vault::vault::WrappedKey;
use jiff::tz::TimeZone;
use measure::{Line, load_average, timed};
use serde_json::json;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let people: u32 = words.next().map_or(Ok(10_000_000), |text| text.parse())?;
    let index_only = words.next().as_deref() == Some("--index-only");
    let threads = std::thread::available_parallelism()?.get().min(2);
    let folder = tempfile::tempdir()?;
    let before = load_average();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{people} people, {threads} threads, load average {before}")?;
    writeln!(out, "{:<52} {:>12} {:>12} {:>12}", "", "people", "median", "best")?;
    let mut say = |line: &Line| {
        let people = line.people.map_or_else(String::new, |people| people.to_string());
        writeln!(
            out,
            "{:<52} {people:>12} {:>12.3} {:>12.3} {}",
            line.what, line.median, line.best, line.unit
        )
    };
    let mut lines = measure::all(people, threads, &folder.path().join("alone.index"), &mut say)?;
    if !index_only {
        for line in with_store(people, &folder.path().join("list"))? {
            say(&line)?;
            lines.push(line);
        }
    }
    let lines: Vec<_> = lines
        .iter()
        .map(|line| json!({"what": line.what, "people": line.people, "median": line.median, "best": line.best, "unit": line.unit}))
        .collect();
    let result = json!({
        "people": people,
        "threads": threads,
        "with_store": !index_only,
        "load_average": [before, load_average()],
        "lines": lines,
    });
    hustings_bench::keep("bench/audience.json", "people", result)
}

fn milliseconds(what: &str, people: Option<u64>, took: Duration) -> Line {
    let took = took.as_secs_f64() * 1_000.0;
    Line { what: what.to_owned(), people, median: took, best: took, unit: "ms" }
}

/// The same people in SQLite: how long until the first count, and until a change is in the next one.
fn with_store(people: u32, folder: &Path) -> Result<Vec<Line>, Box<dyn Error>> {
    let root = RootSecret::data_key([1; 32]);
    let app = init(new_list(folder, &root))?;
    let (filled, took) = timed(|| fill(&app, people));
    filled?;
    let mut lines = vec![milliseconds("written to SQLite, for what follows", None, took)];
    let file = folder.join(follow::FILE);
    let (built, took) = timed(|| follow::load_or_build(app.store(), &file));
    let built = built?;
    if !built.is_new || built.index.len() != u64::from(people) {
        return Err("the index was not built from the list".into());
    }
    lines.push(milliseconds("ready, built from SQLite", Some(built.index.len()), took));
    if let Some(resident) = resident() {
        let what = "resident memory, the index built and the list open".to_owned();
        lines.push(Line { what, people: None, median: resident, best: resident, unit: "MiB" });
    }
    drop(built);
    drop(app);
    // The first opening builds and saves; the second finds what was saved.
    let opening = || open(folder, &root, Arc::new(SystemClock), Arc::new(SystemChance));
    drop(opening()?);
    let (app, took) = timed(opening);
    let app = app?;
    lines.push(milliseconds("list opened, index loaded", None, took));
    let today = app.now().to_zoned(TimeZone::UTC).date();
    let operator = Actor::operator();
    let mut seen = Vec::new();
    let mut tagged = count::people(&app, &operator, "not tag starts \"tag-\"", today)?;
    for round in 0..21_u32 {
        let ordinal = Ordinal(round * (people / 21).max(1));
        let (found, took) = timed(|| -> Result<u64, Refusal> {
            app.store().write(|tx| {
                let facts = tx.facts(ordinal)?;
                let kept =
                    facts.into_iter().filter(|fact| !matches!(fact.value, FactValue::Tag(_))).collect();
                tx.set_facts(&[(ordinal, kept)])?;
                tx.record_change(ordinal, ordinal)?;
                Ok::<_, Refusal>(())
            })?;
            count::people(&app, &operator, "not tag starts \"tag-\"", today)
        });
        let found = found?;
        if found < tagged {
            return Err("a change was lost".into());
        }
        tagged = found;
        seen.push(took);
    }
    seen.sort_unstable();
    let at = |place: usize| seen.get(place).copied().unwrap_or_default().as_secs_f64() * 1_000.0;
    let what = "one change committed, and in the next count".to_owned();
    lines.push(Line { what, people: None, median: at(seen.len() / 2), best: at(0), unit: "ms" });
    lines.push(erased(&app, people, &folder.with_file_name("signed.csv"), today)?);
    let (divided, took) =
        timed(|| audience::breakdown(&app, &operator, "everyone", &audience::DivideBy::Source, today));
    lines.push(milliseconds("use case: everybody by source", Some(divided?.count), took));
    Ok(lines)
}

/// Real people join the list of the others and are forgotten one by one, each gone from the next count.
fn erased(app: &App, people: u32, file: &Path, today: jiff::civil::Date) -> Result<Line, Box<dyn Error>> {
    const ROUNDS: u32 = 21;
    let operator = Actor::operator();
    let mut rows = String::from("email,first_name,email_opt_in\n");
    for n in 0..ROUNDS {
        writeln!(rows, "person{n}@example.org,Given{n},yes")?;
    }
    std::fs::write(file, rows)?;
    import(app, &operator, &ImportJob::new(file), &mut |_| {})?;
    let mut times = Vec::new();
    let mut left = count::people(app, &operator, "everyone", today)?;
    for ordinal in (people..people + ROUNDS).map(Ordinal) {
        let found = app.store().read(|tx| Ok::<_, Refusal>(tx.supporter(ordinal)?))?;
        let id = found.ok_or("a person of the list is missing")?.id;
        let (counted, took) = timed(|| -> Result<u64, Refusal> {
            erase::erase(app, &operator, id)?;
            count::people(app, &operator, "everyone", today)
        });
        left -= 1;
        if counted? != left {
            return Err("an erased person is still counted".into());
        }
        times.push(took);
    }
    times.sort_unstable();
    let at = |place: usize| times.get(place).copied().unwrap_or_default().as_secs_f64() * 1_000.0;
    let what = "one person erased, and gone from the next count".to_owned();
    Ok(Line { what, people: None, median: at(times.len() / 2), best: at(0), unit: "ms" })
}

/// What this process holds in memory now, in MiB.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes / 1_024.0)
}

/// Writes the people straight into the store: what is sealed is as long as a sealed identity and holds nothing.
fn fill(app: &App, people: u32) -> Result<(), Box<dyn Error>> {
    let synth = synth::Synth::new()?;
    let mut rng = SeededRng::named(1, "ids");
    let now = app.now();
    for first in (0..people).step_by(synth::RUN as usize) {
        let batch: Vec<Profile> = synth.people(first..people.min(first.saturating_add(synth::RUN))).collect();
        // Keys that open nothing, so that those of the erased lie among as many.
        let keys: Vec<_> = batch.iter().map(|person| (person.ordinal, key(&mut rng))).collect();
        app.store().keys().put_many(&keys)?;
        app.store().write(|tx| {
            for name in ["one", "two", "three"] {
                tx.source(name, "ours", now)?;
            }
            let records: Vec<_> = batch.iter().map(|person| record(person, now, &mut rng)).collect();
            tx.insert_supporters(&records)?;
            let facts: Vec<_> = batch.iter().map(|person| (person.ordinal, person.facts.clone())).collect();
            tx.set_facts(&facts)?;
            let consents: Vec<_> = batch.iter().flat_map(|person| said(person, now)).collect();
            tx.add_consents(&consents)?;
            let gifts: Vec<_> = batch
                .iter()
                .flat_map(|person| (0..).zip(&person.gifts).map(|(n, gift)| (person.ordinal, *gift, 1, n)))
                .collect();
            tx.add_gifts(&gifts)?;
            if let (Some(first), Some(last)) = (batch.first(), batch.last()) {
                tx.record_change(first.ordinal, last.ordinal)?;
            }
            Ok::<_, Refusal>(())
        })?;
    }
    Ok(())
}

fn key(rng: &mut SeededRng) -> WrappedKey {
    let mut key = WrappedKey { epoch: 1, bytes: [0; _] };
    rng.fill(&mut key.bytes);
    key
}

fn record(person: &Profile, now: jiff::Timestamp, rng: &mut SeededRng) -> SupporterRecord {
    SupporterRecord {
        ordinal: person.ordinal,
        id: SupporterId::new(now, rng),
        joined: person.joined.to_zoned(TimeZone::UTC).map_or(now, |at| at.timestamp()),
        sealed: vec![7; 300],
        version: 1,
        mail_key: None,
    }
}

fn said(person: &Profile, now: jiff::Timestamp) -> Vec<(Ordinal, Consent)> {
    let statement = |(purpose, channel, state): &(_, _, _)| Consent {
        purpose: Clone::clone(purpose),
        channel: *channel,
        state: *state,
        notice: None,
        source: "one".to_owned(),
        at: now,
    };
    person.consents.iter().map(|consent| (person.ordinal, statement(consent))).collect()
}
