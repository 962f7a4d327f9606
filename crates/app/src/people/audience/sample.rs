//! A few people of an audience, drawn at random and opened, for those who may read records; the ledger says so.

use super::{AsOf, ask, threads};
use crate::context::App;
use crate::journal::enter;
use crate::people::open_in;
use crate::refusal::{Refusal, Result};
use hustings_audience::{Bitmap, Selection};
use hustings_domain::access::{Action, Actor};
use hustings_domain::chance::Rng;
use hustings_domain::ids::{Ordinal, SupporterId};
use hustings_policy::permit;
use hustings_vault::Identity;
use jiff::civil::Date;
use serde_json::json;
use std::collections::BTreeSet;

/// How many people a sample holds at most.
const MOST: u64 = 20;

/// A person of a sample, opened.
#[derive(Debug, Clone)]
pub struct Sampled {
    /// The outward id.
    pub id: SupporterId,
    /// Who they are.
    pub identity: Identity,
}

/// Some people of an audience.
#[derive(Debug, Clone)]
pub struct Sample {
    /// How many people are in the audience.
    pub count: u64,
    /// Those drawn.
    pub people: Vec<Sampled>,
    /// What the number is true of.
    pub as_of: AsOf,
}

/// Draws up to twenty people of the audience and opens their records.
pub fn sample(app: &App, actor: &Actor, text: &str, today: Date) -> Result<Sample> {
    permit(actor, Action::ReadSupporter)?;
    let expr = ask(app, text, today)?;
    let now = app.now();
    let (people, change) =
        app.with_index(|index| (index.select(&expr, Selection::OwnUse, today, threads()), index.as_of()))?;
    let count = people.count();
    let drawn = draw(&people, count, &mut *app.rng("audience-sample"));
    let people = app.store.write(|tx| {
        let mut people = Vec::with_capacity(drawn.len());
        for ordinal in drawn {
            // Somebody may have been erased since the index was asked.
            if let Some((record, identity)) = open_in(app, tx, ordinal)? {
                people.push(Sampled { id: record.id, identity });
            }
        }
        // INVARIANT (promise 5): what is opened is in the ledger before it is shown.
        enter(
            tx,
            now,
            actor,
            "supporter.read",
            json!({"records": people.len(), "why": "sample of an audience"}),
        )?;
        Ok::<_, Refusal>(people)
    })?;
    Ok(Sample { count, people, as_of: AsOf { change, today, at: now } })
}

/// Places without repeats, each as likely as any other (Floyd, 1987), then the people who stand there.
fn draw(people: &Bitmap, count: u64, rng: &mut dyn Rng) -> Vec<Ordinal> {
    let mut places = BTreeSet::new();
    for last in count.saturating_sub(MOST)..count {
        let place = rng.below(last + 1);
        if !places.insert(place) {
            places.insert(last);
        }
    }
    let mut drawn = Vec::with_capacity(places.len());
    let (mut standing, mut at) = (people.iter(), 0);
    for place in places {
        let skipped = usize::try_from(place - at).unwrap_or(usize::MAX);
        drawn.extend(standing.nth(skipped));
        at = place + 1;
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use hustings_domain::chance::SeededRng;

    #[test]
    fn everybody_can_be_drawn_and_nobody_twice() {
        let people: Bitmap = (0..200).map(|n| Ordinal(n * 3)).collect();
        let mut rng = SeededRng::new(1);
        let mut times = std::collections::BTreeMap::new();
        for _ in 0..2_000 {
            let drawn = draw(&people, 200, &mut rng);
            assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), 20);
            for who in drawn {
                *times.entry(who).or_insert(0) += 1;
            }
        }
        // Each is drawn 200 times on average; the standard deviation is below 14.
        assert_eq!(times.len(), 200);
        assert!(
            times.iter().all(|(who, times)| people.contains(*who) && (130..270).contains(times)),
            "{times:?}"
        );
        let few: Bitmap = [Ordinal(7), Ordinal(40_000)].into_iter().collect();
        assert_eq!(draw(&few, 2, &mut rng), [Ordinal(7), Ordinal(40_000)]);
        assert_eq!(draw(&Bitmap::new(), 0, &mut rng), []);
    }
}
