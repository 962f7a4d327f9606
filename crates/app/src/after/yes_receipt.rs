//! The receipt for a yes, as a consent receipt of ISO/IEC TS 27560:2023 in terms of the Data Privacy Vocabulary (DPV 2,
//! profile `dpv-27560`), to be kept by the person who said it. `docs/consent-receipt.md` holds the fields; a test compares.

use super::place::{Place, days_after, introductions_end, offered};
use super::respond::receipt_number;
use super::take_back::taken_back_at;
use crate::context::App;
use crate::lend::charter_in;
use crate::people::open_in;
use crate::refusal::{Refusal, Result};
use crate::send::links::{self, LinkPurpose, person_at};
use hustings_domain::canonical::sha256;
use hustings_domain::consent::Channel;
use hustings_domain::ids::LoanNumber;
use hustings_domain::response::ResponseKind;
use hustings_store::records::ResponseRecord;
use hustings_vault::Field;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::fmt;
use uuid::{Builder, Uuid};

const RECEIPT: &str = "https://w3id.org/dpv/schema/dpv-27560#receipt";
const RECORD: &str = "https://w3id.org/dpv/schema/dpv-27560#record";
/// The language of our pages, and so of what was shown.
const LANGUAGE: &str = "en";

/// A receipt. Its `Debug` shows the number alone.
#[derive(Clone, PartialEq)]
pub struct YesReceipt {
    /// Its number, as the page showed it.
    pub number: String,
    /// The receipt.
    pub json: Value,
}

impl fmt::Debug for YesReceipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("YesReceipt").field("number", &self.number).finish_non_exhaustive()
    }
}

impl YesReceipt {
    /// The JSON as text, indented.
    pub fn text(&self) -> String {
        format!("{:#}\n", self.json)
    }
}

/// The receipt for a yes, by the link that it was given on, or by the person's own page, which names the loan. Looking
/// changes nothing. Refused with `answer.no-yes` when no yes stands or stood.
pub fn yes_receipt(
    app: &App,
    purpose: LinkPurpose,
    token: &str,
    number: Option<LoanNumber>,
) -> Result<YesReceipt> {
    let link = links::open(app, purpose, token)?;
    let now = app.now();
    app.store.read(|tx| {
        let none = |number| {
            Refusal::not_found("answer.no-yes", format!("you said no yes to loan `{number}`"))
                .hint("a receipt is for what passes, and nothing does")
        };
        let (loan, ordinal, _) = person_at(tx, link)?;
        let loan = match number.filter(|_| purpose == LinkPurpose::MyPage) {
            None => loan,
            Some(number) => tx.loan_by_number(number)?.ok_or_else(|| none(number))?,
        };
        let said = tx.response(loan.id, ordinal)?.filter(|said| said.kind == ResponseKind::Yes);
        let said = said.ok_or_else(|| none(loan.number))?;
        let (record, identity) = open_in(app, tx, ordinal)?
            .ok_or_else(|| Refusal::not_found("supporter.gone", "we hold nothing about you any more"))?;
        let borrower = super::place::borrower_of(tx, &loan)?;
        let taken_back = taken_back_at(tx, &loan, ordinal)?;
        let place = Place { charter: charter_in(tx)?, loan, borrower, record, identity };
        let number = receipt_number(app, place.loan.number, ordinal, &said);
        Ok(YesReceipt { json: receipt(&place, &said, taken_back, &number, now)?, number })
    })
}

fn receipt(
    place: &Place,
    said: &ResponseRecord,
    taken_back: Option<Timestamp>,
    number: &str,
    now: Timestamp,
) -> Result<Value> {
    let owner = &place.charter.owner;
    let person = json!({"@id": format!("urn:uuid:{}", place.record.id), "@type": "dpv:DataSubject"});
    Ok(json!({
        "@context": {
            "dpv": "https://w3id.org/dpv#",
            "pd": "https://w3id.org/dpv/pd#",
            "loc": "https://w3id.org/dpv/loc#",
            "dct": "http://purl.org/dc/terms/",
            "schema": "https://schema.org/",
            "hustings": "urn:hustings:receipt:1:",
        },
        "@id": format!("urn:hustings:receipt:{number}"),
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": number,
        "dct:conformsTo": RECEIPT,
        "dct:created": now.to_string(),
        "dct:publisher": owner.name,
        "schema:recipient": person,
        "dpv:hasRecordOfActivity": record(place, said, taken_back)?,
    }))
}

/// The same for the same yes each time: a receipt taken later continues the record.
fn record_id(place: &Place) -> Uuid {
    let text = format!("hustings/yes-record/v1/{}/{}", place.record.id, place.loan.number);
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(sha256(text.as_bytes())).for_each(|(to, from)| *to = from);
    Builder::from_custom_bytes(bytes).into_uuid()
}

fn record(place: &Place, said: &ResponseRecord, taken_back: Option<Timestamp>) -> Result<Value> {
    let (owner, id) = (&place.charter.owner, record_id(place));
    let profile = &place.charter.jurisdiction.profile;
    let mut not_recorded = Vec::new();
    if owner.stored_in.is_empty() {
        not_recorded.push("storage location: in which place the controller's machines stand");
    }
    not_recorded.push("address of the recipient: whoever keeps the list passes letters on");
    Ok(json!({
        "@id": format!("urn:uuid:{id}"),
        "@type": "dpv:ConsentRecord",
        "dct:identifier": id,
        "dct:conformsTo": RECORD,
        "dpv:hasDataSubject": {"@id": format!("urn:uuid:{}", place.record.id), "@type": "dpv:DataSubject"},
        "dpv:hasDataController": {
            "@type": "dpv:DataController",
            "dct:identifier": owner.domain,
            "dpv:hasName": owner.name,
            "dpv:hasAddress": owner.postal_address,
            "dpv:hasContact": owner.from_address,
            "schema:url": owner.site,
        },
        "dpv:hasJurisdiction": format!("loc:{}", owner.country.as_str()),
        "dpv:hasApplicableLaw": profile,
        "dpv:hasProcess": process(place, said)?,
        "dpv:hasNotice": {
            "@id": format!("urn:hustings:content:sha256:{}", place.loan.content_hash()?),
            "@type": "dpv:ConsentNotice",
            "dct:identifier": place.loan.content_hash()?.to_string(),
            "dct:language": LANGUAGE,
            "dct:title": place.loan.appeal.subject,
            "dct:description": notice(place),
        },
        "dpv:hasConsentStatus": events(place, said, taken_back)?,
        "hustings:notRecorded": not_recorded,
    }))
}

/// What the page said beside the appeal, in one sentence.
fn notice(place: &Place) -> String {
    let offered: Vec<&str> = offered(&place.loan).into_iter().map(Field::as_str).collect();
    format!(
        "{} asked, and the page offered to pass on: {}. Whatever was not ticked stays with {}.",
        place.borrower.name,
        offered.join(", "),
        place.charter.owner.name
    )
}

fn term(field: Field) -> &'static str {
    match field {
        Field::Email => "pd:EmailAddress",
        Field::Phone => "pd:TelephoneNumber",
        Field::GivenName | Field::FamilyName => "pd:Name",
        Field::Street => "pd:PhysicalAddress",
        Field::City | Field::PostalCode => "pd:Location",
    }
}

fn process(place: &Place, said: &ResponseRecord) -> Result<Value> {
    let (owner, borrower, terms) = (&place.charter.owner, &place.borrower, &place.loan.terms);
    let passed: Vec<Field> = said.fields.iter().filter_map(|name| name.as_str().parse().ok()).collect();
    let data = passed.iter().map(|field| {
        json!({"@type": term(*field), "dct:identifier": field.as_str(), "rdf:value": place.identity.get(*field),
            "dpv:hasDataSource": "dpv:DataSubject"})
    });
    let purpose = place.charter.purposes.iter().find(|known| known.id == terms.purpose);
    let ends = introductions_end(&place.charter, &place.loan)?;
    let erase_by = days_after(ends, place.charter.retention.copy_days)?;
    let stored = if owner.stored_in.is_empty() {
        "on the systems of the controller; where they stand is not recorded".to_owned()
    } else {
        owner.stored_in.clone()
    };
    let medium = match terms.channel {
        Channel::Email => "e-mail",
        Channel::Phone => "telephone",
        Channel::Post => "letter",
    };
    Ok(json!({
        "@type": "dpv:Process",
        "dct:identifier": place.loan.number.to_string(),
        "dpv:hasService": format!("an introduction to {}", borrower.name),
        "dpv:hasPurpose": {
            "@type": "dpv:DirectMarketing",
            "dct:identifier": terms.purpose,
            "dct:description": format!(
                "to be introduced to {}, who asks people to {}{}",
                borrower.name,
                terms.ask,
                purpose.map_or_else(String::new, |purpose| format!("; {}", purpose.label))
            ),
        },
        "dpv:hasLegalBasis": "dpv:Consent",
        "dpv:hasProcessing": ["dpv:Disclose", "dpv:Transmit"],
        "dpv:hasCollectionMethod": format!("the answer page behind the link in an appeal sent by {medium}"),
        "dpv:hasPersonalData": data.collect::<Vec<_>>(),
        // INVARIANT (promise 1): the one recipient is the borrower whom the person said yes to, for the fields that they
        // ticked.
        "dpv:hasRecipient": {
            "@type": "dpv:ThirdParty",
            "dct:identifier": borrower.id,
            "dpv:hasName": borrower.name,
            "dpv:hasRole": format!("{}, {}", borrower.kind.label(), borrower.office),
            "dpv:hasAddress": borrower.area.label(),
            "dpv:hasContact": format!("through {}: {}", owner.name, owner.from_address),
        },
        "dpv:hasStorageCondition": [
            {"@type": "dpv:StorageLocation", "dct:description": stored},
            {"@type": "dpv:StorageDuration", "dct:date": erase_by.to_string(),
             "dct:description": "the recipient must have erased it by then, sooner when it is taken back"},
        ],
        "dpv:hasConsentControl": {
            "@type": "dpv:WithdrawConsent",
            "dct:source": format!("{}/me", owner.site),
            "dct:description": "the button `Take it back` where this receipt was given and on my page, behind the link \
                                in every mail; or a word to the controller",
        },
        "dpv:hasRight": ["access", "rectification", "erasure", "objection", "portability", "withdrawal of consent"],
    }))
}

fn events(place: &Place, said: &ResponseRecord, taken_back: Option<Timestamp>) -> Result<Vec<Value>> {
    let person = format!("urn:uuid:{}", place.record.id);
    let until =
        days_after(introductions_end(&place.charter, &place.loan)?, place.charter.retention.copy_days)?;
    let mut events = vec![json!({
        "@type": "dpv:ConsentGiven",
        "dct:date": said.at.to_string(),
        "dct:valid": format!("until it is taken back, and at most until {until}"),
        "dpv:isIndicatedBy": {"@id": person, "@type": "dpv:DataSubject"},
        "dpv:hasIndicationMethod": "pressed yes on the answer page",
        "dct:type": "dpv:ExpressedConsent",
    })];
    if let Some(at) = taken_back {
        events.push(json!({
            "@type": "dpv:ConsentWithdrawn",
            "dct:date": at.to_string(),
            "dct:valid": "until the person says yes anew",
            "dpv:isIndicatedBy": {"@id": person, "@type": "dpv:DataSubject"},
            "dpv:hasIndicationMethod": "pressed `Take it back`",
            "dct:type": "dpv:WithdrawConsent",
        }));
    }
    Ok(events)
}
