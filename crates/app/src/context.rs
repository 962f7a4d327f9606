//! What every use case works with: the store, the vault, the index, and time and chance as arguments.

use crate::refusal::{Refusal, Result};
use hustings_audience::Index;
use hustings_domain::chance::{Rng, SeededRng};
use hustings_domain::charter::Charter;
use hustings_domain::clock::Clock;
use hustings_policy::Rules;
use hustings_store::Store;
use hustings_vault::{SystemRng, TokenKey, Vault};
use jiff::Timestamp;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Hands out sources of chance by purpose, so that draws for one thing never move another's.
pub trait Chance: Send + Sync + std::fmt::Debug {
    /// A source for `what`, such as `estimate`.
    fn rng(&self, what: &str) -> Box<dyn Rng>;
}

/// The cryptographic source, for everything but demonstrations and tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn rng(&self, _what: &str) -> Box<dyn Rng> {
        Box::new(SystemRng::new())
    }
}

/// A replayable source: the n-th draw for the same purpose under the same seed is the same.
#[derive(Debug)]
pub struct SeededChance {
    seed: u64,
    drawn: Mutex<HashMap<String, u64>>,
}

impl SeededChance {
    /// The source of `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: Mutex::new(HashMap::new()) }
    }
}

impl Chance for SeededChance {
    fn rng(&self, what: &str) -> Box<dyn Rng> {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let count = drawn.entry(what.to_owned()).or_default();
        *count += 1;
        Box::new(SeededRng::named(self.seed, &format!("{what}/{count}")))
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine for the time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// An open list. Made by [`crate::folder::open`] and [`crate::folder::init`]; shared by `Arc`.
#[derive(Debug)]
pub struct App {
    pub(crate) folder: PathBuf,
    pub(crate) store: Store,
    pub(crate) vault: Arc<Vault>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) index: RwLock<Index>,
    pub(crate) saving: Mutex<()>,
    pub(crate) epoch: u64,
    pub(crate) publishing: Mutex<()>,
    pub(crate) rules: RwLock<Option<Arc<Rules>>>,
    pub(crate) reading: bool,
}

impl App {
    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The keys.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock itself.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// A source of chance for `what`.
    pub fn rng(&self, what: &str) -> Box<dyn Rng> {
        self.chance.rng(what)
    }

    /// This run's fencing epoch: higher than every earlier run's on the same data.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Whether it was opened for reading, beside a process that may hold it.
    pub fn is_reading(&self) -> bool {
        self.reading
    }

    /// The key of link tokens.
    pub fn tokens(&self) -> TokenKey {
        TokenKey::new(*self.vault.secret("link-tokens"))
    }

    /// The charter in force.
    pub fn charter(&self) -> Result<Charter> {
        let text = self.store.read(|tx| Ok::<_, Refusal>(tx.charter()?))?;
        let (_, toml) = text.ok_or_else(|| {
            Refusal::conflict("charter.none", "no charter is in force")
                .hint("adopt one with `hustings init --charter FILE`")
        })?;
        Charter::from_toml(&toml).map_err(|problems| {
            Refusal::internal("the charter in force does not read").because(format!("{problems:?}"))
        })
    }

    /// The index, brought up to date with the store, for reading.
    pub fn with_index<T>(&self, work: impl FnOnce(&Index) -> T) -> Result<T> {
        crate::people::follow::catch_up(self)?;
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        Ok(work(&index))
    }
}
