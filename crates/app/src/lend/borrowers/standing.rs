//! A borrower's standing changes: suspended at once, ended with notice and time to cure, put right again. Every change
//! says why, is in its history, and on the ledger by id.

use crate::access::end_tokens_of;
use crate::context::App;
use crate::journal::enter;
use crate::lend::load;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::borrower::{Borrower, Standing, StandingChange};
use hustings_domain::ids::BorrowerId;
use hustings_policy::permit;
use hustings_store::Tx;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde_json::json;

/// The shortest time to cure, in days.
pub const LEAST_CURE_DAYS: u32 = 3;
/// The longest time to cure, in days.
pub const MOST_CURE_DAYS: u32 = 90;

pub(super) fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// Suspends a borrower at once: it may ask nothing until that is lifted.
pub fn suspend_borrower(app: &App, actor: &Actor, id: BorrowerId, why: &str) -> Result<Borrower> {
    permit(actor, Action::SuspendBorrower)?;
    let why = reason(why)?;
    change(app, actor, id, "borrower.suspended", &why.clone(), move |standing, now| match standing {
        Standing::Verified { .. } | Standing::Notice { .. } => {
            Ok(Standing::Suspended { at: now, reason: why })
        }
        other => Err(unfit(other, "suspended", "only a borrower that may ask can be suspended")),
    })
}

/// Tells a borrower that its standing ends after `days` unless it cures what is wrong.
pub fn give_notice(app: &App, actor: &Actor, id: BorrowerId, why: &str, days: u32) -> Result<Borrower> {
    permit(actor, Action::EndBorrower)?;
    let why = reason(why)?;
    if !(LEAST_CURE_DAYS..=MOST_CURE_DAYS).contains(&days) {
        return Err(Refusal::invalid("borrower.cure-days", format!("{days} days are not a time to cure"))
            .hint(format!("{LEAST_CURE_DAYS} to {MOST_CURE_DAYS} days; to stop at once, suspend")));
    }
    change(app, actor, id, "borrower.notice", &why.clone(), move |standing, now| match standing {
        Standing::Verified { .. } | Standing::Suspended { .. } => {
            let cure_by = today(now)
                .checked_add(Span::new().days(i64::from(days)))
                .map_err(|error| Refusal::internal("no time is left").because(error))?;
            Ok(Standing::Notice { at: now, reason: why, cure_by })
        }
        other => {
            Err(unfit(other, "given notice", "a notice goes to a borrower that is verified or suspended"))
        }
    })
}

/// Puts a standing right: a suspension is lifted, a breach cured, or somebody whose standing ended is taken back.
pub fn reinstate_borrower(app: &App, actor: &Actor, id: BorrowerId, why: &str) -> Result<Borrower> {
    permit(actor, Action::VerifyBorrower)?;
    let why = reason(why)?;
    change(app, actor, id, "borrower.reinstated", &why, |standing, now| match standing {
        Standing::Suspended { .. } | Standing::Notice { .. } | Standing::Ended { .. } => {
            Ok(Standing::Verified { at: now })
        }
        other => {
            Err(unfit(other, "reinstated", "`hustings borrower verify` is for one that was never checked"))
        }
    })
}

/// Writes down the standings that ended because nobody cured what was wrong; how many there were. They had ended by
/// the calendar already: this puts it in the history and on the ledger.
pub fn end_overdue_standings(app: &App) -> Result<usize> {
    let now = app.now();
    let overdue = |borrower: &Borrower| borrower.standing.on(today(now)) != borrower.standing;
    if !app.store.read(|tx| Ok::<_, Refusal>(tx.borrowers()?.iter().any(overdue)))? {
        return Ok(0);
    }
    app.store.write(|tx| {
        let over: Vec<Borrower> = tx.borrowers()?.into_iter().filter(overdue).collect();
        for borrower in &over {
            write_ended(tx, borrower.clone(), now)?;
        }
        Ok(over.len())
    })
}

fn write_ended(tx: &mut dyn Tx, mut borrower: Borrower, now: Timestamp) -> Result<()> {
    borrower.standing = borrower.standing.on(today(now));
    let why = match &borrower.standing {
        Standing::Ended { reason, .. } => reason.clone(),
        _ => return Ok(()),
    };
    note(&mut borrower, &Actor::machine(), now, "ended", &why);
    tx.put_borrower(&borrower)?;
    end_tokens_of(tx, &Actor::machine(), borrower.id, now)?;
    enter(tx, now, &Actor::machine(), "borrower.ended", json!({"borrower": borrower.id}))?;
    Ok(())
}

/// Adds a line to the history.
pub(crate) fn note(borrower: &mut Borrower, actor: &Actor, at: Timestamp, to: &str, why: &str) {
    borrower.history.push(StandingChange {
        at,
        by: actor.reference(),
        to: to.to_owned(),
        why: why.to_owned(),
    });
}

fn change(
    app: &App,
    actor: &Actor,
    id: BorrowerId,
    kind: &str,
    why: &str,
    next: impl FnOnce(&Standing, Timestamp) -> Result<Standing>,
) -> Result<Borrower> {
    let now = app.now();
    app.store.write(|tx| {
        let mut borrower = load::borrower(tx, id)?;
        borrower.standing = next(&borrower.standing.on(today(now)), now)?;
        let word = borrower.standing.word();
        note(&mut borrower, actor, now, word, why);
        tx.put_borrower(&borrower)?;
        if matches!(borrower.standing, Standing::Suspended { .. }) {
            end_tokens_of(tx, actor, id, now)?;
        }
        let mut body = json!({"borrower": id, "standing": word});
        if let (Standing::Notice { cure_by, .. }, Some(members)) = (&borrower.standing, body.as_object_mut())
        {
            members.insert("cure_by".to_owned(), json!(cure_by.to_string()));
        }
        enter(tx, now, actor, kind, body)?;
        Ok(borrower)
    })
}

fn reason(why: &str) -> Result<String> {
    let why = why.trim();
    if why.is_empty() || why.chars().count() > 500 || why.chars().any(char::is_control) {
        return Err(Refusal::invalid("borrower.no-reason", "a change of standing says why")
            .hint("1 to 500 characters on one line; the borrower reads them"));
    }
    Ok(why.to_owned())
}

fn unfit(standing: &Standing, what: &str, hint: &str) -> Refusal {
    let message = format!("a borrower whose standing is `{}` cannot be {what}", standing.word());
    Refusal::conflict("borrower.standing", message).hint(hint)
}
