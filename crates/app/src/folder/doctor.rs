//! Examining a data folder: what is wrong, how bad it is and what to do. It looks beside a running process and
//! changes nothing; [`repair`] opens the list alone and puts right what can be put right without losing anything.

mod backups;
mod index;
mod keys;
mod ledger;
mod leftovers;
mod room;
mod second;
mod secrets;
mod stops;
mod store;

use super::open::open;
use crate::context::{App, Chance};
use crate::refusal::{Kind, Refusal, Result};
use hustings_domain::charter::Charter;
use hustings_domain::clock::Clock;
use hustings_store::sqlite::Sqlite;
use hustings_store::{Store, StoreError};
use hustings_vault::{Header, RootSecret, Vault, VaultError};
use jiff::Timestamp;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Good to know.
    Notice,
    /// Works, and must be looked at.
    Warning,
    /// A promise is broken, or about to be.
    Broken,
}

impl How {
    /// The word shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Broken => "broken",
        }
    }
}

/// Something that was found. Carries no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub how: How,
    /// What it is.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

/// What one check came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Examined {
    /// The check's name.
    pub check: &'static str,
    /// What it looks at.
    pub about: &'static str,
    /// Whether it could look: what needs the store cannot when the store does not open.
    pub looked: bool,
    /// What it found.
    pub findings: Vec<Finding>,
}

/// What an examination came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// The folder.
    pub folder: PathBuf,
    /// When.
    pub at: Timestamp,
    /// Each check, in order.
    pub checks: Vec<Examined>,
}

impl Diagnosis {
    /// The worst of all findings.
    pub fn worst(&self) -> Option<How> {
        self.findings().map(|(_, finding)| finding.how).max()
    }

    /// Every finding with the name of its check.
    pub fn findings(&self) -> impl Iterator<Item = (&'static str, &Finding)> {
        self.checks.iter().flat_map(|check| check.findings.iter().map(|finding| (check.check, finding)))
    }
}

/// What checks look at.
struct Patient<'a> {
    folder: &'a Path,
    now: Timestamp,
    /// The store, open for reading.
    store: &'a Store,
    vault: &'a Vault,
    charter: &'a Charter,
}

/// Where a check puts what it finds.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, how: How, what: impl Into<String>, remedy: impl Into<String>) {
        self.0.push(Finding { how, what: what.into(), remedy: remedy.into() });
    }
}

/// How a check looks.
enum Look {
    /// At the folder alone.
    Folder(fn(&Path, Timestamp, &mut Findings) -> Result<()>),
    /// At the open list.
    List(fn(&Patient<'_>, &mut Findings) -> Result<()>),
}

/// Says what it did.
type Repair = fn(&App) -> Result<Vec<String>>;

/// One check. A new one is a file with these functions, and a line in [`CHECKS`].
struct Check {
    name: &'static str,
    about: &'static str,
    look: Look,
    /// Puts right what can be without losing anything; says what it did.
    repair: Option<Repair>,
}

const CHECKS: &[Check] = &[
    Check {
        name: "store",
        about: "both databases, by themselves and with each other",
        look: Look::Folder(store::look),
        repair: None,
    },
    Check {
        name: "keys",
        about: "a key for everybody on the list, and for nobody else",
        look: Look::List(keys::look),
        repair: Some(keys::repair),
    },
    Check {
        name: "index",
        about: "the saved audience index",
        look: Look::List(index::look),
        repair: Some(index::repair),
    },
    Check {
        name: "ledger",
        about: "the decision ledger, and what is published of it",
        look: Look::List(ledger::look),
        repair: Some(ledger::repair),
    },
    Check { name: "stops", about: "that no stop was lost", look: Look::List(stops::look), repair: None },
    Check {
        name: "backups",
        about: "the end of the keys in backups and put-aside lists",
        look: Look::List(backups::look),
        repair: Some(backups::repair),
    },
    Check {
        name: "leftovers",
        about: "what an interrupted process left",
        look: Look::Folder(leftovers::look),
        repair: Some(leftovers::repair),
    },
    Check {
        name: "people",
        about: "that nobody can act alone where two are needed",
        look: Look::List(second::look),
        repair: None,
    },
    Check {
        name: "secrets",
        about: "who else on this machine may read the files",
        look: Look::Folder(secrets::look),
        repair: Some(secrets::repair),
    },
    Check { name: "room", about: "room on the disk", look: Look::Folder(room::look), repair: None },
];

/// Examines the list in `folder`, beside whatever process holds it.
///
/// Refuses when there is no list, and when `root` does not open it: most checks need its keys.
pub fn examine(folder: &Path, root: &RootSecret, clock: &dyn Clock) -> Result<Diagnosis> {
    if !folder.join("hustings.db").is_file() && !super::restore::being_restored(folder).exists() {
        return Err(StoreError::NotThere(folder.to_owned()).into());
    }
    let now = clock.now();
    let opened = open_for_looking(folder, root)?;
    let mut checks = Vec::with_capacity(CHECKS.len());
    for check in CHECKS {
        let mut findings = Findings::default();
        let result = match (&check.look, &opened) {
            (Look::Folder(look), _) => Some(look(folder, now, &mut findings)),
            (Look::List(look), Some((store, vault, charter))) => {
                Some(look(&Patient { folder, now, store, vault, charter }, &mut findings))
            }
            (Look::List(_), None) => None,
        };
        // A check that fails has found something.
        if let Some(Err(refusal)) = &result {
            let why = refusal.causes.first().map_or_else(String::new, |cause| format!(": {cause}"));
            let remedy =
                refusal.hints.first().map_or("look into it before anything else is done", String::as_str);
            findings.add(How::Broken, format!("{}{why}", refusal.message), remedy);
        }
        let (name, about) = (check.name, check.about);
        checks.push(Examined { check: name, about, looked: result.is_some(), findings: findings.0 });
    }
    Ok(Diagnosis { folder: folder.to_owned(), at: now, checks })
}

/// The open list; none when it is damaged or from another version, which the check of the store tells.
fn open_for_looking(folder: &Path, root: &RootSecret) -> Result<Option<(Store, Vault, Charter)>> {
    let store = match Sqlite::open_reading(folder) {
        Ok(store) => store,
        Err(
            StoreError::Damaged(_)
            | StoreError::Conflict(_)
            | StoreError::Newer { .. }
            | StoreError::NotThere(_),
        ) => {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let Ok(Some(header)) = store.keys().header() else { return Ok(None) };
    let vault = match Header::from_json(&header).and_then(|header| Vault::open(&header, root)) {
        Ok(vault) => vault,
        Err(VaultError::WrongRoot) => {
            return Err(Refusal::new(
                Kind::Denied,
                "vault.wrong-root",
                "this passphrase or identity does not open the list",
            )
            .hint("set HUSTINGS_PASSPHRASE, or name the identity file with --identity"));
        }
        Err(_) => return Ok(None),
    };
    match store.read(crate::lend::charter_in) {
        Ok(charter) => Ok(Some((store, vault, charter))),
        Err(_) => Ok(None),
    }
}

/// Opens the list alone, which puts right what a stopped process left, and has each check put right what it can.
/// Says what was done.
pub fn repair(
    folder: &Path,
    root: &RootSecret,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<Vec<String>> {
    let app = open(folder, root, clock, chance)?;
    let mut done = Vec::new();
    for check in CHECKS {
        if let Some(repair) = check.repair {
            done.extend(repair(&app)?);
        }
    }
    Ok(done)
}
