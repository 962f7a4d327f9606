//! Walking through the decision ledger, and one entry with its proof.

use super::{Answer, Call, Reply};
use crate::present::{frame, ledger};
use crate::views::Place;
use crate::views::console::{EntryRow, LedgerEntry, LedgerPage};
use crate::views::format::counted;
use crate::views::parts::{Notice, Pager, Tone};
use hustings_app::{Refusal, Result, after};
use hustings_domain::access::Action;
use hustings_ledger::Leaf;
use hustings_ledger::hash::leaf_hash;
use hustings_ledger::receipt::Receipt;
use jiff::Timestamp;

/// Entries on one page.
const PAGE: u64 = 50;

/// `GET /console/ledger?before=`.
pub(super) fn list(call: &Call) -> Answer {
    let asked: Option<u64> = call.query.first("before").and_then(|text| text.parse().ok());
    let (size, from, entries) = call.app().store().read(|tx| {
        let size = tx.ledger_size()?;
        let until = asked.unwrap_or(size).min(size);
        let from = until.saturating_sub(PAGE);
        let limit = u32::try_from(until - from).unwrap_or(0);
        Ok::<_, Refusal>((size, from, tx.ledger_entries(from, limit)?))
    })?;
    let mut rows = Vec::new();
    for (index, entry) in (from..).zip(&entries) {
        let leaf = Leaf::from_bytes(entry)?;
        rows.push(EntryRow {
            index,
            when: frame::when(call, at(&leaf)?),
            kind: ledger::kind(&leaf.kind),
            said: ledger::said(&leaf.body),
        });
    }
    rows.reverse();
    let until = from + entries.len() as u64;
    Reply::page(&LedgerPage {
        frame: frame::console(call, "Every decision, in order", Place::Ledger)?,
        size: counted(size, "entry", "entries"),
        checkpoint: ledger::checkpoint(call),
        commands: ledger::commands(call),
        witnesses: ledger::witnesses(call)?,
        tokens: frame::may(call, Action::ReadTokens),
        rows,
        pager: Pager {
            showing: format!(
                "{from} to {} of {}",
                until.saturating_sub(1),
                counted(size, "entry", "entries")
            ),
            newer: (until < size).then(|| format!("/console/ledger?before={}", (until + PAGE).min(size))),
            older: (from > 0).then(|| format!("/console/ledger?before={from}")),
        },
    })
}

fn at(leaf: &Leaf) -> Result<Timestamp> {
    leaf.at.parse().map_err(|error| Refusal::internal("a ledger entry has no time").because(error))
}

/// `GET /console/ledger/{index}`.
pub(super) fn entry(call: &Call) -> Answer {
    let unknown = || Refusal::not_found("ledger.no-entry", "the ledger has no such entry");
    let index: u64 = call.param("index").parse().map_err(|_| unknown())?;
    let bytes =
        call.app().store().read(|tx| Ok::<_, Refusal>(tx.ledger_entry(index)?))?.ok_or_else(unknown)?;
    let leaf = Leaf::from_bytes(&bytes)?;
    let mut frame = frame::console(call, format!("Ledger entry {index}"), Place::Ledger)?;
    let proved = match after::receipt(call.app(), index) {
        Ok(text) => Proved::read(&text)?,
        Err(refusal) if refusal.code == "ledger.not-published" => {
            frame.notice = Some(Notice {
                tone: Tone::Wait,
                said: "This entry is newer than the published checkpoint.".to_owned(),
                hint:
                    "Its proof is here once the next one is published, within seconds while the server runs."
                        .to_owned(),
            });
            Proved::default()
        }
        Err(refusal) => return Err(refusal),
    };
    Reply::page(&LedgerEntry {
        frame,
        index,
        kind: ledger::kind(&leaf.kind),
        when: frame::when(call, at(&leaf)?),
        leaf: String::from_utf8_lossy(&bytes).into_owned(),
        leaf_hash: leaf_hash(&bytes).to_string(),
        path: proved.path,
        tree_size: proved.tree_size,
        root: proved.root,
        checkpoint: proved.checkpoint,
        commands: ledger::commands(call),
        about: ledger::about(&leaf.body),
    })
}

/// A receipt taken apart for the page.
#[derive(Debug, Default)]
struct Proved {
    path: Vec<String>,
    tree_size: u64,
    root: String,
    checkpoint: String,
}

impl Proved {
    fn read(text: &str) -> Result<Self> {
        let broken = |error| Refusal::internal("a receipt does not read back").because(error);
        let receipt = Receipt::parse(text).map_err(broken)?;
        // A checkpoint's second and third line are its size and its root (C2SP tlog-checkpoint).
        let mut note = receipt.checkpoint_note.lines().skip(1);
        Ok(Self {
            path: receipt.proof.iter().map(ToString::to_string).collect(),
            tree_size: note.next().and_then(|line| line.parse().ok()).unwrap_or(0),
            root: note.next().unwrap_or_default().to_owned(),
            checkpoint: receipt.checkpoint_note,
        })
    }
}
