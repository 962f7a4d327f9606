//! The saved audiences, and one of them with its versions and with what names it.

use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_audience::parse;
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::UserId;
use hustings_domain::words::{Slug, nearest};
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_store::records::{AudienceVersion, SavedAudience};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;

/// A saved audience.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptAudience {
    /// Its name.
    pub name: Slug,
    /// The rule in force.
    pub rule: String,
    /// The number of the newest version.
    pub version: u32,
    /// Since when it is out of use, if it is.
    pub retired: Option<Timestamp>,
    /// The audiences that it names.
    pub uses: Vec<Slug>,
    /// The audiences in use that name it.
    pub used_by: Vec<Slug>,
    /// Its versions, the newest first.
    pub versions: Vec<KeptVersion>,
}

/// A version of a saved audience.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptVersion {
    /// Counted from 1.
    pub number: u32,
    /// The rule.
    pub rule: String,
    /// Who saved it: a name, or `operator`.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Every saved audience by name, those out of use last.
pub fn list(app: &App, actor: &Actor) -> Result<Vec<KeptAudience>> {
    permit(actor, Action::CountAudience)?;
    app.store.read(|tx| {
        let saved = tx.audiences()?;
        let mut kept = saved
            .iter()
            .map(|audience| kept(tx, audience, &saved, vec![audience.newest.clone()]))
            .collect::<Result<Vec<_>>>()?;
        kept.sort_by_key(|audience| (audience.retired.is_some(), audience.name.clone()));
        Ok(kept)
    })
}

/// One saved audience with all its versions.
pub fn show(app: &App, actor: &Actor, name: &str) -> Result<KeptAudience> {
    permit(actor, Action::CountAudience)?;
    app.store.read(|tx| {
        let saved = tx.audiences()?;
        let audience = find(&saved, name)?;
        let versions = tx.audience_versions(&audience.newest.name)?;
        kept(tx, audience, &saved, versions)
    })
}

/// The audience of this name, or the nearest names.
pub(super) fn find<'a>(saved: &'a [SavedAudience], name: &str) -> Result<&'a SavedAudience> {
    saved.iter().find(|audience| audience.newest.name.as_str() == name).ok_or_else(|| {
        let refusal = Refusal::not_found("audience.unknown", format!("there is no saved audience `{name}`"));
        match nearest(name, saved.iter().map(|audience| audience.newest.name.as_str())) {
            Some(near) => refusal.hint(format!("did you mean `{near}`?")),
            None => refusal.hint("`hustings audience list` names them all"),
        }
    })
}

/// The audiences in use whose rules name this one.
pub(super) fn users_of(saved: &[SavedAudience], name: &Slug) -> Vec<Slug> {
    saved
        .iter()
        .filter(|other| other.retired.is_none() && other.newest.name != *name)
        .filter(|other| named(&other.newest.expression).contains(name))
        .map(|other| other.newest.name.clone())
        .collect()
}

/// What a rule names; nothing when it cannot be read any more.
fn named(rule: &str) -> BTreeSet<Slug> {
    parse(rule).map_or_else(
        |_| BTreeSet::new(),
        |expr| expr.audiences().into_iter().map(|name| name.value.clone()).collect(),
    )
}

fn kept(
    tx: &mut dyn Tx,
    audience: &SavedAudience,
    saved: &[SavedAudience],
    versions: Vec<AudienceVersion>,
) -> Result<KeptAudience> {
    let newest = &audience.newest;
    let versions = versions.into_iter().rev().map(|version| {
        Ok(KeptVersion {
            number: version.version,
            rule: version.expression,
            by: person(tx, &version.by)?,
            at: version.at,
        })
    });
    Ok(KeptAudience {
        name: newest.name.clone(),
        rule: newest.expression.clone(),
        version: newest.version,
        retired: audience.retired,
        uses: named(&newest.expression).into_iter().collect(),
        used_by: users_of(saved, &newest.name),
        versions: versions.collect::<Result<_>>()?,
    })
}

/// `steward:<id>` by the user's name; other references as they are.
fn person(tx: &mut dyn Tx, reference: &str) -> Result<String> {
    let id = reference.split_once(':').and_then(|(_, id)| id.parse::<UserId>().ok());
    let user = match id {
        Some(id) => tx.user(id)?,
        None => None,
    };
    Ok(user.map_or_else(|| reference.to_owned(), |user| user.name))
}
