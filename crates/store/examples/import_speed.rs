//! How many new supporters a second an empty list takes, in batches of 20,000, with keys, blind indexes,
//! facts and three consents each. `cargo run --release -p hustings-store --example import_speed -- 400000`; with the
//! address of an empty PostgreSQL database after the number, there instead of on SQLite.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program that measures time and prints it"
)]
#![expect(clippy::expect_used, reason = "a measurement that fails has nothing to say")]

use hustings_domain::chance::{Rng, SeededRng};
use hustings_domain::consent::{Channel, Consent, ConsentState, NoticeHash};
use hustings_domain::facts::{Fact, FactValue, Origin};
use hustings_domain::ids::{Ordinal, SupporterId};
use hustings_domain::words::Slug;
use hustings_store::Store;
use hustings_store::StoreError;
use hustings_store::postgres::{Address, Node, Postgres};
use hustings_store::records::SupporterRecord;
use hustings_store::sqlite::Sqlite;
use hustings_vault::blind::{BlindColumn, BlindIndex, SuppressionHash};
use hustings_vault::vault::WrappedKey;
use jiff::{SignedDuration, Timestamp};
use std::time::{Duration, Instant};

/// What this thread has had of a processor so far, which a busy machine does not distort; zero where the
/// system does not say (only Linux does).
fn processor_time() -> Duration {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(said.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(0))
}

const BATCH: u32 = 20_000;

struct Batch {
    records: Vec<SupporterRecord>,
    keys: Vec<(Ordinal, WrappedKey)>,
    email: Vec<(BlindIndex, Ordinal)>,
    phone: Vec<(BlindIndex, Ordinal)>,
    facts: Vec<(Ordinal, Vec<Fact>)>,
    consents: Vec<(Ordinal, Consent)>,
}

fn slug(text: &str) -> Slug {
    text.parse().expect("a short name")
}

fn batch(first: u32, rng: &mut SeededRng) -> Batch {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("an instant");
    let mut made = Batch {
        records: vec![],
        keys: vec![],
        email: vec![],
        phone: vec![],
        facts: vec![],
        consents: vec![],
    };
    let (news, appeals) = (slug("news"), slug("appeals"));
    let notice = Some(NoticeHash::of("you agree"));
    let issues = ["health-care", "housing", "wages", "climate"].map(slug);
    for ordinal in first..first + BATCH {
        let at = start + SignedDuration::from_millis(i64::from(ordinal));
        let person = Ordinal(ordinal);
        let mut sealed = vec![0; 280];
        rng.fill(&mut sealed);
        made.records.push(SupporterRecord {
            ordinal: person,
            id: SupporterId::new(at, rng),
            joined: at,
            sealed,
            version: 1,
            mail_key: Some(SuppressionHash(rng.bytes())),
        });
        made.keys.push((person, WrappedKey { epoch: 1, bytes: rng.bytes() }));
        made.email.push((BlindIndex(rng.bytes()), person));
        made.phone.push((BlindIndex(rng.bytes()), person));
        let area =
            format!("ocd-division/country:us/state:vt/sldl:{}", ordinal % 150).parse().expect("an area");
        let values = [
            FactValue::Area(area),
            FactValue::Issue(issues.get(ordinal as usize % 4).expect("four issues").clone()),
            FactValue::Tag(slug("petition")),
            FactValue::Number(slug("birth-year"), 1980),
        ];
        let facts = values.map(|value| Fact { value, origin: Origin::SelfGiven, source: 1 });
        made.facts.push((person, facts.to_vec()));
        for (purpose, channel) in
            [(&news, Channel::Email), (&appeals, Channel::Email), (&news, Channel::Phone)]
        {
            let source = "petition-2026".to_owned();
            let consent =
                Consent { purpose: purpose.clone(), channel, state: ConsentState::Given, notice, source, at };
            made.consents.push((person, consent));
        }
    }
    made
}

fn main() {
    let people: u32 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(400_000);
    let folder = tempfile::tempdir().expect("a folder");
    let store = match std::env::args().nth(2) {
        Some(address) => Postgres::create(
            &Address::parse(&address, None).expect("an address"),
            Node::new(uuid::Uuid::from_u128(1)),
        )
        .expect("a list"),
        None => Sqlite::create(folder.path()).expect("a list"),
    };
    let mut rng = SeededRng::new(1);
    let mut steps = [(Duration::ZERO, Duration::ZERO); 7];
    let mut total = Duration::ZERO;
    for first in (0..people).step_by(BATCH as usize) {
        let made = batch(first, &mut rng);
        let begin = Instant::now();
        let mut last = (begin, processor_time());
        let mut step = |steps: &mut [(Duration, Duration); 7], place: usize| {
            let now = (Instant::now(), processor_time());
            let (wall, processor) = steps.get_mut(place).expect("seven steps");
            *wall += now.0 - last.0;
            *processor += now.1.saturating_sub(last.1);
            last = now;
        };
        store.keys().put_many(&made.keys).expect("keys");
        step(&mut steps, 0);
        store
            .write(|tx| {
                tx.insert_supporters(&made.records)?;
                step(&mut steps, 1);
                tx.insert_blind(BlindColumn::Email, &made.email)?;
                step(&mut steps, 2);
                tx.insert_blind(BlindColumn::Phone, &made.phone)?;
                step(&mut steps, 3);
                tx.set_facts(&made.facts)?;
                step(&mut steps, 4);
                tx.add_consents(&made.consents)?;
                step(&mut steps, 5);
                tx.record_change(Ordinal(first), Ordinal(first + BATCH - 1))?;
                Ok::<_, StoreError>(())
            })
            .expect("a batch");
        step(&mut steps, 6);
        total += begin.elapsed();
    }
    let names = ["keys", "supporters", "blind e-mail", "blind phone", "facts", "consents", "commit"];
    let each = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(people);
    for (name, (wall, processor)) in names.iter().zip(steps) {
        println!("{name:>14} {:>6.2} us a person, {:>6.2} us of a processor", each(wall), each(processor));
    }
    let processor: Duration = steps.iter().map(|step| step.1).sum();
    println!(
        "{:>14} {:>6.2} us a person, {:>6.2} us of a processor",
        "together",
        each(total),
        each(processor)
    );
    println!("{people} people in {total:.2?}: {:.0} a second", f64::from(people) / total.as_secs_f64());
    read_back(&store, people, &mut rng);
}

fn read_back(store: &Store, people: u32, rng: &mut SeededRng) {
    let begin = Instant::now();
    let mut seen = 0_u32;
    while seen < people {
        let profiles = store.read(|tx| tx.profiles(Ordinal(seen), 50_000)).expect("profiles");
        seen = profiles.last().map_or(people, |profile| profile.ordinal.0 + 1);
    }
    println!("profiles: {:.0} a second", f64::from(people) / begin.elapsed().as_secs_f64());
    let keys: Vec<BlindIndex> = (0..20_000).map(|_| BlindIndex(rng.bytes())).collect();
    let begin = Instant::now();
    store.read(|tx| tx.find_blind(BlindColumn::Email, &keys)).expect("a look-up");
    println!("find_blind: {:.0} a second", 20_000.0 / begin.elapsed().as_secs_f64());
}
