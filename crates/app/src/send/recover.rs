//! What a stopped process left in hand is put right: a reply that was heard is kept, a final dot without a reply is in
//! doubt, and what had not come to its dot is still to be sent.

use super::answers::{Answer, journal_number};
use super::backlash;
use crate::context::App;
use crate::hold;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::consent::SuppressionReason;
use hustings_domain::ids::{LoanId, LoanNumber, Ordinal};
use hustings_domain::loan::LoanState;
use hustings_mail::journal::{self, JournalError};
use hustings_store::Tx;
use hustings_store::records::{DeliveryResult, DeliveryState, JOURNAL_ELSEWHERE, Signal};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
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
    /// Not sent: to be sent as if nothing had happened, as long as the send goes on.
    pub pending: u32,
}

/// What journals say of deliveries. A claim is made while the journal of its epoch and loan is open, so a journal that
/// is here tells of every claim, and one that is not here of none.
#[derive(Debug, Default)]
pub(super) struct Said {
    journals: BTreeSet<(u64, LoanNumber)>,
    /// By epoch and number in the journal: a reply, or none.
    replies: HashMap<(u64, u64), Option<(u16, String)>>,
}

/// Puts right what earlier runs left. Called when the list is opened, before anything is sent.
///
/// What runs of this folder left is decided by their journals; what processes elsewhere left that are gone is in doubt,
/// until their folder is opened again.
///
/// INVARIANT (promise 9): the journals are removed only after what they say is committed; applied twice they change
/// nothing, because a recipient that is settled is no longer claimed.
pub fn recover(app: &App) -> Result<Vec<(LoanNumber, PutRight)>> {
    let mut said = Said::default();
    let paths = journals(app)?;
    for path in &paths {
        if said.read(path)? >= app.epoch {
            return Err(Refusal::internal("a sending journal is newer than the list")
                .hint("the folder was restored beside its journals: move the `journal` folder away"));
        }
    }
    let righted = app.store.write(|tx| {
        let mut righted = Righted::default();
        fence_the_expired(app, tx)?;
        put_right(app, tx, Whose::TheDead, &said, &mut righted)?;
        resolve(app, tx, &said, &mut righted)?;
        righted.enter(app, tx)
    })?;
    for path in paths {
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

/// Takes over what processes had in hand that are gone: they are fenced, and whom they had claimed is in doubt. Called
/// now and then by every process that serves.
pub fn take_over(app: &App) -> Result<Vec<(LoanNumber, PutRight)>> {
    if app.store.node().is_none() {
        return Ok(Vec::new());
    }
    let is_needed = app.store.read(|tx| {
        let live = tx.live_nodes()?;
        let expired = tx.expired_nodes()?.into_iter().any(|epoch| epoch != app.epoch);
        Ok::<_, Refusal>(expired || tx.claims()?.iter().any(|claim| !live.contains(&claim.epoch)))
    })?;
    if !is_needed {
        return Ok(Vec::new());
    }
    app.store.write(|tx| {
        let mut righted = Righted::default();
        fence_the_expired(app, tx)?;
        put_right(app, tx, Whose::TheDead, &Said::default(), &mut righted)?;
        righted.enter(app, tx)
    })
}

/// From here on they can write nothing more, whatever becomes of them.
fn fence_the_expired(app: &App, tx: &mut dyn Tx) -> Result<()> {
    for epoch in tx.expired_nodes()?.into_iter().filter(|epoch| *epoch != app.epoch) {
        tx.fence_node(epoch)?;
    }
    Ok(())
}

/// The loans whose sending was under way, to be taken up by [`super::run_send`]: those that nobody else is sending.
pub fn unfinished(app: &App) -> Result<Vec<LoanNumber>> {
    app.store.read(|tx| {
        let mut sending = Vec::new();
        for loan in tx.loans()?.into_iter().filter(|loan| loan.state == LoanState::Sending) {
            if !hold::is_elsewhere(app, tx, &hold::sending(loan.number))? {
                sending.push(loan.number);
            }
        }
        sending.sort_unstable();
        Ok(sending)
    })
}

/// Whose claims are to be settled.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whose {
    /// Of epochs that write no more.
    TheDead,
    /// And this process's own of one loan, which nobody carries out just now.
    TheDeadAndOwn(LoanId),
}

/// What was put right, by loan.
#[derive(Debug, Default)]
pub(super) struct Righted {
    numbers: BTreeMap<LoanId, (LoanNumber, LoanState)>,
    counts: BTreeMap<LoanNumber, PutRight>,
}

/// Settles claims that nobody carries out any more, by what the journals say.
pub(super) fn put_right(
    app: &App,
    tx: &mut dyn Tx,
    whose: Whose,
    said: &Said,
    righted: &mut Righted,
) -> Result<()> {
    let claims = tx.claims()?;
    if claims.is_empty() {
        return Ok(());
    }
    let live = tx.live_nodes()?;
    for claim in claims {
        let is_own = claim.epoch == app.epoch;
        let is_meant = match whose {
            Whose::TheDeadAndOwn(loan) if is_own => loan == claim.loan,
            _ => !is_own && !live.contains(&claim.epoch),
        };
        if !is_meant {
            continue;
        }
        let (number, _) = righted.loan(tx, claim.loan)?;
        let Some(delivery) = tx.delivery(claim.loan, claim.seq)? else { continue };
        let answer = said.of(claim.epoch, number, claim.seq, delivery.attempts);
        let result = DeliveryResult { seq: claim.seq, state: answer.state, code: answer.code };
        tx.recover_delivery(claim.loan, &result, app.now())?;
        righted.count(app, tx, claim.loan, delivery.ordinal, answer)?;
    }
    Ok(())
}

/// Settles doubts that others had to leave while these journals were not to be read.
fn resolve(app: &App, tx: &mut dyn Tx, said: &Said, righted: &mut Righted) -> Result<()> {
    for (epoch, number) in &said.journals {
        let Some(loan) = tx.loan_by_number(*number)? else { continue };
        for seq in tx.doubted(loan.id, *epoch)? {
            let Some(delivery) = tx.delivery(loan.id, seq)? else { continue };
            let mut answer = said.of(*epoch, *number, seq, delivery.attempts.saturating_sub(1));
            let (_, state) = righted.loan(tx, loan.id)?;
            if answer.state == DeliveryState::Pending
                && !matches!(state, LoanState::Sending | LoanState::Paused)
            {
                // The send has ended without them.
                answer.state = DeliveryState::Stopped;
            }
            let result = DeliveryResult { seq, state: answer.state, code: answer.code };
            tx.resolve_doubt(loan.id, *epoch, &result, app.now())?;
            righted.count(app, tx, loan.id, delivery.ordinal, answer)?;
        }
    }
    Ok(())
}

impl Righted {
    fn loan(&mut self, tx: &mut dyn Tx, loan: LoanId) -> Result<(LoanNumber, LoanState)> {
        if let Some(known) = self.numbers.get(&loan) {
            return Ok(*known);
        }
        let kept = tx.loan(loan)?.ok_or_else(|| Refusal::internal("a delivery belongs to no loan"))?;
        self.numbers.insert(loan, (kept.number, kept.state));
        Ok((kept.number, kept.state))
    }

    fn count(
        &mut self,
        app: &App,
        tx: &mut dyn Tx,
        loan: LoanId,
        ordinal: Ordinal,
        answer: Answer,
    ) -> Result<()> {
        let (number, _) = self.loan(tx, loan)?;
        let counts = self.counts.entry(number).or_default();
        *match answer.state {
            DeliveryState::Pending | DeliveryState::Stopped => &mut counts.pending,
            DeliveryState::InDoubt => &mut counts.in_doubt,
            _ => &mut counts.answered,
        } += 1;
        if answer.dead {
            backlash::stop_address(tx, ordinal, SuppressionReason::Bounced, app.now())?;
            backlash::note_in(app, tx, loan, ordinal, Signal::HardBounce, app.now())?;
        }
        Ok(())
    }

    /// Enters it into the ledger.
    pub(super) fn enter(self, app: &App, tx: &mut dyn Tx) -> Result<Vec<(LoanNumber, PutRight)>> {
        for (number, counts) in &self.counts {
            let body = json!({"loan": number, "answered": counts.answered, "in_doubt": counts.in_doubt,
                "pending": counts.pending});
            enter(tx, app.now(), &Actor::machine(), "send.recovered", body)?;
        }
        Ok(self.counts.into_iter().collect())
    }
}

impl Said {
    /// What a journal says that has nothing to say.
    pub(super) fn nothing(epoch: u64, number: LoanNumber) -> Self {
        Self { journals: BTreeSet::from([(epoch, number)]), replies: HashMap::new() }
    }

    /// Adds what a journal says; its epoch.
    pub(super) fn read(&mut self, path: &Path) -> Result<u64> {
        let named = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.split_once('-'));
        let named = named.and_then(|(epoch, loan)| Some((epoch.parse().ok()?, loan.parse().ok()?)));
        let (epoch, loan): (u64, LoanNumber) = named.ok_or_else(|| {
            Refusal::internal(format!("`{}` is not the name of a sending journal", path.display()))
                .hint("move it away: journals are named by the program")
        })?;
        let recovered = journal::recover(path).map_err(|error| unusable_journal(path, &error))?;
        self.journals.insert((epoch, loan));
        let answered = recovered.answered.into_iter();
        self.replies.extend(answered.map(|said| ((epoch, said.seq), Some((said.code, said.text)))));
        self.replies.extend(recovered.in_doubt.into_iter().map(|seq| ((epoch, seq), None)));
        Ok(epoch.max(recovered.epoch.unwrap_or(0)))
    }

    fn of(&self, epoch: u64, loan: LoanNumber, seq: u32, tries_before: u32) -> Answer {
        // INVARIANT (promise 9): without the journal nobody knows whether a final dot was written, so nobody is mailed.
        if !self.journals.contains(&(epoch, loan)) {
            return Answer { code: Some(JOURNAL_ELSEWHERE), ..Answer::silent(DeliveryState::InDoubt) };
        }
        match self.replies.get(&(epoch, journal_number(loan.0, seq))) {
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

pub(super) fn journals(app: &App) -> Result<Vec<PathBuf>> {
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
