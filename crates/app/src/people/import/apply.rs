//! Working one batch of rows into the list: who is known already, what is new about them, and all of it written
//! in one transaction.

use super::mode::Mode;
use super::person::{Person, names_agree};
use super::pipeline::Batch;
use super::rejects::Reject;
use super::report::RejectReason;
use super::row::{Entry, Row};
use super::run::Run;
use crate::context::App;
use crate::people::follow::join;
use crate::people::sealed::{open_record, seal_identity};
use crate::refusal::{Refusal, Result};
use csv::StringRecord;
use foldhash::fast::RandomState;
use hustings_domain::consent::{Channel, Consent, ConsentState, SuppressionReason};
use hustings_domain::facts::{Fact, Gift};
use hustings_domain::ids::Ordinal;
use hustings_store::records::SupporterRecord;
use hustings_store::{StoreError, StoreResult, Tx};
use hustings_vault::blind::BlindColumn;
use hustings_vault::{BlindIndex, SuppressionHash, WrappedKey};

use jiff::Timestamp;
use std::collections::HashMap;

/// Changed people with at most so many others between them are one step of the change feed.
const GAP: u32 = 32;

/// Works `batch` in; what was not taken comes back.
pub(super) fn apply(run: &mut Run<'_>, tx: &mut dyn Tx, batch: Batch) -> Result<Vec<Reject>> {
    let mut rejects = Vec::new();
    let mut rows = Vec::with_capacity(batch.entries.len());
    let tally = batch.tally;
    run.report.lines += u64::try_from(batch.entries.len()).unwrap_or(0);
    run.report.addresses_dropped += tally.addresses_dropped;
    run.report.cells_dropped += tally.cells_dropped;
    run.report.unknown_issues += tally.unknown_issues;
    run.report.unclear_consents += tally.unclear_consents;
    run.report.unusable_consents += tally.unusable_consents;
    for entry in batch.entries {
        match entry {
            Entry::Blank => run.report.blank += 1,
            Entry::Reject(line, reason, row) => rejects.push(Reject { line, reason, row }),
            Entry::Row(row) => rows.push(row),
        }
    }
    let found = look_up(run, tx, &rows)?;
    let mut work = Work::new(run, tx, &found, rows.len())?;
    for (row, found) in rows.into_iter().zip(&found) {
        if let Some(reject) = work.take(*row, *found)? {
            rejects.push(reject);
        }
    }
    work.write()?;
    rejects.sort_by_key(|reject| reject.line);
    for reject in &rejects {
        run.report.reject(reject.line, reject.reason);
    }
    Ok(rejects)
}

/// What the store knows of a row's addresses.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    email: Option<Ordinal>,
    phone: Option<Ordinal>,
    mail_stopped: bool,
    phone_stopped: bool,
    forgotten: bool,
}

impl Found {
    fn stopped(self, channel: Channel) -> bool {
        match channel {
            Channel::Email => self.mail_stopped,
            Channel::Phone => self.phone_stopped,
            Channel::Post => false,
        }
    }
}

fn look_up(run: &Run<'_>, tx: &mut dyn Tx, rows: &[Box<Row>]) -> Result<Vec<Found>> {
    let mut found = vec![Found::default(); rows.len()];
    if tx.next_ordinal()?.0 > 0 {
        for (place, owner) in find(tx, BlindColumn::Email, rows, |row| row.email_key)? {
            if let Some(found) = found.get_mut(place) {
                found.email = owner;
            }
        }
        for (place, owner) in find(tx, BlindColumn::Phone, rows, |row| row.phone_key)? {
            if let Some(found) = found.get_mut(place) {
                found.phone = owner;
            }
        }
    }
    if run.any_stops {
        for (place, forgotten) in stopped(tx, rows, |row| row.mail_key)? {
            if let Some(found) = found.get_mut(place) {
                (found.mail_stopped, found.forgotten) = (true, forgotten);
            }
        }
        for (place, forgotten) in stopped(tx, rows, |row| row.phone_stop)? {
            if let (Some(found), Some(row)) = (found.get_mut(place), rows.get(place)) {
                found.phone_stopped = true;
                // A household shares a number: it stands for a forgotten person only where there is no address.
                found.forgotten |= forgotten && row.mail_key.is_none();
            }
        }
    }
    Ok(found)
}

/// By place in `rows`: whose address is stopped, and whether because the person was forgotten.
fn stopped(
    tx: &mut dyn Tx,
    rows: &[Box<Row>],
    key: fn(&Row) -> Option<SuppressionHash>,
) -> Result<Vec<(usize, bool)>> {
    let (places, keys): (Vec<usize>, Vec<SuppressionHash>) =
        rows.iter().enumerate().filter_map(|(place, row)| Some((place, key(row)?))).unzip();
    let mut stopped = Vec::new();
    for ((place, key), stop) in places.into_iter().zip(&keys).zip(tx.are_stopped(&keys)?) {
        if stop {
            let forgotten = tx.stops_of(*key)?.iter().any(|stop| stop.1 == SuppressionReason::Erased);
            stopped.push((place, forgotten));
        }
    }
    Ok(stopped)
}

/// By place in `rows`: who has the row's key.
fn find(
    tx: &mut dyn Tx,
    column: BlindColumn,
    rows: &[Box<Row>],
    key: fn(&Row) -> Option<BlindIndex>,
) -> Result<Vec<(usize, Option<Ordinal>)>> {
    let (places, keys): (Vec<usize>, Vec<BlindIndex>) =
        rows.iter().enumerate().filter_map(|(place, row)| Some((place, key(row)?))).unzip();
    Ok(places.into_iter().zip(tx.find_blind(column, &keys)?).collect())
}

/// Somebody as the store has them.
struct Known {
    record: SupporterRecord,
    wrapped: Option<WrappedKey>,
    facts: Vec<Fact>,
    consents: Vec<Consent>,
}

impl Known {
    /// Reads these people, who come in ascending order, each kind of thing with one walk.
    fn read(run: &Run<'_>, tx: &mut dyn Tx, ordinals: &[Ordinal]) -> Result<Vec<(Ordinal, Self)>> {
        if ordinals.is_empty() {
            return Ok(Vec::new());
        }
        let wrapped = run.app.store.keys().get_many(ordinals)?;
        let records = tx.supporters(ordinals)?;
        let facts = tx.facts_of(ordinals)?;
        let consents = tx.consents_of(ordinals)?;
        let all = ordinals.iter().zip(wrapped).zip(records).zip(facts).zip(consents);
        let known = all.filter_map(|((((ordinal, wrapped), record), facts), consents)| {
            Some((*ordinal, Self { record: record?, wrapped, facts, consents }))
        });
        Ok(known.collect())
    }
}

type Map<K> = HashMap<K, Ordinal, RandomState>;

/// A batch being worked in.
struct Work<'w, 'a> {
    run: &'w mut Run<'a>,
    tx: &'w mut dyn Tx,
    /// Whom this batch brings begin here, and are as many as their places.
    first: u32,
    next: u32,
    new_places: Vec<usize>,
    /// Those of whom rows of the batch may speak, as they are kept.
    known: HashMap<Ordinal, Known, RandomState>,
    people: Vec<Person>,
    /// Of people who were known before this batch.
    place: HashMap<Ordinal, usize>,
    emails: Map<BlindIndex>,
    phones: Map<BlindIndex>,
    consents: Vec<(Ordinal, Consent)>,
    gifts: Vec<(Ordinal, Gift, u32, u32)>,
    /// Rows done with.
    spent: Vec<StringRecord>,
}

impl<'w, 'a> Work<'w, 'a> {
    fn new(run: &'w mut Run<'a>, tx: &'w mut dyn Tx, found: &[Found], rows: usize) -> Result<Self> {
        let mut known: Vec<Ordinal> = found.iter().filter_map(|found| found.email.or(found.phone)).collect();
        known.sort_unstable();
        known.dedup();
        let known = Known::read(run, tx, &known)?.into_iter().collect();
        let next = tx.next_ordinal()?.0;
        run.begin_batch(Ordinal(next));
        Ok(Self {
            run,
            tx,
            first: next,
            next,
            new_places: Vec::with_capacity(rows),
            known,
            people: Vec::with_capacity(rows),
            place: HashMap::new(),
            emails: HashMap::with_capacity_and_hasher(rows, RandomState::default()),
            phones: HashMap::with_capacity_and_hasher(rows, RandomState::default()),
            consents: Vec::new(),
            gifts: Vec::new(),
            spent: Vec::with_capacity(rows),
        })
    }

    /// Works one row in; comes back with it when it cannot be taken.
    fn take(&mut self, row: Row, found: Found) -> Result<Option<Reject>> {
        // INVARIANT (promise 8): no file brings back whoever was erased, and their row is not kept elsewhere either.
        if found.forgotten {
            return Ok(Some(Reject {
                line: row.line,
                reason: RejectReason::Forgotten,
                row: StringRecord::new(),
            }));
        }
        self.run.report.suppressions_kept += u64::from(found.mail_stopped);
        let email = found.email.or_else(|| self.emails.get(&row.email_key?).copied());
        let phone = found.phone.or_else(|| self.phones.get(&row.phone_key?).copied());
        let free_phone = phone.is_none();
        let owner = match (email, phone) {
            (Some(owner), other) => {
                self.run.report.conflicting += u64::from(other.is_some_and(|other| other != owner));
                Some(owner)
            }
            (None, Some(other)) => match self.by_phone(&row, other)? {
                Ok(true) => Some(other),
                Ok(false) => {
                    self.run.report.conflicting += 1;
                    None
                }
                Err(reason) => return Ok(Some(Reject { line: row.line, reason, row: row.raw })),
            },
            (None, None) => None,
        };
        match owner {
            None => self.add(row, free_phone, found)?,
            Some(owner) => {
                let changed = self.merge(owner, row, free_phone, found)?;
                if self.run.has_brought(owner) {
                    self.run.report.merged += 1;
                } else if changed {
                    self.run.report.changed += 1;
                } else {
                    self.run.report.unchanged += 1;
                }
            }
        }
        Ok(None)
    }

    /// Whether a row is about the person who is known by its number. A household shares one, so a number alone
    /// joins nobody: one of the two must be without an e-mail address, and the names must not differ.
    fn by_phone(&mut self, row: &Row, other: Ordinal) -> Result<std::result::Result<bool, RejectReason>> {
        let place = self.person(other)?;
        let Some(kept) = self.people.get(place) else { return Ok(Ok(false)) };
        let (has_email, agree) = (row.email_key.is_some(), names_agree(row, &kept.identity));
        Ok(match (has_email, agree) {
            (true, _) => Ok(agree && kept.identity.email.is_none()),
            (false, true) => Ok(true),
            (false, false) if row.broken_email => Err(RejectReason::BrokenAddress),
            (false, false) => Err(RejectReason::PhoneOfAnother),
        })
    }

    /// The place of a person among those at work, read from the store the first time.
    fn person(&mut self, ordinal: Ordinal) -> Result<usize> {
        let new = ordinal.0.checked_sub(self.first).and_then(|place| usize::try_from(place).ok());
        let found = new.map_or_else(|| self.place.get(&ordinal), |place| self.new_places.get(place));
        if let Some(place) = found {
            return Ok(*place);
        }
        let missing = || Refusal::internal("an address is known for somebody who is not on the list");
        let known = match self.known.remove(&ordinal) {
            Some(known) => Some(known),
            None => Known::read(self.run, self.tx, &[ordinal])?.pop().map(|(_, known)| known),
        };
        let Known { record, wrapped, facts, consents } = known.ok_or_else(missing)?;
        let wrapped = wrapped.or_else(|| self.run.unkept_keys.get(&ordinal).copied()).ok_or_else(missing)?;
        let identity = open_record(&self.run.app.vault, &record, &wrapped)?;
        let purposes = &self.run.charter.purposes;
        let in_force = consents.into_iter().filter_map(|consent| {
            let purpose = purposes.iter().position(|purpose| purpose.id == consent.purpose)?;
            Some((purpose, consent.channel, consent.state))
        });
        let consents = in_force.collect();
        Ok(self.put(Person {
            ordinal,
            id: record.id,
            joined: record.joined,
            version: record.version,
            mail_key: record.mail_key,
            wrapped,
            sealed: record.sealed,
            identity,
            facts,
            consents,
            is_new: false,
            identity_changed: false,
            facts_changed: false,
            touched: false,
        }))
    }

    fn put(&mut self, person: Person) -> usize {
        let place = self.people.len();
        if person.ordinal.0 < self.first {
            self.place.insert(person.ordinal, place);
        } else {
            self.new_places.push(place);
        }
        self.people.push(person);
        place
    }

    fn add(&mut self, row: Row, free_phone: bool, found: Found) -> Result<()> {
        let ordinal = Ordinal(self.next);
        self.next =
            self.next.checked_add(1).ok_or_else(|| Refusal::conflict("import.full", "the list is full"))?;
        if let Some(key) = row.email_key {
            self.emails.insert(key, ordinal);
        }
        if let Some(key) = row.phone_key.filter(|_| free_phone) {
            self.phones.insert(key, ordinal);
        }
        let place = self.put(Person {
            ordinal,
            id: row.fresh.id,
            joined: row.at.unwrap_or(self.run.now),
            version: 1,
            mail_key: row.mail_key,
            wrapped: row.fresh.wrapped,
            sealed: row.fresh.sealed,
            identity: row.identity,
            facts_changed: !row.facts.is_empty(),
            facts: row.facts,
            consents: Vec::with_capacity(row.said.len()),
            is_new: true,
            identity_changed: false,
            touched: true,
        });
        self.run.report.new += 1;
        self.state(place, &row.said, row.at, found);
        self.give(ordinal, row.gift)?;
        self.spent.push(row.raw);
        Ok(())
    }

    fn merge(&mut self, owner: Ordinal, mut row: Row, free_phone: bool, found: Found) -> Result<bool> {
        let place = self.person(owner)?;
        // Whom this very import brought, its rows complete in any mode; and one row of a file replaces, not several.
        let mode = match self.run.trail.mode {
            _ if self.run.has_brought(owner) => Mode::Blanks,
            Mode::Overwrite if !self.run.replaced.insert(owner) => Mode::Blanks,
            mode => mode,
        };
        let Some(person) = self.people.get_mut(place) else { return Ok(false) };
        let mut changed = person.learn(row.facts, mode);
        if mode == Mode::Overwrite && person.replace(&row.identity) {
            person.identity_changed = true;
            changed = true;
        }
        if mode != Mode::Add && person.gains(&row.identity) {
            if person.identity.email.is_none()
                && let Some(key) = row.email_key
            {
                self.emails.insert(key, owner);
                person.mail_key = row.mail_key;
                // Whatever was agreed to before the address was known is not agreed to for an address that is stopped.
                let given = person.consents.iter().filter(|kept| kept.1 == Channel::Email && kept.2.counts());
                let stop = given
                    .filter(|_| found.mail_stopped)
                    .map(|kept| (kept.0, kept.1, ConsentState::Withdrawn));
                row.said.extend(stop);
            }
            if person.identity.phone.is_none()
                && let Some(key) = row.phone_key.filter(|_| free_phone)
            {
                self.phones.insert(key, owner);
            }
            person.identity.merge_missing(row.identity);
            person.identity_changed = true;
            changed = true;
        }
        changed |= self.state(place, &row.said, row.at, found);
        changed |= self.give(owner, row.gift)?;
        self.spent.push(row.raw);
        if let Some(person) = self.people.get_mut(place) {
            person.touched |= changed;
        }
        Ok(changed)
    }

    fn state(
        &mut self,
        place: usize,
        said: &[(usize, Channel, ConsentState)],
        at: Option<Timestamp>,
        found: Found,
    ) -> bool {
        let Some(person) = self.people.get_mut(place) else { return false };
        let mut changed = false;
        for (purpose, channel, said) in said {
            let Some(state) = person.hear(*purpose, *channel, *said, found.stopped(*channel)) else {
                continue;
            };
            let Some(purpose) = self.run.charter.purposes.get(*purpose) else { continue };
            changed = true;
            if state.counts() {
                self.run.report.consents_given += 1;
            } else {
                self.run.report.consents_refused += 1;
            }
            let consent = Consent {
                purpose: purpose.id.clone(),
                channel: *channel,
                state,
                notice: self.run.notice,
                source: self.run.source.name.clone(),
                at: at.unwrap_or(self.run.now),
            };
            self.consents.push((person.ordinal, consent));
        }
        changed
    }

    /// Adds a gift; true when it was not known. The n-th gift of one day and amount in a file is one gift however
    /// often the file is read.
    fn give(&mut self, ordinal: Ordinal, gift: Option<Gift>) -> Result<bool> {
        let Some(gift) = gift else { return Ok(false) };
        let occurrence = self.run.occurrences.entry((ordinal, gift.on, gift.amount.0)).or_default();
        *occurrence += 1;
        let row = (ordinal, gift, self.run.source.number, *occurrence);
        let new = if self.run.has_brought(ordinal) {
            self.gifts.push(row);
            true
        } else {
            let new = self.tx.add_gifts(&[row])? == 1;
            self.run.trail.gifts_to_known += u64::from(new);
            new
        };
        self.run.report.gifts += u64::from(new);
        Ok(new)
    }

    fn write(mut self) -> Result<()> {
        let (mut new, mut keys, mut facts, mut ranges) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut people = std::mem::take(&mut self.people);
        for person in people.iter_mut().filter(|person| person.touched) {
            let ordinal = person.ordinal;
            ranges.push((ordinal.0, ordinal.0));
            if person.facts_changed {
                facts.push((ordinal, std::mem::take(&mut person.facts)));
            }
            if person.is_new {
                keys.push((ordinal, person.wrapped));
                new.push(self.record(person)?);
            } else if person.identity_changed {
                self.run.report.identities_changed += u64::from(!self.run.has_brought(ordinal));
                let record = self.record(person)?;
                self.tx.update_supporter(&record)?;
            }
        }
        // INVARIANT (promise 9): keys are durable before the records that they seal are committed: this returns, and the
        // transaction can end, only when both are written. The disk takes the one while the other is prepared.
        let (app, dry_run) = (self.run.app, self.run.job.dry_run);
        std::thread::scope(|scope| {
            let keys_kept = scope.spawn(|| if dry_run { Ok(()) } else { put_keys(app, &keys) });
            let people_kept = self.keep(&new, &facts, ranges);
            let stopped = |_| Err(StoreError::Engine("the writing of keys was interrupted".to_owned()));
            keys_kept.join().unwrap_or_else(stopped)?;
            people_kept
        })?;
        if dry_run {
            self.run.unkept_keys.extend(keys);
        }
        // A batch leaves a million small pieces of memory: giving them back need not keep the next one waiting.
        let leftovers =
            (people, new, facts, std::mem::take(&mut self.consents), std::mem::take(&mut self.spent));
        drop(std::thread::spawn(move || drop(leftovers)));
        Ok(())
    }

    fn keep(
        &mut self,
        new: &[SupporterRecord],
        facts: &[(Ordinal, Vec<Fact>)],
        ranges: Vec<(u32, u32)>,
    ) -> Result<()> {
        self.tx.insert_supporters(new)?;
        self.tx.insert_blind(BlindColumn::Email, &self.emails.drain().collect::<Vec<_>>())?;
        self.tx.insert_blind(BlindColumn::Phone, &self.phones.drain().collect::<Vec<_>>())?;
        self.tx.set_facts(facts)?;
        self.tx.add_consents(&self.consents)?;
        self.tx.add_gifts(&self.gifts)?;
        for (first, last) in join(ranges, GAP) {
            self.tx.record_change(Ordinal(first), Ordinal(last))?;
        }
        Ok(())
    }

    /// The record to keep, sealed anew where rows were merged into it.
    fn record(&mut self, person: &mut Person) -> Result<SupporterRecord> {
        let version = if person.is_new { person.version } else { person.version.saturating_add(1) };
        let sealed = if person.identity_changed {
            let key = self.run.app.vault.unwrap(&person.wrapped, person.id.0.as_bytes())?;
            seal_identity(&key, person.id, version, &person.identity, &mut *self.run.rng)?
        } else {
            std::mem::take(&mut person.sealed)
        };
        Ok(SupporterRecord {
            ordinal: person.ordinal,
            id: person.id,
            joined: person.joined,
            sealed,
            version,
            mail_key: person.mail_key,
        })
    }
}

/// Keeps the keys of new people, inside the write transaction that adds them. Where a process that was killed left keys
/// for people who were never added, those go first: here nobody above the first has a record.
fn put_keys(app: &App, keys: &[(Ordinal, WrappedKey)]) -> StoreResult<()> {
    match (app.store.keys().put_many(keys), keys.iter().map(|key| key.0).min()) {
        (Err(StoreError::Conflict(_)), Some(first)) => {
            app.store.keys().sweep(first)?;
            app.store.keys().put_many(keys)
        }
        (kept, _) => kept,
    }
}
