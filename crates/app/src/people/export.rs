//! Everything held on one person, for that person: as JSON for programs and as one page for people (access and
//! portability, GDPR articles 15 and 20). The format is described in `docs/person-export.md`.

mod consent_record;
mod gather;
mod html;
mod write;

use super::consent::gone;
use crate::beside::{self, Entered};
use crate::context::App;
use crate::journal::enter;
use crate::refusal::Result;
use gather::Gathered;
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::{Ordinal, SupporterId};
use hustings_policy::permit;
use hustings_store::Tx;
use serde_json::{Value, json};
use std::fmt;

/// The name and version of the JSON; a field that is renamed or given another meaning counts the version up.
pub const FORMAT: &str = "hustings-person/2";

/// Everything held on one person. Personal: its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonExport {
    /// For programs.
    pub json: Value,
    /// For people: one page that needs nothing besides itself, prints well and fits a phone.
    pub html: String,
}

impl fmt::Debug for PersonExport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonExport").finish_non_exhaustive()
    }
}

impl PersonExport {
    /// The JSON as text, indented.
    pub fn json_text(&self) -> String {
        // A value of strings, numbers, lists and objects always has a text.
        format!("{:#}\n", self.json)
    }
}

/// Writes out what is held on somebody who asked a steward for it; that it was, is in the ledger.
pub fn export_person(app: &App, actor: &Actor, id: SupporterId) -> Result<PersonExport> {
    permit(actor, Action::ExportSupporter)?;
    let now = app.now();
    let held = |tx: &mut dyn Tx| {
        let record = tx.supporter_by_id(id)?.ok_or_else(gone)?;
        write_out(app, tx, record.ordinal)
    };
    if app.is_reading() {
        // The entry first, by the process that serves; without it nothing is opened.
        beside::ask_to_enter(app, actor, Entered::SupporterExported)?;
        return app.store.read(held);
    }
    app.store.write(|tx| {
        let export = held(tx)?;
        Entered::SupporterExported.enter(tx, now, actor)?;
        Ok(export)
    })
}

/// The same for the person themselves, whom a link of ours names; it is an act of theirs, and in the ledger.
pub fn export_mine(app: &App, ordinal: Ordinal) -> Result<PersonExport> {
    let now = app.now();
    app.store.write(|tx| {
        let export = write_out(app, tx, ordinal)?;
        let body = json!({"records": 1, "asked_by": "supporter"});
        enter(tx, now, &Actor::machine(), "supporter.exported", body)?;
        Ok(export)
    })
}

fn write_out(app: &App, tx: &mut dyn Tx, ordinal: Ordinal) -> Result<PersonExport> {
    let held = Gathered::read(app, tx, ordinal)?;
    Ok(PersonExport { json: write::json(&held), html: html::page(&held) })
}
