//! What an export tells beyond a person's page: what sends know of them, what became of each introduction, the
//! words of their reports, and where everything came from.

use crate::after::{ToldOutcome, fetched_at, report_context, told_of};
use crate::context::App;
use crate::lend::charter_in;
use crate::people::consent::gone;
use crate::people::person_key;
use crate::people::show::{LoanLine, LoanLines, SupporterPage, read};
use crate::refusal::Result;
use hustings_domain::charter::Charter;
use hustings_domain::duty::Acknowledgement;
use hustings_domain::ids::{CopyNumber, LoanNumber, Ordinal};
use hustings_store::Tx;
use hustings_store::records::{Signal, Source};
use jiff::Timestamp;

/// A sign of backlash that a send keeps of the person.
pub(super) struct SignalLine {
    pub(super) loan: LoanLine,
    pub(super) signal: Signal,
    pub(super) at: Timestamp,
}

/// What became of one row of one copy.
pub(super) struct Fate {
    pub(super) copy: CopyNumber,
    pub(super) reference: String,
    /// When the borrower first fetched the copy.
    pub(super) fetched: Option<Timestamp>,
    /// When the borrower was told to erase the row.
    pub(super) told: Option<Timestamp>,
    /// What the borrower said of its erasure, and when.
    pub(super) said: Option<Acknowledgement>,
}

/// Everything that an export is written from.
pub(super) struct Gathered {
    pub(super) page: SupporterPage,
    pub(super) charter: Charter,
    pub(super) now: Timestamp,
    pub(super) held_back: Vec<LoanLine>,
    pub(super) signals: Vec<SignalLine>,
    pub(super) fates: Vec<Fate>,
    /// What borrowers reported came of introductions.
    pub(super) outcomes: Vec<ToldOutcome>,
    /// The words of a report, by the loan that it was made on.
    pub(super) reports: Vec<(LoanNumber, String)>,
    /// Every file that brought something in.
    pub(super) sources: Vec<Source>,
}

impl Gathered {
    pub(super) fn read(app: &App, tx: &mut dyn Tx, ordinal: Ordinal) -> Result<Self> {
        let page = read(app, tx, ordinal)?;
        let mut loans = LoanLines::default();
        let mut held_back = Vec::new();
        for loan in tx.held_back_from(ordinal)? {
            held_back.push(loans.get(tx, loan)?);
        }
        let mut signals = Vec::new();
        for (loan, signal, at) in tx.signals_of(ordinal)? {
            signals.push(SignalLine { loan: loans.get(tx, loan)?, signal, at });
        }
        Ok(Self {
            charter: charter_in(tx)?,
            now: app.now(),
            held_back,
            signals,
            fates: fates(tx, ordinal)?,
            outcomes: told_of(app, tx, ordinal)?,
            reports: reports(app, tx, ordinal, &mut loans)?,
            sources: sources(tx, &page)?,
            page,
        })
    }

    /// What became of a row.
    pub(super) fn fate(&self, copy: CopyNumber, reference: &str) -> Option<&Fate> {
        self.fates.iter().find(|fate| fate.copy == copy && fate.reference == reference)
    }
}

fn fates(tx: &mut dyn Tx, ordinal: Ordinal) -> Result<Vec<Fate>> {
    let mut fates = Vec::new();
    for (copy, row) in tx.copies_with(ordinal)? {
        let mut told = tx.duties(Some(copy.borrower))?;
        told.retain(|duty| duty.kind.erases_a_row() && duty.copy == copy.number);
        let told = told.into_iter().find(|duty| duty.reference.as_deref() == Some(row.reference.as_str()));
        fates.push(Fate {
            copy: copy.number,
            reference: row.reference,
            fetched: fetched_at(tx, copy.number)?,
            told: told.as_ref().map(|duty| duty.told),
            said: told.and_then(|duty| duty.acknowledged),
        });
    }
    Ok(fates)
}

fn reports(
    app: &App,
    tx: &mut dyn Tx,
    ordinal: Ordinal,
    loans: &mut LoanLines,
) -> Result<Vec<(LoanNumber, String)>> {
    let record = tx.supporter(ordinal)?.ok_or_else(gone)?;
    let mut reports = Vec::new();
    for response in tx.responses_of(ordinal)? {
        let Some(sealed) = response.sealed_report else { continue };
        let number = loans.get(tx, response.loan)?.number;
        let words =
            person_key(app, &record)?.open(&report_context(record.id.0.as_bytes(), number), &sealed)?;
        reports.push((number, String::from_utf8_lossy(&words).into_owned()));
    }
    Ok(reports)
}

/// The sources that the person's facts and consents name.
fn sources(tx: &mut dyn Tx, page: &SupporterPage) -> Result<Vec<Source>> {
    let mut sources = tx.sources()?;
    sources.retain(|source| {
        page.facts.iter().any(|line| line.fact.source == source.number)
            || page.consents.iter().any(|line| line.consent.source == source.name)
    });
    Ok(sources)
}
