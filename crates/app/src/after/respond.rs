//! The supporter answers: yes with the fields they chose, later, no, never, or report. Opening the page changes
//! nothing; only the button does.

use super::answer_text::{filled, paragraphs};
use super::keyed::keyed_hash;
use super::place::{Place, days_after, expect_open, introduced_in, introductions_end, offered};
use super::stops;
use crate::context::App;
use crate::people::person_key;
use crate::refusal::{Refusal, Result};
use crate::send::backlash::note_in;
use crate::send::links::{self, LinkPurpose};
use data_encoding::BASE32_NOPAD;
use hustings_domain::consent::{Channel, SuppressionScope};
use hustings_domain::facts::FactValue;
use hustings_domain::ids::{CopyNumber, LoanNumber, Ordinal, uuid_v7};
use hustings_domain::loan::Ask;
use hustings_domain::response::{Response, ResponseKind};
use hustings_domain::words::Slug;
use hustings_store::Tx;
use hustings_store::records::{Alarm, ResponseRecord, Signal};
use hustings_vault::{Context, Field};
use jiff::Timestamp;
use std::fmt;

/// The longest report, in characters.
const LONGEST_REPORT: usize = 4_000;

/// A field that may go with a yes. Its `Debug` does not show the value.
#[derive(Clone, PartialEq, Eq)]
pub struct OfferedField {
    /// Which.
    pub field: Field,
    /// What we hold, and what would pass.
    pub value: String,
    /// Whether it is ticked when the page opens: only the one that the person was reached by.
    pub ticked: bool,
}

impl fmt::Debug for OfferedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfferedField")
            .field("field", &self.field)
            .field("ticked", &self.ticked)
            .finish_non_exhaustive()
    }
}

/// What the page shows. Personal: its `Debug` shows the loan alone.
#[derive(Clone, PartialEq, Eq)]
pub struct AnswerPage {
    /// The loan.
    pub loan: LoanNumber,
    /// Who keeps the list and sent the mail.
    pub owner: String,
    /// Who asks.
    pub borrower: String,
    /// For which office.
    pub office: String,
    /// Where, in words.
    pub area: String,
    /// What people are asked to do.
    pub ask: Ask,
    /// Who paid, as the mail said it.
    pub paid_for_by: String,
    /// The subject.
    pub subject: String,
    /// The text as plain paragraphs; they hold no markup and must be escaped like any text.
    pub paragraphs: Vec<String>,
    /// What may go with a yes.
    pub fields: Vec<OfferedField>,
    /// What the person answered before, and when.
    pub answered: Option<(ResponseKind, Timestamp)>,
    /// The copy that has introduced the person already; a yes cannot be changed then, but taken back.
    pub introduced: Option<CopyNumber>,
    /// The latest day on which the borrower must have erased what a yes passes on.
    pub erase_by: Timestamp,
}

impl fmt::Debug for AnswerPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerPage").field("loan", &self.loan).finish_non_exhaustive()
    }
}

/// An answer as it was taken. Personal: its `Debug` shows no value.
#[derive(Clone, PartialEq, Eq)]
pub struct Answered {
    /// The loan.
    pub loan: LoanNumber,
    /// Who asked.
    pub borrower: String,
    /// What was answered.
    pub kind: ResponseKind,
    /// What will pass, with its values.
    pub fields: Vec<(Field, String)>,
    /// The number of the receipt, by which we find the answer again.
    pub receipt: String,
    /// When it was taken.
    pub at: Timestamp,
    /// The latest day on which the borrower must have erased it.
    pub erase_by: Timestamp,
}

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answered").field("loan", &self.loan).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The page behind the answer link of a mail.
///
/// Refuses with `loan.expired` once nobody is introduced any more.
pub fn answer_page(app: &App, token: &str) -> Result<AnswerPage> {
    let link = links::open(app, LinkPurpose::Answer, token)?;
    let now = app.now();
    app.store.read(|tx| {
        let place = Place::read(app, tx, link)?;
        expect_open(&place.charter, &place.loan, now)?;
        let area = area_label(tx, &place)?;
        let value = |tag: &str| match tag {
            "given_name" => place.identity.get(Field::GivenName).map(str::to_owned),
            "family_name" => place.identity.get(Field::FamilyName).map(str::to_owned),
            "area" => Some(area.clone()),
            _ => None,
        };
        let reached_by = match place.loan.terms.channel {
            Channel::Email => Field::Email,
            Channel::Phone => Field::Phone,
            Channel::Post => Field::Street,
        };
        let fields = offered(&place.loan).into_iter().filter_map(|field| {
            let value = place.identity.get(field)?.to_owned();
            Some(OfferedField { field, value, ticked: field == reached_by })
        });
        Ok(AnswerPage {
            loan: place.loan.number,
            owner: place.charter.owner.name.clone(),
            office: place.borrower.office.clone(),
            area: place.loan.terms.area.label(),
            ask: place.loan.terms.ask,
            paid_for_by: place.loan.appeal.paid_for_by.clone(),
            subject: filled(&place.loan.appeal.subject, value),
            paragraphs: paragraphs(&place.loan.appeal.body, value),
            fields: fields.collect(),
            answered: tx.response(place.loan.id, place.ordinal())?.map(|answer| (answer.kind, answer.at)),
            introduced: introduced_in(tx, &place.loan, place.ordinal())?,
            erase_by: erase_by(&place)?,
            borrower: place.borrower.name.clone(),
        })
    })
}

/// Where the person lives, in words, or else what the loan covers.
fn area_label(tx: &mut dyn Tx, place: &Place) -> Result<String> {
    let areas = tx.facts(place.ordinal())?.into_iter().filter_map(|fact| match fact.value {
        FactValue::Area(area) if fact.origin.may_be_lent() => Some(area),
        _ => None,
    });
    let smallest = areas.max_by_key(|area| area.as_str().len());
    Ok(smallest.unwrap_or_else(|| place.loan.terms.area.clone()).label())
}

fn erase_by(place: &Place) -> Result<Timestamp> {
    days_after(introductions_end(&place.charter, &place.loan)?, place.charter.retention.copy_days)
}

/// Takes an answer. A later one replaces it until the person is introduced; *never* and *report* always work.
pub fn answer(app: &App, token: &str, response: &Response) -> Result<Answered> {
    let link = links::open(app, LinkPurpose::Answer, token)?;
    let now = app.now();
    app.store.write(|tx| {
        let place = Place::read(app, tx, link)?;
        let earlier = tx.response(place.loan.id, place.ordinal())?;
        let mut record = ResponseRecord {
            loan: place.loan.id,
            ordinal: place.ordinal(),
            kind: response.kind(),
            fields: Vec::new(),
            // The words of a report are kept when the person answers otherwise later.
            sealed_report: earlier.as_ref().and_then(|earlier| earlier.sealed_report.clone()),
            at: now,
        };
        match response {
            Response::Yes { fields } => {
                expect_changeable(tx, &place, now)?;
                expect_not_stopped(app, tx, &place)?;
                record.fields = chosen(&place, fields)?;
            }
            Response::Later | Response::No => expect_changeable(tx, &place, now)?,
            Response::Never => {
                let scope = SuppressionScope::Borrower(place.borrower.id);
                stops::stop(app, tx, place.ordinal(), &[scope], now)?;
            }
            Response::Report { what } => {
                if let Some(sealed) = sealed_report(app, &place, what)? {
                    record.sealed_report = Some(sealed);
                }
                if earlier.as_ref().is_none_or(|earlier| earlier.kind != ResponseKind::Report) {
                    raise(app, tx, &place, now)?;
                }
            }
        }
        // The same answer again is the same answer, with the same receipt.
        if let Some(earlier) = earlier
            && earlier.kind == record.kind
            && earlier.fields == record.fields
        {
            record.at = earlier.at;
        }
        tx.put_response(&record)?;
        if record.kind == ResponseKind::Report {
            note_in(app, tx, place.loan.id, place.ordinal(), Signal::Complaint, now)?;
        }
        taken(app, &place, &record)
    })
}

fn expect_changeable(tx: &mut dyn Tx, place: &Place, now: Timestamp) -> Result<()> {
    expect_open(&place.charter, &place.loan, now)?;
    match introduced_in(tx, &place.loan, place.ordinal())? {
        None => Ok(()),
        Some(_) => Err(Refusal::conflict(
            "answer.introduced",
            format!("you have been introduced to {} already", place.borrower.name),
        )
        .hint("take it back on your page: they are told to erase it")),
    }
}

fn expect_not_stopped(app: &App, tx: &mut dyn Tx, place: &Place) -> Result<()> {
    let keys = stops::keys_of(app, &place.record, &place.identity);
    let never = SuppressionScope::Borrower(place.borrower.id);
    if !stops::stops_of(tx, &keys)?.iter().any(|(scope, ..)| *scope == never) {
        return Ok(());
    }
    Err(Refusal::conflict("answer.stopped", format!("you told us never again from {}", place.borrower.name))
        .hint("a stop is kept for ever; write to them yourself if you changed your mind"))
}

// INVARIANT (promise 1): what may pass is what was offered, ticked and known, and nothing else. Fields are parts
// of the identity that the page showed; no attribute of any origin is among them.
fn chosen(place: &Place, ticked: &[Slug]) -> Result<Vec<Slug>> {
    let fields: Vec<Field> = offered(&place.loan)
        .into_iter()
        .filter(|field| ticked.iter().any(|name| name.as_str() == field.as_str()))
        .filter(|field| place.identity.get(*field).is_some())
        .collect();
    if !fields.iter().any(|field| matches!(field, Field::Email | Field::Phone | Field::Street)) {
        return Err(Refusal::invalid("answer.no-way", "nothing that was ticked lets them reach you")
            .hint("tick at least your e-mail address, your phone number or your street"));
    }
    Ok(fields.iter().filter_map(|field| field.as_str().parse().ok()).collect())
}

/// What the words of a report are bound to.
pub(crate) fn report_context(person: &[u8; 16], loan: LoanNumber) -> Context<'static> {
    Context { table: "response", row: *person, column: "report", version: loan.0 }
}

fn sealed_report(app: &App, place: &Place, words: &str) -> Result<Option<Vec<u8>>> {
    let words = words.trim();
    if words.chars().count() > LONGEST_REPORT {
        return Err(Refusal::invalid("answer.report-too-long", "a report has at most 4,000 characters")
            .hint("shorten it, or write to us"));
    }
    if words.is_empty() {
        return Ok(None);
    }
    let key = person_key(app, &place.record)?;
    let context = report_context(place.record.id.0.as_bytes(), place.loan.number);
    Ok(Some(key.seal(&context, words.as_bytes(), &mut *app.rng("report"))?))
}

fn raise(app: &App, tx: &mut dyn Tx, place: &Place, now: Timestamp) -> Result<()> {
    let what = format!(
        "somebody reported the appeal of {} (loan {}) as misuse: read the words on the loan's page",
        place.borrower.name, place.loan.number
    );
    let id = uuid_v7(now, &mut *app.rng("alarm"));
    Ok(tx.add_alarm(&Alarm { id, kind: "report".to_owned(), what, at: now })?)
}

fn taken(app: &App, place: &Place, record: &ResponseRecord) -> Result<Answered> {
    let value = |name: &Slug| {
        let field: Field = name.as_str().parse().ok()?;
        Some((field, place.identity.get(field)?.to_owned()))
    };
    Ok(Answered {
        loan: place.loan.number,
        borrower: place.borrower.name.clone(),
        kind: record.kind,
        fields: record.fields.iter().filter_map(value).collect(),
        receipt: receipt_number(app, place.loan.number, place.ordinal(), record),
        at: record.at,
        erase_by: erase_by(place)?,
    })
}

/// The receipt's number: a keyed hash of the answer, so that only an answer that was given has one, and the
/// number tells nobody else anything.
pub(super) fn receipt_number(
    app: &App,
    loan: LoanNumber,
    ordinal: Ordinal,
    record: &ResponseRecord,
) -> String {
    let fields: Vec<&str> = record.fields.iter().map(Slug::as_str).collect();
    let hash = keyed_hash(
        app,
        "receipts",
        &[
            &loan.0.to_be_bytes(),
            &ordinal.0.to_be_bytes(),
            record.kind.as_str().as_bytes(),
            fields.join(",").as_bytes(),
            &record.at.as_microsecond().to_be_bytes(),
        ],
    );
    let code = BASE32_NOPAD.encode(hash.get(..10).unwrap_or_default()).to_lowercase();
    format!("R-{}-{code}", loan.0)
}
