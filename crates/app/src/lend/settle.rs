//! Settlement: what a loan did, against those held back, and what it was worth.

use super::load;
use crate::context::App;
use crate::journal::enter;
use crate::refusal::Result;
use crate::worth::value_of;
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::Loan;
use hustings_domain::money::Cents;
use hustings_domain::response::ResponseKind;
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_store::records::{DeliveryCounts, Signal};
use serde::Serialize;
use serde_json::json;

/// A loan's outcome, exact: for the owner's own people.
#[derive(Debug, Clone, Serialize)]
pub struct Settlement {
    /// What became of the messages.
    pub deliveries: DeliveryCounts,
    /// How many were held back at random.
    pub held_back: u32,
    /// Answers, in the order of [`ResponseKind::ALL`].
    pub answers: Vec<(ResponseKind, u32)>,
    /// Signs of backlash, in the order of [`Signal::ALL`].
    pub signals: Vec<(Signal, u32)>,
    /// People introduced.
    pub introduced: u32,
    /// The in-kind value by the rate card.
    pub value: Cents,
}

impl Settlement {
    /// Complaints and unsubscribes together.
    pub fn backlash(&self) -> u32 {
        let counted = [Signal::Complaint, Signal::Unsubscribe];
        self.signals.iter().filter(|(signal, _)| counted.contains(signal)).map(|(_, count)| *count).sum()
    }
}

/// The outcome so far.
pub fn settlement(tx: &mut dyn Tx, loan: &Loan) -> Result<Settlement> {
    let deliveries = tx.delivery_counts(loan.id, u32::MAX)?;
    let responses = tx.responses(loan.id)?;
    let answers = ResponseKind::ALL
        .into_iter()
        .map(|kind| (kind, count(responses.iter().filter(|response| response.kind == kind))))
        .collect();
    let mut signals = Vec::new();
    for signal in Signal::ALL {
        signals.push((signal, tx.signal_count(loan.id, signal, jiff::Timestamp::MIN)?));
    }
    let valued = value_of(tx, loan)?;
    Ok(Settlement {
        deliveries,
        held_back: tx.send(loan.id)?.map_or(0, |send| send.held_back),
        answers,
        signals,
        introduced: valued.introduced,
        value: valued.value,
    })
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

/// Prices and closes a loan.
pub fn settle(app: &App, actor: &Actor, number: LoanNumber) -> Result<Settlement> {
    permit(actor, Action::SettleLoan)?;
    let now = app.now();
    app.store.write(|tx| {
        let loan = load::loan_numbered(tx, actor, number)?.settle()?;
        let outcome = settlement(tx, &loan)?;
        tx.put_loan(&loan)?;
        let yes = outcome.answers.iter().find(|(kind, _)| *kind == ResponseKind::Yes).map_or(0, |(_, n)| *n);
        let body = json!({"loan": number, "addressed": outcome.deliveries.accepted,
            "in_doubt": outcome.deliveries.in_doubt, "yes": yes,
            "introduced": outcome.introduced, "in_kind_cents": outcome.value});
        enter(tx, now, actor, "loan.settled", body)?;
        Ok(outcome)
    })
}
