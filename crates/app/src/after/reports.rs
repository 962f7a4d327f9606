//! What supporters reported of an appeal, in their words, for a steward. Reading them is in the ledger.

use super::respond::report_context;
use crate::context::App;
use crate::journal::enter;
use crate::lend::loan_numbered;
use crate::people::person_key;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::LoanNumber;
use hustings_policy::permit;
use jiff::Timestamp;
use serde_json::json;
use std::fmt;

/// One report, without its author. Its `Debug` does not show the words.
#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    /// When.
    pub at: Timestamp,
    /// What, in the person's words.
    pub words: String,
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report").field("at", &self.at).finish_non_exhaustive()
    }
}

/// Opens the reports on a loan's appeal, the newest first.
pub fn reports(app: &App, actor: &Actor, number: LoanNumber) -> Result<Vec<Report>> {
    permit(actor, Action::ReadSupporter)?;
    let now = app.now();
    app.store.write(|tx| {
        let loan = loan_numbered(tx, actor, number)?;
        let mut found = Vec::new();
        for response in tx.responses(loan.id)? {
            let Some(sealed) = response.sealed_report else { continue };
            let Some(record) = tx.supporter(response.ordinal)? else { continue };
            let key = person_key(app, &record)?;
            let words = key.open(&report_context(record.id.0.as_bytes(), number), &sealed)?;
            found.push(Report { at: response.at, words: String::from_utf8_lossy(&words).into_owned() });
        }
        found.sort_by_key(|report| std::cmp::Reverse(report.at));
        enter(tx, now, actor, "reports.read", json!({"loan": number, "reports": found.len()}))?;
        Ok::<_, Refusal>(found)
    })
}
