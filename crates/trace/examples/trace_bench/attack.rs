//! A season of copies and what leakers make of them.

use hustings_domain::chance::{Rng, SeededRng};
use hustings_domain::ids::{BorrowerId, SupporterId};
use hustings_trace::{
    AccuseError, Candidate, Case, Draw, HoldBackKey, Matched, SeasonKeys, SeedKey, Share, Verdict, accuse,
    decoy, plan,
};
use std::collections::BTreeSet;

const SEASON: &str = "2026";
const DOMAIN: &str = "seeds.owner.example";

/// What the leakers do with their copies before some of it leaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attack {
    /// One copy.
    Single,
    /// So many keep the rows that all of them have.
    And(usize),
    /// So many take each row from one of them, chosen at random; it is in the file if that one has it.
    Mix(usize),
    /// So many put all their rows together.
    Union(usize),
    /// The owner's own list leaks, with everybody who was held back: nobody is guilty.
    Elsewhere,
}

impl Attack {
    pub(crate) fn words(self) -> String {
        match self {
            Self::Single => "one leaker".to_owned(),
            Self::And(of) => format!("{of} delete what differs"),
            Self::Mix(of) => format!("{of} mix row by row"),
            Self::Union(of) => format!("{of} put all together"),
            Self::Elsewhere => "nobody: the owner's list".to_owned(),
        }
    }

    fn leakers(self) -> usize {
        match self {
            Self::Single => 1,
            Self::And(of) | Self::Mix(of) | Self::Union(of) => of,
            Self::Elsewhere => 0,
        }
    }
}

/// People and decoys, of a copy or of a leak.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    people: BTreeSet<SupporterId>,
    pub(crate) addresses: BTreeSet<String>,
}

pub(crate) struct World {
    rng: SeededRng,
    hold_back: HoldBackKey,
    seeds: SeedKey,
    candidates: Vec<Candidate>,
    audience: Vec<SupporterId>,
}

impl World {
    /// `borrowers` who all address the same people, so many that a copy has about `rows` of them.
    pub(crate) fn new(seed: u64, borrowers: u64, rows: u64) -> Self {
        let mut rng = SeededRng::new(seed);
        let (hold_back, seeds) = (HoldBackKey::random(&mut rng), SeedKey::random(&mut rng));
        let share = Share::for_audience(rows);
        let people = rows * 1_000 / (1_000 - u64::from(share.per_mille()));
        let mut id = || u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64());
        let candidate = |borrower: u128| Candidate {
            borrower: BorrowerId(uuid::Uuid::from_u128(borrower)),
            share,
            largest_copy_rows: rows,
        };
        let candidates = (0..borrowers).map(|_| candidate(id())).collect();
        let audience = (0..people).map(|_| SupporterId(uuid::Uuid::from_u128(id()))).collect();
        Self { rng, hold_back, seeds, candidates, audience }
    }

    fn copy(&self, candidate: &Candidate) -> Rows {
        let draw = Draw::new(&self.hold_back, SEASON, candidate.borrower, candidate.share);
        let people = self.audience.iter().copied().filter(|person| !draw.held_back(*person)).collect();
        let planned = plan(&self.seeds, SEASON, candidate.borrower, candidate.largest_copy_rows);
        let address =
            |seed: &hustings_trace::PlantedSeed| decoy(&self.seeds, seed.slot, seed.symbol, DOMAIN).email;
        Rows { people, addresses: planned.iter().map(address).collect() }
    }

    /// The leak and who is guilty of it; `strangers` per cent of it are people of the list from elsewhere.
    pub(crate) fn leak(&mut self, attack: Attack, leaked: u64, strangers: u64) -> (Rows, Vec<BorrowerId>) {
        let guilty: Vec<Candidate> = self.candidates.iter().take(attack.leakers()).copied().collect();
        let copies: Vec<Rows> = guilty.iter().map(|candidate| self.copy(candidate)).collect();
        let mut file = match attack {
            Attack::Elsewhere => {
                Rows { people: self.audience.iter().copied().collect(), addresses: BTreeSet::new() }
            }
            Attack::Single | Attack::Union(_) => {
                copies.into_iter().reduce(|one, two| union(&one, &two)).unwrap_or_default()
            }
            Attack::And(_) => copies.into_iter().reduce(|one, two| common(&one, &two)).unwrap_or_default(),
            Attack::Mix(_) => self.mixed(&copies),
        };
        file.people.retain(|_| self.rng.below(100) < leaked);
        file.addresses.retain(|_| self.rng.below(100) < leaked);
        let more = file.people.len() as u64 * strangers / (100 - strangers).max(1);
        for _ in 0..more {
            let position = below(&mut self.rng, self.audience.len());
            file.people.extend(self.audience.get(position));
        }
        (file, guilty.into_iter().map(|candidate| candidate.borrower).collect())
    }

    fn mixed(&mut self, copies: &[Rows]) -> Rows {
        let all = copies.iter().cloned().reduce(|one, two| union(&one, &two)).unwrap_or_default();
        let rng = &mut self.rng;
        let mut pick = || copies.get(below(rng, copies.len()));
        let people =
            all.people.into_iter().filter(|row| pick().is_some_and(|copy| copy.people.contains(row)));
        let people = people.collect();
        let addresses =
            all.addresses.into_iter().filter(|row| pick().is_some_and(|copy| copy.addresses.contains(row)));
        Rows { people, addresses: addresses.collect() }
    }

    pub(crate) fn judge(&self, leak: &Rows, epsilon: f64) -> Result<Verdict, AccuseError> {
        let people: Vec<_> = leak.people.iter().copied().collect();
        let matched = Matched::of(&people, &self.candidates, |_, _| true, |_, _| false);
        let keys = SeasonKeys {
            season: SEASON,
            hold_back: &self.hold_back,
            seeds: &self.seeds,
            seed_domain: DOMAIN,
        };
        let addresses = leak.addresses.iter().map(String::as_str);
        accuse(&Case::gather(keys, &self.candidates, &matched, &[], addresses), epsilon)
    }
}

fn union(one: &Rows, two: &Rows) -> Rows {
    Rows { people: &one.people | &two.people, addresses: &one.addresses | &two.addresses }
}

fn common(one: &Rows, two: &Rows) -> Rows {
    Rows { people: &one.people & &two.people, addresses: &one.addresses & &two.addresses }
}

/// A place among `of`.
fn below(rng: &mut SeededRng, of: usize) -> usize {
    usize::try_from(rng.below(of as u64)).unwrap_or_default()
}
