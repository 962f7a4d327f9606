//! Which ledger entries speak of which loan, copy, borrower: read once, in order, and then only what is new. It
//! can never be stale, as the ledger only grows, and holds nothing that the public ledger does not.

use hustings_app::{App, Refusal, Result};
use hustings_ledger::Leaf;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

const PAGE: u32 = 1_000;

/// One entry that speaks of a thing.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// Its index.
    pub(crate) index: u64,
    /// Such as `loan.cleared`.
    pub(crate) kind: String,
    /// When.
    pub(crate) at: Timestamp,
    /// What it says.
    pub(crate) body: Value,
}

impl Mark {
    /// A number in the entry.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.body.get(name).and_then(Value::as_u64)
    }

    /// A text in the entry.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.body.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

/// The entries by what they speak of: `("loan", "7")`, `("copy", "2")`, `("borrower", id)`.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    read: u64,
    adopted: Vec<Mark>,
    about: BTreeMap<(&'static str, String), Vec<Mark>>,
}

const SUBJECTS: [&str; 3] = ["loan", "copy", "borrower"];

impl Trail {
    pub(crate) fn catch_up(&mut self, app: &App) -> Result<()> {
        loop {
            let from = self.read;
            let entries = app.store().read(|tx| Ok::<_, Refusal>(tx.ledger_entries(from, PAGE)?))?;
            if entries.is_empty() {
                return Ok(());
            }
            for entry in entries {
                let leaf = Leaf::from_bytes(&entry)?;
                self.add(leaf)?;
            }
        }
    }

    fn add(&mut self, leaf: Leaf) -> Result<()> {
        let index = self.read;
        self.read += 1;
        let at = leaf
            .at
            .parse()
            .map_err(|error| Refusal::internal(format!("ledger entry {index} has no time")).because(error))?;
        let mark = Mark { index, kind: leaf.kind, at, body: leaf.body };
        if mark.kind == "charter.adopted" {
            self.adopted.push(mark.clone());
        }
        for subject in SUBJECTS {
            let name = match mark.body.get(subject) {
                Some(Value::Number(number)) => number.to_string(),
                Some(Value::String(text)) => text.clone(),
                _ => continue,
            };
            self.about.entry((subject, name)).or_default().push(mark.clone());
        }
        Ok(())
    }

    /// How many entries were read.
    pub(crate) fn read(&self) -> u64 {
        self.read
    }

    /// The charters that took force, oldest first.
    pub(crate) fn adopted(&self) -> &[Mark] {
        &self.adopted
    }

    /// The entries that speak of this, oldest first.
    pub(crate) fn about(&self, subject: &'static str, name: &impl ToString) -> &[Mark] {
        self.about.get(&(subject, name.to_string())).map_or(&[], Vec::as_slice)
    }

    /// The newest entry of this kind that speaks of this.
    pub(crate) fn last(&self, subject: &'static str, name: &impl ToString, kind: &str) -> Option<&Mark> {
        self.about(subject, name).iter().rev().find(|mark| mark.kind == kind)
    }
}
