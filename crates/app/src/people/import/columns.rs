//! What a file's columns would be taken for, with a few cells of each, for the eyes of whoever corrects that.

use super::pipeline::Rows;
use super::{ImportJob, ImportKind, Mode, attributes, parts, saved};
use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_policy::permit;
use serde::Serialize;
use std::fmt;

/// How many cells of a column are shown.
const SAMPLES: usize = 3;
/// How many rows are looked through for cells that are not blank.
const ROWS: usize = 1_000;
/// A longer cell is cut.
const LETTERS: usize = 40;

/// Why a column is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The mapping says so.
    Mapped,
    /// Its name says so.
    Guessed,
    /// Nothing is made of it.
    Ignored,
}

/// Cells of a file: personal data, which goes to the screen of whoever asked and nowhere else.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Samples(Vec<String>);

impl Samples {
    /// The cells themselves.
    pub fn reveal(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Debug for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Samples({} cells)", self.0.len())
    }
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnShown {
    /// Its name in the file.
    pub column: String,
    /// What it became; none when nothing is made of it.
    pub field: Option<String>,
    /// Why.
    pub why: Why,
    /// The first cells that are not blank. Never part of what is written for programs.
    #[serde(skip)]
    pub samples: Samples,
}

/// One table's columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnsShown {
    /// The file, and the member of a zip.
    pub file: String,
    /// What it is taken for.
    pub kind: ImportKind,
    /// What would become of people who are known.
    pub mode: Mode,
    /// How many rows it has.
    pub rows: u64,
    /// Every column, in order.
    pub columns: Vec<ColumnShown>,
}

/// Looks the file over as an import does, and says what each column is; keeps the mapping if that is asked for.
pub fn show_columns(app: &App, actor: &Actor, job: &ImportJob) -> Result<Vec<ColumnsShown>> {
    permit(actor, Action::ImportList)?;
    let charter = app.charter()?;
    let known = app.store.read(|tx| Ok::<_, Refusal>(tx.attributes()?))?;
    let parts = parts::look_over(job, &charter, &known, job.save_mapping.is_some())?;
    let mut shown = Vec::with_capacity(parts.len());
    for part in &parts {
        attributes::check_types(app, &part.table.header, &part.layout)?;
        let mut samples = vec![Samples::default(); part.table.header.len()];
        let mut rows = Rows::of(&part.table)?;
        for _ in 0..ROWS {
            let Some((_, row)) = rows.next()? else { break };
            for (samples, cell) in samples.iter_mut().zip(&row) {
                let cell = cell.trim();
                if !cell.is_empty() && samples.0.len() < SAMPLES {
                    samples.0.push(shortened(cell));
                }
            }
            if samples.iter().all(|samples| samples.0.len() == SAMPLES) {
                break;
            }
        }
        let mapped =
            |name: &String| job.mapping.as_ref().is_some_and(|mapping| mapping.columns.contains_key(name));
        let columns = part.table.header.iter().zip(&part.layout.columns).zip(samples);
        let columns = columns.map(|((name, target), samples)| ColumnShown {
            column: name.clone(),
            field: target.as_ref().map(super::target::Target::name),
            why: match target {
                Some(_) if mapped(name) => Why::Mapped,
                Some(_) => Why::Guessed,
                None => Why::Ignored,
            },
            samples,
        });
        shown.push(ColumnsShown {
            file: part.table.contents.name(),
            kind: part.layout.kind,
            mode: part.mode,
            rows: part.table.rows,
            columns: columns.collect(),
        });
    }
    if let (Some(name), Some(part)) = (&job.save_mapping, parts.first()) {
        saved::save(app, name, job, part)?;
    }
    Ok(shown)
}

/// A cell on one line, without what could steer a terminal.
fn shortened(cell: &str) -> String {
    let letters = cell.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut text: String = letters.clone().take(LETTERS).collect();
    if letters.count() > LETTERS {
        text.push('\u{2026}');
    }
    text
}
