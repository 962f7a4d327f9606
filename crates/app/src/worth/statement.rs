//! The statement for the treasurer: every loan of an election with its value, held against the limits of the profile;
//! as a table for a spreadsheet and as a page that prints.

use super::changed::LEAST_CELL;
use super::law::{counts, judged, profile};
use super::value::{Valued, value_under};
use crate::context::App;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::ids::{BorrowerId, LoanNumber};
use hustings_domain::jurisdiction::NO_ADVICE;
use hustings_domain::loan::LoanState;
use hustings_domain::money::{Cents, group_thousands};
use hustings_policy::permit;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::BTreeMap;

/// One loan.
#[derive(Debug, Clone, Serialize)]
pub struct StatementLine {
    /// Who was lent to.
    pub borrower: String,
    /// Who answers for its money.
    pub treasurer: String,
    /// The loan.
    pub loan: LoanNumber,
    /// Where it stands.
    pub state: LoanState,
    /// When it was asked for.
    pub requested: Timestamp,
    /// What it is worth, and why.
    pub valued: Valued,
    /// Whether how many were lent before is too small a number to be told; it stands as 0 then.
    pub few_repeated: bool,
    /// What this borrower was lent for the election up to and with this loan.
    pub sum: Cents,
    /// What the profile does with loans to this borrower.
    pub treatment: &'static str,
    /// Where the borrower stands with that sum.
    pub standing: String,
    /// Where the rule stands.
    pub source: String,
}

/// The statement.
#[derive(Debug, Clone, Serialize)]
pub struct Statement {
    /// Who lends.
    pub owner: String,
    /// The election that values are added up for.
    pub election: String,
    /// The profile's name.
    pub profile: String,
    /// What the reader must know besides.
    pub note: String,
    /// The day it was worked out.
    pub on: String,
    /// The rate card, in cents: base and selection a thousand, introduction.
    pub rate_card: [Cents; 3],
    /// The loans, by borrower and number.
    pub lines: Vec<StatementLine>,
}

/// The statement of all loans that went out, or of one borrower's. A borrower's people get their own.
pub fn statement(app: &App, actor: &Actor, borrower: Option<BorrowerId>) -> Result<Statement> {
    let own = actor.borrower;
    permit(actor, if own.is_some() { Action::ReadOwnLoans } else { Action::ReadWorth })?;
    let only = own.or(borrower);
    let now = app.now();
    app.store.read(|tx| {
        let charter = charter_in(tx)?;
        let profile = profile(&charter)?;
        let mut lines = Vec::new();
        let mut sums: BTreeMap<BorrowerId, i64> = BTreeMap::new();
        let mut loans = match only {
            Some(borrower) => tx.loans_of(borrower)?,
            None => tx.loans()?,
        };
        loans.sort_by_key(|loan| loan.number);
        for loan in loans {
            let begun = !matches!(loan.state, LoanState::Requested | LoanState::Cleared | LoanState::Refused);
            let wanted = only.is_none_or(|only| only == loan.terms.borrower);
            // INVARIANT (promise 7): while a send runs its borrower learns no number of it.
            let is_over = matches!(loan.state, LoanState::Sent | LoanState::Settled);
            if !begun || !wanted || !counts(&charter, &loan) || own.is_some() && !is_over {
                continue;
            }
            let Some(borrower) = tx.borrower(loan.terms.borrower)? else { continue };
            let mut valued = value_under(tx, &charter, &loan)?;
            let few_repeated = own.is_some() && valued.repeated < LEAST_CELL;
            // INVARIANT: a borrower is told no number of people from 1 to 9, nor that there are none.
            if few_repeated {
                valued.repeated = 0;
            }
            let sum = sums.entry(borrower.id).or_default();
            *sum = sum.saturating_add(valued.value.0);
            let judged = judged(&charter, &profile, borrower.kind, Cents(*sum))?;
            lines.push(StatementLine {
                borrower: borrower.name,
                treasurer: borrower.treasurer,
                loan: loan.number,
                state: loan.state,
                requested: loan.requested,
                valued,
                few_repeated,
                sum: Cents(*sum),
                treatment: judged.rule.treatment.as_str(),
                standing: judged.words(),
                source: judged.rule.source.clone(),
            });
        }
        lines.sort_by(|one, other| (&one.borrower, one.loan).cmp(&(&other.borrower, other.loan)));
        let card = charter.rate_card;
        let election = &charter.jurisdiction.election;
        Ok(Statement {
            owner: charter.owner.name.clone(),
            election: if election.is_empty() {
                charter.estimates.season.to_string()
            } else {
                election.clone()
            },
            profile: profile.title,
            note: profile.note,
            on: now.to_zoned(TimeZone::UTC).date().to_string(),
            rate_card: [card.base_per_thousand, card.selection_per_thousand, card.introduction],
            lines,
        })
    })
}

const COLUMNS: [&str; 14] = [
    "borrower",
    "treasurer",
    "election",
    "loan",
    "state",
    "requested",
    "addressed",
    "repeated",
    "selections",
    "introduced",
    "value",
    "lent for the election",
    "standing",
    "source",
];

impl Statement {
    /// As CSV (RFC 4180). A cell that a spreadsheet would run has an apostrophe before it.
    pub fn csv(&self) -> Result<String> {
        let failed = |error: csv::Error| Refusal::internal("the statement cannot be written").because(error);
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(COLUMNS).map_err(failed)?;
        for line in &self.lines {
            writer.write_record(self.cells(line).map(|cell| harmless(&cell))).map_err(failed)?;
        }
        let bytes = writer
            .into_inner()
            .map_err(|error| Refusal::internal("the statement cannot be written").because(error))?;
        String::from_utf8(bytes).map_err(|error| Refusal::internal("the statement is no text").because(error))
    }

    fn cells(&self, line: &StatementLine) -> [String; 14] {
        let valued = line.valued;
        [
            line.borrower.clone(),
            line.treasurer.clone(),
            self.election.clone(),
            line.loan.to_string(),
            line.state.to_string(),
            line.requested.to_zoned(TimeZone::UTC).date().to_string(),
            valued.addressed.to_string(),
            if line.few_repeated { format!("fewer than {LEAST_CELL}") } else { valued.repeated.to_string() },
            valued.selections.to_string(),
            valued.introduced.to_string(),
            plain(valued.value),
            plain(line.sum),
            line.standing.clone(),
            line.source.clone(),
        ]
    }

    /// As a page without script, with its styles inside, that prints.
    pub fn html(&self) -> String {
        let rows: String = self.lines.iter().map(row).collect();
        let rows = if rows.is_empty() {
            "<p>No loan of this election has gone out yet.</p>".to_owned()
        } else {
            format!(
                "<table><thead><tr><th>Borrower</th><th>Loan</th><th>People</th><th>Value</th><th>Sum</th>\
                 <th>Under the profile</th></tr></thead><tbody>{rows}</tbody></table>"
            )
        };
        let [base, selection, introduction] = self.rate_card;
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"robots\" content=\"noindex\"><title>In-kind value of reach loans</title>\
             <style>{STYLES}</style></head><body><main>\n<h1>In-kind value of reach loans by {owner}</h1>\n\
             <p>Election: {election}. Worked out on {on}. Profile: {profile}.</p>\n\
             <p>Rate card: {base} for a thousand people, {selection} for a thousand and each selection, \
             {introduction} for an introduction.</p>\n{rows}\n<p>{note}</p>\n<p><strong>{NO_ADVICE}</strong></p>\n\
             </main></body></html>\n",
            owner = escaped(&self.owner),
            election = escaped(&self.election),
            on = escaped(&self.on),
            profile = escaped(&self.profile),
            note = escaped(&self.note),
        )
    }
}

pub(super) const STYLES: &str = "\
:root{color-scheme:light dark;--line:#8886}\
body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;padding:1rem;max-width:60rem}\
h1{font-size:1.6rem;line-height:1.2}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .5rem .4rem 0;\
border-bottom:1px solid var(--line);overflow-wrap:anywhere}tr{break-inside:avoid}\
@media(max-width:36rem){thead{position:absolute;left:-999rem}tr,td,th{display:block;border:0;padding:.1rem 0}\
tr{border-bottom:1px solid var(--line);padding:.5rem 0}td[data-label]::before{content:attr(data-label) \": \";\
font-weight:600}}\
@media print{body{max-width:none;padding:0;font-size:10pt}}";

fn row(line: &StatementLine) -> String {
    let valued = line.valued;
    let mut people = format!("{} addressed", group_thousands(u64::from(valued.addressed)));
    if valued.repeated > 0 {
        people = format!(
            "{people}, {} of them not for the first time",
            group_thousands(u64::from(valued.repeated))
        );
    }
    if valued.introduced > 0 {
        people = format!("{people}, {} introduced", group_thousands(u64::from(valued.introduced)));
    }
    format!(
        "<tr><td data-label=\"Borrower\">{} (treasurer: {})</td><td data-label=\"Loan\">{}, {}</td>\
         <td data-label=\"People\">{people}</td><td data-label=\"Value\">{}</td><td data-label=\"Sum\">{}</td>\
         <td data-label=\"Under the profile\">{}; {}</td></tr>",
        escaped(&line.borrower),
        escaped(&line.treasurer),
        line.loan,
        line.state,
        valued.value,
        line.sum,
        escaped(&line.standing),
        escaped(&line.source),
    )
}

/// Money as a spreadsheet reads it: `1234.50`.
fn plain(cents: Cents) -> String {
    let sign = if cents.0 < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.0.unsigned_abs() / 100, cents.0.unsigned_abs() % 100)
}

/// A cell that a spreadsheet shows and does not run.
fn harmless(cell: &str) -> String {
    let begins = |text: &str| text.starts_with(['=', '+', '-', '@']);
    let is_number = cell.parse::<f64>().is_ok();
    if (begins(cell.trim_start()) && !is_number) || cell.starts_with(['\t', '\r']) {
        return format!("'{cell}");
    }
    cell.to_owned()
}

/// Text as it may stand between tags and in quoted attributes.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(borrower: &str) -> StatementLine {
        StatementLine {
            borrower: borrower.to_owned(),
            treasurer: "T. Reasurer".to_owned(),
            loan: LoanNumber(3),
            state: LoanState::Sent,
            requested: "2026-06-01T09:00:00Z".parse().unwrap(),
            valued: Valued {
                addressed: 12_000,
                repeated: 0,
                selections: 2,
                introduced: 40,
                value: Cents(92_000),
            },
            few_repeated: false,
            sum: Cents(150_000),
            treatment: "value",
            standing: "$500.00 left of the limit for this election".to_owned(),
            source: "52 USC 30102(e)(3)(B)".to_owned(),
        }
    }

    fn made(lines: Vec<StatementLine>) -> Statement {
        Statement {
            owner: "Green <Mountain>".to_owned(),
            election: "2026-general".to_owned(),
            profile: "No jurisdiction".to_owned(),
            note: "Ask counsel.".to_owned(),
            on: "2026-07-01".to_owned(),
            rate_card: [Cents(4_500), Cents(1_000), Cents(35)],
            lines,
        }
    }

    #[test]
    fn no_cell_of_a_statement_runs_in_a_spreadsheet() {
        let text =
            made(vec![line("=HYPERLINK(\"x\")"), line(" +cmd"), line("Maya, \"the\" one")]).csv().unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let cells: Vec<String> = reader.records().map(|row| row.unwrap()[0].to_owned()).collect();
        assert_eq!(cells, ["'=HYPERLINK(\"x\")", "' +cmd", "Maya, \"the\" one"]);
        assert!(text.contains("920.00,1500.00"), "{text}");
        assert_eq!(harmless("-5.00"), "-5.00", "a number is no formula");
    }

    #[test]
    fn a_statement_as_a_page_holds_no_markup_of_others_and_says_it_is_no_advice() {
        let page = made(vec![line("<script>alert(1)</script>")]).html();
        assert!(!page.contains("<script>") && page.contains("Green &lt;Mountain&gt;"));
        assert!(page.contains("not legal advice"));
        assert!(made(Vec::new()).html().contains("No loan of this election has gone out yet."));
    }
}
