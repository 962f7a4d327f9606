//! What nobody does alone: acts that one person asks for and another grants, exactly as asked, for a time, with a
//! signature. Knows what such an act is and when it may be carried out; checks no signature and keeps nothing.

use crate::canonical::{CanonicalError, ContentHash, sha256, to_canonical_json};
use crate::ids::UserId;
use crate::statement::{SaltedWords, Signed};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The form of what is granted; a grant of another form is not read as one of this.
const FORM: &str = "hustings-act/1";

/// The kinds of acts that need a second person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guarded {
    /// Give, change or take a role, a wing, a borrower or an address.
    ChangeUser,
    /// Put a backup in the place of the list.
    Restore,
    /// Copy the data and the keys into a folder.
    BackUp,
    /// Take the list and its keys to another server.
    Move,
    /// Take the file of a numbered copy out, on behalf of its borrower.
    FetchCopy,
    /// Open the keys of a season's traces.
    OpenTrace,
    /// Split a season's trace key: whoever does it has every share in hand for a moment.
    SplitTraceKey,
    /// Let a halted send go on.
    ResumeSend,
}

impl Guarded {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::ChangeUser,
        Self::Restore,
        Self::BackUp,
        Self::Move,
        Self::FetchCopy,
        Self::OpenTrace,
        Self::SplitTraceKey,
        Self::ResumeSend,
    ];

    /// The word in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChangeUser => "change-user",
            Self::Restore => "restore",
            Self::BackUp => "back-up",
            Self::Move => "move",
            Self::FetchCopy => "fetch-copy",
            Self::OpenTrace => "open-trace",
            Self::SplitTraceKey => "split-trace-key",
            Self::ResumeSend => "resume-send",
        }
    }

    /// How people say it.
    pub fn words(self) -> &'static str {
        match self {
            Self::ChangeUser => "give, change or take somebody's role or log-in",
            Self::Restore => "put a backup in the place of the list",
            Self::BackUp => "copy the list and its keys into a backup",
            Self::Move => "move the list and its keys to another server",
            Self::FetchCopy => "take a numbered copy's file out for its borrower",
            Self::OpenTrace => "open the keys of a season's traces",
            Self::SplitTraceKey => "split the season's trace key among trustees",
            Self::ResumeSend => "let a halted send go on",
        }
    }

    /// The kind of the ledger entry that the act makes, or that its first step does.
    pub fn entries(self) -> &'static [&'static str] {
        match self {
            Self::ChangeUser => &["user.added", "user.changed"],
            Self::Restore => &["list.restored"],
            Self::BackUp => &["list.backed-up"],
            Self::Move => &["list.moved"],
            Self::FetchCopy => &["copy.fetched"],
            Self::OpenTrace => &["trace.opened"],
            Self::SplitTraceKey => &["trace.key-split"],
            Self::ResumeSend => &["send.resumed"],
        }
    }

    /// For how many days a grant holds for more than one act: backups, which run at night when nobody is there to
    /// grant them. None for what is done once.
    pub fn standing_days(self) -> Option<i64> {
        (self == Self::BackUp).then_some(90)
    }

    /// Whether an emergency allows it alone: what is needed when a machine is lost at night, and nothing else.
    pub fn may_break_glass(self) -> bool {
        self == Self::Restore
    }
}

impl fmt::Display for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The number of an act that was asked for: `A-3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActNumber(pub u32);

impl fmt::Display for ActNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "A-{}", self.0)
    }
}

impl FromStr for ActNumber {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix("A-").or_else(|| text.strip_prefix("a-")).unwrap_or(text);
        let number = digits.parse().ok().filter(|number| *number > 0);
        number.map(Self).ok_or_else(|| format!("`{text}` is no act asked for, such as A-3"))
    }
}

/// Where an act stands that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActState {
    /// Somebody else has to grant it.
    Waiting,
    /// It may be carried out, by its asker.
    Granted,
    /// It was refused.
    Declined,
    /// It was carried out.
    Used,
    /// Its time is over.
    Expired,
    /// It was done without a second person, and the board has not confirmed it.
    Alone,
    /// It was done without a second person, and the board confirmed it.
    Confirmed,
}

impl ActState {
    /// The word on pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waits",
            Self::Granted => "granted",
            Self::Declined => "declined",
            Self::Used => "done",
            Self::Expired => "too late",
            Self::Alone => "done alone",
            Self::Confirmed => "confirmed afterwards",
        }
    }
}

/// An act that one person asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedAct {
    /// Its number.
    pub number: ActNumber,
    /// What it is.
    pub kind: Guarded,
    /// Exactly what: names and texts, all of which are granted together.
    pub parameters: BTreeMap<String, String>,
    /// Whom it is about, who does not grant it.
    pub about: Option<UserId>,
    /// Who asked, as the ledger names actors.
    pub by: String,
    /// The person who asked; none for whoever holds the folder and the root key.
    pub asker: Option<UserId>,
    /// Why; only its salted hash is in the ledger.
    pub reason: SaltedWords,
    /// When.
    pub asked: Timestamp,
    /// It is granted before this, or not at all.
    pub grant_by: Timestamp,
    /// It is carried out before this, or asked for again.
    pub until: Timestamp,
    /// Who granted it, with their signature.
    pub granted: Option<Signed>,
    /// Who refused it, with their signature.
    pub declined: Option<Signed>,
    /// When it was carried out, the last time.
    pub used: Option<Timestamp>,
    /// Whether it was done without a second person, in an emergency.
    pub alone: bool,
    /// The trustees who confirmed that afterwards.
    pub confirmations: Vec<Signed>,
    /// Since when it counts as confirmed.
    pub confirmed: Option<Timestamp>,
}

/// What the hash of an act covers.
#[derive(Serialize)]
struct Content<'a> {
    form: &'static str,
    number: ActNumber,
    act: Guarded,
    parameters: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<UserId>,
    by: &'a str,
    reason: ContentHash,
    grant_by: Timestamp,
    until: Timestamp,
    salt: ContentHash,
}

impl AskedAct {
    /// The hash of exactly what is asked for. Salted, so that no name in it can be guessed from the ledger.
    pub fn content(&self) -> Result<ContentHash, CanonicalError> {
        let content = Content {
            form: FORM,
            number: self.number,
            act: self.kind,
            parameters: &self.parameters,
            about: self.about,
            by: &self.by,
            reason: self.reason.hash(),
            grant_by: self.grant_by,
            until: self.until,
            salt: self.reason.salt,
        };
        Ok(ContentHash(sha256(to_canonical_json(&content)?.as_bytes())))
    }

    /// Whether it is this very act: whoever asks, and whenever.
    pub fn is_of(&self, kind: Guarded, parameters: &BTreeMap<String, String>, about: Option<UserId>) -> bool {
        self.kind == kind && self.parameters == *parameters && self.about == about
    }

    /// How statements on it are called: `act/3`.
    pub fn matter(&self) -> String {
        format!("act/{}", self.number.0)
    }

    /// Where it stands.
    pub fn state(&self, now: Timestamp) -> ActState {
        if self.alone {
            return if self.confirmed.is_some() { ActState::Confirmed } else { ActState::Alone };
        }
        if self.declined.is_some() {
            return ActState::Declined;
        }
        if self.used.is_some() && self.kind.standing_days().is_none() {
            return ActState::Used;
        }
        match &self.granted {
            None if now < self.grant_by => ActState::Waiting,
            Some(_) if now < self.until => ActState::Granted,
            _ => ActState::Expired,
        }
    }

    /// Whether `trustee` is neither who asked nor whom it is about: nobody grants their own.
    pub fn is_for_others_than(&self, trustee: UserId) -> bool {
        self.asker != Some(trustee) && self.about != Some(trustee)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededRng;
    use jiff::Span;

    fn user(seed: u64) -> UserId {
        UserId::new(Timestamp::UNIX_EPOCH, &mut SeededRng::new(seed))
    }

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH.checked_add(Span::new().hours(hours)).unwrap()
    }

    fn act(kind: Guarded) -> AskedAct {
        AskedAct {
            number: ActNumber(3),
            kind,
            parameters: BTreeMap::from([("into".to_owned(), "/backups".to_owned())]),
            about: None,
            by: "operator".to_owned(),
            asker: Some(user(1)),
            reason: SaltedWords { salt: ContentHash([7; 32]), words: "the disk is old".to_owned() },
            asked: at(0),
            grant_by: at(24),
            until: at(48),
            granted: None,
            declined: None,
            used: None,
            alone: false,
            confirmations: Vec::new(),
            confirmed: None,
        }
    }

    fn signed() -> Signed {
        serde_json::from_value(serde_json::json!({
            "statement": {"form": "f", "list": "l", "matter": "act/3", "content": "00".repeat(32), "act": "grant",
                "trustee": user(2), "at": at(1), "nonce": "00"},
            "key": "00".repeat(32),
            "proof": {"by": "file", "signature": ""}
        }))
        .unwrap()
    }

    #[test]
    fn every_part_of_what_is_asked_for_is_granted() {
        let made = act(Guarded::BackUp);
        let changes: [fn(&mut AskedAct); 8] = [
            |act| act.number = ActNumber(4),
            |act| act.kind = Guarded::Move,
            |act| drop(act.parameters.insert("into".to_owned(), "/elsewhere".to_owned())),
            |act| act.about = Some(user(5)),
            |act| act.by = "machine".to_owned(),
            |act| act.reason.words = "another".to_owned(),
            |act| act.grant_by = at(25),
            |act| act.until = at(49),
        ];
        for change in changes {
            let mut other = made.clone();
            change(&mut other);
            assert_ne!(other.content().unwrap(), made.content().unwrap());
        }
        let mut granted = made.clone();
        granted.granted = Some(signed());
        assert_eq!(
            granted.content().unwrap(),
            made.content().unwrap(),
            "what is granted stays what was asked"
        );
    }

    #[test]
    fn it_is_granted_in_time_carried_out_in_time_and_once() {
        let mut asked = act(Guarded::Move);
        assert_eq!((asked.state(at(23)), asked.state(at(24))), (ActState::Waiting, ActState::Expired));
        asked.granted = Some(signed());
        assert_eq!((asked.state(at(47)), asked.state(at(48))), (ActState::Granted, ActState::Expired));
        asked.used = Some(at(30));
        assert_eq!(asked.state(at(31)), ActState::Used);
        let mut backup = AskedAct { kind: Guarded::BackUp, ..asked.clone() };
        assert_eq!(
            backup.state(at(31)),
            ActState::Granted,
            "a backup is taken again, until its time is over"
        );
        backup.declined = Some(signed());
        assert_eq!(backup.state(at(31)), ActState::Declined);
        asked.alone = true;
        assert_eq!(asked.state(at(31)), ActState::Alone);
        asked.confirmed = Some(at(40));
        assert_eq!(asked.state(at(41)), ActState::Confirmed);
    }

    #[test]
    fn nobody_grants_their_own_or_what_is_about_them() {
        let asked = AskedAct { about: Some(user(2)), ..act(Guarded::ChangeUser) };
        assert!(!asked.is_for_others_than(user(1)) && !asked.is_for_others_than(user(2)));
        assert!(asked.is_for_others_than(user(3)));
    }

    #[test]
    fn numbers_and_kinds_read_as_they_are_written() {
        assert_eq!("A-3".parse(), Ok(ActNumber(3)));
        assert_eq!(ActNumber(3).to_string(), "A-3");
        for wrong in ["", "A-0", "A--1", "L-3", "A-99999999999"] {
            assert!(wrong.parse::<ActNumber>().is_err(), "{wrong}");
        }
        for kind in Guarded::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert!(!kind.entries().is_empty() && !kind.words().is_empty());
        }
        assert_eq!(Guarded::ALL.into_iter().filter(|kind| kind.may_break_glass()).count(), 1);
    }
}
