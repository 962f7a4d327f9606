//! Opening an accusation: everything that a third party needs to run it again from the leaked file and the
//! commitments in the ledger. It tells the season's keys, so it ends the season.

use super::trace::{EPSILON, Gathered, rows_of, weigh};
use super::trace_key::open_sealed;
use crate::context::App;
use crate::refusal::{Refusal, Result};
use crate::second::{Act, enter_with, find, second_person};
use hustings_domain::access::{Action, Actor};
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::guarded::Guarded;
use hustings_policy::permit;
use hustings_trace::opening::contact_hash;
use hustings_trace::{OpenPerson, Opening, TrusteeShare};
use serde_json::json;
use std::collections::BTreeSet;

/// An opened accusation.
#[derive(Debug, Clone)]
pub struct OpenedCase {
    /// What the third party gets; people are in it as salted hashes.
    pub opening: Opening,
    /// The opening as JSON, whose SHA-256 the ledger has.
    pub json: String,
    /// The opening's entry in the ledger.
    pub ledger_entry: u64,
}

/// What a second person grants when an accusation is opened.
pub fn act_of_opening(leak: &[u8]) -> Act {
    Act::new(Guarded::OpenTrace).with("leaked file", ContentHash(sha256(leak)).to_string())
}

/// Opens the accusation that `leak` leads to; refused while it accuses nobody, because it would give the keys away
/// for nothing. `shares` as for [`super::trace_with`].
pub fn open_case(app: &App, actor: &Actor, leak: &[u8], shares: &[TrusteeShare]) -> Result<OpenedCase> {
    permit(actor, Action::TraceLeak)?;
    let rows = rows_of(leak)?;
    let file = ContentHash(sha256(leak));
    let now = app.now();
    // What nobody granted is refused before anything is opened.
    app.store.read(|tx| find(tx, now, actor, &act_of_opening(leak)))?;
    let opened = open_sealed(app, actor, file, shares)?;
    let mut salt = [0; 32];
    app.rng("opening").fill(&mut salt);
    let (report, gathered, season) = weigh(app, &rows, file, &opened)?;
    if report.accused.is_empty() {
        return Err(Refusal::conflict("trace.nothing-to-open", "this file accuses nobody")
            .hint("an opening tells the season's keys, so it is made for an accusation alone"));
    }
    let people = people(&gathered, &salt);
    let facts = gathered.facts;
    let opening = Opening {
        season: season.name.clone(),
        seed_domain: season.domain.clone(),
        epsilon: EPSILON,
        hold_back_key: season.hold_back.0,
        seed_key: season.seeds.0,
        nonce: season.nonce,
        salt,
        candidates: facts.candidates,
        copies: facts.copies,
        sealed: facts.sealed,
        split: facts.split,
        people,
    };
    let json = serde_json::to_string_pretty(&opening)
        .map_err(|error| Refusal::internal("the opening cannot be written").because(error))?;
    let body = json!({"sha256": file, "opening_sha256": ContentHash(sha256(json.as_bytes())),
        "season": season.name, "hold_back_commitment": report.hold_back_commitment,
        "seed_commitment": report.seed_commitment});
    let ledger_entry = app.store.write(|tx| {
        let second = second_person(tx, now, actor, &act_of_opening(leak))?;
        enter_with(tx, now, actor, "trace.opened", body, second)
    })?;
    Ok(OpenedCase { opening, json, ledger_entry })
}

fn people(gathered: &Gathered<'_>, salt: &[u8; 32]) -> Vec<OpenPerson> {
    let facts = &gathered.facts;
    let mut contacts = vec![BTreeSet::new(); facts.people.len()];
    for (place, contact) in &gathered.contacts {
        if let Some(hashes) = contacts.get_mut(*place as usize) {
            hashes.insert(contact_hash(salt, contact));
        }
    }
    let open = |(place, (person, contacts)): (usize, (&_, BTreeSet<String>))| {
        let audiences = facts.candidates.iter().zip(&facts.audiences).filter(|(_, marks)| marks.has(place));
        let copies = facts.copies.iter().zip(&facts.in_copies).filter(|(_, marks)| marks.has(place));
        OpenPerson {
            person: *person,
            contacts: contacts.into_iter().collect(),
            audiences: audiences.map(|(one, _)| one.candidate.borrower).collect(),
            copies: copies.map(|(copy, _)| copy.copy).collect(),
        }
    };
    facts.people.iter().zip(contacts).enumerate().map(open).collect()
}
