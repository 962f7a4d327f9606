//! `hustings loan list`.

use crate::output::Voice;
use hustings_app::{App, Result, lend};
use hustings_domain::access::Actor;
use serde_json::json;

pub(super) fn run(app: &App, actor: &Actor, voice: Voice) -> Result<()> {
    let loans = lend::loans(app, actor)?;
    let value: Vec<_> =
        loans.iter().map(|(loan, borrower)| json!({"loan": loan, "borrower": borrower.name})).collect();
    voice.result(&value, |voice| {
        if loans.is_empty() {
            voice.say("No loan has been asked for. `hustings loan request FILE` asks for one.");
            return;
        }
        let rows: Vec<Vec<String>> = loans
            .iter()
            .map(|(loan, borrower)| {
                vec![
                    loan.number.to_string(),
                    loan.state.to_string(),
                    borrower.name.clone(),
                    loan.terms.ask.to_string(),
                    loan.terms.area.label(),
                    loan.appeal.subject.clone(),
                ]
            })
            .collect();
        voice.table(&["loan", "state", "borrower", "ask", "area", "subject"], &rows);
    })
}
