//! Opening an accusation: everything that a third party needs to run it again from the leaked file and the
//! commitments in the ledger. It tells the season's keys, so it ends the season.

use super::season::Season;
use super::trace::{EPSILON, gather, rows_of, verdict};
use crate::context::App;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use crate::second::{Act, enter_with, second_person};
use hustings_domain::access::{Action, Actor};
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::guarded::Guarded;
use hustings_domain::ids::{BorrowerId, SupporterId};
use hustings_policy::permit;
use hustings_trace::opening::contact_hash;
use hustings_trace::{OpenPerson, Opening};
use serde_json::json;
use std::collections::{BTreeSet, HashSet};

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
/// for nothing.
pub fn open_case(app: &App, actor: &Actor, leak: &[u8]) -> Result<OpenedCase> {
    permit(actor, Action::TraceLeak)?;
    let rows = rows_of(leak)?;
    let now = app.now();
    let mut salt = [0; 32];
    app.rng("opening").fill(&mut salt);
    app.store.write(|tx| {
        let season = Season::of(app, &charter_in(tx)?);
        let gathered = gather(app, tx, &season, &rows)?;
        if verdict(&gathered)?.accused().next().is_none() {
            return Err(Refusal::conflict("trace.nothing-to-open", "this file accuses nobody")
                .hint("an opening tells the season's keys, so it is made for an accusation alone"));
        }
        let people = gathered.people.iter().map(|(person, contacts)| OpenPerson {
            person: *person,
            contacts: contacts.iter().map(|contact| contact_hash(&salt, contact)).collect(),
            audiences: borrowers(&gathered.audiences, *person),
            copies: borrowers(&gathered.in_copies, *person),
        });
        let opening = Opening {
            season: season.name.clone(),
            seed_domain: season.domain.clone(),
            epsilon: EPSILON,
            hold_back_key: season.hold_back.0,
            seed_key: season.seeds.0,
            nonce: season.nonce,
            salt,
            people: people.collect(),
            candidates: gathered.candidates,
        };
        let json = serde_json::to_string_pretty(&opening)
            .map_err(|error| Refusal::internal("the opening cannot be written").because(error))?;
        let body = json!({"sha256": ContentHash(sha256(leak)), "opening_sha256": ContentHash(sha256(json.as_bytes())),
            "season": season.name, "hold_back_commitment": season.hold_back_commitment(),
            "seed_commitment": season.seed_commitment()});
        let second = second_person(tx, now, actor, &act_of_opening(leak))?;
        let ledger_entry = enter_with(tx, now, actor, "trace.opened", body, second)?;
        Ok(OpenedCase { opening, json, ledger_entry })
    })
}

fn borrowers(of: &HashSet<(BorrowerId, SupporterId)>, person: SupporterId) -> BTreeSet<BorrowerId> {
    of.iter().filter(|(_, who)| *who == person).map(|(borrower, _)| *borrower).collect()
}
