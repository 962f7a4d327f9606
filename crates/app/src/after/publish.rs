//! The ledger as anybody can check it: signed checkpoints, tiles and receipts in `DIR/ledger`.

use crate::context::App;
use crate::journal::TxNodes;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::charter::Charter;
use hustings_ledger::publish::CHECKPOINT_FILE;
use hustings_ledger::tree::{self, Error, NodeReader};
use hustings_ledger::{
    Checkpoint, Hash, LogSource, SignerKey, VerifierKey, make_receipt, parse_and_verify, publish,
};
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_vault::Vault;
use std::cell::RefCell;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

/// The folder of the served files, in the data folder.
pub(crate) const FOLDER: &str = "ledger";
/// The public key, beside them.
const KEY_FILE: &str = "verifier.key";

/// The log as one transaction sees it.
struct TxLog<'a> {
    nodes: TxNodes<'a>,
    size: u64,
}

impl NodeReader for TxLog<'_> {
    fn node(&self, level: u8, index: u64) -> std::result::Result<Hash, Error> {
        self.nodes.node(level, index)
    }
}

impl LogSource for TxLog<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn entry(&self, index: u64) -> std::result::Result<Vec<u8>, Error> {
        self.nodes.0.borrow_mut().ledger_entry(index).ok().flatten().ok_or(Error::MissingEntry(index))
    }

    fn entries(&self, first: u64, count: u64) -> std::result::Result<Vec<Vec<u8>>, Error> {
        let limit = u32::try_from(count).unwrap_or(u32::MAX);
        self.nodes.0.borrow_mut().ledger_entries(first, limit).map_err(|_| Error::MissingEntry(first))
    }
}

/// The key that signs, named as the log is: the owner's domain and `/hustings`.
pub(crate) fn signer(app: &App) -> Result<SignerKey> {
    signer_of(&app.vault, &app.charter()?)
}

fn signer_of(vault: &Vault, charter: &Charter) -> Result<SignerKey> {
    let origin = format!("{}/hustings", charter.owner.domain);
    SignerKey::from_seed(&origin, *vault.secret("ledger-signer"))
        .map_err(|error| Refusal::internal("the ledger's key cannot be used").because(error))
}

/// The public key of the list whose vault and charter these are.
pub(crate) fn verifier_of(vault: &Vault, charter: &Charter) -> Result<VerifierKey> {
    Ok(signer_of(vault, charter)?.verifier().clone())
}

fn folder(app: &App) -> PathBuf {
    app.folder.join(FOLDER)
}

/// The public key by which anybody checks the ledger.
pub fn verifier_key(app: &App) -> Result<VerifierKey> {
    Ok(signer(app)?.verifier().clone())
}

/// Signs a checkpoint over everything so far and publishes it.
///
/// Each file is whole and on the disk before the checkpoint that needs it, so killed at any instant the folder
/// still verifies. One publisher at a time; doing it again does no harm.
///
/// INVARIANT: what is signed outlasts a loss of power. A reading transaction sees a commit only once it is on the disk
/// (SQLite with `synchronous = FULL`, PostgreSQL with `synchronous_commit = on`), so no crash leaves a signature on
/// entries that are gone, over which others could be entered: that would be a fork.
pub fn publish_ledger(app: &App, actor: &Actor) -> Result<Checkpoint> {
    permit(actor, Action::PublishLedger)?;
    let signer = signer(app)?;
    let _publisher = app.publishing.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder(app);
    std::fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
    let checkpoint = app.store.read(|tx: &mut dyn Tx| {
        let size = tx.ledger_size()?;
        let log = TxLog { nodes: TxNodes(RefCell::new(tx)), size };
        let root = tree::root(size, &log)?;
        let checkpoint = Checkpoint { origin: signer.verifier().name().to_owned(), size, root };
        publish(&folder, &log, &signer.sign(&checkpoint)?)?;
        Ok::<_, Refusal>(checkpoint)
    })?;
    write_key(&folder, signer.verifier())?;
    Ok(checkpoint)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Refusal {
    Refusal::of_file(format!("`{}` cannot be written", path.display()), error)
}

fn write_key(folder: &Path, key: &VerifierKey) -> Result<()> {
    let path = folder.join(KEY_FILE);
    let text = format!("{key}\n");
    if std::fs::read_to_string(&path).is_ok_and(|kept| kept == text) {
        return Ok(());
    }
    let partial = folder.join(".verifier.key");
    let written = std::fs::File::create(&partial)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&partial, &path));
    written.map_err(|error| unwritable(&path, &error))
}

/// A receipt for one entry under the published checkpoint: with the entry in it and every cosignature that is on the
/// checkpoint, so that anybody can check it offline from this one text. The ledger is public, so nobody is refused.
pub fn receipt(app: &App, index: u64) -> Result<String> {
    let key = verifier_key(app)?;
    let path = folder(app).join(CHECKPOINT_FILE);
    let unpublished = || {
        Refusal::conflict("ledger.not-published", format!("entry {index} is under no published checkpoint"))
            .hint("publish one with `hustings ledger publish`")
    };
    let note = std::fs::read_to_string(&path).map_err(|_| unpublished())?;
    let checkpoint = parse_and_verify(&note, &key)?;
    app.store.read(|tx: &mut dyn Tx| {
        let entry = tx.ledger_entry(index)?.ok_or_else(|| {
            Refusal::not_found("ledger.no-entry", format!("there is no entry {index}"))
                .hint("entries are counted from 0")
        })?;
        if index >= checkpoint.size {
            return Err(unpublished());
        }
        let nodes = TxNodes(RefCell::new(tx));
        make_receipt(index, &note, &nodes, Some(&entry))
            .map_err(|error| Refusal::internal("the receipt cannot be made").because(error))
    })
}
