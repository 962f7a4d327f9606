//! Checking somebody's trace with nothing but the report, the leaked file, the opening and the ledger's entries:
//! everything is worked out anew, and the smallest difference is told. Needs no list and no key of ours.

use super::trace::{EPSILON, ledger_body};
use crate::refusal::{Refusal, Result};
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_ledger::Leaf;
use hustings_store::Tx;
use hustings_trace::{Commitments, Opening, SealedSeeds, TraceReport, rerun};
use serde::Serialize;
use serde_json::{Number, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Entries read at a time.
const PAGE: u32 = 5_000;

/// What a third party has.
#[derive(Debug, Clone, Copy)]
pub struct TraceCase<'a> {
    /// The report, as JSON.
    pub report: &'a str,
    /// The leaked file, as it was found.
    pub leak: &'a [u8],
    /// The opening, as JSON.
    pub opening: &'a str,
}

/// The ledger's entries that speak of traces, sends and copies, by position: the caller has verified that they stand
/// in the ledger.
#[derive(Debug, Clone, Default)]
pub struct TraceEntries(BTreeMap<u64, Leaf>);

impl TraceEntries {
    /// Keeps an entry if it can matter.
    pub fn add(&mut self, index: u64, entry: &[u8]) -> Result<()> {
        let leaf = Leaf::from_bytes(entry)
            .map_err(|error| refused(format!("entry {index} of the ledger cannot be read")).because(error))?;
        if leaf.kind.starts_with("trace.") || ["send.started", "copy.made"].contains(&leaf.kind.as_str()) {
            self.0.insert(index, leaf);
        }
        Ok(())
    }

    /// The entries of the list's own ledger.
    pub(super) fn own(tx: &mut dyn Tx) -> Result<Self> {
        let (mut all, mut from) = (Self::default(), 0);
        loop {
            let page = tx.ledger_entries(from, PAGE)?;
            if page.is_empty() {
                return Ok(all);
            }
            for entry in page {
                all.add(from, &entry)?;
                from += 1;
            }
        }
    }

    /// What the copies of a season were committed to before entry `until`, where they hold sealed seeds.
    pub(super) fn sealed(&self, season: &str, until: u64) -> BTreeMap<u64, ContentHash> {
        self.of("copy.made")
            .filter(|(index, body)| *index < until && body["season"] == season)
            .filter_map(|(_, body)| Some((body["copy"].as_u64()?, hash_of(body, "sealed_commitment")?)))
            .collect()
    }

    fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (u64, &'a Value)> {
        self.0.iter().filter(move |(_, leaf)| leaf.kind == kind).map(|(index, leaf)| (*index, &leaf.body))
    }
}

/// What was found to hold.
#[derive(Debug, Clone, Serialize)]
pub struct VerifiedTrace {
    /// The finding, worked out anew.
    pub finding: String,
    /// The bound, in words.
    pub bound: String,
    /// What was checked, in the order it was.
    pub checks: Vec<String>,
}

fn refused(message: impl Into<String>) -> Refusal {
    Refusal::invalid("trace.not-verified", message.into())
}

/// Works the report out anew and compares every number and word of it.
pub fn verify_trace(case: TraceCase<'_>, entries: &TraceEntries) -> Result<VerifiedTrace> {
    let given: TraceReport = serde_json::from_str(case.report)
        .map_err(|error| refused("the report cannot be read").because(error))?;
    let opening: Opening = serde_json::from_str(case.opening)
        .map_err(|error| refused("the opening cannot be read").because(error))?;
    let mut checks = Vec::new();
    let file = ContentHash(sha256(case.leak));
    if file != given.file_sha256 {
        return Err(refused("the leaked file is not the one that the report is about")
            .because(format!("it has {file}, and the report says {}", given.file_sha256)));
    }
    checks.push(format!("the leaked file is the report's: {file}"));

    if opening.epsilon.to_bits() != EPSILON.to_bits() {
        return Err(refused(format!(
            "the opening states another bound than {EPSILON}, which the ledger and every contract state"
        )));
    }
    let committed = commitments(&opening.season, given.ledger_entry, entries)?;
    let mut again = rerun(&opening, &committed, case.leak)
        .map_err(|error| refused("the opening does not hold").because(error))?;
    checks.push(
        "the opened keys are those that the ledger was committed to before the first send and copy"
            .to_owned(),
    );
    copies_of_the_ledger(&opening, given.ledger_entry, entries)?;
    checks.push(format!(
        "the {} copies and {} borrowers are all that the ledger has",
        opening.copies.len(),
        opening.candidates.len()
    ));

    again.ledger_entry = given.ledger_entry;
    same(case.report, &again)?;
    checks.push("worked out anew from the file, every number and word of the report is the same".to_owned());

    let kind = if again.accused.is_empty() { "trace.nothing" } else { "trace.accused" };
    let entered = entries.of(kind).find(|(index, _)| *index == given.ledger_entry).map(|(_, body)| body);
    if entered.map(without_author) != Some(ledger_body(&again)) {
        return Err(refused(format!("entry {} of the ledger says something else", given.ledger_entry)));
    }
    checks.push(format!("entry {} of the ledger says the same", given.ledger_entry));
    let hash = ContentHash(sha256(case.opening.as_bytes())).to_string();
    let opened = entries.of("trace.opened").any(|(_, body)| {
        body["opening_sha256"].as_str() == Some(&hash) && body["sha256"].as_str() == Some(&file.to_string())
    });
    if !opened {
        return Err(refused("the ledger has no entry of this opening").hint(
            "an opening counts from when its hash is in the ledger; verify with the ledger as it is now",
        ));
    }
    checks.push("the opening is the one in the ledger".to_owned());
    Ok(VerifiedTrace { finding: again.report.finding.clone(), bound: again.report.bound.clone(), checks })
}

fn without_author(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(members) = body.as_object_mut() {
        members.remove("by");
    }
    body
}

fn hash_of(body: &Value, name: &str) -> Option<ContentHash> {
    ContentHash::parse(body[name].as_str()?)
}

/// The commitments of the season, which must be one each and stand before the trace.
fn commitments(season: &str, trace: u64, entries: &TraceEntries) -> Result<Commitments> {
    let one = |kind: &str, name: &str| -> Result<[u8; 32]> {
        let of_season = entries.of(kind).filter(|(index, body)| *index < trace && body["season"] == season);
        let found: BTreeSet<ContentHash> = of_season.filter_map(|(_, body)| hash_of(body, name)).collect();
        match found.iter().next() {
            Some(hash) if found.len() == 1 => Ok(hash.0),
            Some(_) => Err(refused(format!("the ledger has several of `{name}` for season `{season}`"))),
            None => {
                Err(refused(format!("the ledger has no `{name}` for season `{season}` before entry {trace}")))
            }
        }
    };
    Ok(Commitments {
        hold_back: one("send.started", "hold_back_commitment")?,
        seeds: one("copy.made", "seed_commitment")?,
    })
}

/// No candidate may be left out or added, no copy, no sealed seed, and no share may be larger than was drawn.
fn copies_of_the_ledger(opening: &Opening, trace: u64, entries: &TraceEntries) -> Result<()> {
    let mut shares: BTreeMap<u64, u64> = BTreeMap::new();
    for (_, body) in entries.of("send.started") {
        if let (Some(loan), Some(share)) = (body["loan"].as_u64(), body["hold_back_per_mille"].as_u64()) {
            shares.insert(loan, share);
        }
    }
    let mut made = BTreeSet::new();
    let mut holders = BTreeSet::new();
    let mut largest: BTreeMap<String, u64> = BTreeMap::new();
    sealed_of_the_ledger(opening, trace, entries)?;
    for (index, body) in entries.of("copy.made").filter(|(index, _)| *index < trace) {
        let broken = || refused(format!("entry {index} of the ledger is no copy"));
        let copy = body["copy"].as_u64().ok_or_else(broken)?;
        let borrower = body["borrower"].as_str().ok_or_else(broken)?.to_owned();
        let people = body["people"].as_u64().ok_or_else(broken)?;
        made.insert((copy, borrower.clone(), people, body["loan"].as_u64().ok_or_else(broken)?));
        let most = largest.entry(borrower.clone()).or_default();
        *most = (*most).max(people);
        holders.insert(borrower);
    }
    let opened: BTreeSet<_> = opening
        .copies
        .iter()
        .map(|copy| (u64::from(copy.copy.0), copy.borrower.to_string(), copy.people, u64::from(copy.loan.0)))
        .collect();
    if opened != made {
        return Err(refused("the opening has other copies than the ledger"));
    }
    let candidates: BTreeSet<String> =
        opening.candidates.iter().map(|one| one.candidate.borrower.to_string()).collect();
    if candidates != holders || candidates.len() != opening.candidates.len() {
        return Err(refused("the opening has other candidates than those who hold copies by the ledger"));
    }
    for one in opening.candidates.iter().map(|one| one.candidate) {
        let name = one.borrower.to_string();
        let loans = made.iter().filter(|(_, borrower, ..)| *borrower == name).map(|(.., loan)| loan);
        let drawn = loans.filter_map(|loan| shares.get(loan)).min();
        if drawn.is_some_and(|share| u64::from(one.share.per_mille()) > *share) {
            return Err(refused(format!(
                "the opening says that more was held back for {name} than the ledger"
            )));
        }
        if largest.get(&name) != Some(&one.largest_copy_rows) {
            return Err(refused(format!(
                "the opening says that the largest copy of {name} has another size"
            )));
        }
    }
    Ok(())
}

// INVARIANT (promise 6): a sealed seed speaks once, for the borrower of its copy, and only if the copy's entry committed to
// it before the trace.
fn sealed_of_the_ledger(opening: &Opening, trace: u64, entries: &TraceEntries) -> Result<()> {
    let split = entries.of("trace.key-split");
    let split = split.filter(|(index, body)| *index < trace && body["season"] == opening.season).count() > 0;
    if split != opening.split {
        return Err(refused("the opening and the ledger differ on whether the trace key was split"));
    }
    let opened: BTreeMap<u64, ContentHash> = opening
        .sealed
        .iter()
        .map(|seeds| (u64::from(seeds.copy.0), ContentHash(seeds.commitment())))
        .collect();
    if opened.len() != opening.sealed.len() || opened != entries.sealed(&opening.season, trace) {
        return Err(refused(
            "the sealed seeds of the opening are not those that the ledger's copies were made with",
        ));
    }
    let of_its_borrower = |seeds: &SealedSeeds| {
        opening.copies.iter().any(|copy| copy.copy == seeds.copy && copy.borrower == seeds.borrower)
    };
    if !opening.sealed.iter().all(of_its_borrower) {
        return Err(refused("sealed seeds of the opening stand under another borrower than their copy"));
    }
    Ok(())
}

/// Compares the report as it was given with the one worked out anew.
fn same(given: &str, again: &TraceReport) -> Result<()> {
    let read = |text: &str| -> Result<Value> {
        serde_json::from_str(text).map_err(|error| refused("the report cannot be read").because(error))
    };
    let again =
        again.json().map_err(|error| Refusal::internal("the report cannot be written").because(error))?;
    match first_difference(&read(given)?, &read(&again)?, "") {
        None => Ok(()),
        Some((place, given, again)) => Err(refused(format!("the report says otherwise at `{place}`"))
            .because(format!("it says {given}, and worked out anew it is {again}"))
            .hint("the report, the opening or the file was changed")),
    }
}

/// Logarithms of another machine may differ in their last digit; counts may not differ at all.
fn is_as_good_as(one: &Number, two: &Number) -> bool {
    match (one.as_f64(), two.as_f64()) {
        (Some(a), Some(b)) if one.is_f64() && two.is_f64() => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        _ => false,
    }
}

fn first_difference(given: &Value, again: &Value, place: &str) -> Option<(String, String, String)> {
    let inner = |key: &str, given: Option<&Value>, again: Option<&Value>| {
        let place = format!("{place}/{key}");
        match (given, again) {
            (Some(given), Some(again)) => first_difference(given, again, &place),
            (given, again) => {
                let said = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
                Some((place, said(given), said(again)))
            }
        }
    };
    match (given, again) {
        (Value::Object(one), Value::Object(two)) => {
            let keys: BTreeSet<&String> = one.keys().chain(two.keys()).collect();
            keys.into_iter().find_map(|key| inner(key, one.get(key), two.get(key)))
        }
        (Value::Array(one), Value::Array(two)) => {
            (0..one.len().max(two.len())).find_map(|at| inner(&at.to_string(), one.get(at), two.get(at)))
        }
        (Value::Number(one), Value::Number(two)) if is_as_good_as(one, two) => None,
        _ if given == again => None,
        _ => Some((place.to_owned(), given.to_string(), again.to_string())),
    }
}
