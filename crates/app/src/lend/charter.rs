//! Putting a charter in force.

use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor, permit};
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::charter::Charter;
use serde_json::json;

/// Reads a charter; every problem is a cause, with its line.
pub fn check_charter(toml: &str) -> Result<Charter> {
    Charter::from_toml(toml).map_err(|problems| {
        problems.iter().fold(
            Refusal::invalid("charter.wrong", "this is not a charter that can be kept")
                .hint("docs/charter.example.toml holds every field with its meaning"),
            Refusal::because,
        )
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
