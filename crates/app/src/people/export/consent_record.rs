//! Consents as records of ISO/IEC TS 27560:2023, written as JSON-LD in terms of the Data Privacy Vocabulary (DPV 2,
//! profile `dpv-27560`): one record for each purpose and channel, whose events are the statements in their order.

use super::gather::Gathered;
use crate::people::show::ConsentLine;
use hustings_domain::canonical::sha256;
use hustings_domain::consent::{Channel, Consent, ConsentState, NoticeHash};
use hustings_domain::words::Slug;
use serde_json::{Value, json};
use uuid::{Builder, Uuid};

/// The profile that the records follow.
const PROFILE: &str = "https://w3id.org/dpv/schema/dpv-27560#record";
/// Fields of the standard that a list holds nothing for; a record says so instead of guessing.
const NOT_RECORDED: [&str; 3] = ["jurisdiction", "storage location", "language of the notice"];

/// One record for each purpose and channel that anything was ever said of, in the order of their first statement.
pub(super) fn records(held: &Gathered) -> Vec<Value> {
    let mut spoken: Vec<(&Slug, Channel)> = Vec::new();
    for line in &held.page.consents {
        let key = (&line.consent.purpose, line.consent.channel);
        if !spoken.contains(&key) {
            spoken.push(key);
        }
    }
    spoken.into_iter().map(|(purpose, channel)| record(held, purpose, channel)).collect()
}

/// The same for the same person, purpose and channel each time: an export made later continues the record.
fn record_id(held: &Gathered, purpose: &Slug, channel: Channel) -> Uuid {
    let text = format!("hustings/consent-record/v1/{}/{purpose}/{}", held.page.id, channel.as_str());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(sha256(text.as_bytes())).for_each(|(to, from)| *to = from);
    Builder::from_custom_bytes(bytes).into_uuid()
}

fn record(held: &Gathered, purpose: &Slug, channel: Channel) -> Value {
    let about = |line: &&ConsentLine| line.consent.purpose == *purpose && line.consent.channel == channel;
    let statements: Vec<&ConsentLine> = held.page.consents.iter().filter(about).collect();
    let in_force = statements.last().map_or(ConsentState::Unknown, |line| line.consent.state);
    let id = record_id(held, purpose, channel);
    let owner = &held.charter.owner;
    json!({
        "@context": {
            "dpv": "https://w3id.org/dpv#",
            "pd": "https://w3id.org/dpv/pd#",
            "dct": "http://purl.org/dc/terms/",
            "hustings": "urn:hustings:person-export:2:",
        },
        "@id": format!("urn:uuid:{id}"),
        "@type": "dpv:ConsentRecord",
        "dct:identifier": id,
        "dct:conformsTo": PROFILE,
        "dpv:hasDataSubject": {"@id": format!("urn:uuid:{}", held.page.id), "@type": "dpv:DataSubject"},
        "dpv:hasDataController": {
            "@type": "dpv:DataController",
            "dct:identifier": owner.domain,
            "dpv:hasName": owner.name,
            "dpv:hasAddress": owner.postal_address,
            "dpv:hasContact": owner.from_address,
        },
        "dpv:hasProcess": process(held, purpose, channel),
        "dpv:hasNotice": notices(&statements),
        "dpv:hasConsentStatus": statements.iter().map(|line| event(held, &line.consent)).collect::<Vec<_>>(),
        "hustings:stateInForce": status(in_force),
        "hustings:notRecorded": NOT_RECORDED,
    })
}

fn process(held: &Gathered, purpose: &Slug, channel: Channel) -> Value {
    let known = held.charter.purposes.iter().find(|known| known.id == *purpose);
    let data = match channel {
        Channel::Email => "pd:EmailAddress",
        Channel::Phone => "pd:TelephoneNumber",
        Channel::Post => "pd:PhysicalAddress",
    };
    json!({
        "@type": "dpv:Process",
        "dpv:hasPurpose": {
            "@type": "dpv:DirectMarketing",
            "dct:identifier": purpose,
            "dct:description": known.map(|known| known.label.as_str()),
        },
        "dpv:hasProcessing": ["dpv:Store", "dpv:Use"],
        "dpv:hasPersonalData": data,
        "dpv:hasLegalBasis": "dpv:Consent",
        // INVARIANT (promise 1): nobody but the controller gets anything under a consent; a borrower gets fields by
        // the person's own yes to it, and those are listed under `introductions`.
        "dpv:hasRecipient": [],
        "dpv:hasStorageCondition": {
            "@type": "dpv:StorageDuration",
            "dct:description": format!(
                "until the person is forgotten; the key then leaves every backup within {} days, and a keyed hash of \
                 a stopped address is kept so that the stop holds",
                held.charter.retention.key_backup_days
            ),
        },
        "dpv:hasConsentControl": {
            "@type": "dpv:WithdrawConsent",
            "dct:description": "the link to stop and the link to my page in every mail, or a word to the controller",
        },
        "dpv:hasRight": ["access", "rectification", "erasure", "objection", "portability"],
    })
}

/// Each notice that a statement was made on, with its exact text where that was kept.
fn notices(statements: &[&ConsentLine]) -> Vec<Value> {
    let mut seen: Vec<NoticeHash> = Vec::new();
    let mut notices = Vec::new();
    for line in statements {
        let Some(hash) = line.consent.notice.filter(|hash| !seen.contains(hash)) else { continue };
        seen.push(hash);
        notices.push(json!({
            "@id": notice_id(hash),
            "@type": "dpv:ConsentNotice",
            "dct:identifier": hash.0.to_string(),
            "dct:description": line.notice,
        }));
    }
    notices
}

fn notice_id(hash: NoticeHash) -> String {
    format!("urn:hustings:notice:sha256:{}", hash.0)
}

fn event(held: &Gathered, consent: &Consent) -> Value {
    // A file that was brought in states what its owner says that the person said; everything else is their own act.
    let imported = held.sources.iter().any(|source| source.name == consent.source);
    json!({
        "@type": status(consent.state),
        "dct:date": consent.at.to_string(),
        "dpv:isIndicatedBy": if imported { "dpv:DataController" } else { "dpv:DataSubject" },
        "dpv:hasIndicationMethod": consent.source,
        "dct:valid": if consent.state.counts() { "until it is withdrawn" } else { "until the person says otherwise" },
        "dpv:hasNotice": consent.notice.map(|hash| json!({"@id": notice_id(hash)})),
    })
}

/// The term for a state.
fn status(state: ConsentState) -> &'static str {
    match state {
        ConsentState::Unknown => "dpv:ConsentUnknown",
        ConsentState::Given => "dpv:ConsentGiven",
        ConsentState::Expired => "dpv:ConsentExpired",
        ConsentState::Refused => "dpv:ConsentRefused",
        ConsentState::Withdrawn => "dpv:ConsentWithdrawn",
    }
}
