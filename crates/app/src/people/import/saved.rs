//! Mappings kept by name, so that next month's export of the same tool comes in as this month's did.

use super::ImportJob;
use super::mapping::Mapping;
use super::parts::Part;
use super::target::Target;
use super::trail::{read, write};
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::words::{Slug, nearest};
use hustings_policy::permit;
use hustings_store::Tx;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The single value that they are kept in.
const KEY: &str = "import-mappings";
/// More of them nobody can tell apart.
const MOST: usize = 500;

/// One mapping as listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedMapping {
    /// Its name.
    pub name: String,
    /// What each column is.
    pub columns: BTreeMap<String, String>,
}

/// Every mapping that was saved, by name.
pub fn saved_mappings(app: &App, actor: &Actor) -> Result<Vec<SavedMapping>> {
    permit(actor, Action::ImportList)?;
    let all = app.store.read(all)?;
    all.into_iter()
        .map(|(name, text)| {
            let mapping = Mapping::from_toml(&text)?;
            let columns =
                mapping.columns.iter().map(|(header, target)| (header.clone(), target.name())).collect();
            Ok(SavedMapping { name, columns })
        })
        .collect()
}

/// The mapping of this name.
pub fn saved_mapping(app: &App, actor: &Actor, name: &str) -> Result<Mapping> {
    permit(actor, Action::ImportList)?;
    let all = app.store.read(all)?;
    if let Some(text) = all.get(name) {
        return Mapping::from_toml(text);
    }
    let refusal = Refusal::not_found("import.no-mapping", format!("no mapping is saved as `{name}`"));
    Err(match nearest(name, all.keys().map(String::as_str)) {
        Some(near) => refusal.hint(format!("did you mean `{near}`?")),
        None => refusal.hint("save one with --save-mapping; `hustings import mappings` lists them"),
    })
}

/// Keeps what the columns of `part` were taken for, guesses included: the next file is then read as this one.
pub(super) fn save(app: &App, name: &str, job: &ImportJob, part: &Part) -> Result<()> {
    let name: Slug = name.parse().map_err(|_| {
        Refusal::invalid("import.mapping-name", format!("`{name}` is no name for a mapping"))
            .hint("lower-case letters, digits and dashes, such as `newsletter-export`")
    })?;
    let given = job.mapping.clone().unwrap_or_default();
    let ignored = given.columns.iter().filter(|(_, target)| **target == Target::Ignore);
    let used = part.table.header.iter().zip(&part.layout.columns);
    let columns = used
        .filter_map(|(header, target)| Some((header.clone(), target.clone()?)))
        .chain(ignored.map(|(header, target)| (header.clone(), target.clone())))
        .collect();
    let text = Mapping { columns, kind: Some(part.layout.kind), ..given }.to_toml()?;
    app.store.write(|tx| {
        let mut kept = all(tx)?;
        kept.insert(name.to_string(), text);
        if kept.len() > MOST {
            return Err(Refusal::conflict(
                "import.mappings-full",
                format!("{MOST} mappings are saved already"),
            ));
        }
        Ok(tx.set_meta(KEY, &write(&kept)?)?)
    })
}

fn all(tx: &mut dyn Tx) -> Result<BTreeMap<String, String>> {
    tx.meta(KEY)?.map_or_else(|| Ok(BTreeMap::new()), |text| read(&text))
}
