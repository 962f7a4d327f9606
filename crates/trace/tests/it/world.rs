//! A season with borrowers, copies and leakers.

use hustings_domain::chance::{Rng, SeededRng};
use hustings_domain::ids::{BorrowerId, SupporterId};
use hustings_trace::accuse::evidence::SeasonKeys;
use hustings_trace::{
    Candidate, Case, Draw, HoldBackKey, Matched, SeedKey, Share, Verdict, accuse, decoy, plan,
};
use std::collections::BTreeSet;

pub(crate) const SEED_DOMAIN: &str = "postbox.example";

pub(crate) struct World {
    pub(crate) rng: SeededRng,
    pub(crate) hold_back: HoldBackKey,
    pub(crate) seeds: SeedKey,
    pub(crate) candidates: Vec<Candidate>,
}

/// What leaked: people of the list (strangers to the list are not even matched) and seed addresses.
#[derive(Clone, Default)]
pub(crate) struct Leak {
    pub(crate) people: BTreeSet<SupporterId>,
    pub(crate) addresses: BTreeSet<String>,
}

impl Leak {
    pub(crate) fn keep(mut self, rng: &mut SeededRng, kept: f64) -> Self {
        self.people.retain(|_| rng.unit() < kept);
        self.addresses.retain(|_| rng.unit() < kept);
        self
    }

    pub(crate) fn common(&self, other: &Self) -> Self {
        Self { people: &self.people & &other.people, addresses: &self.addresses & &other.addresses }
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        Self { people: &self.people | &other.people, addresses: &self.addresses | &other.addresses }
    }
}

pub(crate) fn person(number: u64) -> SupporterId {
    format!("{:032x}", u128::from(number) + (1 << 100)).parse().unwrap()
}

impl World {
    pub(crate) fn new(seed: u64, borrowers: usize, share: Share, largest_copy_rows: u64) -> Self {
        let mut rng = SeededRng::new(seed);
        let (hold_back, seeds) = (HoldBackKey::random(&mut rng), SeedKey::random(&mut rng));
        let candidate = |_| {
            let borrower: BorrowerId = format!("{:032x}", rng.next_u64()).parse().unwrap();
            Candidate { borrower, share, largest_copy_rows }
        };
        let candidates = (0..borrowers).map(candidate).collect();
        Self { rng, hold_back, seeds, candidates }
    }

    /// `rows` people of 0..`audience` who were not held back for the borrower, and the borrower's seeds.
    pub(crate) fn copy(&mut self, borrower: usize, audience: u64, rows: usize) -> Leak {
        let candidate = self.candidates[borrower];
        let draw = Draw::new(&self.hold_back, "2026", candidate.borrower, candidate.share);
        let mut people = BTreeSet::new();
        while people.len() < rows {
            let someone = person(self.rng.below(audience));
            if !draw.held_back(someone) {
                people.insert(someone);
            }
        }
        let seeds = plan(&self.seeds, "2026", candidate.borrower, candidate.largest_copy_rows);
        let addresses =
            seeds.iter().map(|seed| decoy(&self.seeds, seed.slot, seed.symbol, SEED_DOMAIN).email).collect();
        Leak { people, addresses }
    }

    pub(crate) fn keys(&self) -> SeasonKeys<'_> {
        SeasonKeys {
            season: "2026",
            hold_back: &self.hold_back,
            seeds: &self.seeds,
            seed_domain: SEED_DOMAIN,
        }
    }

    /// The verdict when everybody is in every audience: the hardest case for the innocent.
    pub(crate) fn judge(&self, leak: &Leak, epsilon: f64) -> Verdict {
        let people: Vec<_> = leak.people.iter().copied().collect();
        let matched = Matched::of(&people, &self.candidates, |_, _| true, |_, _| false);
        let addresses = leak.addresses.iter().map(String::as_str);
        accuse(&Case::gather(self.keys(), &self.candidates, &matched, &[], addresses), epsilon).unwrap()
    }

    pub(crate) fn accused(&self, leak: &Leak, epsilon: f64) -> BTreeSet<usize> {
        let verdict = self.judge(leak, epsilon);
        let accused: BTreeSet<_> = verdict.accused().map(|suspect| suspect.borrower).collect();
        (0..self.candidates.len()).filter(|i| accused.contains(&self.candidates[*i].borrower)).collect()
    }
}
