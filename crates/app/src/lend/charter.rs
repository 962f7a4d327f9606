//! Putting a charter in force.

use super::load;
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::charter::Charter;
use hustings_policy::{RuleWords, Rules, permit};
use serde_json::json;

/// Reads a charter; every problem is a cause, with its line.
pub fn check_charter(toml: &str) -> Result<Charter> {
    read_rules(toml).map(|(charter, _)| charter)
}

/// The same, with its rules compiled.
pub fn read_rules(toml: &str) -> Result<(Charter, Rules)> {
    Rules::from_toml(toml).map_err(|problems| {
        problems.iter().fold(
            Refusal::invalid("charter.wrong", "this is not a charter that can be kept")
                .hint("docs/charter.example.toml holds every field with its meaning"),
            Refusal::because,
        )
    })
}

/// The charter in force with its rules in words.
#[derive(Debug, Clone)]
pub struct CharterInForce {
    /// Its version.
    pub version: u32,
    /// Its text.
    pub toml: String,
    /// Its rules.
    pub rules: Vec<RuleWords>,
}

/// What is in force.
pub fn charter_in_force(app: &App, actor: &Actor) -> Result<CharterInForce> {
    permit(actor, Action::ReadLoans)?;
    app.store.read(|tx| {
        let rules = load::rules(app, tx)?;
        let (version, toml) =
            tx.charter()?.ok_or_else(|| Refusal::conflict("charter.none", "no charter is in force"))?;
        Ok(CharterInForce { version, toml, rules: rules.in_words() })
    })
}

/// Adopts the first charter, or a version above the one in force.
pub fn adopt_charter(app: &App, actor: &Actor, toml: &str) -> Result<Charter> {
    permit(actor, Action::AdoptCharter)?;
    let charter = check_charter(toml)?;
    let now = app.now();
    app.store.write(|tx| {
        if let Some((in_force, _)) = tx.charter()? {
            return Err(Refusal::conflict(
                "charter.in-force",
                format!("charter version {in_force} is in force, and changing it is a decision of the board"),
            )
            .hint("this program adopts only the first charter so far; begin a new list to use another"));
        }
        tx.put_charter(charter.version, toml, now)?;
        let hash = ContentHash(sha256(toml.as_bytes()));
        let body = json!({"version": charter.version, "sha256": hash, "quorum": charter.board.quorum,
            "wings_needed": charter.board.wings_needed});
        enter(tx, now, actor, "charter.adopted", body)?;
        Ok(())
    })?;
    Ok(charter)
}
