//! Keeping a rule under a name: each change is a version of its own, with who made it and when.

use super::rule;
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::words::Slug;
use hustings_policy::permit;
use hustings_store::records::AudienceVersion;
use serde::Serialize;

/// What saving came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// The version in force.
    pub version: AudienceVersion,
    /// Whether it is new; the same text again makes no version.
    pub new: bool,
}

/// Saves the rule `text` as the newest version of the audience `name`.
///
/// Refused when it does not read, uses names that the list does not know, or would make an audience part of itself.
pub fn save(app: &App, actor: &Actor, name: &str, text: &str) -> Result<Saved> {
    permit(actor, Action::SaveAudience)?;
    let name: Slug = name.parse().map_err(|error: hustings_domain::words::NotASlug| {
        let near = Slug::from_free_text(name);
        let refusal = Refusal::invalid("audience.name", error.to_string());
        match near {
            Some(near) => refusal.hint(format!("did you mean `{near}`?")),
            None => refusal,
        }
    })?;
    let text = text.trim();
    let expr = rule::read(app, text)?;
    rule::check(app, &expr, text)?;
    let now = app.now();
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    app.store.write(|tx| {
        rule::bind_as(tx, expr, text, today, &name)?;
        let before = tx.audience(&name)?;
        if let Some(before) = &before
            && before.newest.expression == text
            && before.retired.is_none()
        {
            return Ok(Saved { version: before.newest.clone(), new: false });
        }
        let version = AudienceVersion {
            name,
            version: before.map_or(0, |before| before.newest.version) + 1,
            expression: text.to_owned(),
            by: actor.reference(),
            at: now,
        };
        tx.add_audience_version(&version)?;
        Ok(Saved { version, new: true })
    })
}
