//! What is known about a leak, whoever knows it: the owner from its store, a third party from an opening. Both weigh
//! it here and get the same report, letter by letter.

use crate::accuse::evidence::{Evidence, Matched, SealedEvidence, SeasonKeys};
use crate::accuse::{AccuseError, Case, Suspect, accuse, ln_e_value};
use crate::hold_back::{Draw, HoldBackKey};
use crate::leak::{LeakRow, Place};
use crate::marks::Marks;
use crate::opening::{Commitments, OpenCandidate, OpenCopy};
use crate::report::{Accused, CopyMatch, Report, Said, TraceReport, framing, odds};
use crate::sealed::SealedSeeds;
use crate::seeds::{SeedKey, SeedKind, all_decoys};
use hustings_domain::canonical::ContentHash;
use hustings_domain::ids::{BorrowerId, SupporterId};
use std::collections::{BTreeMap, BTreeSet};

/// Who was found in which row of a leak: (row, person), both by position.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found(pub Vec<(u32, u32)>);

impl Found {
    /// Looks addresses up first, and numbers only of rows without a known address: a household shares a number, and
    /// the row is about one of it.
    pub fn by(
        rows: &[LeakRow],
        email: impl Fn(&String) -> Option<usize>,
        phone: impl Fn(&String) -> Option<usize>,
    ) -> Self {
        let mut found = Vec::new();
        for (row, position) in rows.iter().zip(0_u32..) {
            let before = found.len();
            let person = |at: usize| (position, u32::try_from(at).unwrap_or(u32::MAX));
            found.extend(row.emails.iter().filter_map(&email).map(person));
            if found.len() == before {
                found.extend(row.phones.iter().filter_map(&phone).map(person));
            }
        }
        Self(found)
    }

    /// The people who were found, ascending, and the same finding by their position among these.
    pub fn compact(self) -> (Vec<usize>, Self) {
        let listed: BTreeSet<u32> = self.0.iter().map(|(_, person)| *person).collect();
        let listed: Vec<u32> = listed.into_iter().collect();
        let place = |person: u32| {
            u32::try_from(listed.binary_search(&person).unwrap_or(usize::MAX)).unwrap_or(u32::MAX)
        };
        let found = self.0.into_iter().map(|(row, person)| (row, place(person))).collect();
        (listed.into_iter().map(|person| person as usize).collect(), Self(found))
    }
}

/// Everything that a report is made of, but for the leaked file and the keys.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The season's name.
    pub season: String,
    /// The domain of the decoys.
    pub seed_domain: String,
    /// The bound.
    pub epsilon: f64,
    /// All who hold a copy.
    pub candidates: Vec<OpenCandidate>,
    /// All copies.
    pub copies: Vec<OpenCopy>,
    /// The opened keys of sealed seeds.
    pub sealed: Vec<SealedSeeds>,
    /// Whether the trace key is split.
    pub split: bool,
    /// The people found, each once.
    pub people: Vec<SupporterId>,
    /// In which rows they stand, by their position among `people`.
    pub found: Found,
    /// For each candidate, who of `people` was in an audience.
    pub audiences: Vec<Marks>,
    /// For each copy, who of `people` stands in it.
    pub in_copies: Vec<Marks>,
}

impl Facts {
    /// Weighs all candidates and says what was found.
    pub fn weigh(
        &self,
        hold_back: &HoldBackKey,
        seeds: &SeedKey,
        nonce: &[u8; 32],
        rows: &[LeakRow],
        file: ContentHash,
    ) -> Result<TraceReport, AccuseError> {
        let keys = SeasonKeys { season: &self.season, hold_back, seeds, seed_domain: &self.seed_domain };
        let candidates: Vec<_> = self.candidates.iter().map(|one| one.candidate).collect();
        let matched = Matched {
            people: self.people.clone(),
            audiences: self.audiences.clone(),
            in_copies: candidates.iter().map(|one| self.held_by(one.borrower)).collect(),
        };
        let addresses = rows.iter().flat_map(|row| row.emails.iter().map(String::as_str));
        let case = Case::gather(keys, &candidates, &matched, &self.sealed, addresses);
        let verdict = accuse(&case, self.epsilon)?;
        let decoys = self.decoys(keys, rows);
        let name = |id: BorrowerId| {
            let known = self.candidates.iter().find(|one| one.candidate.borrower == id);
            known.map_or_else(|| id.to_string(), |one| one.name.clone())
        };
        let (accused, cleared): (Vec<&Suspect>, Vec<&Suspect>) =
            verdict.ranked.iter().partition(|suspect| suspect.accused);
        let accused = accused
            .into_iter()
            .map(|suspect| {
                let (confirmed, framing) = framing(suspect, self.split);
                Accused {
                    borrower: suspect.borrower,
                    name: name(suspect.borrower),
                    copies: self.copies_of(suspect.borrower),
                    said: self.said(suspect.borrower, hold_back, &case, rows, &decoys),
                    confirmed,
                    framing,
                }
            })
            .collect();
        let mut known = vec![false; rows.len()];
        for (row, _) in &self.found.0 {
            if let Some(known) = known.get_mut(*row as usize) {
                *known = true;
            }
        }
        let seeded: BTreeSet<u32> = decoys.iter().map(|decoy| decoy.row).collect();
        let strangers =
            known.iter().zip(0_u32..).filter(|(known, row)| !**known && !seeded.contains(row)).count();
        let committed = Commitments::new(hold_back, seeds, nonce);
        Ok(TraceReport {
            file_sha256: file,
            season: self.season.clone(),
            rows: rows.len() as u64,
            matched: self.people.len() as u64,
            strangers: strangers as u64,
            seeds: seeded.len() as u64,
            accused,
            cleared: cleared.into_iter().map(|suspect| name(suspect.borrower)).collect(),
            report: Report::new(&verdict, name),
            split: self.split,
            hold_back_commitment: ContentHash(committed.hold_back),
            seed_commitment: ContentHash(committed.seeds),
            ledger_entry: 0,
        })
    }

    /// Who of the people stands in any copy of a borrower.
    fn held_by(&self, borrower: BorrowerId) -> Marks {
        let mut all = Marks::with_room(self.people.len());
        for (_, marks) in
            self.copies.iter().zip(&self.in_copies).filter(|(copy, _)| copy.borrower == borrower)
        {
            all.add(marks);
        }
        all
    }

    /// A borrower's copies, the one with the most of its people in the file first.
    fn copies_of(&self, borrower: BorrowerId) -> Vec<CopyMatch> {
        let mine = self.copies.iter().zip(&self.in_copies).filter(|(copy, _)| copy.borrower == borrower);
        let mut copies: Vec<CopyMatch> = mine
            .map(|(copy, marks)| CopyMatch {
                copy: copy.copy,
                loan: copy.loan,
                people_found: marks.count(),
                people: copy.people,
            })
            .collect();
        copies.sort_by_key(|copy| (std::cmp::Reverse(copy.people_found), copy.copy));
        copies
    }

    fn decoys(&self, keys: SeasonKeys<'_>, rows: &[LeakRow]) -> Vec<SeenDecoy> {
        let largest: Vec<_> = self
            .candidates
            .iter()
            .map(|one| (one.candidate.borrower, one.candidate.largest_copy_rows))
            .collect();
        let index = all_decoys(keys.seeds, keys.season, keys.seed_domain, &largest);
        let mut sealed: BTreeMap<String, BorrowerId> = BTreeMap::new();
        for copy in &self.sealed {
            sealed
                .extend(copy.decoys(&self.seed_domain).into_iter().map(|decoy| (decoy.email, copy.borrower)));
        }
        let mut seen = Vec::new();
        for (row, position) in rows.iter().zip(0_u32..) {
            for address in row.emails.iter().filter_map(|address| index.at_domain(address)) {
                let planted = index.look_up(&address).iter().map(|planted| {
                    let kind = match planted.seed.kind {
                        SeedKind::Unique => Kind::Unique,
                        SeedKind::Shared { chance_per_mille } => Kind::Shared(chance_per_mille),
                    };
                    (kind, planted.holders.clone())
                });
                let sealed = sealed.get(&address).map(|holder| (Kind::Sealed, BTreeSet::from([*holder])));
                seen.extend(planted.chain(sealed).map(|(kind, holders)| SeenDecoy {
                    row: position,
                    address: address.clone(),
                    kind,
                    holders,
                }));
            }
        }
        seen
    }

    /// What each kind of row says about one borrower: by how much the evidence would be less without one of them.
    fn said(
        &self,
        borrower: BorrowerId,
        hold_back: &HoldBackKey,
        case: &Case,
        rows: &[LeakRow],
        decoys: &[SeenDecoy],
    ) -> Vec<Said> {
        let position = case.candidates.iter().position(|evidence| evidence.borrower == borrower);
        let Some((place, evidence)) = position.and_then(|at| Some((at, case.candidates.get(at)?))) else {
            return Vec::new();
        };
        let whole = ln_e_value(evidence, case.unique_candidates);
        let mut said = Vec::new();
        let mut add = |what: &str, count: u64, less: Option<(Evidence, u64)>, rows: String| {
            if let Some((without, unique)) = less.filter(|_| count > 0) {
                let each = whole - ln_e_value(&without, unique);
                let (what, odds) = (what.to_owned(), odds(each));
                said.push((each, Said { what, count, each_milli: milli(each), odds, rows }));
            }
        };
        let unique = case.unique_candidates;
        let changed = |change: &dyn Fn(&mut Evidence) -> Option<()>| {
            let mut without = evidence.clone();
            change(&mut without).map(|()| without)
        };
        let draw = self
            .candidates
            .get(place)
            .map(|one| Draw::new(hold_back, &self.season, borrower, one.candidate.share));
        let audience = self.audiences.get(place);
        let rows_of = |held: bool| {
            let is = |person: &u32| {
                let at = *person as usize;
                audience.is_some_and(|marks| marks.has(at))
                    && draw
                        .as_ref()
                        .zip(self.people.get(at))
                        .is_some_and(|(draw, id)| draw.held_back(*id) == held)
            };
            ranges(self.found.0.iter().filter(|(_, person)| is(person)).map(|(row, _)| *row), rows)
        };
        let less_free = changed(&|e| e.rows.not_held_back.checked_sub(1).map(|n| e.rows.not_held_back = n));
        let free = "people of the audience who were not held back";
        add(free, evidence.rows.not_held_back, less_free.map(|e| (e, unique)), rows_of(false));
        let less_held = changed(&|e| e.rows.held_back.checked_sub(1).map(|n| e.rows.held_back = n));
        let held = "people who were held back for it";
        add(held, evidence.rows.held_back, less_held.map(|e| (e, unique)), rows_of(true));

        let of = |is: &dyn Fn(&SeenDecoy) -> bool| {
            let seen: Vec<&SeenDecoy> = decoys.iter().filter(|decoy| is(decoy)).collect();
            let different: BTreeSet<&str> = seen.iter().map(|decoy| decoy.address.as_str()).collect();
            (different.len() as u64, ranges(seen.iter().map(|decoy| decoy.row), rows))
        };
        let fewer = unique.saturating_sub(1);
        let (count, places) = of(&|decoy| decoy.kind == Kind::Unique && decoy.holders.contains(&borrower));
        let less = changed(&|e| e.seeds.unique_seen.checked_sub(1).map(|n| e.seeds.unique_seen = n));
        add("decoys that are in its copies alone", count, less.map(|e| (e, fewer)), places);
        let (count, places) = of(&|decoy| decoy.kind == Kind::Sealed && decoy.holders.contains(&borrower));
        let less = changed(&|e| {
            e.sealed.seen.checked_sub(1).map(|n| e.sealed = SealedEvidence { seen: n, ..e.sealed })
        });
        add("sealed decoys of its copies", count, less.map(|e| (e, fewer)), places);
        for (holds, what) in
            [(true, "decoys that it shares with others"), (false, "shared decoys that it does not hold")]
        {
            let shared = |decoy: &SeenDecoy| matches!(decoy.kind, Kind::Shared(_));
            let (count, places) = of(&|decoy| shared(decoy) && decoy.holders.contains(&borrower) == holds);
            // They differ in how many hold them; the least common one seen says what each says at most.
            let less = changed(&|e| {
                let seen = e.seeds.shared.iter_mut().filter(|slot| slot.seen && slot.held == holds);
                seen.min_by_key(|slot| slot.chance_per_mille).map(|slot| slot.seen = false)
            });
            let what = format!("{what}, at most");
            add(&what, count, less.map(|e| (e, unique)), places);
        }
        said.sort_by(|a, b| b.0.total_cmp(&a.0));
        said.into_iter().map(|(_, said)| said).collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unique,
    Shared(u16),
    Sealed,
}

#[derive(Debug)]
struct SeenDecoy {
    row: u32,
    address: String,
    kind: Kind,
    holders: BTreeSet<BorrowerId>,
}

/// Rows as people name them: `row 2-57, row 60`.
fn ranges(positions: impl Iterator<Item = u32>, rows: &[LeakRow]) -> String {
    let places: BTreeSet<Place> =
        positions.filter_map(|at| rows.get(at as usize)).map(|row| row.place).collect();
    let mut runs: Vec<(Place, Place)> = Vec::new();
    for place in places {
        match runs.last_mut() {
            Some((_, last)) if follows(*last, place) => *last = place,
            _ => runs.push((place, place)),
        }
    }
    let words: Vec<String> = runs
        .into_iter()
        .map(|(first, last)| match last.record {
            _ if first == last => first.to_string(),
            0 => format!("{first}-{}", last.line),
            record => format!("{first}-{record}"),
        })
        .collect();
    words.join(", ")
}

fn follows(last: Place, next: Place) -> bool {
    let lines = last.record == 0 && next.record == 0 && last.line + 1 == next.line;
    let records = last.record > 0 && last.line == next.line && last.record + 1 == next.record;
    last.sheet == next.sheet && (lines || records)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a conversion to integer saturates, which is what is meant"
)]
fn milli(log: f64) -> i64 {
    (log * 1_000.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_named_in_runs() {
        let row = |sheet, line, record| LeakRow {
            place: Place { sheet, line, record },
            emails: vec![],
            phones: vec![],
        };
        let rows = [
            row(0, 2, 0),
            row(0, 3, 0),
            row(0, 5, 0),
            row(1, 6, 0),
            row(1, 7, 1),
            row(1, 7, 2),
            row(1, 7, 4),
        ];
        assert_eq!(
            ranges(0..7, &rows),
            "row 2-3, row 5, sheet 1, row 6, sheet 1, row 7, record 1-2, sheet 1, row 7, record 4"
        );
        assert_eq!(ranges([2, 0, 0].into_iter(), &rows), "row 2, row 5");
    }
}
