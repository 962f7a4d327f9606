//! Putting a charter in force: the first by whoever begins the list, every other by a decision of the board.

use super::load;
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::charter::{Charter, Unreachable, changes, unreachable};
use hustings_policy::{RuleWords, Rules, permit};
use hustings_store::Tx;
use hustings_store::records::{CharterProposal, ProposalState};
use jiff::Timestamp;
use serde::Serialize;
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

/// Adopts the first charter; another is proposed to the board.
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
            .hint("put it to the board with `hustings charter propose FILE`"));
        }
        put(tx, actor, &charter, toml, now)
    })?;
    Ok(charter)
}

fn put(tx: &mut dyn Tx, actor: &Actor, charter: &Charter, toml: &str, now: Timestamp) -> Result<()> {
    tx.put_charter(charter.version, toml, now)?;
    let hash = ContentHash(sha256(toml.as_bytes()));
    let body = json!({"version": charter.version, "sha256": hash, "quorum": charter.board.quorum,
        "wings_needed": charter.board.wings_needed, "votes_signed": charter.board.signed});
    enter(tx, now, actor, "charter.adopted", body)?;
    Ok(())
}

/// Puts in force what the board cleared; whatever else was proposed against the same version is overtaken.
pub(crate) fn adopt(tx: &mut dyn Tx, app: &App, proposal: &CharterProposal) -> Result<()> {
    let charter = check_charter(&proposal.toml)?;
    put(tx, &Actor::machine(), &charter, &proposal.toml, app.now())?;
    for other in tx.proposals()? {
        if other.state == ProposalState::Open && other.number != proposal.number {
            tx.put_proposal(&CharterProposal { state: ProposalState::Overtaken, ..other })?;
        }
    }
    Ok(())
}

/// A proposed charter, and what it would change.
#[derive(Debug, Clone, Serialize)]
pub struct Proposed {
    /// Its number.
    pub number: u32,
    /// What votes bind to: the hash of its text.
    pub content: ContentHash,
    /// What would change, in words, one sentence each.
    pub changes: Vec<String>,
}

/// Asks the board to put another charter in force.
pub fn propose_charter(app: &App, actor: &Actor, toml: &str) -> Result<Proposed> {
    permit(actor, Action::ProposeCharter)?;
    let charter = check_charter(toml)?;
    let now = app.now();
    app.store.write(|tx| {
        let in_force = load::charter(tx)?;
        if charter.version != in_force.version + 1 {
            return Err(Refusal::conflict(
                "charter.version",
                format!("this is version {}, and version {} is in force", charter.version, in_force.version),
            )
            .hint(format!("set `version = {}`", in_force.version + 1)));
        }
        let words = changes(&in_force, &charter);
        if words.is_empty() {
            return Err(Refusal::conflict("charter.same", "this charter changes nothing"));
        }
        let board = load::board(tx)?;
        let unreachable = unreachable(&charter, &board);
        if !unreachable.is_empty() {
            let refusal = Refusal::conflict(
                "charter.unreachable",
                "with the trustees seated now, the board of this charter could never decide",
            )
            .hint("seat those who are missing first, with `hustings user add`, or ask for less");
            return Err(unreachable.iter().map(Unreachable::to_string).fold(refusal, Refusal::because));
        }
        let proposal = CharterProposal {
            number: tx.next_proposal_number()?,
            toml: toml.to_owned(),
            by: actor.reference(),
            at: now,
            state: ProposalState::Open,
            proceedings: hustings_domain::clearance::Proceedings::default(),
        };
        tx.put_proposal(&proposal)?;
        let content = ContentHash(sha256(toml.as_bytes()));
        let body = json!({"charter": proposal.number, "version": charter.version, "content": content,
            "changes": words.len()});
        enter(tx, now, actor, "charter.proposed", body)?;
        Ok(Proposed { number: proposal.number, content, changes: words })
    })
}

/// Every proposed charter, the newest first.
pub fn proposals(app: &App, actor: &Actor) -> Result<Vec<CharterProposal>> {
    permit(actor, Action::ReadLoans)?;
    app.store.read(|tx| Ok(tx.proposals()?))
}
