//! Sharing attention among the cleared loans of the coming weeks, and freezing what each was allotted, with the seed.

use super::own_mail::OwnMail;
use super::room::{add, times_taken};
use super::shares::{Caps, share_view};
use super::{ShareView, shares};
use crate::context::App;
use crate::journal::enter;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use crate::send::audience::choose;
use hustings_audience::{Bitmap, Selection, parse};
use hustings_domain::access::{Action, Actor};
use hustings_domain::borrower::Borrower;
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::charter::{Cap, Charter};
use hustings_domain::ids::{LoanId, Ordinal};
use hustings_domain::loan::{Ask, Loan, LoanState};
use hustings_domain::words::Slug;
use hustings_policy::permit;
use hustings_share::{Contender, Effort, MOST_ISSUES, Problem, Room, allocate};
use hustings_store::Tx;
use hustings_store::records::{LoanShareRecord, SharingRecord};
use hustings_trace::hold_back::Share;
use jiff::{Span, Timestamp};
use serde_json::json;

/// What a sharing came to.
#[derive(Debug, Clone)]
pub struct Shared {
    /// As it is kept.
    pub sharing: SharingRecord,
    /// What each loan got, in words.
    pub shares: Vec<ShareView>,
}

// INVARIANT (promise 11): who is held back is drawn by a key that this does not know, so everybody takes part alike,
// and whoever is held back is a fair sample of those who were allotted.
/// Shares attention among the loans that are cleared and may go out within the charter's window.
///
/// The newest sharing that a loan took part in holds for it until its weeks are over. Refused with
/// `calendar.nothing-to-share` when no loan is cleared.
pub fn share(app: &App, actor: &Actor) -> Result<Shared> {
    permit(actor, Action::ShareAttention)?;
    let now = app.now();
    // The index is brought up to date before the transaction begins.
    app.with_index(|_| ())?;
    app.store.write(|tx| {
        let charter = charter_in(tx)?;
        let days = i64::from(charter.sharing.window_days);
        let closes = now
            .checked_add(Span::new().hours(24 * days))
            .map_err(|error| Refusal::internal("the window ends after time").because(error))?;
        let loans = competing(tx, now, closes)?;
        if loans.is_empty() {
            return Err(Refusal::conflict(
                "calendar.nothing-to-share",
                format!("no cleared loan may go out in the next {days} days"),
            )
            .hint("a loan takes part once the board has cleared it and its window is open or opens"));
        }
        let (problem, as_of) = problem(app, tx, &charter, &loans, now)?;
        let seed = app.rng("sharing").next_u64();
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let answer = allocate(&problem, seed, threads, Effort::default()).map_err(|error| {
            Refusal::conflict("calendar.cannot-share", "attention cannot be shared").because(error)
        })?;
        let given = loans
            .iter()
            .zip(answer.given)
            .map(|((loan, _), people)| (loan.id, people.into_iter().map(Ordinal).collect::<Vec<_>>()));
        let allotted: Vec<(LoanId, Vec<Ordinal>)> = given.collect();
        let sharing = SharingRecord {
            number: tx.next_sharing_number()?,
            seed,
            opens: now,
            closes,
            as_of,
            charter_version: charter.version,
            by: actor.reference(),
            at: now,
            shares: loans
                .iter()
                .zip(&answer.shares)
                .map(|((loan, _), share)| LoanShareRecord { loan: loan.id, share: *share })
                .collect(),
        };
        tx.add_sharing(&sharing, &allotted)?;
        // INVARIANT (promise 7): the ledger is public, so it binds the question and the answer, and tells of neither how
        // many people a rule selects nor who competes.
        let body = json!({"sharing": sharing.number, "seed": format!("{seed:016x}"), "loans": loans.len(),
            "charter": charter.version, "as_of": as_of, "answer": bound(app, &sharing, &allotted)});
        enter(tx, now, actor, "calendar.shared", body)?;
        let caps = shares::caps(&charter);
        Ok(Shared { shares: views(&loans, &sharing, caps), sharing })
    })
}

fn views(loans: &[(Loan, Borrower)], sharing: &SharingRecord, caps: Caps) -> Vec<ShareView> {
    let views = loans.iter().zip(&sharing.shares);
    views
        .map(|((loan, borrower), share)| share_view(loan, &borrower.name, sharing, &share.share, caps))
        .collect()
}

/// The cleared loans that may go out between two instants, in the order of their numbers.
pub(super) fn competing(tx: &mut dyn Tx, now: Timestamp, closes: Timestamp) -> Result<Vec<(Loan, Borrower)>> {
    let mut found = Vec::new();
    for loan in tx.loans()? {
        let ready = loan.state == LoanState::Cleared && loan.terms.opens < closes && loan.terms.closes > now;
        if ready && let Some(borrower) = tx.borrower(loan.terms.borrower)?.filter(Borrower::is_verified) {
            found.push((loan, borrower));
        }
    }
    found.sort_by_key(|(loan, _)| loan.number);
    Ok(found)
}

/// Loans, people and their room as numbers, and the change of the store that they are true of.
fn problem(
    app: &App,
    tx: &mut dyn Tx,
    charter: &Charter,
    loans: &[(Loan, Borrower)],
    now: Timestamp,
) -> Result<(Problem, u64)> {
    let named = issues(charter, loans)?;
    let mut problem = Problem { rooms: rooms(tx, charter, now)?, ..Problem::default() };
    problem.issues = declared(app, &named, problem.rooms.len(), now)?;
    let mut as_of = 0;
    for (loan, borrower) in loans {
        let chosen = choose(app, tx, charter, &loan.terms)?;
        as_of = chosen.as_of;
        let speaks = spoken(charter, loan, borrower);
        let bits = named.iter().zip(0_u32..).filter(|(issue, _)| speaks.contains(issue));
        problem.loans.push(Contender {
            wanted: asked(loan.terms.cap),
            weight_per_mille: charter.sharing.weight_of(borrower.kind),
            money: loan.terms.ask == Ask::Give,
            issues: bits.fold(0, |all, (_, bit)| all | 1 << bit),
            eligible: chosen.eligible.iter().map(|person| person.0).collect(),
        });
    }
    Ok((problem, as_of))
}

/// The issues that a loan speaks of: those it names, or else those on which its borrower has stated a position.
fn spoken(charter: &Charter, loan: &Loan, borrower: &Borrower) -> Vec<Slug> {
    let issues = if loan.terms.issues.is_empty() { &borrower.positions } else { &loan.terms.issues };
    issues.iter().filter(|issue| charter.issues.iter().any(|known| known.id == **issue)).cloned().collect()
}

fn issues(charter: &Charter, loans: &[(Loan, Borrower)]) -> Result<Vec<Slug>> {
    let mut named: Vec<Slug> =
        loans.iter().flat_map(|(loan, borrower)| spoken(charter, loan, borrower)).collect();
    named.sort();
    named.dedup();
    if named.len() > MOST_ISSUES as usize {
        return Err(Refusal::conflict(
            "calendar.too-many-issues",
            format!(
                "the loans speak of {} issues, and at most {MOST_ISSUES} can be weighed at a time",
                named.len()
            ),
        )
        .hint("send some of them first"));
    }
    Ok(named)
}

/// For each person the issues among `named` that they declared themselves.
fn declared(app: &App, named: &[Slug], people: usize, now: Timestamp) -> Result<Vec<u64>> {
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut issues = vec![0; people];
    for (issue, bit) in named.iter().zip(0_u32..) {
        let rule = format!("issue has \"{issue}\"");
        let expr = parse(&rule).map_err(|error| {
            Refusal::internal("the rule of an issue does not read").because(error.render(&rule))
        })?;
        let having: Bitmap = app.with_index(|index| index.select(&expr, Selection::Loan, today, threads))?;
        for person in having.iter() {
            if let Some(own) = issues.get_mut(person.0 as usize) {
                *own |= 1 << bit;
            }
        }
    }
    Ok(issues)
}

/// What the caps leave each person: less what they got of late, the owner's own mail, and what is still to go out.
fn rooms(tx: &mut dyn Tx, charter: &Charter, now: Timestamp) -> Result<Vec<Room>> {
    let own = OwnMail::read(tx)?;
    let mut taken = Vec::new();
    for (cap, money) in [(charter.fatigue.appeals, false), (charter.fatigue.money, true)] {
        taken.push(times_taken(tx, &own, cap, money, now)?);
    }
    for loan in tx.loans()? {
        if matches!(loan.state, LoanState::Sending | LoanState::Paused) {
            let money = loan.terms.ask == Ask::Give;
            for person in tx.unsent(loan.id)? {
                for taken in taken.iter_mut().take(1 + usize::from(money)) {
                    add(taken, person, 1);
                }
            }
        }
    }
    let left =
        |cap: Cap, taken: u8| u8::try_from(cap.times.saturating_sub(u32::from(taken))).unwrap_or(u8::MAX);
    let money = taken.pop().unwrap_or_default();
    let appeals = taken.pop().unwrap_or_default();
    let rooms = appeals.into_iter().zip(money).map(|(appeals, money)| Room {
        appeals: left(charter.fatigue.appeals, appeals),
        money: left(charter.fatigue.money, money),
    });
    Ok(rooms.collect())
}

/// How many people a loan must be allotted so that as many as its cap can be mailed: those who will be held back come
/// on top, with two standard deviations.
fn asked(cap: u32) -> u32 {
    let with = |share: Share| {
        let (cap, held) = (f64::from(cap), share.fraction());
        let people = cap / (1.0 - held);
        let spread = (people * held * (1.0 - held)).sqrt() / (1.0 - held);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to 32 bits first"
        )]
        let asked = (people + 2.0 * spread).ceil().min(f64::from(u32::MAX)) as u32;
        asked
    };
    let normal = with(Share::NORMAL);
    if Share::for_audience(u64::from(normal)) == Share::NORMAL { normal } else { with(Share::SMALL) }
}

/// A hash over who was allotted to whom, with a secret in it, because positions can be guessed.
fn bound(app: &App, sharing: &SharingRecord, allotted: &[(LoanId, Vec<Ordinal>)]) -> ContentHash {
    let mut bytes = app.vault.secret(&format!("sharing/{}", sharing.number)).to_vec();
    for (loan, people) in allotted {
        bytes.extend_from_slice(loan.0.as_bytes());
        bytes.extend_from_slice(&(people.len() as u64).to_be_bytes());
        for person in people {
            bytes.extend_from_slice(&person.0.to_be_bytes());
        }
    }
    ContentHash(sha256(&bytes))
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn those_who_will_be_held_back_come_on_top() {
        // 50,000 at 95 %, and 1,000 at 90 %, each with two standard deviations.
        assert!((52_632..53_200).contains(&asked(50_000)), "{}", asked(50_000));
        assert!((1_112..1_145).contains(&asked(1_000)), "{}", asked(1_000));
        assert_eq!(asked(u32::MAX), u32::MAX);
    }
}
