//! Which borrowers are to be written to about what they owe: when they are told, some days before it is due, when it is
//! due, and when it has become a mark. One mail for all that is open; what it says is on the desk.

use crate::context::App;
use crate::lend::charter_in;
use crate::refusal::Result;
use hustings_domain::access::{Action, Actor};
use hustings_domain::borrower::Borrower;
use hustings_domain::duty::Duty;
use hustings_domain::ids::BorrowerId;
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_store::records::UserRecord;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::fmt;

/// What has just been told is put into one mail a day.
const TOLD_TOGETHER: SignedDuration = SignedDuration::from_hours(24);

/// Which of the four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DutyStage {
    /// It has just been told.
    Told,
    /// It is due soon.
    Soon,
    /// It is late.
    Late,
    /// It has become a mark on the standing.
    Marked,
}

const STAGES: [DutyStage; 4] = [DutyStage::Told, DutyStage::Soon, DutyStage::Late, DutyStage::Marked];

/// A mail that is due to somebody who acts for a borrower. Its `Debug` shows no address.
#[derive(Clone)]
pub struct DutyMail {
    /// The borrower.
    pub borrower: BorrowerId,
    /// How the reader is spoken to.
    pub name: String,
    /// Where the mail goes.
    pub address: String,
    /// The gravest of what has come about since the last mail.
    pub stage: DutyStage,
    /// How many things are owed.
    pub open: usize,
    /// The day of the first of them.
    pub due: Timestamp,
    mark: String,
    as_of: Timestamp,
}

impl fmt::Debug for DutyMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DutyMail")
            .field("borrower", &self.borrower)
            .field("stage", &self.stage)
            .field("open", &self.open)
            .finish_non_exhaustive()
    }
}

/// The mails that are due now and have not gone out.
pub fn duty_mails(app: &App, actor: &Actor) -> Result<Vec<DutyMail>> {
    if *actor != Actor::machine() {
        permit(actor, Action::ReadCopies)?;
    }
    let now = app.now();
    app.store.read(|tx| {
        let mut open: BTreeMap<BorrowerId, Vec<Duty>> = BTreeMap::new();
        for duty in tx.duties(None)?.into_iter().filter(Duty::is_open) {
            open.entry(duty.borrower).or_default().push(duty);
        }
        if open.is_empty() {
            return Ok(Vec::new());
        }
        let (rules, users) = (charter_in(tx)?.duties, tx.users()?);
        let mut mails = Vec::new();
        for (id, duties) in open {
            let Some(borrower) = tx.borrower(id)? else { continue };
            for (who, name, address) in readers(&borrower, &users) {
                let mark = format!("duty-mail:{id}:{who}");
                let last = last_mailed(tx, &mark)?;
                let since = |at: &Timestamp| last.is_none_or(|last| *at > last) && *at <= now;
                let stages = duties.iter().flat_map(|duty| STAGES.into_iter().zip(duty.moments(&rules)));
                let Some(stage) = stages.filter(|(_, at)| since(at)).map(|(stage, _)| stage).max() else {
                    continue;
                };
                let waits = last.is_some_and(|last| now.duration_since(last) < TOLD_TOGETHER);
                if stage == DutyStage::Told && waits {
                    continue;
                }
                let due = duties.iter().map(|duty| duty.due).min().unwrap_or(now);
                let open = duties.len();
                mails.push(DutyMail { borrower: id, name, address, stage, open, due, mark, as_of: now });
            }
        }
        Ok(mails)
    })
}

/// Notes that a mail went out, so that it goes once.
pub fn duty_mailed(app: &App, mail: &DutyMail) -> Result<()> {
    app.store.write(|tx| Ok(tx.set_meta(&mail.mark, &mail.as_of.to_string())?))
}

fn last_mailed(tx: &mut dyn Tx, mark: &str) -> Result<Option<Timestamp>> {
    Ok(tx.meta(mark)?.and_then(|text| text.parse().ok()))
}

/// Whoever has a log-in for the borrower; where nobody has, the address that it is written to at.
fn readers(borrower: &Borrower, users: &[UserRecord]) -> Vec<(String, String, String)> {
    let acts = users.iter().filter(|user| user.borrower == Some(borrower.id));
    let mut readers: Vec<_> =
        acts.map(|user| (user.id.to_string(), user.name.clone(), user.email.clone())).collect();
    if readers.is_empty() {
        readers.push(("contact".to_owned(), borrower.name.clone(), borrower.contact_email.clone()));
    }
    readers
}
