//! How far an import is and what it did, kept by the transaction of each batch: so that it goes on after a kill, and
//! so that it can be undone.

use super::mode::Mode;
use super::report::ImportReport;
use crate::people::follow::join;
use crate::refusal::{Refusal, Result};
use hustings_domain::canonical::ContentHash;
use hustings_domain::ids::Ordinal;
use hustings_store::Tx;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The single value with the fingerprints of imports that have begun and not ended.
const UNFINISHED: &str = "imports-unfinished";

/// What an import did to the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Trail {
    pub(super) fingerprint: ContentHash,
    pub(super) mode: Mode,
    /// Whoever stands at or above was brought by it, or by something at the same time.
    pub(super) first_new: Ordinal,
    /// Whom it brought, in ranges.
    pub(super) brought: Vec<(u32, u32)>,
    /// The steps of the change feed that are its own, in ranges.
    pub(super) changes: Vec<(u64, u64)>,
    /// Gifts that went to people who were known.
    pub(super) gifts_to_known: u64,
}

impl Trail {
    pub(super) fn new(fingerprint: ContentHash, mode: Mode, first_new: Ordinal) -> Self {
        Self { fingerprint, mode, first_new, brought: Vec::new(), changes: Vec::new(), gifts_to_known: 0 }
    }

    /// Adds what stands between two marks of one transaction.
    pub(super) fn follow(&mut self, before: Mark, after: Mark) {
        if after.next > before.next {
            self.brought.push((before.next, after.next - 1));
            self.brought = join(std::mem::take(&mut self.brought), 0);
        }
        if after.sequence > before.sequence {
            match self.changes.last_mut() {
                Some(last) if last.1 == before.sequence => last.1 = after.sequence,
                _ => self.changes.push((before.sequence + 1, after.sequence)),
            }
        }
    }
}

/// Where the list stands inside a transaction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    next: u32,
    sequence: u64,
}

impl Mark {
    pub(super) fn of(tx: &mut dyn Tx) -> Result<Self> {
        Ok(Self { next: tx.next_ordinal()?.0, sequence: tx.change_sequence()? })
    }
}

/// An import that has begun.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Begun {
    /// As far as it is.
    pub(super) report: ImportReport,
    pub(super) trail: Trail,
    /// Rows of the file that are in.
    pub(super) rows: u64,
    /// Rows of the file.
    pub(super) of: u64,
    /// How long the reject file is.
    pub(super) reject_bytes: u64,
    /// Its name, which tells whether it lies in this folder.
    #[serde(default)]
    pub(super) reject_file: Option<String>,
    pub(super) began: Timestamp,
    /// When the last batch was kept.
    pub(super) at: Timestamp,
}

/// An import as kept when it has ended: its report, and beside it what it did.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Ended {
    #[serde(flatten)]
    pub(super) report: ImportReport,
    pub(super) trail: Option<Trail>,
}

impl Begun {
    /// The unfinished import of this fingerprint.
    pub(super) fn find(tx: &mut dyn Tx, fingerprint: ContentHash) -> Result<Option<Self>> {
        let text = tx.meta(&at(fingerprint))?.filter(|text| !text.is_empty());
        text.map(|text| read(&text)).transpose()
    }

    /// Keeps how far it is.
    pub(super) fn keep(&self, tx: &mut dyn Tx) -> Result<()> {
        Ok(tx.set_meta(&at(self.trail.fingerprint), &write(self)?)?)
    }

    /// Keeps it for the first time.
    pub(super) fn begin(&self, tx: &mut dyn Tx) -> Result<()> {
        let mut all = fingerprints(tx)?;
        if !all.contains(&self.trail.fingerprint) {
            all.push(self.trail.fingerprint);
            tx.set_meta(UNFINISHED, &write(&all)?)?;
        }
        self.keep(tx)
    }

    /// Every unfinished import, in order of its beginning.
    pub(super) fn all(tx: &mut dyn Tx) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        for fingerprint in fingerprints(tx)? {
            all.extend(Self::find(tx, fingerprint)?);
        }
        Ok(all)
    }
}

/// It is no longer unfinished.
pub(super) fn end(tx: &mut dyn Tx, fingerprint: ContentHash) -> Result<()> {
    let all: Vec<ContentHash> = fingerprints(tx)?.into_iter().filter(|known| *known != fingerprint).collect();
    tx.set_meta(UNFINISHED, &write(&all)?)?;
    Ok(tx.set_meta(&at(fingerprint), "")?)
}

fn fingerprints(tx: &mut dyn Tx) -> Result<Vec<ContentHash>> {
    tx.meta(UNFINISHED)?.map_or_else(|| Ok(Vec::new()), |text| read(&text))
}

fn at(fingerprint: ContentHash) -> String {
    format!("import-begun:{fingerprint}")
}

/// When an import was undone.
pub(super) fn undone(tx: &mut dyn Tx, id: Uuid) -> Result<Option<Timestamp>> {
    tx.meta(&format!("import-undone:{id}"))?.map(|text| read(&text)).transpose()
}

/// It is undone.
pub(super) fn set_undone(tx: &mut dyn Tx, id: Uuid, when: Timestamp) -> Result<()> {
    Ok(tx.set_meta(&format!("import-undone:{id}"), &write(&when)?)?)
}

pub(super) fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| Refusal::internal("what is kept of an import cannot be read").because(error))
}

pub(super) fn write<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| {
        Refusal::internal("what is to be kept of an import cannot be written").because(error)
    })
}
