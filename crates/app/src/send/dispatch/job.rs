//! One wave's work: what was cleared, who is in hand, and whether it is to stop.

use super::super::letter::letter_of;
use super::super::waves::send_of;
use super::super::{answers, dkim};
use crate::calendar::OwnMail;
use crate::context::App;
use crate::lend::{charter_in, clearance_of, loan_numbered};
use crate::refusal::{Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::charter::Charter;
use hustings_domain::ids::{LoanNumber, Ordinal};
use hustings_domain::loan::{Loan, SendRight};
use hustings_mail::compose::Composer;
use hustings_mail::dkim::DkimSigner;
use hustings_store::records::SendRecord;
use hustings_vault::SuppressionHash;
use jiff::Span;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A recipient in hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flight {
    pub(super) seq: u32,
    pub(super) ordinal: Ordinal,
    /// How often it was tried before.
    pub(super) tries: u32,
    /// What stops are found by; known once the record was opened.
    pub(super) mail_key: Option<SuppressionHash>,
    /// Why it is not sent, if it is not.
    pub(super) verdict: Option<Verdict>,
}

/// Why a message is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The person has stopped, or is gone.
    Stopped,
    /// No message can be made for this person.
    Unfit,
    /// Not now.
    GivenBack,
}

/// What one wave works with.
pub(super) struct Job {
    pub(super) app: Arc<App>,
    pub(super) charter: Charter,
    pub(super) loan: Loan,
    pub(super) send: SendRecord,
    pub(super) right: SendRight,
    pub(super) composer: Composer,
    pub(super) signer: DkimSigner,
    pub(super) retry: Span,
    flights: Mutex<HashMap<u64, Flight>>,
    halt: Mutex<Option<Halt>>,
    own_mail: Mutex<OwnMail>,
}

/// Why nothing more is to go.
#[derive(Debug, Clone)]
pub(super) enum Halt {
    /// Paused, or its window is over: the store says so.
    NotSending,
    /// Nobody takes messages any more.
    NoRelay,
    /// Something is broken.
    Failed(Refusal),
}

impl Job {
    /// The owner's own mail, as it was when it was last read.
    pub(super) fn own_mail(&self) -> MutexGuard<'_, OwnMail> {
        self.own_mail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    // INVARIANT (promise 3): a wave begins with a `SendRight` for exactly the content that was frozen.
    pub(super) fn prepare(app: Arc<App>, number: LoanNumber, retry: Span) -> Result<Self> {
        let now = app.now();
        let (loan, charter, borrower, send, right) = app.store.read(|tx| {
            let loan = loan_numbered(tx, &Actor::machine(), number)?;
            let clearance = clearance_of(tx, &loan)?;
            let right = loan.take_up(&clearance, now)?;
            let send = send_of(tx, &loan)?;
            let borrower = tx
                .borrower(loan.terms.borrower)?
                .ok_or_else(|| Refusal::not_found("borrower.unknown", "the loan's borrower is gone"))?;
            Ok::<_, Refusal>((loan, charter_in(tx)?, borrower, send, right))
        })?;
        if send.content != right.content() {
            return Err(Refusal::new(
                crate::Kind::Denied,
                "loan.text-changed",
                "the loan reads otherwise than when it was frozen",
            ));
        }
        let composer = Composer::new(letter_of(&charter, &borrower, &loan)).map_err(|error| {
            Refusal::invalid("appeal.wrong", "the appeal cannot be sent as it stands").because(error)
        })?;
        let signer = dkim::signer(&app, &charter)?;
        let (flights, halt, own_mail) = (Mutex::default(), Mutex::default(), Mutex::default());
        Ok(Self { app, charter, loan, send, right, composer, signer, retry, flights, halt, own_mail })
    }

    /// The number of a recipient in the journal.
    pub(super) fn number(&self, seq: u32) -> u64 {
        answers::journal_number(self.loan.number.0, seq)
    }

    pub(super) fn flights(&self) -> MutexGuard<'_, HashMap<u64, Flight>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn flight(&self, number: u64) -> Option<Flight> {
        self.flights().get(&number).copied()
    }

    /// Notes why a message is not sent.
    pub(super) fn judge(&self, number: u64, verdict: Verdict) {
        if let Some(flight) = self.flights().get_mut(&number) {
            flight.verdict.get_or_insert(verdict);
        }
    }

    /// Lets nothing more go; the first reason counts.
    pub(super) fn halt(&self, why: Halt) {
        self.halt.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }

    pub(super) fn is_halted(&self) -> bool {
        self.halt.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// What is broken, if anything.
    pub(super) fn failure(&self) -> Result<()> {
        match &*self.halt.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(Halt::Failed(refusal)) => Err(refusal.clone()),
            _ => Ok(()),
        }
    }
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job").field("loan", &self.loan.number).finish_non_exhaustive()
    }
}
