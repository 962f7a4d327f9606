//! From the rows of a leak to what is known about it: who of the list is in it, and in which audiences and copies
//! these people were. Reads whole audiences and copies once each, in the order of the store.

use crate::after::season::{Season, candidates};
use crate::context::App;
use crate::lend::charter_in;
use crate::people::dialled;
use crate::refusal::{Refusal, Result};
use hustings_domain::ids::{BorrowerId, LoanId, LoanNumber, Ordinal, SupporterId};
use hustings_store::Tx;
use hustings_trace::{Facts, Found, LeakRow, Marks, OpenCandidate, OpenCopy, SealedSeeds};
use hustings_vault::blind::BlindColumn;
use hustings_vault::{BlindIndex, EmailAddress, Phone};
use std::collections::{BTreeSet, HashMap};

/// How many addresses or people are looked up at a time: many, because neighbours share a page of the index.
const LOOK_UP: usize = 50_000;

/// Everything that a verdict and its opening need.
pub(in crate::after) struct Gathered<'a> {
    pub(in crate::after) facts: Facts,
    /// For each of the people, by position, an address or number by which it was found.
    pub(in crate::after) contacts: Vec<(u32, &'a str)>,
}

/// An address or number of a row, and whose it is.
struct Hit<'a> {
    row: u32,
    contact: &'a str,
    who: Ordinal,
}

/// Puts together what is known; `sealed` are the seeds that the trustees opened.
pub(in crate::after) fn gather<'a>(
    app: &App,
    tx: &mut dyn Tx,
    season: &Season,
    rows: &'a [LeakRow],
    epsilon: f64,
    sealed: Vec<SealedSeeds>,
    split: bool,
) -> Result<Gathered<'a>> {
    let copies = tx.copies()?;
    let candidates = candidates(tx, &copies)?;
    let hits = find_people(app, tx, rows)?;
    let listed: BTreeSet<Ordinal> = hits.iter().map(|hit| hit.who).collect();
    let listed: Vec<Ordinal> = listed.into_iter().collect();
    let (ids, people) = ids_of(tx, &listed)?;
    let places = Places::of(&ids);
    let place = |hit: &Hit<'_>| u32::try_from(places.of_person(hit.who)?).ok();
    let found = Found(hits.iter().filter_map(|hit| Some((hit.row, place(hit)?))).collect());
    let contacts = hits.iter().filter_map(|hit| Some((place(hit)?, hit.contact))).collect();

    let loans = tx.loans()?;
    let numbers: HashMap<LoanId, LoanNumber> = loans.iter().map(|loan| (loan.id, loan.number)).collect();
    let mut audiences: HashMap<BorrowerId, Marks> =
        candidates.iter().map(|one| (one.borrower, Marks::with_room(people.len()))).collect();
    for loan in &loans {
        let Some(marks) = audiences.get_mut(&loan.terms.borrower) else { continue };
        places.mark(marks, tx.planned(loan.id)?);
        places.mark(marks, tx.held_back(loan.id)?);
    }
    let (mut opened, mut in_copies) = (Vec::new(), Vec::new());
    for copy in &copies {
        let mut marks = Marks::with_room(people.len());
        places.mark(&mut marks, tx.copy_people(copy.number)?);
        in_copies.push(marks);
        let loan = numbers.get(&copy.loan).copied();
        let loan = loan.ok_or_else(|| Refusal::internal("a copy names a loan that does not exist"))?;
        let (number, borrower) = (copy.number, copy.borrower);
        opened.push(OpenCopy { copy: number, loan, borrower, people: u64::from(copy.people) });
    }
    let names: HashMap<BorrowerId, String> =
        tx.borrowers()?.into_iter().map(|borrower| (borrower.id, borrower.name)).collect();
    let audiences =
        candidates.iter().map(|one| audiences.remove(&one.borrower).unwrap_or_default()).collect();
    let candidates = candidates
        .into_iter()
        .map(|candidate| OpenCandidate {
            name: names.get(&candidate.borrower).cloned().unwrap_or_else(|| candidate.borrower.to_string()),
            candidate,
        })
        .collect();
    let facts = Facts {
        season: season.name.clone(),
        seed_domain: season.domain.clone(),
        epsilon,
        candidates,
        copies: opened,
        sealed,
        split,
        people,
        found,
        audiences,
        in_copies,
    };
    Ok(Gathered { facts, contacts })
}

/// The people who are still on the list, in ascending order.
fn ids_of(tx: &mut dyn Tx, listed: &[Ordinal]) -> Result<(Vec<Ordinal>, Vec<SupporterId>)> {
    let (mut ordinals, mut ids) = (Vec::with_capacity(listed.len()), Vec::with_capacity(listed.len()));
    for batch in listed.chunks(LOOK_UP) {
        for (ordinal, record) in batch.iter().zip(tx.supporters(batch)?) {
            let Some(record) = record else { continue };
            ordinals.push(*ordinal);
            ids.push(record.id);
        }
    }
    Ok((ordinals, ids))
}

/// From an ordinal to the person's place among those found, in one step: audiences are long.
struct Places(Vec<u32>);

impl Places {
    const NOBODY: u32 = u32::MAX;

    fn of(people: &[Ordinal]) -> Self {
        let room = people.last().map_or(0, |last| last.0 as usize + 1);
        let mut places = vec![Self::NOBODY; room];
        for (person, place) in people.iter().zip(0_u32..) {
            if let Some(slot) = places.get_mut(person.0 as usize) {
                *slot = place;
            }
        }
        Self(places)
    }

    fn of_person(&self, person: Ordinal) -> Option<usize> {
        self.0.get(person.0 as usize).filter(|place| **place != Self::NOBODY).map(|place| *place as usize)
    }

    fn mark(&self, marks: &mut Marks, people: impl IntoIterator<Item = Ordinal>) {
        people.into_iter().filter_map(|person| self.of_person(person)).for_each(|place| marks.set(place));
    }
}

/// Looks addresses up first, and numbers only of rows without a known address: a household shares a number, and
/// the row is about one of it.
fn find_people<'a>(app: &App, tx: &mut dyn Tx, rows: &'a [LeakRow]) -> Result<Vec<Hit<'a>>> {
    let mut known = vec![false; rows.len()];
    let mut hits = Vec::new();
    let email = |text: &str| Some(app.vault.blind_email(&EmailAddress::parse(text).ok()?));
    let emails = keyed(rows, &known, |row| &row.emails, &email);
    look_up(tx, BlindColumn::Email, &emails, &mut hits)?;
    for hit in &hits {
        if let Some(known) = known.get_mut(hit.row as usize) {
            *known = true;
        }
    }
    let region = dialled(&charter_in(tx)?);
    let phone = |text: &str| Some(app.vault.blind_phone(&Phone::parse(text, region).ok()?));
    let phones = keyed(rows, &known, |row| &row.phones, &phone);
    look_up(tx, BlindColumn::Phone, &phones, &mut hits)?;
    Ok(hits)
}

type Keyed<'a> = (u32, &'a str, BlindIndex);

/// The blind indexes of the contacts of rows that nobody is known by yet, made on all processors.
fn keyed<'a>(
    rows: &'a [LeakRow],
    known: &[bool],
    contacts: fn(&LeakRow) -> &Vec<String>,
    key: &(dyn Fn(&str) -> Option<BlindIndex> + Sync),
) -> Vec<Keyed<'a>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let size = rows.len().div_ceil(threads).max(1);
    let part = |first: usize, rows: &'a [LeakRow], known: &[bool]| -> Vec<Keyed<'a>> {
        let numbered = rows.iter().zip(known).zip(first..);
        numbered
            .filter(|((_, known), _)| !**known)
            .flat_map(|((row, _), at)| contacts(row).iter().map(move |contact| (at, contact.as_str())))
            .filter_map(|(at, contact)| Some((u32::try_from(at).ok()?, contact, key(contact)?)))
            .collect()
    };
    std::thread::scope(|scope| {
        let parts = rows.chunks(size).zip(known.chunks(size)).enumerate();
        let part = &part;
        let working: Vec<_> =
            parts.map(|(n, (rows, known))| scope.spawn(move || part(n * size, rows, known))).collect();
        let mut all = Vec::new();
        for thread in working {
            match thread.join() {
                Ok(keys) => all.extend(keys),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}

fn look_up<'a>(
    tx: &mut dyn Tx,
    column: BlindColumn,
    asked: &[Keyed<'a>],
    hits: &mut Vec<Hit<'a>>,
) -> Result<()> {
    for batch in asked.chunks(LOOK_UP) {
        let keys: Vec<BlindIndex> = batch.iter().map(|(.., key)| *key).collect();
        for ((row, contact, _), who) in batch.iter().zip(tx.find_blind(column, &keys)?) {
            hits.extend(who.map(|who| Hit { row: *row, contact, who }));
        }
    }
    Ok(())
}
