//! The tables of a file, each looked over and its columns known, before anything of any of them is kept.

use super::container::{Contents, Found};
use super::detect::{self, Table};
use super::layout::Layout;
use super::mode::Mode;
use super::{ImportJob, ImportKind};
use crate::refusal::{Refusal, Result};
use hustings_domain::attribute::Attribute;
use hustings_domain::canonical::ContentHash;
use hustings_domain::charter::Charter;
use serde_json::json;

/// One table to bring in.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) table: Table,
    pub(super) layout: Layout,
    pub(super) mode: Mode,
    pub(super) source: String,
    /// The same for the same bytes brought in the same way.
    pub(super) fingerprint: ContentHash,
    /// What else lies in the zip.
    pub(super) passed_over: Vec<String>,
}

/// Looks every table over, and puts those first that the others lean on.
pub(super) fn look_over(
    job: &ImportJob,
    charter: &Charter,
    known: &[Attribute],
    only_one: bool,
) -> Result<Vec<Part>> {
    let found = Contents::of(&job.path, job.member.as_deref())?;
    if only_one {
        found.only_one()?;
    }
    let Found { tables, passed_over } = found;
    let mut parts = Vec::with_capacity(tables.len());
    for contents in tables {
        parts.push(part(job, charter, known, contents, &passed_over)?);
    }
    parts.sort_by_key(|part| match part.layout.kind {
        ImportKind::Areas => 0,
        ImportKind::Suppressions => 1,
        ImportKind::Supporters => 2,
        ImportKind::Gifts => 3,
    });
    Ok(parts)
}

fn part(
    job: &ImportJob,
    charter: &Charter,
    known: &[Attribute],
    contents: Contents,
    passed_over: &[String],
) -> Result<Part> {
    let mapping = job.mapping.clone().unwrap_or_default();
    let stem = contents.stem();
    let table = detect::look_over(contents, mapping.separator)?;
    let layout = Layout::of(&table.header, &stem, &mapping, wanted(job)?, job.mode, charter, known)?;
    let mode = Mode::of(job.mode, layout.kind)?;
    let source = source_name(job, &stem)?;
    let origin = job.origin.or(mapping.origin);
    let way = json!({"sha256": table.sha256, "kind": layout.kind, "mode": mode, "source": source,
        "columns": layout.columns.iter().map(|column| column.as_ref().map(super::target::Target::name)).collect::<Vec<_>>(),
        "origin": origin, "region": format!("{:?}", job.region(charter)), "encoding": table.encoding.name(),
        "separator": table.separator, "notice": job.notice, "licence": job.licence});
    let fingerprint = ContentHash::of(&way)
        .map_err(|error| Refusal::internal("an import cannot be named").because(error))?;
    Ok(Part { table, layout, mode, source, fingerprint, passed_over: passed_over.to_vec() })
}

/// The kind that was asked for. To stop everybody in a file is to take it for a list of stops, whatever it was.
fn wanted(job: &ImportJob) -> Result<Option<ImportKind>> {
    match (job.mode, job.kind) {
        (Some(Mode::Suppress), None | Some(ImportKind::Supporters | ImportKind::Suppressions)) => {
            Ok(Some(ImportKind::Suppressions))
        }
        (Some(Mode::Suppress), Some(kind)) => Mode::of(job.mode, kind).map(|_| Some(kind)),
        (_, kind) => Ok(kind),
    }
}

fn source_name(job: &ImportJob, stem: &str) -> Result<String> {
    let name = job.source.as_deref().unwrap_or(stem).trim();
    if name.is_empty()
        || name.chars().count() > 100
        || name.contains('@')
        || name.chars().any(char::is_control)
    {
        return Err(Refusal::invalid(
            "import.source",
            "the source needs a name of 1 to 100 characters, and no address in it",
        )
        .hint("such as `petition-2025`: it is shown wherever something came from it"));
    }
    Ok(name.to_owned())
}
