//! Saved audiences: keeping, listing, showing, their versions, and taking them out of use.

use super::{Desk, as_of};
use hustings_app::Result;
use hustings_app::people::{audience, count as counting};
use hustings_domain::money::group_thousands;
use hustings_domain::words::Slug;
use serde_json::json;

/// The rule that a saved audience is asked for by.
fn rule_of(name: &Slug) -> String {
    format!("in audience \"{name}\"")
}

pub(super) fn save(desk: &Desk<'_>, name: &str, rule: &str) -> Result<()> {
    let saved = audience::save(desk.app, &desk.actor, name, rule)?;
    let counted = counting::count(desk.app, &desk.actor, &rule_of(&saved.version.name), desk.today)?;
    let value = json!({"name": saved.version.name, "version": saved.version.version, "new": saved.new,
        "rule": saved.version.expression, "count": counted.count, "as_of": counted.as_of});
    desk.voice.result(&value, |voice| {
        let (name, version) = (&saved.version.name, saved.version.version);
        if saved.new {
            voice.say(format!("{name}, version {version}: {} supporters", group_thousands(counted.count)));
        } else {
            voice.say(format!("{name} says just that already, since version {version}; nothing was saved."));
        }
        voice.say(format!("Use it in any rule as: {}", rule_of(name)));
        voice.say(as_of(counted.as_of));
    })
}

pub(super) fn list(desk: &Desk<'_>) -> Result<()> {
    let mut listed = Vec::new();
    for kept in audience::list(desk.app, &desk.actor)? {
        // A rule can name a tag that nobody carries any more: the list still shows it.
        let counted = match kept.retired {
            Some(_) => None,
            None => counting::count(desk.app, &desk.actor, &kept.rule, desk.today).ok(),
        };
        listed.push((kept, counted));
    }
    let values: Vec<_> = listed
        .iter()
        .map(|(kept, counted)| {
            json!({"name": kept.name, "version": kept.version, "rule": kept.rule, "retired": kept.retired,
                "uses": kept.uses, "used_by": kept.used_by, "count": counted.as_ref().map(|counted| counted.count),
                "as_of": counted.as_ref().map(|counted| counted.as_of)})
        })
        .collect();
    desk.voice.result(&values, |voice| {
        if listed.is_empty() {
            voice.say("Nothing is saved yet. `hustings audience save NAME RULE` keeps a rule.");
            return;
        }
        let rows: Vec<Vec<String>> = listed
            .iter()
            .map(|(kept, counted)| {
                let people = match (kept.retired, counted) {
                    (Some(_), _) => "out of use".to_owned(),
                    (None, Some(counted)) => group_thousands(counted.count),
                    (None, None) => "does not read".to_owned(),
                };
                vec![kept.name.to_string(), people, format!("v{}", kept.version), kept.rule.clone()]
            })
            .collect();
        voice.table(&["name", "people", "version", "rule"], &rows);
        if let Some(counted) = listed.iter().find_map(|(_, counted)| counted.as_ref()) {
            voice.say(as_of(counted.as_of));
        }
    })
}

pub(super) fn show(desk: &Desk<'_>, name: &str) -> Result<()> {
    let kept = audience::show(desk.app, &desk.actor, name)?;
    let counted = match kept.retired {
        Some(_) => None,
        None => Some(counting::count(desk.app, &desk.actor, &rule_of(&kept.name), desk.today)?),
    };
    desk.voice.result(&json!({"audience": kept, "counted": counted}), |voice| {
        voice.say(format!("{}, version {}: {}", kept.name, kept.version, kept.rule));
        match &counted {
            None => voice.say("It is out of use; `hustings audience save` takes it back."),
            Some(counted) => {
                voice.say(format!("{} supporters", group_thousands(counted.count)));
                for breakdown in &counted.breakdowns {
                    let rows: Vec<Vec<String>> = breakdown
                        .parts
                        .iter()
                        .map(|(name, people)| vec![name.clone(), group_thousands(*people)])
                        .collect();
                    voice.table(&[&breakdown.by, "people"], &rows);
                }
                voice.say(as_of(counted.as_of));
            }
        }
        for (what, names) in [("It names", &kept.uses), ("It is part of", &kept.used_by)] {
            if !names.is_empty() {
                let names: Vec<&str> = names.iter().map(Slug::as_str).collect();
                voice.say(format!("{what}: {}", names.join(", ")));
            }
        }
    })
}

pub(super) fn history(desk: &Desk<'_>, name: &str) -> Result<()> {
    let kept = audience::show(desk.app, &desk.actor, name)?;
    desk.voice.result(&kept.versions, |voice| {
        let rows: Vec<Vec<String>> = kept
            .versions
            .iter()
            .map(|version| {
                let at = version.at.strftime("%Y-%m-%d %H:%M").to_string();
                vec![format!("v{}", version.number), at, version.by.clone(), version.rule.clone()]
            })
            .collect();
        voice.table(&["version", "saved (UTC)", "by", "rule"], &rows);
    })
}

pub(super) fn retire(desk: &Desk<'_>, name: &str) -> Result<()> {
    audience::retire(desk.app, &desk.actor, name)?;
    desk.voice.result(&json!({"retired": name}), |voice| {
        voice.say(format!("{name} is out of use. Its versions stay; loans keep what they took from it."));
    })
}
