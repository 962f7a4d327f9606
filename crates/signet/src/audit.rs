//! Every signature of a ledger, checked against the keys that the same ledger registered, by whoever has its entries:
//! keys, who confirmed them, votes, and that no clearance counts more approvals than were cast.

mod acts;

use self::acts::Acts;
use crate::check::{Unsound, check, check_statement};
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::{BoardRules, Signing, Trustee};
use hustings_domain::ids::UserId;
use hustings_domain::seat::{PublicKey, TrusteeKey, newly_in_force};
use hustings_domain::statement::{Act, Signed};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a ledger's signatures came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// Entries looked at.
    pub entries: u64,
    /// Keys registered.
    pub keys: u64,
    /// Statements whose signature holds.
    pub signed: u64,
    /// Votes among them.
    pub votes: u64,
    /// Votes from when no signature was due.
    pub unsigned: u64,
    /// Acts that a second person granted.
    pub granted: u64,
    /// Acts that need one and were done without, in an emergency.
    pub alone: u64,
    /// What does not hold.
    pub findings: Vec<Finding>,
    /// The keys in force at the end.
    #[serde(skip)]
    pub in_force: Vec<ContentHash>,
    /// Every statement whose signature holds, by its hash.
    #[serde(skip)]
    pub statements: BTreeSet<ContentHash>,
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The entry, counted from 0.
    pub entry: u64,
    /// What is wrong with it.
    pub what: String,
}

#[derive(Deserialize)]
struct Entry {
    at: Timestamp,
    kind: String,
    body: Value,
}

/// A walk through a ledger, entry by entry in their order.
#[derive(Debug, Default)]
pub struct Auditor {
    audit: Audit,
    list: String,
    rules: BoardRules,
    board: Vec<Trustee>,
    keys: Vec<TrusteeKey>,
    /// The last ballot of each seat on each matter, and on which content.
    ballots: BTreeMap<String, BTreeMap<UserId, (String, String)>>,
    acts: Acts,
}

/// Checks the entries of the ledger of this origin, in their order.
///
/// Anything that is not an entry is a finding, not an error: a ledger may hold kinds that this program does not know.
pub fn audit<'a>(list: &str, entries: impl IntoIterator<Item = &'a [u8]>) -> Audit {
    let mut auditor = Auditor::new(list);
    entries.into_iter().for_each(|entry| auditor.entry(entry));
    auditor.finish()
}

impl Auditor {
    /// At the first entry of the ledger of this origin.
    pub fn new(list: &str) -> Self {
        Self { list: list.to_owned(), ..Self::default() }
    }

    /// Looks at the next entry.
    pub fn entry(&mut self, bytes: &[u8]) {
        match serde_json::from_slice::<Entry>(bytes) {
            Ok(entry) => self.step(&entry),
            Err(_) => self.find("is not an entry that can be read"),
        }
        self.audit.entries += 1;
        self.acts.entry += 1;
    }

    /// What it came to.
    pub fn finish(mut self) -> Audit {
        for (entry, what) in self.acts.left_open() {
            self.audit.findings.push(Finding { entry, what });
        }
        self.audit.granted = self.acts.granted;
        self.audit.alone = self.acts.alone;
        let in_force = self.keys.iter().filter(|key| key.is_in_force());
        self.audit.in_force = in_force.map(|key| key.id).collect();
        self.audit
    }

    fn find(&mut self, what: impl Into<String>) {
        let entry = self.audit.entries;
        self.audit.findings.push(Finding { entry, what: what.into() });
    }

    fn step(&mut self, entry: &Entry) {
        let body = &entry.body;
        match entry.kind.as_str() {
            "charter.adopted" => self.charter(body),
            "user.added" => self.user(body),
            "key.registered" => self.register(entry),
            "key.in-force" => self.in_force(entry),
            "loan.cleared" | "charter.cleared" => self.cleared(body),
            "user.changed" => self.user_changed(body),
            _ => {}
        }
        if let Err(what) = self.acts.step(&entry.kind, entry.at, body, &self.keys) {
            self.find(what);
        }
        let signed = match body.get("signed").map(Signed::deserialize) {
            None => None,
            Some(Ok(signed)) => Some(signed),
            Some(Err(_)) => return self.find("holds a signature that cannot be read"),
        };
        match (&signed, entry.kind.as_str()) {
            (Some(signed), _) => self.signed(entry, signed),
            (None, "vote.cast" | "trustee.recused" | "trustee.challenged" | "challenge.ruled") => {
                self.unsigned(entry);
            }
            (None, "key.confirmed" | "key.withdrawn") => self.find("changes a key without a signature"),
            (None, "act.granted" | "act.declined" | "alone.confirmed") => {
                self.find("answers for another without a signature");
            }
            _ => {}
        }
        if entry.kind == "vote.cast" {
            self.vote(entry, signed.as_ref());
        }
    }

    fn charter(&mut self, body: &Value) {
        let number = |name: &str| body.get(name).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
        self.rules.quorum = number("quorum").unwrap_or(1);
        self.rules.wings_needed = number("wings_needed").unwrap_or(0);
        self.rules.signed = match body.get("votes_signed").and_then(Value::as_str) {
            Some("required") => Signing::Required,
            _ => Signing::Accepted,
        };
    }

    fn user(&mut self, body: &Value) {
        let id = body.get("user").and_then(|id| UserId::deserialize(id).ok());
        let wing = body.get("wing").and_then(Value::as_str).and_then(|wing| wing.parse().ok());
        if let (Some(id), Some(wing)) = (id, wing) {
            self.board.push(Trustee { id, name: String::new(), wing });
        }
    }

    /// Whoever is no trustee any more confirms no key; whoever becomes one sits in their wing.
    fn user_changed(&mut self, body: &Value) {
        if let Some(id) = body.get("user").and_then(|id| UserId::deserialize(id).ok()) {
            self.board.retain(|trustee| trustee.id != id);
        }
        self.user(body);
    }

    fn register(&mut self, entry: &Entry) {
        let part = |name: &str| entry.body.get(name).cloned().unwrap_or_default();
        let public: Result<PublicKey, _> = serde_json::from_value(part("public"));
        let trustee: Result<UserId, _> = serde_json::from_value(part("trustee"));
        let (Ok(public), Ok(trustee)) = (public, trustee) else {
            return self.find("registers a key that cannot be read");
        };
        let Ok(id) = public.id() else { return self.find("registers a key that cannot be read") };
        if part("key") != Value::String(id.to_string()) {
            return self.find("registers a key under another's name");
        }
        if self.keys.iter().any(|key| key.id == id) {
            return self.find("registers a key that is registered");
        }
        self.audit.keys += 1;
        self.keys.push(TrusteeKey {
            id,
            trustee,
            label: String::new(),
            public,
            credential: None,
            registered: entry.at,
            counter: 0,
            confirmations: Vec::new(),
            in_force: None,
            withdrawn: None,
        });
    }

    /// A key takes force only when the rules say so over what was confirmed up to here.
    fn in_force(&mut self, entry: &Entry) {
        let named: Vec<ContentHash> =
            entry.body.get("keys").and_then(|keys| Vec::deserialize(keys).ok()).unwrap_or_default();
        let due = newly_in_force(&self.keys, &self.board, &self.rules);
        for id in named {
            if due.contains(&id) {
                if let Some(key) = self.keys.iter_mut().find(|key| key.id == id) {
                    key.in_force = Some(entry.at);
                }
            } else {
                self.find(format!("puts key {} in force, which was not confirmed", id.short()));
            }
        }
    }

    fn signed(&mut self, entry: &Entry, signed: &Signed) {
        match self.check(entry, signed) {
            Ok(()) => {
                if let Err(what) =
                    self.acts.signed(&entry.kind, &entry.body, &signed.statement, (&self.rules, &self.board))
                {
                    return self.find(what);
                }
                self.audit.signed += 1;
                self.audit.votes += u64::from(entry.kind == "vote.cast");
                self.carry_out(entry, signed);
            }
            Err(what) => self.find(what),
        }
    }

    fn check(&mut self, entry: &Entry, signed: &Signed) -> Result<(), String> {
        let statement = &signed.statement;
        // The words lie outside the ledger, so that only their hash is here.
        match check_statement(statement, &self.list, None) {
            Ok(()) | Err(Unsound::Words) => {}
            Err(unsound) => return Err(unsound.to_string()),
        }
        let hash = statement.hash().map_err(|error| error.to_string())?;
        if self.audit.statements.contains(&hash) {
            return Err("repeats a statement".to_owned());
        }
        if entry.body.get("by").and_then(Value::as_str) != Some(&format!("trustee:{}", statement.trustee)) {
            return Err("was entered by another than the one who signed".to_owned());
        }
        let key =
            self.keys.iter().find(|key| key.id == signed.key).ok_or("names a key that nobody registered")?;
        if key.trustee != statement.trustee {
            return Err("is signed with another trustee's key".to_owned());
        }
        let founding = statement.act == Act::ConfirmKey && key.is_pending();
        let own = statement.act == Act::RegisterKey;
        if !(key.was_in_force(statement.at) || founding || own) {
            return Err(format!("is signed with key {}, which was not in force", key.id.short()));
        }
        check(signed, &key.public).map_err(|unsound| unsound.to_string())?;
        self.audit.statements.insert(hash);
        Ok(())
    }

    fn carry_out(&mut self, entry: &Entry, signed: &Signed) {
        let statement = &signed.statement;
        let named = self.keys.iter_mut().find(|key| key.id == statement.content);
        match (statement.act, named) {
            (Act::ConfirmKey, Some(key)) => key.confirmations.push(signed.clone()),
            (Act::WithdrawKey, Some(key)) => key.withdrawn = Some(entry.at),
            (Act::ConfirmKey | Act::WithdrawKey, None) => self.find("speaks of a key that nobody registered"),
            _ => {}
        }
    }

    fn unsigned(&mut self, entry: &Entry) {
        let by = entry.body.get("by").and_then(Value::as_str).unwrap_or_default();
        let trustee = by.strip_prefix("trustee:").and_then(|id| id.parse::<UserId>().ok());
        let has_key = |key: &TrusteeKey| Some(key.trustee) == trustee && key.in_force.is_some();
        if self.rules.signed == Signing::Required || self.keys.iter().any(has_key) {
            self.find("is not signed, and had to be");
        } else if entry.kind == "vote.cast" {
            self.audit.unsigned += 1;
        }
    }

    fn vote(&mut self, entry: &Entry, signed: Option<&Signed>) {
        let text = |name: &str| entry.body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (matter, content, ballot) = (matter_of(&entry.body), text("content"), text("ballot"));
        if let Some(signed) = signed {
            let statement = &signed.statement;
            let round = statement.matter.split('/').next().unwrap_or_default();
            let same_matter = statement.matter == matter || round == matter;
            if !same_matter || statement.content.to_string() != content || statement.act.as_str() != ballot {
                return self.find("tells another vote than was signed");
            }
        }
        let by = text("by").strip_prefix("trustee:").and_then(|id| id.parse::<UserId>().ok());
        let seat = text("seat").parse::<UserId>().ok().or(by);
        if let Some(seat) = seat {
            self.ballots.entry(matter).or_default().insert(seat, (ballot, content));
        }
    }

    fn cleared(&mut self, body: &Value) {
        let content = body.get("content").and_then(Value::as_str).unwrap_or_default();
        let claimed = body.get("approvals").and_then(Value::as_u64).unwrap_or(u64::MAX);
        let cast = self.ballots.get(&matter_of(body)).map_or(0, |seats| {
            seats.values().filter(|(ballot, on)| ballot == "approve" && on == content).count() as u64
        });
        if claimed > cast {
            self.find(format!("counts {claimed} approvals, and {cast} were cast"));
        }
    }
}

fn matter_of(body: &Value) -> String {
    match (body.get("loan"), body.get("charter")) {
        (Some(number), _) => format!("L-{number}"),
        (None, Some(number)) => format!("charter/{number}"),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests;
