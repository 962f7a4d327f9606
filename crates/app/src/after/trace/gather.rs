//! From the rows of a leak to the evidence: who of the list is in it, which seeds, and which audiences and
//! copies these people were in.

use super::CopyMatch;
use crate::after::season::{Season, candidates, largest_copies};
use crate::context::App;
use crate::lend::charter_in;
use crate::people::dialled;
use crate::refusal::{Refusal, Result};
use hustings_domain::copy::CopyRecord;
use hustings_domain::ids::{BorrowerId, LoanId, LoanNumber, Ordinal, SupporterId};
use hustings_store::Tx;
use hustings_trace::{Candidate, Case, LeakRow, Matched, all_decoys};
use hustings_vault::blind::BlindColumn;
use hustings_vault::{BlindIndex, EmailAddress, Phone};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// How many addresses are looked up at a time.
const LOOK_UP: usize = 10_000;

/// Everything that a verdict needs.
pub(in crate::after) struct Gathered {
    pub(in crate::after) rows: u64,
    pub(in crate::after) strangers: u64,
    pub(in crate::after) seeds: u64,
    /// The supporters found, each with the contacts by which they were.
    pub(in crate::after) people: BTreeMap<SupporterId, BTreeSet<String>>,
    pub(in crate::after) audiences: HashSet<(BorrowerId, SupporterId)>,
    pub(in crate::after) in_copies: HashSet<(BorrowerId, SupporterId)>,
    pub(in crate::after) candidates: Vec<Candidate>,
    pub(in crate::after) case: Case,
    copies: Vec<(BorrowerId, CopyMatch)>,
}

impl Gathered {
    /// A borrower's copies, the one with the most of its people in the file first.
    pub(super) fn copies_of(&self, borrower: BorrowerId) -> Vec<CopyMatch> {
        let mine = self.copies.iter().filter(|(holder, _)| *holder == borrower);
        let mut copies: Vec<CopyMatch> = mine.map(|(_, copy)| copy.clone()).collect();
        copies.sort_by_key(|copy| (std::cmp::Reverse(copy.people_found), copy.copy));
        copies
    }
}

/// Puts the evidence together.
pub(in crate::after) fn gather(
    app: &App,
    tx: &mut dyn Tx,
    season: &Season,
    rows: &[LeakRow],
) -> Result<Gathered> {
    let copies = tx.copies()?;
    let candidates = candidates(tx, &copies)?;
    let found = find_people(app, tx, rows)?;
    let mut ids: HashMap<Ordinal, SupporterId> = HashMap::new();
    let mut people: BTreeMap<SupporterId, BTreeSet<String>> = BTreeMap::new();
    for (ordinal, contacts) in found.contacts {
        let Some(record) = tx.supporter(ordinal)? else { continue };
        ids.insert(ordinal, record.id);
        people.insert(record.id, contacts);
    }
    let decoys = all_decoys(&season.seeds, &season.name, &season.domain, &largest_copies(&copies));
    let is_seed = |row: &&LeakRow| row.emails.iter().any(|address| !decoys.look_up(address).is_empty());
    let seeds = count(rows.iter().filter(is_seed));
    let strangers = count(rows.iter().zip(&found.known).filter(|(row, known)| !**known && !is_seed(row)));
    let audiences = audiences(tx, &candidates, &ids)?;
    let (in_copies, matches) = copies_with(tx, &copies, &ids)?;
    let listed: Vec<SupporterId> = people.keys().copied().collect();
    let matched = Matched {
        people: &listed,
        in_audience: &|borrower, person| audiences.contains(&(borrower, person)),
        in_copy: &|borrower, person| in_copies.contains(&(borrower, person)),
    };
    let addresses = rows.iter().flat_map(|row| row.emails.iter().map(String::as_str));
    let case = Case::gather(season.keys(), &candidates, matched, addresses);
    Ok(Gathered {
        rows: count(rows.iter()),
        strangers,
        seeds,
        people,
        audiences,
        in_copies,
        candidates,
        case,
        copies: matches,
    })
}

fn count<T>(items: impl Iterator<Item = T>) -> u64 {
    u64::try_from(items.count()).unwrap_or(u64::MAX)
}

/// Who was found, and for each row whether anybody was.
struct Found {
    contacts: BTreeMap<Ordinal, BTreeSet<String>>,
    known: Vec<bool>,
}

/// Looks addresses up first, and numbers only of rows without a known address: a household shares a number, and
/// the row is about one of it.
fn find_people(app: &App, tx: &mut dyn Tx, rows: &[LeakRow]) -> Result<Found> {
    let mut found = Found { contacts: BTreeMap::new(), known: vec![false; rows.len()] };
    let email = |text: &str| Some(app.vault.blind_email(&EmailAddress::parse(text).ok()?));
    look_up(tx, rows, BlindColumn::Email, |row| &row.emails, email, &mut found)?;
    let region = dialled(&charter_in(tx)?);
    let phone = |text: &str| Some(app.vault.blind_phone(&Phone::parse(text, region).ok()?));
    look_up(tx, rows, BlindColumn::Phone, |row| &row.phones, phone, &mut found)?;
    Ok(found)
}

fn look_up(
    tx: &mut dyn Tx,
    rows: &[LeakRow],
    column: BlindColumn,
    contacts: impl Fn(&LeakRow) -> &Vec<String>,
    key: impl Fn(&str) -> Option<BlindIndex>,
    found: &mut Found,
) -> Result<()> {
    let open =
        rows.iter().enumerate().filter(|(position, _)| !found.known.get(*position).copied().unwrap_or(true));
    let asked: Vec<(usize, &String, BlindIndex)> = open
        .flat_map(|(position, row)| contacts(row).iter().map(move |contact| (position, contact)))
        .filter_map(|(position, contact)| Some((position, contact, key(contact)?)))
        .collect();
    for batch in asked.chunks(LOOK_UP) {
        let keys: Vec<BlindIndex> = batch.iter().map(|(.., key)| *key).collect();
        for ((position, contact, _), who) in batch.iter().zip(tx.find_blind(column, &keys)?) {
            let Some(ordinal) = who else { continue };
            found.contacts.entry(ordinal).or_default().insert((*contact).clone());
            if let Some(known) = found.known.get_mut(*position) {
                *known = true;
            }
        }
    }
    Ok(())
}

/// Which of the people found were in an audience of each candidate, mailed or held back.
fn audiences(
    tx: &mut dyn Tx,
    candidates: &[Candidate],
    ids: &HashMap<Ordinal, SupporterId>,
) -> Result<HashSet<(BorrowerId, SupporterId)>> {
    let borrowers: BTreeSet<BorrowerId> = candidates.iter().map(|candidate| candidate.borrower).collect();
    let mut audiences = HashSet::new();
    for borrower in borrowers {
        for loan in tx.loans_of(borrower)? {
            let frozen = tx.planned(loan.id)?.into_iter().chain(tx.held_back(loan.id)?);
            audiences.extend(frozen.filter_map(|ordinal| Some((borrower, *ids.get(&ordinal)?))));
        }
    }
    Ok(audiences)
}

type InCopies = (HashSet<(BorrowerId, SupporterId)>, Vec<(BorrowerId, CopyMatch)>);

/// Which of the people found stand in which copies.
fn copies_with(
    tx: &mut dyn Tx,
    copies: &[CopyRecord],
    ids: &HashMap<Ordinal, SupporterId>,
) -> Result<InCopies> {
    let mut numbers: HashMap<LoanId, LoanNumber> = HashMap::new();
    for loan in tx.loans()? {
        numbers.insert(loan.id, loan.number);
    }
    let (mut in_copies, mut matches) = (HashSet::new(), Vec::new());
    for copy in copies {
        let rows = tx.copy_rows(copy.number)?;
        let found: Vec<SupporterId> = rows.iter().filter_map(|row| ids.get(&row.ordinal?).copied()).collect();
        let loan = numbers.get(&copy.loan).copied();
        let loan = loan.ok_or_else(|| Refusal::internal("a copy names a loan that does not exist"))?;
        let people_found = count(found.iter());
        matches.push((
            copy.borrower,
            CopyMatch { copy: copy.number, loan, people_found, people: u64::from(copy.people) },
        ));
        in_copies.extend(found.into_iter().map(|person| (copy.borrower, person)));
    }
    Ok((in_copies, matches))
}
