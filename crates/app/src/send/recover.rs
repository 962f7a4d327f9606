//! What a stopped process left in hand is put right: a reply that was heard is kept, a final dot without a reply is in
//! doubt, and what had not come to its dot is still to be sent.

use super::answers::{Answer, journal_number};
use super::backlash;
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::consent::SuppressionReason;
use hustings_domain::ids::{LoanId, LoanNumber};
use hustings_domain::loan::LoanState;
use hustings_mail::journal::{self, JournalError};
use hustings_store::Tx;
use hustings_store::records::{DeliveryResult, DeliveryState, Signal};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// The folder of journals in the data folder.
pub(crate) const FOLDER: &str = "journal";
/// How a journal's name ends.
const ENDING: &str = "journal";

/// What was put right for one loan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PutRight {
    /// The reply had been heard.
    pub answered: u32,
    /// The final dot had left and no reply came.
    pub in_doubt: u32,
    /// Not sent: to be sent as if nothing had happened.
    pub pending: u32,
}

/// What journals say of deliveries, by their number in the journal: a reply, or none.
#[derive(Debug, Default)]
pub(super) struct Said(HashMap<u64, Option<(u16, String)>>);

/// Puts right what earlier runs left. Called when the list is opened, before anything is sent.
///
/// INVARIANT (promise 9): the journals are removed only after what they say is committed; applied twice they change
/// nothing, because a recipient that is settled is no longer claimed.
pub fn recover(app: &App) -> Result<Vec<(LoanNumber, PutRight)>> {
    let mut said = Said::default();
    let mut read = Vec::new();
    for path in journals(app)? {
        if let Some(epoch) = said.read(&path)?
            && epoch >= app.epoch
        {
            return Err(Refusal::internal("a sending journal is newer than the list")
                .hint("the folder was restored beside its journals: move the `journal` folder away"));
        }
        read.push(path);
    }
    let righted = app.store.write(|tx| apply(app, tx, app.epoch, None, &said))?;
    for path in read {
        for file in [with_ending(&path, ".lock"), path] {
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(unusable(&file, &error));
                }
                _ => {}
            }
        }
    }
    Ok(righted)
}

/// The loans whose sending was under way, to be taken up by [`super::run_send`].
pub fn unfinished(app: &App) -> Result<Vec<LoanNumber>> {
    app.store.read(|tx| {
        let loans = tx.loans()?.into_iter();
        let mut sending: Vec<LoanNumber> =
            loans.filter(|loan| loan.state == LoanState::Sending).map(|loan| loan.number).collect();
        sending.sort_unstable();
        Ok(sending)
    })
}

/// Settles the claims of epochs before `below`, of one loan or of all, by what the journals say.
pub(super) fn apply(
    app: &App,
    tx: &mut dyn Tx,
    below: u64,
    only: Option<LoanId>,
    said: &Said,
) -> Result<Vec<(LoanNumber, PutRight)>> {
    let now = app.now();
    let mut numbers: BTreeMap<LoanId, LoanNumber> = BTreeMap::new();
    let mut righted: BTreeMap<LoanNumber, PutRight> = BTreeMap::new();
    for (loan, seq) in
        tx.stale_claims(below)?.into_iter().filter(|(loan, _)| only.is_none_or(|own| own == *loan))
    {
        let number = if let Some(number) = numbers.get(&loan) {
            *number
        } else {
            let kept = tx.loan(loan)?.ok_or_else(|| Refusal::internal("a delivery belongs to no loan"))?;
            numbers.insert(loan, kept.number);
            kept.number
        };
        let Some(delivery) = tx.delivery(loan, seq)? else { continue };
        let answer = said.of(journal_number(number.0, seq), delivery.attempts);
        tx.recover_delivery(loan, &DeliveryResult { seq, state: answer.state, code: answer.code }, now)?;
        let counts = righted.entry(number).or_default();
        *match answer.state {
            DeliveryState::Pending => &mut counts.pending,
            DeliveryState::InDoubt => &mut counts.in_doubt,
            _ => &mut counts.answered,
        } += 1;
        if answer.dead {
            backlash::stop_address(tx, delivery.ordinal, SuppressionReason::Bounced, now)?;
            backlash::note_in(app, tx, loan, delivery.ordinal, Signal::HardBounce, now)?;
        }
    }
    for (number, counts) in &righted {
        let body = json!({"loan": number, "answered": counts.answered, "in_doubt": counts.in_doubt,
            "pending": counts.pending});
        enter(tx, now, &Actor::machine(), "send.recovered", body)?;
    }
    Ok(righted.into_iter().collect())
}

impl Said {
    /// Adds what a journal says; its epoch, if it has one.
    pub(super) fn read(&mut self, path: &Path) -> Result<Option<u64>> {
        let recovered = journal::recover(path).map_err(|error| unusable_journal(path, &error))?;
        self.0.extend(
            recovered.answered.into_iter().map(|answer| (answer.seq, Some((answer.code, answer.text)))),
        );
        self.0.extend(recovered.in_doubt.into_iter().map(|seq| (seq, None)));
        Ok(recovered.epoch)
    }

    fn of(&self, number: u64, tries_before: u32) -> Answer {
        match self.0.get(&number) {
            Some(Some((code, text))) => Answer::said(*code, text, tries_before),
            Some(None) => Answer::silent(DeliveryState::InDoubt),
            None => Answer::silent(DeliveryState::Pending),
        }
    }
}

/// Where this run journals a loan's deliveries; makes the folder.
pub(super) fn journal_path(app: &App, number: LoanNumber) -> Result<PathBuf> {
    let folder = app.folder.join(FOLDER);
    std::fs::create_dir_all(&folder).map_err(|error| unusable(&folder, &error))?;
    Ok(folder.join(format!("{}-{number}.{ENDING}", app.epoch)))
}

fn journals(app: &App) -> Result<Vec<PathBuf>> {
    let folder = app.folder.join(FOLDER);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unusable(&folder, &error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unusable(&folder, &error))?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn unusable(path: &Path, error: &std::io::Error) -> Refusal {
    Refusal::of_file(format!("`{}` cannot be used", path.display()), error)
}

pub(super) fn unusable_journal(path: &Path, error: &JournalError) -> Refusal {
    Refusal::internal(format!("the sending journal `{}` cannot be used", path.display())).because(error)
}
