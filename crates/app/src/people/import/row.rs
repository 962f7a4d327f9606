//! One row of a file as what it says of one person: normalised, looked up by keyed hashes, and sealed in case
//! the person is new. Runs on several threads at once and touches nothing that is kept.

use super::layout::{Layout, purpose_of};
use super::memo::Memo;
use super::person::facts_of;
use super::places::PostalAreas;
use super::report::RejectReason;
use super::target::{Target, Topic, by_alias};
use super::typed::Book;
use super::values::{AmountError, Word, amount, date, instant, mend_postal, word};
use crate::people::sealed::seal_identity;
use crate::refusal::Result;
use csv::StringRecord;
use hustings_domain::area::AreaId;
use hustings_domain::attribute::AttributeType;
use hustings_domain::chance::Rng;
use hustings_domain::charter::Charter;
use hustings_domain::consent::{Channel, ConsentState};
use hustings_domain::facts::{Fact, FactValue, Gift, Origin};
use hustings_domain::ids::SupporterId;
use hustings_domain::money::Cents;
use hustings_domain::words::Slug;
use hustings_vault::personal::{EmailError, PhoneError};
use hustings_vault::{
    BlindIndex, EmailAddress, Field, Identity, Phone, Region, SuppressionHash, Vault, WrappedKey,
};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::HashSet;

/// What a row says of one person.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) raw: StringRecord,
    pub(super) email_key: Option<BlindIndex>,
    pub(super) phone_key: Option<BlindIndex>,
    pub(super) mail_key: Option<SuppressionHash>,
    /// The number's, looked up only where there are stops.
    pub(super) phone_stop: Option<SuppressionHash>,
    /// An e-mail address stands in the row and is none.
    pub(super) broken_email: bool,
    pub(super) identity: Identity,
    pub(super) facts: Vec<Fact>,
    /// By position in the purposes of the run.
    pub(super) said: Vec<(usize, Channel, ConsentState)>,
    pub(super) at: Option<Timestamp>,
    pub(super) gift: Option<Gift>,
    pub(super) fresh: Fresh,
}

/// The person as they are kept if they are new.
#[derive(Debug)]
pub(super) struct Fresh {
    pub(super) id: SupporterId,
    pub(super) wrapped: WrappedKey,
    pub(super) sealed: Vec<u8>,
}

/// What a row came to.
#[derive(Debug)]
pub(super) enum Entry {
    Row(Box<Row>),
    Blank,
    Reject(u64, RejectReason, StringRecord),
}

/// What was left out of rows that were taken.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) addresses_dropped: u64,
    pub(super) cells_dropped: u64,
    pub(super) unknown_issues: u64,
    pub(super) unclear_consents: u64,
    pub(super) unusable_consents: u64,
}

/// What every row is read with.
#[derive(Debug)]
pub(super) struct RowReader<'a> {
    pub(super) layout: &'a Layout,
    pub(super) charter: &'a Charter,
    /// The charter's issues.
    pub(super) issues: &'a HashSet<Slug>,
    pub(super) places: &'a PostalAreas,
    /// What cells of attributes are read with.
    pub(super) attributes: &'a Book,
    pub(super) vault: &'a Vault,
    pub(super) region: Region,
    /// The number of the source.
    pub(super) source: u32,
    /// The origin of everything in the file; none takes each field's usual one.
    pub(super) origin: Option<Origin>,
    pub(super) gifts: bool,
    /// Whether there is any stop to look for.
    pub(super) any_stops: bool,
    pub(super) now: Timestamp,
}

/// A row half read.
#[derive(Default)]
struct Draft {
    identity: Identity,
    email: Option<EmailError>,
    phone: Option<PhoneError>,
    areas: Vec<AreaId>,
    facts: Vec<(FactValue, Origin)>,
    said: Vec<(usize, Channel, ConsentState)>,
    at: Option<Timestamp>,
    amount: Option<std::result::Result<Cents, AmountError>>,
    day: Option<Date>,
}

impl RowReader<'_> {
    /// Reads one row; `id` is the person's if they are new.
    pub(super) fn read(
        &self,
        (line, raw): (u64, StringRecord),
        id: SupporterId,
        rng: &mut dyn Rng,
        memo: &mut Memo,
        tally: &mut Tally,
    ) -> Result<Entry> {
        if raw.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(Entry::Blank);
        }
        if raw.iter().skip(self.layout.width()).any(|cell| !cell.trim().is_empty()) {
            return Ok(Entry::Reject(line, RejectReason::TooManyColumns, raw));
        }
        let mut draft = Draft::default();
        let mut left_out = Tally::default();
        for (target, cell) in self.layout.columns.iter().zip(raw.iter()) {
            if let Some(target) = target
                && !cell.is_empty()
            {
                self.put(&mut draft, target, cell, memo, &mut left_out);
            }
        }
        let broken_email = draft.email.is_some() && draft.identity.email.is_none();
        if let Some(reason) = self.refuse(&draft) {
            return Ok(Entry::Reject(line, reason, raw));
        }
        let gift = match (draft.amount, draft.day) {
            (Some(Ok(amount)), Some(on)) => Some(Gift { on, amount }),
            _ => None,
        };
        if draft.identity.email.is_none() {
            // A yes to e-mail without an address reaches nobody, and may be meant for an address that we do not have.
            let before = draft.said.len();
            draft.said.retain(|said| said.1 != Channel::Email || !said.2.counts());
            tally.unusable_consents += u64::try_from(before - draft.said.len()).unwrap_or(0);
        }
        split_names(&mut draft.identity);
        self.place(&mut draft);
        tally.addresses_dropped += u64::from(broken_email);
        tally.cells_dropped += left_out.cells_dropped + u64::from(draft.phone.is_some());
        tally.unknown_issues += left_out.unknown_issues;
        tally.unclear_consents += left_out.unclear_consents;
        let fresh = self.seal(id, &draft.identity, rng)?;
        let (email, phone) = (draft.identity.email.as_ref(), draft.identity.phone.as_ref());
        Ok(Entry::Row(Box::new(Row {
            line,
            raw,
            email_key: email.map(|email| self.vault.blind_email(email)),
            phone_key: phone.map(|phone| self.vault.blind_phone(phone)),
            mail_key: email.map(|email| self.vault.suppress_email(email)),
            phone_stop: phone.filter(|_| self.any_stops).map(|phone| self.vault.suppress_phone(phone)),
            broken_email,
            identity: draft.identity,
            facts: facts_of(draft.facts, self.source),
            said: draft.said,
            at: draft.at,
            gift,
            fresh,
        })))
    }

    fn refuse(&self, draft: &Draft) -> Option<RejectReason> {
        if draft.identity.email.is_none() && draft.identity.phone.is_none() {
            return Some(match (draft.email, draft.phone) {
                (Some(_), _) => RejectReason::BrokenAddress,
                (None, Some(_)) => RejectReason::BrokenPhone,
                (None, None) => RejectReason::NoAddress,
            });
        }
        if !self.gifts {
            return None;
        }
        match (draft.amount, draft.day) {
            (Some(Err(AmountError::Ambiguous)), _) => Some(RejectReason::AmbiguousAmount),
            (Some(Err(AmountError::NotAnAmount)) | None, _) => Some(RejectReason::BrokenAmount),
            (Some(Ok(_)), None) => Some(RejectReason::BrokenDay),
            (Some(Ok(_)), Some(_)) => None,
        }
    }

    fn seal(&self, id: SupporterId, identity: &Identity, rng: &mut dyn Rng) -> Result<Fresh> {
        let (key, wrapped) = self.vault.new_person_key(id.0.as_bytes(), rng)?;
        let sealed = seal_identity(&key, id, 1, identity, rng)?;
        Ok(Fresh { id, wrapped, sealed })
    }

    fn put(&self, draft: &mut Draft, target: &Target, cell: &str, memo: &mut Memo, tally: &mut Tally) {
        match target {
            Target::Email => match EmailAddress::parse(cell) {
                Ok(email) => draft.identity.email = Some(email),
                Err(EmailError::Empty) => {}
                Err(error) => draft.email = Some(error),
            },
            Target::Phone => match Phone::parse(cell, self.region) {
                Ok(phone) => draft.identity.phone = Some(phone),
                Err(PhoneError::Empty) => {}
                Err(error) => draft.phone = Some(error),
            },
            Target::GivenName => self.text(draft, Field::GivenName, cell, tally),
            Target::FamilyName => self.text(draft, Field::FamilyName, cell, tally),
            Target::FullName => {
                let (given, family) = full_name(cell);
                self.text(draft, Field::GivenName, given, tally);
                self.text(draft, Field::FamilyName, family, tally);
            }
            Target::Street => self.text(draft, Field::Street, cell, tally),
            Target::City => self.text(draft, Field::City, cell, tally),
            Target::PostalCode => self.text(draft, Field::PostalCode, &mend_postal(cell, self.region), tally),
            Target::Area => memo.areas(cell, |area| draft.areas.push(area.clone())),
            Target::Issues => {
                memo.names(cell, |issue| match issue.as_ref().filter(|i| self.issues.contains(*i)) {
                    Some(issue) => self.fact(draft, FactValue::Issue(issue.clone())),
                    None => tally.unknown_issues += 1,
                });
            }
            Target::Tags => memo.names(cell, |tag| {
                let origin = self.origin.unwrap_or(Origin::Imported);
                draft.facts.extend(tag.clone().map(|tag| (FactValue::Tag(tag), origin)));
            }),
            Target::Tag(tag) => {
                if word(cell) == Word::Says(ConsentState::Given) {
                    let origin = self.origin.unwrap_or(Origin::Imported);
                    draft.facts.push((FactValue::Tag(tag.clone()), origin));
                }
            }
            Target::Number(name) => self.attribute(draft, AttributeType::Number, name, cell, tally),
            Target::Date(name) => self.attribute(draft, AttributeType::Date, name, cell, tally),
            Target::Typed(kind, name) => self.attribute(draft, *kind, name, cell, tally),
            Target::Amount => draft.amount = Some(amount(cell)),
            Target::GiftDay => draft.day = date(cell),
            Target::Time => match instant(cell) {
                Some(at) if at <= self.now => draft.at = Some(at),
                _ => tally.cells_dropped += u64::from(!cell.trim().is_empty()),
            },
            Target::Consent(topic, channel) => match word(cell) {
                Word::Says(state) => self.say(draft, topic, *channel, state),
                Word::Silent => {}
                Word::Unclear => tally.unclear_consents += 1,
            },
            Target::Status => match word(cell) {
                Word::Says(ConsentState::Given) => {
                    self.say(draft, &Topic::News, Channel::Email, ConsentState::Given);
                }
                Word::Says(state) => self.say_all(draft, state),
                Word::Silent => {}
                Word::Unclear => tally.unclear_consents += 1,
            },
            Target::StopAll => match word(cell) {
                Word::Says(ConsentState::Given | ConsentState::Withdrawn) => {
                    self.say_all(draft, ConsentState::Withdrawn);
                }
                Word::Says(_) | Word::Silent => {}
                Word::Unclear => tally.unclear_consents += 1,
            },
            Target::Attributes => self.attributes(draft, cell, memo, tally),
            Target::Reason | Target::Since | Target::Ignore => {}
        }
    }

    fn text(&self, draft: &mut Draft, field: Field, cell: &str, tally: &mut Tally) {
        if !cell.trim().is_empty() && draft.identity.set(field, cell, self.region).is_err() {
            tally.cells_dropped += 1;
        }
    }

    fn fact(&self, draft: &mut Draft, value: FactValue) {
        draft.facts.push((value, self.origin.unwrap_or(Origin::SelfGiven)));
    }

    /// A file seldom says that the person gave what it holds; what does not say so is never lent.
    fn attribute(&self, draft: &mut Draft, kind: AttributeType, name: &Slug, cell: &str, tally: &mut Tally) {
        let origin = self.origin.unwrap_or(Origin::Imported);
        let facts = &mut draft.facts;
        tally.cells_dropped += self.attributes.read(kind, name, cell, |value| facts.push((value, origin)));
    }

    fn say(&self, draft: &mut Draft, topic: &Topic, channel: Channel, state: ConsentState) {
        let Some(purpose) = purpose_of(topic, self.charter) else { return };
        let Some(place) = self.charter.purposes.iter().position(|known| known.id == *purpose) else { return };
        match draft.said.iter_mut().find(|said| said.0 == place && said.1 == channel) {
            // Two columns on one purpose: the stricter counts.
            Some(said) => said.2 = said.2.stricter(state),
            None => draft.said.push((place, channel, state)),
        }
    }

    /// A tool that knows only one kind of mail speaks for all of it when it says stop.
    fn say_all(&self, draft: &mut Draft, state: ConsentState) {
        for purpose in &self.charter.purposes {
            self.say(draft, &Topic::Purpose(purpose.id.clone()), Channel::Email, state);
        }
    }

    /// The cells of a JSON object, under the names that columns may have; other numbers become numbers.
    fn attributes(&self, draft: &mut Draft, cell: &str, memo: &mut Memo, tally: &mut Tally) {
        let Ok(serde_json::Value::Object(object)) = serde_json::from_str(cell) else {
            tally.cells_dropped += u64::from(!cell.trim().is_empty());
            return;
        };
        for (name, value) in object {
            let text = match &value {
                serde_json::Value::String(text) => text.clone(),
                serde_json::Value::Array(parts) => {
                    parts.iter().filter_map(|part| part.as_str()).collect::<Vec<_>>().join(";")
                }
                serde_json::Value::Null | serde_json::Value::Object(_) => String::new(),
                scalar => scalar.to_string(),
            };
            match by_alias(&name).map(|(target, _)| target) {
                Some(Target::Attributes) => {}
                Some(Target::Consent(topic, channel)) if purpose_of(&topic, self.charter).is_none() => {
                    tally.cells_dropped += u64::from(channel == Channel::Email);
                }
                Some(target) => self.put(draft, &target, &text, memo, tally),
                None => {
                    let name = Slug::from_free_text(&name);
                    let kind = name.as_ref().and_then(|name| self.attributes.kind(name));
                    match (name, kind, value.as_i64()) {
                        (Some(name), Some(kind), _) => self.attribute(draft, kind, &name, &text, tally),
                        (Some(name), None, Some(number)) => {
                            let origin = self.origin.unwrap_or(Origin::Imported);
                            draft.facts.push((FactValue::Number(name, number), origin));
                        }
                        _ => tally.cells_dropped += 1,
                    }
                }
            }
        }
    }

    /// The areas stated and, of kinds that none is stated of, those that the postal code lies in.
    fn place(&self, draft: &mut Draft) {
        let mut areas = std::mem::take(&mut draft.areas);
        let mut likely = Vec::new();
        if let Some(code) = draft.identity.postal_code.as_ref() {
            for told in self.places.of(code.reveal()) {
                let area = &told.area;
                let known = areas.iter().any(|stated| kind(stated) == kind(area) || area.contains(stated));
                if !known && told.likely {
                    likely.push((FactValue::Area(area.clone()), Origin::Inferred));
                } else if !known {
                    areas.push(area.clone());
                }
            }
        }
        let smallest = areas.iter().enumerate().filter(|(at, area)| {
            !areas
                .iter()
                .enumerate()
                .any(|(other_at, other)| area.contains(other) && (*area != other || other_at < *at))
        });
        let origin = self.origin.unwrap_or(Origin::SelfGiven);
        draft.facts.extend(smallest.map(|(_, area)| (FactValue::Area(area.clone()), origin)));
        draft.facts.append(&mut likely);
    }
}

/// The kind of an area: that of its last step.
pub(super) fn kind(area: &AreaId) -> &str {
    area.kind()
}

/// `Family, Given`, or the last word as the family's name.
fn full_name(cell: &str) -> (&str, &str) {
    let cell = cell.trim();
    if let Some((family, given)) = cell.split_once(',') {
        return (given.trim(), family.trim());
    }
    cell.rsplit_once(char::is_whitespace).map_or((cell, ""), |(given, family)| (given.trim(), family.trim()))
}

/// `Family, Given` in the cell of one name, with nothing in the other.
fn split_names(identity: &mut Identity) {
    let (Some(given), None) = (identity.given_name.as_ref(), identity.family_name.as_ref()) else { return };
    let Some((family, first)) = given.reveal().split_once(',') else { return };
    let parse = hustings_vault::PersonName::parse;
    if let (Ok(first), Ok(family)) = (parse(first), parse(family)) {
        identity.given_name = Some(first);
        identity.family_name = Some(family);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_are_split_as_people_write_them() {
        for (cell, given, family) in [
            ("Smith, Mary Ann", "Mary Ann", "Smith"),
            ("Mary Ann Smith", "Mary Ann", "Smith"),
            ("Cher", "Cher", ""),
            ("  ", "", ""),
        ] {
            assert_eq!(full_name(cell), (given, family));
        }
        let mut identity = Identity::default();
        identity.set(Field::GivenName, "Smith, Mary", Region::NorthAmerica).unwrap();
        split_names(&mut identity);
        assert_eq!(
            (identity.get(Field::GivenName), identity.get(Field::FamilyName)),
            (Some("Mary"), Some("Smith"))
        );
    }
}
