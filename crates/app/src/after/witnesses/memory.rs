//! What is remembered of each witness between two tries: how far it has seen, and what stood in the way. Nothing rests
//! on it: lost or wrong, a witness names the size itself.

use crate::refusal::{Refusal, Result};
use hustings_ledger::WitnessKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The file in the data folder.
const FILE: &str = "witnesses.json";

/// One witness.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Remembered {
    /// Entries in the newest checkpoint that it cosigned.
    pub(super) size: u64,
    /// When, in seconds since 1970.
    pub(super) seconds: u64,
    /// What stood in the way at the last try.
    pub(super) said: String,
    /// Whether it holds another history.
    pub(super) contradicts: bool,
}

/// All of them, by key.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Memory(BTreeMap<String, Remembered>);

impl Memory {
    pub(super) fn load(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join(FILE)).ok();
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    pub(super) fn of(&self, key: &WitnessKey) -> Remembered {
        self.0.get(&key.to_string()).cloned().unwrap_or_default()
    }

    pub(super) fn put(&mut self, key: &WitnessKey, remembered: Remembered) {
        self.0.insert(key.to_string(), remembered);
    }

    pub(super) fn save(&self, folder: &Path) -> Result<()> {
        let path = folder.join(FILE);
        let unwritable = |error: std::io::Error| {
            Refusal::of_file(format!("`{}` cannot be written", path.display()), &error)
        };
        let text = serde_json::to_string_pretty(self).map_err(|error| {
            Refusal::internal("what is known of the witnesses cannot be written").because(error)
        })?;
        let partial = folder.join(".witnesses.json");
        std::fs::write(&partial, text).and_then(|()| std::fs::rename(&partial, &path)).map_err(unwritable)
    }
}
