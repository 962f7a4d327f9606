//! Asking one witness, or all of them side by side: with the proof from what it has seen, once more when it has seen
//! something else.

use crate::context::App;
use crate::journal::TxNodes;
use crate::refusal::Refusal;
use crate::web::{NoAnswer, Web};
use hustings_ledger::witness::{AddCheckpoint, Asked, read_answer};
use hustings_ledger::{Checkpoint, WitnessKey, tree};
use std::cell::RefCell;
use std::time::Duration;

/// How long a witness may take for one answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most of an answer that is read: sixteen cosignatures and more.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// How often a witness may name another size: another process of ours may be asking it at the same time.
const TRIES: usize = 4;

/// The way to a witness.
pub trait AskWitness: Sync {
    /// Posts `body` to `add-checkpoint` below `url`; the status and the body of the answer.
    fn add_checkpoint(&self, url: &str, body: &[u8]) -> Result<(u16, Vec<u8>), NoAnswer>;
}

/// The way over HTTP.
#[derive(Debug, Clone)]
pub struct OverHttp(Web);

impl OverHttp {
    /// With ten seconds for each answer.
    pub fn new() -> Self {
        Self(Web::new(PATIENCE))
    }
}

impl Default for OverHttp {
    fn default() -> Self {
        Self::new()
    }
}

impl AskWitness for OverHttp {
    fn add_checkpoint(&self, url: &str, body: &[u8]) -> Result<(u16, Vec<u8>), NoAnswer> {
        self.0.post(&format!("{}/add-checkpoint", url.trim_end_matches('/')), body, MAX_ANSWER_BYTES)
    }
}

/// A witness to be asked.
pub(super) struct Asking {
    pub(super) key: WitnessKey,
    pub(super) url: String,
    /// Entries in the newest checkpoint that it cosigned, as far as we know.
    pub(super) seen: u64,
}

/// What came of it.
pub(super) enum Outcome {
    Cosigned { lines: String },
    Missing { said: String },
    Contradicts { said: String },
}

/// Asks all of them at the same time, so that the slowest is all that is waited for.
pub(super) fn all(
    app: &App,
    ask: &dyn AskWitness,
    checkpoint: &Checkpoint,
    note: &str,
    witnesses: &[Asking],
) -> Vec<Outcome> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = witnesses
            .iter()
            .map(|witness| scope.spawn(move || one(app, ask, checkpoint, note, witness)))
            .collect();
        let broke_off = |_| Outcome::Missing { said: "asking it broke off".to_owned() };
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(broke_off)).collect()
    })
}

fn one(app: &App, ask: &dyn AskWitness, checkpoint: &Checkpoint, note: &str, witness: &Asking) -> Outcome {
    let missing = |said: String| Outcome::Missing { said };
    let size = checkpoint.size;
    let mut old = witness.seen;
    for _ in 0..TRIES {
        let read = app.store.read(|tx| {
            let nodes = TxNodes(RefCell::new(tx));
            Ok::<_, Refusal>(tree::consistency_proof(old, size, &nodes)?)
        });
        let proof = match read {
            Ok(proof) => proof,
            Err(refusal) => return missing(format!("the proof could not be made: {refusal}")),
        };
        let body = AddCheckpoint { old, proof, note: note.to_owned() }.to_text();
        let (status, answer) = match ask.add_checkpoint(&witness.url, body.as_bytes()) {
            Ok(answer) => answer,
            Err(error) => return missing(format!("no answer: {error}")),
        };
        match read_answer(status, &answer, note, &witness.key) {
            Asked::Cosigned { .. } => {
                return Outcome::Cosigned { lines: String::from_utf8_lossy(&answer).into_owned() };
            }
            // Its own size and not its proof was in doubt: with the same size, it holds another root.
            Asked::Seen(seen) if seen == old && old == size => {
                return Outcome::Contradicts {
                    said: format!(
                        "it has cosigned {seen} entries with another root: one of us was shown a fork"
                    ),
                };
            }
            Asked::Seen(seen) if seen > size => {
                if newer(app, seen) {
                    // Another process of this list has published and asked already.
                    return missing(format!("it has seen {seen} entries, more than this checkpoint has"));
                }
                let said =
                    format!("it has cosigned {seen} entries, and the list holds fewer: was it put back?");
                return Outcome::Contradicts { said };
            }
            Asked::Seen(seen) => old = seen,
            Asked::Refused { status: 422, said } => {
                return Outcome::Contradicts {
                    said: format!("it does not accept the proof from {old} entries: {said}"),
                };
            }
            Asked::Refused { status, said } => return missing(format!("it answered {status}: {said}")),
            Asked::Nonsense(error) => return missing(format!("its answer is none: {error}")),
        }
    }
    missing("it names another size at each try".to_owned())
}

/// Whether the list has come to so many entries by now.
fn newer(app: &App, size: u64) -> bool {
    app.store.read(|tx| Ok::<_, Refusal>(tx.ledger_size()?)).is_ok_and(|held| held >= size)
}
