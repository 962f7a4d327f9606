//! Entering a decision into the ledger, inside the transaction that carries it out.

use crate::refusal::Result;
use hustings_domain::access::Actor;
use hustings_ledger::tree::{self, NodeReader};
use hustings_ledger::{Hash, Leaf, hash};
use hustings_store::Tx;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::cell::RefCell;

/// Reads complete nodes from the transaction.
pub(crate) struct TxNodes<'a>(pub(crate) RefCell<&'a mut dyn Tx>);

impl NodeReader for TxNodes<'_> {
    fn node(&self, level: u8, index: u64) -> std::result::Result<Hash, tree::Error> {
        let missing = || tree::Error::MissingNode { level, index };
        self.0.borrow_mut().ledger_node(level, index).ok().flatten().ok_or_else(missing)
    }
}

// INVARIANT (promise 5): the entry is written by the transaction that makes the change, so neither exists
// without the other; and it carries ids, numbers and hashes, never personal data.
/// Enters a decision; returns its index.
pub fn enter(tx: &mut dyn Tx, at: Timestamp, actor: &Actor, kind: &str, mut body: Value) -> Result<u64> {
    if let Value::Object(map) = &mut body {
        map.insert("by".to_owned(), json!(actor.reference()));
    }
    let entry = Leaf { at: at.to_string(), kind: kind.to_owned(), body }.to_bytes()?;
    let index = tx.ledger_size()?;
    let nodes = tree::append(index, hash::leaf_hash(&entry), &TxNodes(RefCell::new(tx)))?;
    tx.append_ledger_row(index, &entry, &nodes)?;
    Ok(index)
}

/// How many decisions there are.
pub fn entry_count(tx: &mut dyn Tx) -> Result<u64> {
    Ok(tx.ledger_size()?)
}
