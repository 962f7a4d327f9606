//! How long one decision takes under a charter of 100 rules: `cargo run --release -p hustings-policy --example decide`.
//! Prints one line of JSON with microseconds; every decision is a different case, a third of them refused.

use hustings_domain::access::{Action, Actor, Role};
use hustings_domain::borrower::BorrowerKind;
use hustings_domain::chance::SeededRng;
use hustings_domain::ids::BorrowerId;
use hustings_domain::loan::Ask;
use hustings_policy::{Asker, Case, Rules, TEMPLATES, Wanted, permit};
use jiff::Timestamp;
use std::io::Write as _;
use std::time::Instant;

const EXAMPLE: &str = include_str!("../../../docs/charter.example.toml");
/// Decisions that are timed.
const ROUNDS: usize = 5_000;
/// Decisions before that.
const WARM: usize = 500;
/// Rules in all, with those of the program and of `[[lending]]`.
const RULES: usize = 100;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = charter();
    let (_, rules) = Rules::from_toml(&text).map_err(|problems| format!("{problems:?}"))?;
    let count = rules.in_words().len();
    let cases: Vec<Case> = (0..997).map(case).collect::<Result<_, _>>()?;
    let (mut times, mut refused) = (Vec::with_capacity(ROUNDS), 0_usize);
    for (round, case) in cases.iter().cycle().take(WARM + ROUNDS).enumerate() {
        let (taken, allowed) = timed(|| rules.decide(case).allows());
        if round >= WARM {
            times.push(taken);
            refused += usize::from(!allowed);
        }
    }
    let steward = Actor { user: None, roles: vec![Role::Steward], wing: None, borrower: None, through: None };
    let acts: Vec<u64> = Action::ALL
        .iter()
        .cycle()
        .take(WARM + ROUNDS)
        .map(|action| timed(|| permit(&steward, *action).is_ok()).0)
        .skip(WARM)
        .collect();
    let line = format!(
        "{{\"bench\":\"policy\",\"rules\":{count},\"decisions\":{ROUNDS},\"refused\":{refused},\"decide_p50_us\":{:.1},\"decide_p99_us\":{:.1},\"decide_p999_us\":{:.1},\"permit_p50_us\":{:.1},\"permit_p99_us\":{:.1}}}",
        at(&mut times, 500),
        at(&mut times, 990),
        at(&mut times, 999),
        at(&mut acts.clone(), 500),
        at(&mut acts.clone(), 990),
    );
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures durations")]
fn timed(work: impl FnOnce() -> bool) -> (u64, bool) {
    let start = Instant::now();
    let outcome = work();
    (u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX), outcome)
}

#[expect(clippy::cast_precision_loss, reason = "a duration for people")]
fn at(times: &mut [u64], per_mille: usize) -> f64 {
    times.sort_unstable();
    let place = (times.len() * per_mille / 1_000).min(times.len().saturating_sub(1));
    times.get(place).copied().unwrap_or_default() as f64 / 1_000.0
}

/// The example with templates filled in, again and again with other numbers, and three rules in Cedar for each ten.
fn charter() -> String {
    let mut text = EXAMPLE.to_owned();
    let held = Rules::from_toml(EXAMPLE).map_or(0, |(_, rules)| rules.in_words().len());
    // Those two would refuse every case, and the measure is of both answers.
    let fitting = TEMPLATES.iter().filter(|template| !["never-areas", "quiet-after"].contains(&template.id));
    for (number, template) in fitting.cycle().enumerate().take(RULES.saturating_sub(held)) {
        let rule = if number % 10 < 3 {
            format!(
                "\n[[rules]]\ncedar = '''\n@words(\"rule {number}\")\nforbid (principal, action == Action::\"ask\", resource)\nwhen {{ principal.open_loans > {} && resource.ask == Ask::\"give\" && resource has people && resource.people > {} }};\n'''\n",
                3 + number,
                20_000 + number
            )
        } else {
            format!("\n[[rules]]\ntemplate = \"{}\"\n{}\n", template.id, template.example)
        };
        text.push_str(&rule);
    }
    text
}

fn case(number: u32) -> Result<Case, Box<dyn std::error::Error>> {
    let now: Timestamp = "2026-03-01T12:00:00Z".parse()?;
    let district = number % 7;
    Ok(Case {
        now,
        asker: Asker {
            id: BorrowerId::new(now, &mut SeededRng::new(u64::from(number))),
            kind: BorrowerKind::Candidate,
            office: "city council".to_owned(),
            area: format!("ocd-division/country:us/state:vt/sldl:{district}").parse()?,
            good_standing: true,
            standing_words: None,
            positions: vec!["housing".parse()?, "climate".parse()?],
            sourced: vec!["housing".parse()?, "climate".parse()?],
            registered: "2026-01-01T00:00:00Z".parse()?,
            election: Some("2026-11-03".parse()?),
            open_loans: 0,
            open_erasures: 0,
        },
        wanted: Wanted {
            records: false,
            // A third asks for the next district.
            area: Some(
                format!(
                    "ocd-division/country:us/state:vt/sldl:{}",
                    district + u32::from(number.is_multiple_of(3))
                )
                .parse()?,
            ),
            ask: if number.is_multiple_of(2) { Ask::Volunteer } else { Ask::Hear },
            issues: vec!["housing".parse()?],
            people: Some(400 + number),
            fields: vec!["email".parse()?],
            opens: "2026-03-10T00:00:00Z".parse()?,
            closes: "2026-03-20T00:00:00Z".parse()?,
        },
    })
}
