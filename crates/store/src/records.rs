//! What is kept of each thing, as plain data. Personal data appear here only sealed or as keyed hashes.

use hustings_domain::access::Role;
use hustings_domain::area::AreaId;
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::Proceedings;
use hustings_domain::duty::Duty;
use hustings_domain::estimate::{Answer, PartOf, RhoMillionths};
use hustings_domain::ids::{
    BorrowerId, CopyNumber, LoanId, LoanNumber, Ordinal, SupporterId, TokenId, UserId,
};
use hustings_domain::response::ResponseKind;
use hustings_domain::share::LoanShare;
use hustings_domain::token::Scope;
use hustings_domain::words::Slug;
use hustings_vault::blind::SuppressionHash;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A supporter as kept: identity sealed, everything else apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupporterRecord {
    /// The dense position.
    pub ordinal: Ordinal,
    /// The outward id.
    pub id: SupporterId,
    /// When the person joined.
    pub joined: Timestamp,
    /// The identity, sealed under the person's key.
    pub sealed: Vec<u8>,
    /// The version of `sealed`, which its seal is bound to; counted up with each change.
    pub version: u32,
    /// The suppression hash of the e-mail address, so that stops are found without opening anything.
    pub mail_key: Option<SuppressionHash>,
}

/// Where facts and consents came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its number, as facts carry it.
    pub number: u32,
    /// Such as `petition-2025`.
    pub name: String,
    /// What it may be used for, in words.
    pub licence: String,
    /// When it was first seen.
    pub at: Timestamp,
}

/// Where a postal code lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalPlace {
    /// The country's two letters, lower case.
    pub country: String,
    /// The code, without what a country adds for one street.
    pub code: String,
    /// An area that it lies in, or partly in.
    pub area: AreaId,
    /// From this day on.
    pub valid_from: Option<Date>,
    /// Up to this day.
    pub valid_through: Option<Date>,
    /// How much of the code's people live there, per mille; not said for all of them.
    pub share: Option<u16>,
}

/// What putting a row came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// There was none.
    New,
    /// It said something else before.
    Changed,
    /// It said the same.
    Unchanged,
    /// This very load has put it before: that stays.
    Repeated,
}

/// One step of the change feed: these supporters, first and last included, changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The change's sequence, counted from 1 without gaps.
    pub sequence: u64,
    /// The first supporter.
    pub first: Ordinal,
    /// The last supporter.
    pub last: Ordinal,
}

/// A stored answer to a borrower's question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstimateRecord {
    /// Who asked.
    pub borrower: BorrowerId,
    /// In which season.
    pub season: Slug,
    /// The canonical question.
    pub question: ContentHash,
    /// What was answered.
    pub answer: Answer,
    /// What the borrower paid.
    pub price: RhoMillionths,
    /// What the season paid (nothing when another borrower's question had drawn the same noise before).
    pub season_price: RhoMillionths,
    /// When.
    pub at: Timestamp,
    /// The division that it was a part of; none for a question asked alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<PartOf>,
}

/// A request as the charter's rules saw it. What a refused one said of people or of itself is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskingRecord {
    /// When.
    pub at: Timestamp,
    /// Who asked.
    pub borrower: BorrowerId,
    /// The loan that it became, unless it was refused.
    pub loan: Option<LoanNumber>,
    /// The version of the charter that decided.
    pub charter_version: u32,
    /// All that rules look at, as JSON of the room `policy`.
    pub case: String,
}

/// A send as kept: the numbers of its freezing and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendRecord {
    /// The loan.
    pub loan: LoanId,
    /// The content that the board cleared and that goes out.
    pub content: ContentHash,
    /// When the audience was frozen.
    pub frozen: Timestamp,
    /// The change sequence that the audience was computed at.
    pub as_of: u64,
    /// Selected by the rule and agreed to the purpose.
    pub selected: u32,
    /// Left out because addressed too often of late.
    pub tired: u32,
    /// Left out because of a stop.
    pub stopped: u32,
    /// Held back at random.
    pub held_back: u32,
    /// To be mailed.
    pub planned: u32,
    /// Recipients with `seq` below this are the pilot.
    pub pilot: u32,
    /// Recipients with `seq` below this may be claimed now.
    pub released: u32,
    /// The share held back, per mille.
    pub hold_back_per_mille: u32,
    /// Whether the appeal asks for money.
    pub money: bool,
    /// When the first wave (the pilot) ended, if it has.
    pub pilot_done: Option<Timestamp>,
}

/// Where one recipient's message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum DeliveryState {
    /// Not yet tried.
    Pending = 0,
    /// In somebody's hands, under a lease.
    Claimed = 1,
    /// The receiver took it.
    Accepted = 2,
    /// The receiver refused it for good.
    Refused = 3,
    /// To be tried again.
    Deferred = 4,
    /// The final dot was sent and the answer was never seen.
    InDoubt = 5,
    /// Not sent because the person has stopped since, or the loan ended.
    Stopped = 6,
}

/// One recipient of one send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The loan.
    pub loan: LoanId,
    /// The place in the send's keyed-random order.
    pub seq: u32,
    /// Who.
    pub ordinal: Ordinal,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// The receiver's last word: reply code.
    pub code: Option<u16>,
    /// When the state last changed.
    pub at: Timestamp,
}

/// What became of one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryResult {
    /// The place in the send's order.
    pub seq: u32,
    /// Where it stands now.
    pub state: DeliveryState,
    /// The receiver's reply code, if it spoke.
    pub code: Option<u16>,
}

/// The code of a recipient who is in doubt only because the journal that would tell lies with a process that is gone:
/// no relay replies with it.
pub const JOURNAL_ELSEWHERE: u16 = 0;

/// A recipient who is claimed and not settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldClaim {
    /// The loan.
    pub loan: LoanId,
    /// The place in the send's order.
    pub seq: u32,
    /// Who claimed it.
    pub epoch: u64,
}

/// How many recipients stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryCounts {
    /// Not yet tried.
    pub pending: u32,
    /// In hand.
    pub claimed: u32,
    /// Taken.
    pub accepted: u32,
    /// Refused for good.
    pub refused: u32,
    /// To be tried again.
    pub deferred: u32,
    /// Unknown.
    pub in_doubt: u32,
    /// Stopped before they were sent.
    pub stopped: u32,
}

/// A sign of backlash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// Pressed "this is spam", or reported misuse.
    Complaint,
    /// Unsubscribed because of it.
    Unsubscribe,
    /// The mailbox does not exist.
    HardBounce,
}

impl Signal {
    /// Every signal.
    pub const ALL: [Self; 3] = [Self::Complaint, Self::Unsubscribe, Self::HardBounce];

    /// The word used on screens and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Unsubscribe => "unsubscribe",
            Self::HardBounce => "hard-bounce",
        }
    }
}

/// An answer as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseRecord {
    /// The loan.
    pub loan: LoanId,
    /// Who.
    pub ordinal: Ordinal,
    /// What.
    pub kind: ResponseKind,
    /// The fields that may pass, for a yes.
    pub fields: Vec<Slug>,
    /// The words of a report, sealed under the person's key.
    pub sealed_report: Option<Vec<u8>>,
    /// When.
    pub at: Timestamp,
}

/// One row of a copy: an introduced person and which fields passed; or a seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyRow {
    /// The row's reference inside the copy, such as `C-1-0007`, by which an erasure is asked for.
    pub reference: String,
    /// The introduced person; none for a seed.
    pub ordinal: Option<Ordinal>,
    /// The fields that passed.
    pub fields: Vec<Slug>,
}

/// An outcome that a borrower reported by a row's reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeRecord {
    /// A keyed hash of the reference and what was reported: the same report is kept once.
    pub digest: [u8; 16],
    /// Who reported it.
    pub borrower: BorrowerId,
    /// In which copy.
    pub copy: CopyNumber,
    /// Which row.
    pub reference: String,
    /// The introduced person; none for a seed.
    pub ordinal: Option<Ordinal>,
    /// What was reported, sealed under the person's key.
    pub sealed: Vec<u8>,
    /// When it was reported.
    pub at: Timestamp,
}

/// A borrower is told to erase one row of one copy: a duty, as far as what leaves asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureNotice {
    /// Its id.
    pub id: Uuid,
    /// Who must erase.
    pub borrower: BorrowerId,
    /// In which copy.
    pub copy: CopyNumber,
    /// Which row.
    pub reference: String,
    /// When the borrower was told.
    pub told: Timestamp,
    /// When the borrower said that it is done.
    pub acknowledged: Option<Timestamp>,
}

impl ErasureNotice {
    /// What a duty to erase a row says; none for another duty.
    pub fn of(duty: Duty) -> Option<Self> {
        let reference = duty.reference.filter(|_| duty.kind.erases_a_row())?;
        Some(Self {
            id: duty.id,
            borrower: duty.borrower,
            copy: duty.copy,
            reference,
            told: duty.told,
            acknowledged: duty.acknowledged.map(|said| said.at),
        })
    }
}

/// Somebody who logs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRecord {
    /// The id.
    pub id: UserId,
    /// The name shown to colleagues.
    pub name: String,
    /// Where log-in links go; lower case.
    pub email: String,
    /// The roles held.
    pub roles: Vec<Role>,
    /// The wing, for a trustee.
    pub wing: Option<Slug>,
    /// The borrower acted for.
    pub borrower: Option<BorrowerId>,
}

/// A charter that the board is asked to put in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CharterProposal {
    /// Counted from 1.
    pub number: u32,
    /// Its text.
    pub toml: String,
    /// Who proposed it, as the ledger names actors.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Where it stands.
    pub state: ProposalState,
    /// What the board said.
    pub proceedings: Proceedings,
}

/// Where a proposed charter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProposalState {
    /// The board votes.
    Open,
    /// In force since the board's yes.
    Adopted,
    /// The board said no.
    Refused,
    /// Another charter took force meanwhile.
    Overtaken,
}

impl ProposalState {
    /// The word on screens.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Adopted => "adopted",
            Self::Refused => "refused",
            Self::Overtaken => "overtaken",
        }
    }
}

/// A log-in session; the token itself is kept only as its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// SHA-256 of the cookie.
    pub token_hash: [u8; 32],
    /// Whose.
    pub user: UserId,
    /// What forms must carry.
    pub csrf: String,
    /// When it ends.
    pub expires: Timestamp,
}

/// What a token is for: no token serves two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenPurpose {
    /// `HUSTINGS_TOKEN`: speaks for its user on the command line, in all their roles.
    CommandLine,
    /// Speaks for its user over the API, within its scopes.
    Program,
}

/// A token, without what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// SHA-256 of what it holds.
    pub hash: [u8; 32],
    /// Whom it speaks for.
    pub user: UserId,
    /// When it runs out.
    pub expires: Timestamp,
    /// What else is known of it.
    pub about: TokenAbout,
}

/// What is known of a token besides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenAbout {
    /// By what it is called in pages and in the ledger.
    pub id: TokenId,
    /// What for.
    pub purpose: TokenPurpose,
    /// The name that its person gave it.
    pub name: String,
    /// The borrower it is bound to, for a program.
    pub borrower: Option<BorrowerId>,
    /// What it is good for, for a program.
    pub scopes: Vec<Scope>,
    /// SHA-256 of what its user was when it was made: address, roles, borrower. None for those made before this was kept.
    pub bound: Option<ContentHash>,
    /// When it was made.
    pub made: Timestamp,
    /// The last day on which it was used.
    pub used: Option<Date>,
}

/// Something that a person must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Its id.
    pub id: Uuid,
    /// Such as `seed-mail`.
    pub kind: String,
    /// What happened, without personal data.
    pub what: String,
    /// When.
    pub at: Timestamp,
}

/// A finished import, as reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRecord {
    /// Its id.
    pub id: Uuid,
    /// The report as JSON.
    pub report: String,
    /// When.
    pub at: Timestamp,
}

/// One version of a saved audience. A version is never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudienceVersion {
    /// The audience's name.
    pub name: Slug,
    /// Counted from 1 without gaps.
    pub version: u32,
    /// The expression as it was written.
    pub expression: String,
    /// Who saved it, as the ledger names actors.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A saved audience as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedAudience {
    /// The newest version.
    pub newest: AudienceVersion,
    /// Since when it is out of use, if it is.
    pub retired: Option<Timestamp>,
}

/// Mail of the owner's own, planned for a day: it takes the room of the people it goes to before any loan does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarEntry {
    /// Its id.
    pub id: Uuid,
    /// What it is, for the owner's own people.
    pub title: String,
    /// When it goes out.
    pub day: Date,
    /// The rule that selected its people, as it was written.
    pub expression: String,
    /// Whether it asks for money.
    pub money: bool,
    /// Who planned it, as the ledger names actors.
    pub by: String,
    /// When it was planned.
    pub planned: Timestamp,
    /// When it was cancelled, if it was: it takes nobody's room from then on.
    pub cancelled: Option<Timestamp>,
}

/// One sharing of attention among the loans of some weeks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharingRecord {
    /// Its number, counted from 1.
    pub number: u32,
    /// What it was drawn from.
    pub seed: u64,
    /// The first instant of the weeks.
    pub opens: Timestamp,
    /// The instant they end; allotments hold until then.
    pub closes: Timestamp,
    /// The change sequence that it was worked out at.
    pub as_of: u64,
    /// The charter in force.
    pub charter_version: u32,
    /// Who had it worked out, as the ledger names actors.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What each loan got.
    pub shares: Vec<LoanShareRecord>,
}

/// What one loan got in a sharing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanShareRecord {
    /// The loan.
    pub loan: LoanId,
    /// What it asked for and got, and what became of the others it might have been given.
    #[serde(flatten)]
    pub share: LoanShare,
}
