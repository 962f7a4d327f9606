//! One person as the steward's page and the person's own page tell it: who they are, what is known and from
//! where, what they agreed to, what reached them and by whom.

use super::consent::gone;
use super::dialled;
use super::sealed::open_in;
use crate::context::App;
use crate::journal::enter;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::consent::{Consent, SuppressionReason, SuppressionScope};
use hustings_domain::facts::{Fact, Gift};
use hustings_domain::ids::{CopyNumber, LoanId, LoanNumber, Ordinal, SupporterId};
use hustings_domain::response::ResponseKind;
use hustings_domain::words::Slug;
use hustings_policy::permit;
use hustings_store::Tx;
use hustings_store::records::DeliveryState;
use hustings_vault::blind::BlindColumn;
use hustings_vault::{EmailAddress, Identity, Phone};
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeMap;

/// Everything held on one person, opened.
#[derive(Debug, Clone)]
pub struct SupporterPage {
    /// The outward id.
    pub id: SupporterId,
    /// The dense position, for what the person's own page does next.
    pub ordinal: Ordinal,
    /// When they joined.
    pub joined: Timestamp,
    /// Who they are.
    pub identity: Identity,
    /// What is known of them.
    pub facts: Vec<FactLine>,
    /// Every statement of consent, oldest first.
    pub consents: Vec<ConsentLine>,
    /// Their gifts by day.
    pub gifts: Vec<Gift>,
    /// The sends they were part of, oldest first.
    pub deliveries: Vec<DeliveryLine>,
    /// What they answered, oldest first.
    pub responses: Vec<ResponseLine>,
    /// To whom they were introduced.
    pub introductions: Vec<IntroductionLine>,
    /// What is stopped, of their address.
    pub stops: Vec<StopLine>,
}

/// A fact with the name of its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactLine {
    /// What, and how it came.
    pub fact: Fact,
    /// Such as `petition-2025`.
    pub source: String,
    /// What the source may be used for.
    pub licence: String,
}

/// A statement of consent with the notice that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentLine {
    /// The statement.
    pub consent: Consent,
    /// Whether it is the one in force for its purpose and channel.
    pub in_force: bool,
    /// The exact text shown, if it was kept.
    pub notice: Option<String>,
}

/// Whose loan something belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanLine {
    /// The loan.
    pub number: LoanNumber,
    /// Who asked.
    pub borrower: String,
    /// The subject of the appeal.
    pub subject: String,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryLine {
    /// On whose behalf.
    pub loan: LoanLine,
    /// Where it stands.
    pub state: DeliveryState,
    /// Since when.
    pub at: Timestamp,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseLine {
    /// To whom.
    pub loan: LoanLine,
    /// What.
    pub kind: ResponseKind,
    /// The fields that may pass, for a yes.
    pub fields: Vec<Slug>,
    /// When.
    pub at: Timestamp,
}

/// One introduction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntroductionLine {
    /// To whom.
    pub loan: LoanLine,
    /// In which copy.
    pub copy: CopyNumber,
    /// The row's reference.
    pub reference: String,
    /// What passed.
    pub fields: Vec<Slug>,
    /// When the copy was made.
    pub made: Timestamp,
    /// When the borrower must have erased it.
    pub expires: Timestamp,
}

/// One stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopLine {
    /// What is stopped.
    pub scope: SuppressionScope,
    /// Why.
    pub reason: SuppressionReason,
    /// Since when.
    pub at: Timestamp,
}

/// The supporter with exactly this e-mail address or, for what is no address, this phone number.
pub fn find_by_email(app: &App, actor: &Actor, text: &str) -> Result<Option<SupporterId>> {
    permit(actor, Action::ReadSupporter)?;
    let key = match EmailAddress::parse(text) {
        Ok(email) => (BlindColumn::Email, app.vault.blind_email(&email)),
        Err(wrong) => match Phone::parse(text, dialled(&app.charter()?)) {
            Ok(phone) => (BlindColumn::Phone, app.vault.blind_phone(&phone)),
            Err(_) => {
                return Err(Refusal::invalid(
                    "supporter.address",
                    "this is not an e-mail address or a phone number",
                )
                .because(wrong)
                .hint("look a person up by the whole address, as it stands in a mail"));
            }
        },
    };
    app.store.read(|tx| {
        let Some(ordinal) = tx.find_blind(key.0, &[key.1])?.first().copied().flatten() else {
            return Ok(None);
        };
        Ok(tx.supporter(ordinal)?.map(|record| record.id))
    })
}

/// Opens one person's record; that it was opened, and by whom, is in the ledger.
pub fn supporter_page(app: &App, actor: &Actor, id: SupporterId) -> Result<SupporterPage> {
    permit(actor, Action::ReadSupporter)?;
    let now = app.now();
    app.store.write(|tx| {
        let record = tx.supporter_by_id(id)?.ok_or_else(gone)?;
        let page = read(app, tx, record.ordinal)?;
        enter(tx, now, actor, "supporter.read", json!({"records": 1}))?;
        Ok(page)
    })
}

/// The same for the person themselves, whom a link of ours names.
pub fn own_page(app: &App, ordinal: Ordinal) -> Result<SupporterPage> {
    app.store.read(|tx| read(app, tx, ordinal))
}

/// Everything held on one person.
pub(crate) fn read(app: &App, tx: &mut dyn Tx, ordinal: Ordinal) -> Result<SupporterPage> {
    let (record, identity) = open_in(app, tx, ordinal)?.ok_or_else(gone)?;
    let mut loans = LoanLines::default();
    let sources: BTreeMap<u32, _> = tx.sources()?.into_iter().map(|source| (source.number, source)).collect();
    let facts = tx.facts(ordinal)?.into_iter().map(|fact| {
        let source = sources.get(&fact.source);
        FactLine {
            source: source.map_or_else(String::new, |source| source.name.clone()),
            licence: source.map_or_else(String::new, |source| source.licence.clone()),
            fact,
        }
    });
    let facts = facts.collect();
    let mut deliveries = Vec::new();
    for delivery in tx.deliveries_of(ordinal)? {
        let loan = loans.get(tx, delivery.loan)?;
        deliveries.push(DeliveryLine { loan, state: delivery.state, at: delivery.at });
    }
    let mut responses = Vec::new();
    for response in tx.responses_of(ordinal)? {
        let loan = loans.get(tx, response.loan)?;
        responses.push(ResponseLine { loan, kind: response.kind, fields: response.fields, at: response.at });
    }
    let mut introductions = Vec::new();
    for (copy, row) in tx.copies_with(ordinal)? {
        introductions.push(IntroductionLine {
            loan: loans.get(tx, copy.loan)?,
            copy: copy.number,
            reference: row.reference,
            fields: row.fields,
            made: copy.made,
            expires: copy.expires,
        });
    }
    let stops = stops(app, tx, record.mail_key, &identity)?;
    Ok(SupporterPage {
        id: record.id,
        ordinal,
        joined: record.joined,
        identity,
        facts,
        consents: consents(tx, ordinal)?,
        gifts: tx.gifts(ordinal)?,
        deliveries,
        responses,
        introductions,
        stops,
    })
}

fn consents(tx: &mut dyn Tx, ordinal: Ordinal) -> Result<Vec<ConsentLine>> {
    let history = tx.consent_history(ordinal)?;
    let mut lines = Vec::with_capacity(history.len());
    for (place, consent) in history.iter().enumerate() {
        let later = history.iter().skip(place + 1);
        let in_force =
            !later.into_iter().any(|l| l.purpose == consent.purpose && l.channel == consent.channel);
        let notice = match consent.notice {
            Some(hash) => tx.notice(hash)?,
            None => None,
        };
        lines.push(ConsentLine { consent: consent.clone(), in_force, notice });
    }
    Ok(lines)
}

fn stops(
    app: &App,
    tx: &mut dyn Tx,
    mail_key: Option<hustings_vault::SuppressionHash>,
    identity: &Identity,
) -> Result<Vec<StopLine>> {
    let phone = identity.phone.as_ref().map(|phone| app.vault.suppress_phone(phone));
    let mut lines: Vec<StopLine> = Vec::new();
    for hash in mail_key.into_iter().chain(phone) {
        for (scope, reason, at) in tx.stops_of(hash)? {
            if !lines.iter().any(|line| line.scope == scope) {
                lines.push(StopLine { scope, reason, at });
            }
        }
    }
    Ok(lines)
}

/// The loans met on the way, each read once.
#[derive(Default)]
pub(crate) struct LoanLines(BTreeMap<LoanId, LoanLine>);

impl LoanLines {
    pub(crate) fn get(&mut self, tx: &mut dyn Tx, id: LoanId) -> Result<LoanLine> {
        if let Some(known) = self.0.get(&id) {
            return Ok(known.clone());
        }
        let loan =
            tx.loan(id)?.ok_or_else(|| Refusal::internal("a send names a loan that does not exist"))?;
        let borrower = tx.borrower(loan.terms.borrower)?.map_or_else(String::new, |borrower| borrower.name);
        let line = LoanLine { number: loan.number, borrower, subject: loan.appeal.subject };
        self.0.insert(id, line.clone());
        Ok(line)
    }
}
