//! How an outcome lies in the store: sealed under the key of the person it is about, and found again by a keyed hash. A
//! row that is a seed is kept in the same way, so that nothing that a borrower can see tells it from a person.

use crate::after::keyed::{keyed_hash, open_bytes, seal_bytes};
use crate::context::App;
use crate::people::person_key;
use crate::refusal::{Refusal, Result};
use hustings_domain::ids::BorrowerId;
use hustings_domain::outcome::{Outcome, RowReference};
use hustings_store::records::{OutcomeRecord, SupporterRecord};
use hustings_vault::Context;
use jiff::Timestamp;

const SEEDS: &str = "outcomes-on-seeds";

fn context(digest: [u8; 16], copy: u32) -> Context<'static> {
    Context { table: "outcome", row: digest, column: "outcome", version: copy }
}

/// The same report of the same row has the same digest.
pub(super) fn digest(app: &App, reference: RowReference, outcome: &Outcome) -> Result<[u8; 16]> {
    let said = bytes(outcome)?;
    let row = [reference.copy.0.to_be_bytes(), reference.row.to_be_bytes()].concat();
    let hash = keyed_hash(app, "outcomes", &[&row, &said]);
    hash.first_chunk().copied().ok_or_else(|| Refusal::internal("a hash is too short"))
}

fn bytes(outcome: &Outcome) -> Result<Vec<u8>> {
    serde_json::to_vec(outcome)
        .map_err(|error| Refusal::internal("an outcome cannot be written").because(error))
}

/// A report as it is kept.
pub(super) fn record(
    app: &App,
    borrower: BorrowerId,
    (reference, outcome): (RowReference, &Outcome),
    person: Option<&SupporterRecord>,
    at: Timestamp,
) -> Result<OutcomeRecord> {
    let digest = digest(app, reference, outcome)?;
    let (copy, said) = (reference.copy, bytes(outcome)?);
    let sealed = match person {
        Some(person) => {
            person_key(app, person)?.seal(&context(digest, copy.0), &said, &mut *app.rng("outcome"))?
        }
        None => seal_bytes(app, SEEDS, &digest, &said)?,
    };
    let ordinal = person.map(|person| person.ordinal);
    Ok(OutcomeRecord { digest, borrower, copy, reference: reference.to_string(), ordinal, sealed, at })
}

/// Opens a record; `person` is whom it is about.
pub(super) fn open(app: &App, record: &OutcomeRecord, person: Option<&SupporterRecord>) -> Result<Outcome> {
    let said = match person {
        Some(person) => {
            person_key(app, person)?.open(&context(record.digest, record.copy.0), &record.sealed)?
        }
        None => open_bytes(app, SEEDS, &record.digest, &record.sealed)?,
    };
    serde_json::from_slice(&said)
        .map_err(|error| Refusal::internal("an outcome does not read back").because(error))
}
