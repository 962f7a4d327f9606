//! The areas of the store. Every method works inside the transaction of the [`Tx`] that it is called on.

mod board;
mod calendar;
mod guarded;
mod owed;

pub use board::Board;
pub use calendar::Calendar;
pub use guarded::GuardedActs;
pub use owed::Owed;

use crate::error::StoreResult;
use crate::records::{
    Alarm, AskingRecord, AudienceVersion, Change, CopyRow, Delivery, DeliveryCounts, DeliveryResult,
    EstimateRecord, HeldClaim, ImportRecord, PostalPlace, Put, ResponseRecord, SavedAudience, SendRecord,
    SessionRecord, Signal, Source, SupporterRecord, TokenRecord, UserRecord,
};
use hustings_domain::area::{AreaId, Division};
use hustings_domain::attribute::Attribute;
use hustings_domain::borrower::Borrower;
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::Proceedings;
use hustings_domain::consent::{Consent, NoticeHash, SuppressionReason, SuppressionScope};
use hustings_domain::copy::CopyRecord;
use hustings_domain::estimate::RhoMillionths;
use hustings_domain::facts::{Fact, Gift, Profile};
use hustings_domain::ids::{BorrowerId, CopyNumber, LoanId, LoanNumber, Ordinal, SupporterId, UserId};
use hustings_domain::loan::Loan;
use hustings_domain::words::Slug;
use hustings_ledger::Hash;
use hustings_vault::blind::{BlindColumn, BlindIndex, SuppressionHash};
use hustings_vault::vault::WrappedKey;
use jiff::Timestamp;

/// One unit of work over every area.
pub trait Tx:
    People
    + Consents
    + Suppressions
    + LedgerRows
    + Lending
    + Sends
    + Responses
    + Copies
    + Owed
    + Users
    + Notes
    + Audiences
    + Calendar
    + Places
    + Nodes
    + Board
    + GuardedActs
{
}

/// Supporters, their facts and gifts, and the feed of their changes.
pub trait People {
    /// The ordinal that the next new supporter gets. Never reused, not even after an erasure.
    fn next_ordinal(&mut self) -> StoreResult<Ordinal>;

    /// Adds supporters; their ordinals must start at `next_ordinal` and have no gaps.
    fn insert_supporters(&mut self, records: &[SupporterRecord]) -> StoreResult<()>;

    /// Has the keys of people who are added in this transaction kept before it ends: durable before their records,
    /// and with the keys of whoever shares its commit. For few people at a time; an import puts its own.
    fn keep_keys(&mut self, keys: &[(Ordinal, WrappedKey)]) -> StoreResult<()>;

    /// Replaces the sealed identity, its version and its mail key.
    fn update_supporter(&mut self, record: &SupporterRecord) -> StoreResult<()>;

    /// A supporter by position.
    fn supporter(&mut self, ordinal: Ordinal) -> StoreResult<Option<SupporterRecord>>;

    /// Supporters by position, for each of several positions in ascending order.
    fn supporters(&mut self, ordinals: &[Ordinal]) -> StoreResult<Vec<Option<SupporterRecord>>>;

    /// A supporter by outward id.
    fn supporter_by_id(&mut self, id: SupporterId) -> StoreResult<Option<SupporterRecord>>;

    /// Removes the record, blind indexes, facts, gifts, consents and answers' fields and reports of a person,
    /// what borrowers reported of them, and the person's link to copies' rows. Deliveries stay, without anything that names the person.
    fn remove_supporter(&mut self, ordinal: Ordinal) -> StoreResult<()>;

    /// How many there are.
    fn supporter_count(&mut self) -> StoreResult<u64>;

    /// Adds blind indexes; one that exists for another person is a conflict.
    fn insert_blind(&mut self, column: BlindColumn, rows: &[(BlindIndex, Ordinal)]) -> StoreResult<()>;

    /// Replaces everything that a person is found by in one column with `index`, or with nothing; one that exists
    /// for another person is a conflict.
    fn replace_blind(
        &mut self,
        column: BlindColumn,
        ordinal: Ordinal,
        index: Option<BlindIndex>,
    ) -> StoreResult<()>;

    /// Who has this value, for each of several.
    fn find_blind(&mut self, column: BlindColumn, keys: &[BlindIndex]) -> StoreResult<Vec<Option<Ordinal>>>;

    /// Replaces a person's facts.
    fn set_facts(&mut self, rows: &[(Ordinal, Vec<Fact>)]) -> StoreResult<()>;

    /// The facts of each of several people, by position in ascending order.
    fn facts_of(&mut self, ordinals: &[Ordinal]) -> StoreResult<Vec<Vec<Fact>>>;

    /// A person's facts.
    fn facts(&mut self, ordinal: Ordinal) -> StoreResult<Vec<Fact>>;

    /// Adds gifts; the `occurrence`-th gift of the same day, amount and source is kept once, so that a file
    /// read twice adds nothing. Returns how many were new.
    fn add_gifts(&mut self, rows: &[(Ordinal, Gift, u32, u32)]) -> StoreResult<u64>;

    /// A person's gifts by day.
    fn gifts(&mut self, ordinal: Ordinal) -> StoreResult<Vec<Gift>>;

    /// Everything an audience can ask for, of people at `from` and above, in order of ordinal.
    fn profiles(&mut self, from: Ordinal, limit: u32) -> StoreResult<Vec<Profile>>;

    /// The same of one person; none when removed.
    fn profile(&mut self, ordinal: Ordinal) -> StoreResult<Option<Profile>>;

    /// Says that these people changed; returns the new change sequence.
    fn record_change(&mut self, first: Ordinal, last: Ordinal) -> StoreResult<u64>;

    /// The newest change sequence; 0 before any.
    fn change_sequence(&mut self) -> StoreResult<u64>;

    /// The changes after `sequence`, oldest first.
    fn changes_since(&mut self, sequence: u64, limit: u32) -> StoreResult<Vec<Change>>;

    /// Finds or makes the source of this name.
    fn source(&mut self, name: &str, licence: &str, at: Timestamp) -> StoreResult<Source>;

    /// Every source.
    fn sources(&mut self) -> StoreResult<Vec<Source>>;

    /// Notes that a person's key must be destroyed (see [`crate::KeyStore`]).
    fn add_shred(&mut self, ordinal: Ordinal) -> StoreResult<()>;

    /// The keys still to be destroyed.
    fn shreds(&mut self) -> StoreResult<Vec<Ordinal>>;

    /// The key is gone.
    fn clear_shred(&mut self, ordinal: Ordinal) -> StoreResult<()>;
}

/// Statements of consent, kept for ever; the newest of a purpose and channel is in force.
pub trait Consents {
    /// Adds statements.
    fn add_consents(&mut self, rows: &[(Ordinal, Consent)]) -> StoreResult<()>;

    /// Every statement of a person, oldest first.
    fn consent_history(&mut self, ordinal: Ordinal) -> StoreResult<Vec<Consent>>;

    /// The statements in force of each of several people, by position in ascending order.
    fn consents_of(&mut self, ordinals: &[Ordinal]) -> StoreResult<Vec<Vec<Consent>>>;

    /// The statements in force.
    fn consents_in_force(&mut self, ordinal: Ordinal) -> StoreResult<Vec<Consent>>;

    /// Keeps a notice's text; its hash is how consents name it.
    fn put_notice(&mut self, text: &str) -> StoreResult<NoticeHash>;

    /// A notice's text.
    fn notice(&mut self, hash: NoticeHash) -> StoreResult<Option<String>>;
}

/// Who must never be mailed. Nothing here is ever deleted.
pub trait Suppressions {
    /// Adds a stop. True when it is new; a stop that exists stays as it was.
    fn suppress(
        &mut self,
        hash: SuppressionHash,
        scope: &SuppressionScope,
        reason: SuppressionReason,
        at: Timestamp,
    ) -> StoreResult<bool>;

    /// The stops of one address.
    fn stops_of(
        &mut self,
        hash: SuppressionHash,
    ) -> StoreResult<Vec<(SuppressionScope, SuppressionReason, Timestamp)>>;

    /// Whether each address has a stop of `everything`.
    fn are_stopped(&mut self, hashes: &[SuppressionHash]) -> StoreResult<Vec<bool>>;

    /// The supporters with a stop of any of these scopes.
    fn stopped_supporters(&mut self, scopes: &[SuppressionScope]) -> StoreResult<Vec<Ordinal>>;

    /// Every stop, for carrying them over a restore.
    fn every_stop(
        &mut self,
    ) -> StoreResult<Vec<(SuppressionHash, SuppressionScope, SuppressionReason, Timestamp)>>;

    /// How many stops there are.
    fn suppression_count(&mut self) -> StoreResult<u64>;
}

/// The rows of the decision ledger. Append only: an index that exists is a conflict.
pub trait LedgerRows {
    /// How many entries.
    fn ledger_size(&mut self) -> StoreResult<u64>;

    /// Adds the entry at `index`, which must be `ledger_size`, with the complete nodes that it makes.
    fn append_ledger_row(&mut self, index: u64, entry: &[u8], nodes: &[((u8, u64), Hash)])
    -> StoreResult<()>;

    /// One entry's bytes.
    fn ledger_entry(&mut self, index: u64) -> StoreResult<Option<Vec<u8>>>;

    /// Entries from `from` on, in order.
    fn ledger_entries(&mut self, from: u64, limit: u32) -> StoreResult<Vec<Vec<u8>>>;

    /// The hash of a complete subtree.
    fn ledger_node(&mut self, level: u8, index: u64) -> StoreResult<Option<Hash>>;
}

/// Charters, borrowers, loans, estimates.
pub trait Lending {
    /// Adds a version of the charter; an existing version is a conflict.
    fn put_charter(&mut self, version: u32, toml: &str, at: Timestamp) -> StoreResult<()>;

    /// The charter in force: the highest version's TOML.
    fn charter(&mut self) -> StoreResult<Option<(u32, String)>>;

    /// The TOML of one version.
    fn charter_version(&mut self, version: u32) -> StoreResult<Option<String>>;

    /// Adds or replaces a borrower.
    fn put_borrower(&mut self, borrower: &Borrower) -> StoreResult<()>;

    /// A borrower.
    fn borrower(&mut self, id: BorrowerId) -> StoreResult<Option<Borrower>>;

    /// Every borrower, in order of registration.
    fn borrowers(&mut self) -> StoreResult<Vec<Borrower>>;

    /// The number of the next loan.
    fn next_loan_number(&mut self) -> StoreResult<LoanNumber>;

    /// Adds or replaces a loan.
    fn put_loan(&mut self, loan: &Loan) -> StoreResult<()>;

    /// A loan.
    fn loan(&mut self, id: LoanId) -> StoreResult<Option<Loan>>;

    /// A loan by its number.
    fn loan_by_number(&mut self, number: LoanNumber) -> StoreResult<Option<Loan>>;

    /// Every loan, the newest first.
    fn loans(&mut self) -> StoreResult<Vec<Loan>>;

    /// The loans that one borrower asked for, the newest first, without reading anybody else's.
    fn loans_of(&mut self, borrower: BorrowerId) -> StoreResult<Vec<Loan>>;

    /// What the board has said on a loan.
    fn proceedings(&mut self, loan: LoanId) -> StoreResult<Proceedings>;

    /// Replaces what the board has said (the ledger keeps each step).
    fn put_proceedings(&mut self, loan: LoanId, proceedings: &Proceedings) -> StoreResult<()>;

    /// Keeps an answer for ever.
    fn add_estimate(&mut self, estimate: &EstimateRecord) -> StoreResult<()>;

    /// The first answer to this question in this season, by anybody.
    fn estimate_of(&mut self, season: &Slug, question: ContentHash) -> StoreResult<Option<EstimateRecord>>;

    /// Keeps a request as the charter's rules saw it, whatever they said of it.
    fn add_asking(&mut self, asking: &AskingRecord) -> StoreResult<()>;

    /// The last `most` requests, the newest first.
    fn askings(&mut self, most: u32) -> StoreResult<Vec<AskingRecord>>;

    /// The answers that a borrower has had in a season, oldest first.
    fn estimates_for(&mut self, borrower: BorrowerId, season: &Slug) -> StoreResult<Vec<EstimateRecord>>;

    /// What all borrowers have spent of the season's budget.
    fn season_spent(&mut self, season: &Slug) -> StoreResult<RhoMillionths>;
}

/// Sends and each recipient's outcome.
pub trait Sends {
    /// Adds or replaces a send's numbers.
    fn put_send(&mut self, send: &SendRecord) -> StoreResult<()>;

    /// A send.
    fn send(&mut self, loan: LoanId) -> StoreResult<Option<SendRecord>>;

    /// Freezes who is mailed: `ordinals` in sending order get `seq` 0, 1, 2 and so on, all pending.
    fn insert_deliveries(&mut self, loan: LoanId, ordinals: &[Ordinal], at: Timestamp) -> StoreResult<()>;

    /// Freezes who is held back.
    fn insert_held_back(&mut self, loan: LoanId, ordinals: &[Ordinal]) -> StoreResult<()>;

    /// Who was held back.
    fn held_back(&mut self, loan: LoanId) -> StoreResult<Vec<Ordinal>>;

    /// The loans from whose sends a person was held back, in the order in which the store first met them.
    fn held_back_from(&mut self, ordinal: Ordinal) -> StoreResult<Vec<LoanId>>;

    /// Everybody frozen into the send who was not held back, in sending order.
    fn planned(&mut self, loan: LoanId) -> StoreResult<Vec<Ordinal>>;

    /// Those of them who are still to be mailed (pending or deferred), in sending order.
    fn unsent(&mut self, loan: LoanId) -> StoreResult<Vec<Ordinal>>;

    /// Those whose message was taken by its receiver, in sending order, and when.
    fn accepted(&mut self, loan: LoanId) -> StoreResult<Vec<(Ordinal, Timestamp)>>;

    /// Takes up to `limit` pending (and, from `retry_deferred_before` on, deferred) recipients with `seq` below
    /// `below`, marks them claimed by `epoch` and returns them in order.
    fn claim(
        &mut self,
        loan: LoanId,
        below: u32,
        limit: u32,
        epoch: u64,
        retry_deferred_before: Timestamp,
        now: Timestamp,
    ) -> StoreResult<Vec<Delivery>>;

    /// Records what became of recipients that `epoch` had claimed; a row claimed by another epoch is left alone.
    /// Returns how many were recorded.
    fn settle_deliveries(
        &mut self,
        loan: LoanId,
        epoch: u64,
        results: &[DeliveryResult],
        at: Timestamp,
    ) -> StoreResult<u64>;

    /// Who is claimed and not settled, whichever epoch claimed them, for recovery.
    fn claims(&mut self) -> StoreResult<Vec<HeldClaim>>;

    /// Settles a stale claim during recovery, whatever its epoch.
    fn recover_delivery(&mut self, loan: LoanId, result: &DeliveryResult, at: Timestamp) -> StoreResult<()>;

    /// The places of a send that `epoch` had claimed and that are in doubt with the code [`JOURNAL_ELSEWHERE`], in
    /// order.
    fn doubted(&mut self, loan: LoanId, epoch: u64) -> StoreResult<Vec<u32>>;

    /// Settles such a doubt, once; a recipient that stands otherwise is left alone.
    fn resolve_doubt(
        &mut self,
        loan: LoanId,
        epoch: u64,
        result: &DeliveryResult,
        at: Timestamp,
    ) -> StoreResult<()>;

    /// How many stand where; `below` limits it to `seq` below that.
    fn delivery_counts(&mut self, loan: LoanId, below: u32) -> StoreResult<DeliveryCounts>;

    /// One recipient by place.
    fn delivery(&mut self, loan: LoanId, seq: u32) -> StoreResult<Option<Delivery>>;

    /// One recipient by person.
    fn delivery_to(&mut self, loan: LoanId, ordinal: Ordinal) -> StoreResult<Option<Delivery>>;

    /// Every send that a person was part of, oldest first.
    fn deliveries_of(&mut self, ordinal: Ordinal) -> StoreResult<Vec<Delivery>>;

    /// How often each person was addressed (accepted, claimed or in doubt) since `since`; money asks alone if `money`.
    fn addressed_since(&mut self, since: Timestamp, money: bool) -> StoreResult<Vec<(Ordinal, u32)>>;

    /// How many people have been addressed by any loan.
    fn people_addressed(&mut self) -> StoreResult<u64>;

    /// Notes a sign of backlash by one recipient; false when it was known.
    fn add_signal(
        &mut self,
        loan: LoanId,
        ordinal: Ordinal,
        signal: Signal,
        at: Timestamp,
    ) -> StoreResult<bool>;

    /// The signs of backlash by one person, by loan and kind.
    fn signals_of(&mut self, ordinal: Ordinal) -> StoreResult<Vec<(LoanId, Signal, Timestamp)>>;

    /// How many signs since `since`.
    fn signal_count(&mut self, loan: LoanId, signal: Signal, since: Timestamp) -> StoreResult<u32>;

    /// How many messages were accepted or refused since `since`.
    fn answered_count(&mut self, loan: LoanId, since: Timestamp) -> StoreResult<u32>;
}

/// The processes that have the list open for writing, each under its epoch.
pub trait Nodes {
    /// The epochs that may write: of those whose lease has run out as long as nobody has fenced them.
    fn live_nodes(&mut self) -> StoreResult<Vec<u64>>;

    /// The epochs among them whose lease has run out by the store's clock.
    fn expired_nodes(&mut self) -> StoreResult<Vec<u64>>;

    /// Takes the right to write from such an epoch for good; one whose lease was renewed meanwhile keeps it.
    fn fence_node(&mut self, epoch: u64) -> StoreResult<()>;
}

/// Answers of supporters.
pub trait Responses {
    /// Adds or replaces a person's answer to a loan.
    fn put_response(&mut self, response: &ResponseRecord) -> StoreResult<()>;

    /// A person's answer to a loan.
    fn response(&mut self, loan: LoanId, ordinal: Ordinal) -> StoreResult<Option<ResponseRecord>>;

    /// The answers of a loan, by ordinal.
    fn responses(&mut self, loan: LoanId) -> StoreResult<Vec<ResponseRecord>>;

    /// The answers of a person, oldest first.
    fn responses_of(&mut self, ordinal: Ordinal) -> StoreResult<Vec<ResponseRecord>>;
}

/// Numbered copies.
pub trait Copies {
    /// The number of the next copy.
    fn next_copy_number(&mut self) -> StoreResult<CopyNumber>;

    /// Adds a copy with its rows and its sealed file; an existing number is a conflict.
    fn add_copy(&mut self, copy: &CopyRecord, rows: &[CopyRow], sealed_file: &[u8]) -> StoreResult<()>;

    /// A copy.
    fn copy(&mut self, number: CopyNumber) -> StoreResult<Option<CopyRecord>>;

    /// Every copy, by number.
    fn copies(&mut self) -> StoreResult<Vec<CopyRecord>>;

    /// The rows of a copy, in order.
    fn copy_rows(&mut self, number: CopyNumber) -> StoreResult<Vec<CopyRow>>;

    /// The people of a copy alone, in the order of its rows.
    fn copy_people(&mut self, number: CopyNumber) -> StoreResult<Vec<Ordinal>>;

    /// The copies that a person is in, with the row's reference and fields.
    fn copies_with(&mut self, ordinal: Ordinal) -> StoreResult<Vec<(CopyRecord, CopyRow)>>;

    /// The sealed file; none once dropped.
    fn copy_file(&mut self, number: CopyNumber) -> StoreResult<Option<Vec<u8>>>;

    /// Drops the sealed file (fetched long ago, expired, or a person in it was erased).
    fn drop_copy_file(&mut self, number: CopyNumber) -> StoreResult<()>;
}

/// People who log in. Tokens are kept only as hashes.
pub trait Users {
    /// Adds or replaces a user.
    fn put_user(&mut self, user: &UserRecord) -> StoreResult<()>;

    /// A user.
    fn user(&mut self, id: UserId) -> StoreResult<Option<UserRecord>>;

    /// A user by address (lower case).
    fn user_by_email(&mut self, email: &str) -> StoreResult<Option<UserRecord>>;

    /// Every user, by name.
    fn users(&mut self) -> StoreResult<Vec<UserRecord>>;

    /// Keeps a one-time log-in link by its hash.
    fn add_login_link(&mut self, hash: [u8; 32], user: UserId, expires: Timestamp) -> StoreResult<()>;

    /// Uses a log-in link up; none when unknown, used or expired.
    fn take_login_link(&mut self, hash: [u8; 32], now: Timestamp) -> StoreResult<Option<UserId>>;

    /// Keeps a session.
    fn add_session(&mut self, session: &SessionRecord) -> StoreResult<()>;

    /// A session that has not ended.
    fn session(&mut self, hash: [u8; 32], now: Timestamp) -> StoreResult<Option<SessionRecord>>;

    /// Ends one session.
    fn end_session(&mut self, hash: [u8; 32]) -> StoreResult<()>;

    /// Ends every session, link and token of a user (changed roles, lost device).
    fn end_all_of(&mut self, user: UserId) -> StoreResult<()>;

    /// Keeps a token by its hash: of the command line or of a program. One of the same hash is replaced.
    fn put_token(&mut self, token: &TokenRecord) -> StoreResult<()>;

    /// The token of this hash, if it has not run out.
    fn token(&mut self, hash: [u8; 32], now: Timestamp) -> StoreResult<Option<TokenRecord>>;

    /// Every token that has not run out, by when it does.
    fn tokens(&mut self, now: Timestamp) -> StoreResult<Vec<TokenRecord>>;

    /// Ends a token. False when there is none of this hash.
    fn end_token(&mut self, hash: [u8; 32]) -> StoreResult<bool>;
}

/// Alarms, imports, and single values.
pub trait Notes {
    /// Adds an alarm.
    fn add_alarm(&mut self, alarm: &Alarm) -> StoreResult<()>;

    /// Alarms, the newest first.
    fn alarms(&mut self, limit: u32) -> StoreResult<Vec<Alarm>>;

    /// Keeps an import's report.
    fn add_import(&mut self, import: &ImportRecord) -> StoreResult<()>;

    /// Imports, the newest first.
    fn imports(&mut self, limit: u32) -> StoreResult<Vec<ImportRecord>>;

    /// A single value.
    fn meta(&mut self, key: &str) -> StoreResult<Option<String>>;

    /// Sets a single value.
    fn set_meta(&mut self, key: &str, value: &str) -> StoreResult<()>;
}

/// Saved audiences. Nothing here is ever deleted: a version stays as it was, and an audience is retired.
pub trait Audiences {
    /// Adds a version, which must be the one after the newest (1 for a new name), else it is a conflict. A new
    /// version of a retired audience takes it back into use.
    fn add_audience_version(&mut self, version: &AudienceVersion) -> StoreResult<()>;

    /// An audience as it is now.
    fn audience(&mut self, name: &Slug) -> StoreResult<Option<SavedAudience>>;

    /// Every audience, retired ones too, by name.
    fn audiences(&mut self) -> StoreResult<Vec<SavedAudience>>;

    /// Every version of an audience, oldest first.
    fn audience_versions(&mut self, name: &Slug) -> StoreResult<Vec<AudienceVersion>>;

    /// Takes an audience out of use. False when there is none, or it is out of use already.
    fn retire_audience(&mut self, name: &Slug, at: Timestamp) -> StoreResult<bool>;
}

/// Declared attributes, divisions, and where postal codes lie.
pub trait Places {
    /// Adds or replaces the declaration of an attribute.
    fn put_attribute(&mut self, attribute: &Attribute) -> StoreResult<()>;

    /// A declared attribute.
    fn attribute(&mut self, name: &Slug) -> StoreResult<Option<Attribute>>;

    /// Every declared attribute, by name.
    fn attributes(&mut self) -> StoreResult<Vec<Attribute>>;

    /// The number of the newest load of divisions; 0 before any.
    fn newest_division_load(&mut self) -> StoreResult<u32>;

    /// Adds or replaces a division, in the load of this number.
    fn put_division(&mut self, load: u32, division: &Division) -> StoreResult<Put>;

    /// A division.
    fn division(&mut self, id: &AreaId) -> StoreResult<Option<Division>>;

    /// Divisions inside one (without it), or all, in the order of ids, from the one after `after` on.
    fn divisions(
        &mut self,
        inside: Option<&AreaId>,
        after: Option<&AreaId>,
        limit: u32,
    ) -> StoreResult<Vec<Division>>;

    /// How many divisions there are.
    fn division_count(&mut self) -> StoreResult<u64>;

    /// The number of the newest load of postal codes; 0 before any.
    fn newest_postal_load(&mut self) -> StoreResult<u32>;

    /// Says in the load of this number that a code lies in an area.
    fn put_postal_place(&mut self, load: u32, place: &PostalPlace) -> StoreResult<Put>;

    /// Ends what earlier loads said of the codes that this load names, and it did not say again. Returns how many.
    fn end_postal_places(&mut self, load: u32) -> StoreResult<u64>;

    /// Calls `each` with everything that was ever said, by code, and whether it is said now.
    fn postal_places(&mut self, each: &mut dyn FnMut(PostalPlace, bool)) -> StoreResult<()>;

    /// What is said of one code now, in whatever countries there is one.
    fn postal_places_at(&mut self, code: &str) -> StoreResult<Vec<PostalPlace>>;

    /// How many codes lie in exactly this area, and the first of them.
    fn postal_places_of(&mut self, area: &AreaId, limit: u32) -> StoreResult<(u64, Vec<PostalPlace>)>;

    /// Where the codes lie now that were once said to lie in this area: areas, the one of the most codes first.
    fn areas_after(&mut self, gone: &AreaId, limit: u32) -> StoreResult<Vec<(AreaId, u64)>>;
}
