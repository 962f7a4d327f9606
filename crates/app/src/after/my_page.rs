//! The supporter's own page: who may reach me, who has, to whom I was introduced, what is held; and the buttons.

use super::copies::fetched_at;
use super::outcomes::{ToldOutcome, told_of};
use super::place::{borrower_of, introduced_in};
use super::respond::receipt_number;
use super::stops;
use super::take_back::duty_of;
use crate::context::App;
use crate::lend::charter_in;
use crate::people::consent::{Stated, own_act, stop_keys};
use crate::people::correct::{Change, Corrected};
use crate::people::erase::Erased;
use crate::people::export::PersonExport;
use crate::people::show::{FactLine, own_page};
use crate::refusal::{Refusal, Result};
use crate::send::links::{self, LinkPurpose, person_at};
use hustings_domain::attribute::AttributeType;
use hustings_domain::charter::Charter;
use hustings_domain::consent::{Channel, ConsentState, SuppressionReason, SuppressionScope};
use hustings_domain::duty::{Acknowledgement, DutyKind};
use hustings_domain::facts::Gift;
use hustings_domain::ids::{CopyNumber, LoanNumber, Ordinal};
use hustings_domain::response::ResponseKind;
use hustings_domain::words::Slug;
use hustings_store::Tx;
use hustings_store::records::DeliveryState;
use hustings_vault::Field;
use jiff::Timestamp;
use std::fmt;

/// A field that we hold. Its `Debug` does not show the value.
#[derive(Clone, PartialEq, Eq)]
pub struct HeldField {
    /// Which.
    pub field: Field,
    /// What we hold.
    pub value: String,
}

impl fmt::Debug for HeldField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldField").field("field", &self.field).finish_non_exhaustive()
    }
}

/// An attribute that we hold. Its `Debug` does not show the value.
#[derive(Clone, PartialEq, Eq)]
pub struct HeldAttribute {
    /// Its name.
    pub name: Slug,
    /// How people read it.
    pub title: String,
    /// What its values are.
    pub kind: AttributeType,
    /// What we hold, as it is written.
    pub value: String,
}

impl fmt::Debug for HeldAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldAttribute").field("name", &self.name).finish_non_exhaustive()
    }
}

/// One purpose on one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurposeLine {
    /// Its short name.
    pub purpose: Slug,
    /// In a person's words.
    pub label: String,
    /// By which way.
    pub channel: Channel,
    /// Where the consent stands.
    pub state: ConsentState,
    /// Since when and how, if anything was ever stated.
    pub since: Option<(Timestamp, String)>,
    /// Stopped for ever by the person, so that no consent counts.
    pub stopped: bool,
}

/// One mail that the person was sent for a borrower.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanLine {
    /// The loan.
    pub loan: LoanNumber,
    /// Who asked.
    pub borrower: String,
    /// About what.
    pub subject: String,
    /// Where the message stands, and since when.
    pub delivery: (DeliveryState, Timestamp),
    /// What the person answered, and when.
    pub answered: Option<(ResponseKind, Timestamp)>,
    /// The number of the receipt of that answer.
    pub receipt: Option<String>,
    /// Whether the answer is a yes that has not passed on anything yet, and can be taken back as such.
    pub waits: bool,
}

/// To whom the person was introduced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// In which copy.
    pub copy: CopyNumber,
    /// Under which loan.
    pub loan: LoanNumber,
    /// To whom.
    pub borrower: String,
    /// What passed.
    pub fields: Vec<Field>,
    /// When the copy was made.
    pub made: Timestamp,
    /// When it was first fetched, if it was.
    pub fetched: Option<Timestamp>,
    /// When the borrower must have erased it.
    pub expires: Timestamp,
    /// When it was taken back, if it was.
    pub taken_back: Option<Timestamp>,
    /// By when the borrower is to acknowledge that, if it was taken back.
    pub due: Option<Timestamp>,
    /// What the borrower said of its erasure, and when.
    pub said: Option<Acknowledgement>,
    /// What the borrower reported came of it.
    pub outcomes: Vec<ToldOutcome>,
}

/// Everything on the page.
#[derive(Debug, Clone)]
pub struct MyPage {
    /// Who keeps the list.
    pub owner: String,
    /// Who may reach me for what.
    pub purposes: Vec<PurposeLine>,
    /// What I have stopped for ever, and when.
    pub stops: Vec<(SuppressionScope, SuppressionReason, Timestamp)>,
    /// Who has reached me, the newest first.
    pub loans: Vec<LoanLine>,
    /// To whom I was introduced, the newest first.
    pub introductions: Vec<Introduction>,
    /// Who I am, as held.
    pub fields: Vec<HeldField>,
    /// What else is held, with its source.
    pub facts: Vec<FactLine>,
    /// Those of them that I may put right.
    pub attributes: Vec<HeldAttribute>,
    /// My gifts by day.
    pub gifts: Vec<Gift>,
    /// When I joined.
    pub joined: Timestamp,
    /// After so many days a forgotten person's key is in no backup either.
    pub key_backup_days: u32,
}

/// The page behind the my-page link of a mail; looking changes nothing.
pub fn my_page(app: &App, token: &str) -> Result<MyPage> {
    let ordinal = who(app, token)?;
    let held = own_page(app, ordinal)?;
    let attributes = attributes_of(app, &held.facts)?;
    app.store.read(|tx| {
        let charter = charter_in(tx)?;
        let fields = held
            .identity
            .fields()
            .filter_map(|field| Some(HeldField { field, value: held.identity.get(field)?.to_owned() }));
        let stops =
            held.stops.iter().map(|line| (line.scope.clone(), line.reason, line.at)).collect::<Vec<_>>();
        Ok(MyPage {
            purposes: purposes(tx, &charter, ordinal, &stops)?,
            stops,
            loans: loans(app, tx, ordinal)?,
            introductions: introductions(app, tx, ordinal)?,
            fields: fields.collect(),
            facts: held.facts,
            attributes,
            gifts: held.gifts,
            joined: held.joined,
            key_backup_days: charter.retention.key_backup_days,
            owner: charter.owner.name,
        })
    })
}

/// Whom a my-page link names.
pub(super) fn who(app: &App, token: &str) -> Result<Ordinal> {
    let link = links::open(app, LinkPurpose::MyPage, token)?;
    app.store.read(|tx| Ok(person_at(tx, link)?.1))
}

fn purposes(
    tx: &mut dyn Tx,
    charter: &Charter,
    ordinal: Ordinal,
    stops: &[(SuppressionScope, SuppressionReason, Timestamp)],
) -> Result<Vec<PurposeLine>> {
    let in_force = tx.consents_in_force(ordinal)?;
    let mut lines = Vec::new();
    for purpose in &charter.purposes {
        for channel in Channel::ALL {
            let stated =
                in_force.iter().find(|known| known.purpose == purpose.id && known.channel == channel);
            // Mail is what a loan goes out by; another way is shown once something was said of it.
            if stated.is_none() && channel != Channel::Email {
                continue;
            }
            lines.push(PurposeLine {
                purpose: purpose.id.clone(),
                label: purpose.label.clone(),
                channel,
                state: stated.map_or(ConsentState::Unknown, |consent| consent.state),
                since: stated.map(|consent| (consent.at, consent.source.clone())),
                stopped: stops.iter().any(|(scope, ..)| covers(scope, &purpose.id)),
            });
        }
    }
    Ok(lines)
}

fn covers(scope: &SuppressionScope, purpose: &Slug) -> bool {
    match scope {
        SuppressionScope::Everything => true,
        SuppressionScope::Purpose(stopped) => stopped == purpose,
        SuppressionScope::Borrower(_) => false,
    }
}

fn loans(app: &App, tx: &mut dyn Tx, ordinal: Ordinal) -> Result<Vec<LoanLine>> {
    let mut lines = Vec::new();
    for delivery in tx.deliveries_of(ordinal)? {
        let Some(loan) = tx.loan(delivery.loan)? else { continue };
        // Whose message was never tried has not been reached.
        if matches!(delivery.state, DeliveryState::Pending | DeliveryState::Stopped) {
            continue;
        }
        let answer = tx.response(loan.id, ordinal)?;
        let is_yes = answer.as_ref().is_some_and(|answer| answer.kind == ResponseKind::Yes);
        let waits = is_yes && introduced_in(tx, &loan, ordinal)?.is_none();
        lines.push(LoanLine {
            loan: loan.number,
            borrower: borrower_of(tx, &loan)?.name,
            delivery: (delivery.state, delivery.at),
            receipt: answer.as_ref().map(|answer| receipt_number(app, loan.number, ordinal, answer)),
            answered: answer.map(|answer| (answer.kind, answer.at)),
            subject: loan.appeal.subject,
            waits,
        });
    }
    lines.reverse();
    Ok(lines)
}

fn introductions(app: &App, tx: &mut dyn Tx, ordinal: Ordinal) -> Result<Vec<Introduction>> {
    let mut lines = Vec::new();
    let told = told_of(app, tx, ordinal)?;
    for (copy, row) in tx.copies_with(ordinal)? {
        let Some(loan) = tx.loan(copy.loan)? else { continue };
        let duty = duty_of(tx, &copy, &row.reference)?;
        let over = tx.duties(Some(copy.borrower))?.into_iter();
        let over = over.filter(|duty| duty.kind == DutyKind::Expiry && duty.copy == copy.number);
        let said = duty.clone().or(over.last()).and_then(|duty| duty.acknowledged);
        lines.push(Introduction {
            copy: copy.number,
            loan: loan.number,
            borrower: borrower_of(tx, &loan)?.name,
            fields: row.fields.iter().filter_map(|name| name.as_str().parse().ok()).collect(),
            made: copy.made,
            fetched: fetched_at(tx, copy.number)?,
            expires: copy.expires,
            taken_back: duty.as_ref().map(|duty| duty.told),
            due: duty.as_ref().map(|duty| duty.due),
            said,
            outcomes: told.iter().filter(|told| told.copy == copy.number).cloned().collect(),
        });
    }
    lines.reverse();
    Ok(lines)
}

/// Switches a purpose on or off, by the person's own act. What was stopped for ever stays stopped.
pub fn set_consent(
    app: &App,
    token: &str,
    purpose: &Slug,
    channel: Channel,
    state: ConsentState,
) -> Result<Stated> {
    let ordinal = who(app, token)?;
    let charter = app.charter()?;
    if state.counts() {
        let stopped = app.store.read(|tx| {
            let keys = stop_keys(app, tx, ordinal)?;
            let stops = stops::stops_of(tx, &keys)?;
            Ok::<_, Refusal>(stops.iter().any(|(scope, ..)| covers(scope, purpose)))
        })?;
        // INVARIANT (promise 4): a stop is for ever, and a switch does not lift it.
        if stopped {
            return Err(Refusal::conflict(
                "consent.stopped",
                "you stopped this for ever, so it cannot be switched on",
            )
            .hint("write to us if you want it again under another address"));
        }
    }
    let label = charter.purposes.iter().find(|known| known.id == *purpose).map(|known| known.label.as_str());
    let notice = format!(
        "{} may reach me by {} for: {}",
        charter.owner.name,
        channel.as_str(),
        label.unwrap_or_else(|| purpose.as_str())
    );
    own_act(app, ordinal, purpose, channel, state, "my page", Some(&notice))
}

/// Forgets the person who holds the link.
pub fn forget_me(app: &App, token: &str) -> Result<Erased> {
    crate::people::erase::forget_me(app, who(app, token)?)
}

/// Everything held on the person who holds the link.
pub fn my_export(app: &App, token: &str) -> Result<PersonExport> {
    crate::people::export::export_mine(app, who(app, token)?)
}

/// The attributes that the person who holds the link may put right, with what is known under each.
fn attributes_of(app: &App, facts: &[FactLine]) -> Result<Vec<HeldAttribute>> {
    let declared = app.store.read(|tx| Ok::<_, Refusal>(tx.attributes()?))?;
    let mut held: Vec<HeldAttribute> = Vec::new();
    for line in facts {
        let Some((name, kind)) = line.fact.value.attribute() else { continue };
        let value = crate::people::attributes::value_text(&line.fact.value);
        match held.iter_mut().find(|known| known.name == *name) {
            // Several choices stand in one line, as they are written.
            Some(known) if kind == AttributeType::Choices => {
                known.value = format!("{}; {value}", known.value);
            }
            Some(_) => {}
            None => {
                let attribute = declared.iter().find(|attribute| attribute.name == *name);
                if attribute.is_some_and(|attribute| attribute.retired.is_some()) {
                    continue;
                }
                held.push(HeldAttribute {
                    title: attribute
                        .map_or_else(|| name.as_str().replace('-', " "), |attribute| attribute.title.clone()),
                    name: name.clone(),
                    kind,
                    value,
                });
            }
        }
    }
    Ok(held)
}

/// Puts an attribute of the person who holds the link right, by their own word: it is self-given from then on.
pub fn correct_my_attribute(app: &App, token: &str, name: &str, text: &str) -> Result<bool> {
    crate::people::attributes::state_mine(app, who(app, token)?, name, text)
}

/// Puts fields of the person who holds the link right.
pub fn correct_me(app: &App, token: &str, changes: &[Change]) -> Result<Corrected> {
    crate::people::correct::correct_mine(app, who(app, token)?, changes)
}
