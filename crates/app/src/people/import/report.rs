//! What an import did, so that every line of the file is accounted for.

use super::ImportKind;
use super::mode::Mode;
use super::parts::Part;
use hustings_domain::canonical::ContentHash;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use uuid::Uuid;

/// How many rejects a report names by line; all of them are in the reject file.
const NAMED_REJECTS: usize = 20;

/// Why a row was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RejectReason {
    /// More cells than the header has columns, so that none can be trusted.
    TooManyColumns,
    /// Neither an e-mail address nor a phone number.
    NoAddress,
    /// The e-mail address is broken, and there is no number that could stand for it.
    BrokenAddress,
    /// The phone number is broken, and there is no e-mail address.
    BrokenPhone,
    /// The number is known for somebody else, and nothing else in the row tells the two apart.
    PhoneOfAnother,
    /// The person asked to be forgotten; no file brings them back, and the reject file does not hold the row.
    Forgotten,
    /// The amount can be read two ways, such as `27,50`.
    AmbiguousAmount,
    /// No amount.
    BrokenAmount,
    /// No day of the gift.
    BrokenDay,
    /// A row of a table of areas without a postal code, or with what is no division id.
    BrokenArea,
}

impl RejectReason {
    /// In a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::TooManyColumns => "the row has more cells than the header",
            Self::NoAddress => "the row has no e-mail address and no phone number",
            Self::BrokenAddress => "the e-mail address is broken",
            Self::BrokenPhone => "the phone number is broken, and there is no e-mail address",
            Self::PhoneOfAnother => {
                "the phone number belongs to somebody else, and there is no e-mail address that works"
            }
            Self::Forgotten => "the person asked to be forgotten: only they can sign up anew",
            Self::AmbiguousAmount => "the amount can be read two ways: write 27.50",
            Self::BrokenAmount => "the amount is not a sum of money above zero",
            Self::BrokenDay => "the day is not written as 2025-03-07 or 3/7/2025",
            Self::BrokenArea => "the row has no postal code, or a division id that is none",
        }
    }
}

impl fmt::Display for RejectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// One reject, without what stood in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedLine {
    /// The line on which the row begins; the header is on line 1.
    pub line: u64,
    /// Why.
    pub reason: RejectReason,
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Its id.
    pub id: Uuid,
    /// What the file was taken for.
    pub kind: ImportKind,
    /// What became of people who were known.
    #[serde(default)]
    pub mode: Mode,
    /// The file's name, without its folder; of a zip, with the member's.
    pub file: String,
    /// What the file was wrapped in, such as `gzip`.
    #[serde(default)]
    pub wrapping: Option<String>,
    /// Whether its rows were JSON objects.
    #[serde(default)]
    pub json: bool,
    /// What else lay in the zip.
    #[serde(default)]
    pub passed_over: Vec<String>,
    /// Of the table's bytes, unpacked.
    pub sha256: ContentHash,
    /// The letters it was written in.
    pub encoding: String,
    /// What stood between its cells.
    pub separator: char,
    /// The name under which facts and consents say where they are from.
    pub source: String,
    /// Whether nothing was kept.
    pub dry_run: bool,
    /// The earlier import of the same file that this is answered from, when nothing changed since that could matter.
    #[serde(default)]
    pub known_from: Option<Uuid>,
    /// After how many rows it went on where it had been paused or killed; 0 when it went through in one.
    #[serde(default)]
    pub resumed_after: u64,
    /// Rows and empty lines below the header.
    pub lines: u64,
    /// Rows that brought somebody, or something, new.
    pub new: u64,
    /// Rows that changed what was kept.
    pub changed: u64,
    /// Rows that said nothing new.
    pub unchanged: u64,
    /// Rows about somebody whom an earlier row of the file had brought.
    pub merged: u64,
    /// Rows that were not taken.
    pub rejected: u64,
    /// Empty lines and rows of separators.
    pub blank: u64,
    /// The rejects by reason.
    pub rejects: BTreeMap<RejectReason, u64>,
    /// The first rejects.
    pub first_rejects: Vec<RejectedLine>,
    /// Where all rejects are, with their rows.
    pub rejects_file: Option<PathBuf>,
    /// How many rejects stand in the reject file of the folder from which the import was begun, and not in that one.
    #[serde(default)]
    pub rejects_elsewhere: u64,
    /// Consents newly given.
    pub consents_given: u64,
    /// Consents newly refused or withdrawn.
    pub consents_refused: u64,
    /// Stops that are new.
    pub stops_added: u64,
    /// Rows whose address had been stopped, and stays so.
    pub suppressions_kept: u64,
    /// Gifts that are new.
    pub gifts: u64,
    /// People who were known and whose names, places or addresses are others or more now.
    #[serde(default)]
    pub identities_changed: u64,
    /// Rows whose number is known for somebody else than their address: kept apart.
    pub conflicting: u64,
    /// Rows taken by their number, their e-mail address being broken.
    pub addresses_dropped: u64,
    /// Cells that could not be kept, in rows that were.
    pub cells_dropped: u64,
    /// Issues named that the charter does not know.
    pub unknown_issues: u64,
    /// Cells of consents that nobody can be sure of; they state nothing.
    pub unclear_consents: u64,
    /// Consents to e-mail in rows without an address that works; they state nothing.
    pub unusable_consents: u64,
    /// What each column was taken for.
    pub columns: Vec<(String, String)>,
    /// Columns that nothing was made of.
    pub ignored_columns: Vec<String>,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
}

impl ImportReport {
    /// What is known before the first row.
    pub(super) fn begun(id: Uuid, part: &Part, dry_run: bool) -> Self {
        let table = &part.table;
        Self {
            id,
            kind: part.layout.kind,
            mode: part.mode,
            file: table.contents.name(),
            wrapping: table.contents.wrapping().map(str::to_owned),
            json: table.json,
            passed_over: part.passed_over.clone(),
            sha256: table.sha256,
            encoding: table.encoding.name().to_owned(),
            separator: char::from(table.separator),
            source: part.source.clone(),
            dry_run,
            known_from: None,
            resumed_after: 0,
            lines: table.empty_lines,
            new: 0,
            changed: 0,
            unchanged: 0,
            merged: 0,
            rejected: 0,
            blank: table.empty_lines,
            rejects: BTreeMap::new(),
            first_rejects: Vec::new(),
            rejects_file: None,
            rejects_elsewhere: 0,
            consents_given: 0,
            consents_refused: 0,
            stops_added: 0,
            suppressions_kept: 0,
            gifts: 0,
            identities_changed: 0,
            conflicting: 0,
            addresses_dropped: 0,
            cells_dropped: 0,
            unknown_issues: 0,
            unclear_consents: 0,
            unusable_consents: 0,
            columns: part.layout.used.clone(),
            ignored_columns: part.layout.ignored.clone(),
            elapsed_ms: 0,
        }
    }

    // INVARIANT: every line is one thing and one thing only; nothing is dropped in silence.
    /// Whether every line is accounted for once.
    pub fn adds_up(&self) -> bool {
        self.lines == self.new + self.changed + self.unchanged + self.merged + self.rejected + self.blank
            && self.rejected == self.rejects.values().sum::<u64>()
    }

    /// Whether the file left the list as it was.
    pub fn changed_nothing(&self) -> bool {
        self.new
            + self.changed
            + self.merged
            + self.consents_given
            + self.consents_refused
            + self.gifts
            + self.stops_added
            == 0
    }

    /// Lines a second.
    pub fn rate(&self) -> u64 {
        self.lines.saturating_mul(1000) / self.elapsed_ms.max(1)
    }

    pub(super) fn reject(&mut self, line: u64, reason: RejectReason) {
        self.rejected += 1;
        *self.rejects.entry(reason).or_default() += 1;
        if self.first_rejects.len() < NAMED_REJECTS {
            self.first_rejects.push(RejectedLine { line, reason });
        }
    }
}
