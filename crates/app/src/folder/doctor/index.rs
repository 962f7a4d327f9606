//! The saved audience index. It is derived: a bad one costs time and nothing else, unless it is believed.

use super::{Findings, How, Patient};
use crate::context::App;
use crate::people::follow;
use crate::refusal::{Refusal, Result};
use hustings_audience::Index;
use std::path::Path;

const REMEDY: &str = "the next opening builds it anew; `hustings doctor --repair` does so now";

pub(super) fn look(patient: &Patient<'_>, findings: &mut Findings) -> Result<()> {
    let path = patient.folder.join(follow::FILE);
    if !path.exists() {
        return Ok(());
    }
    let index = match Index::load(&path) {
        Ok(index) => index,
        Err(error) => {
            findings.add(How::Warning, format!("the saved audience index cannot be used: {error}"), REMEDY);
            return Ok(());
        }
    };
    let (newest, people) =
        patient.store.read(|tx| Ok::<_, Refusal>((tx.change_sequence()?, tx.supporter_count()?)))?;
    if index.as_of() > newest {
        findings.add(
            How::Warning,
            "the saved audience index is of a later state than the list: the list was put back",
            REMEDY,
        );
    } else if index.as_of() == newest && index.len() != people {
        findings.add(
            How::Broken,
            format!("the saved audience index counts {} people, and the list holds {people}", index.len()),
            "remove the file `audience.index` while nothing runs; the next opening builds it anew",
        );
    }
    Ok(())
}

pub(super) fn repair(app: &App) -> Result<Vec<String>> {
    let path = app.folder.join(follow::FILE);
    if !path.exists() || is_right(app, &path)? {
        return Ok(Vec::new());
    }
    follow::rebuild(app)?;
    follow::save(app)?;
    Ok(vec!["the audience index was built anew".to_owned()])
}

fn is_right(app: &App, path: &Path) -> Result<bool> {
    let Ok(index) = Index::load(path) else { return Ok(false) };
    let (newest, people) =
        app.store.read(|tx| Ok::<_, Refusal>((tx.change_sequence()?, tx.supporter_count()?)))?;
    Ok(index.as_of() < newest || (index.as_of() == newest && index.len() == people))
}
