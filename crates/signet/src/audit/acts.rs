//! Of a ledger: that what nobody does alone was granted by another trustee's signature before it was done, once, and that
//! an emergency was confirmed. An act that left no entry is not found here: that is what copies of the ledger are for.

use hustings_domain::clearance::{BoardRules, Trustee};
use hustings_domain::guarded::Guarded;
use hustings_domain::ids::UserId;
use hustings_domain::seat::TrusteeKey;
use hustings_domain::statement::{Act, Statement};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What the ledger said of one act that was asked for.
#[derive(Debug)]
struct Asked {
    kind: String,
    content: String,
    /// The asker, when a person asked.
    by: Option<UserId>,
    /// Until when it may be carried out; none until it is granted.
    granted: Option<Timestamp>,
    granters: BTreeSet<UserId>,
    declined: bool,
    done: bool,
    /// The entry of an emergency that nobody has confirmed.
    alone: Option<u64>,
    /// Who has confirmed that.
    confirmed: BTreeSet<UserId>,
}

/// The acts that were asked for, up to here.
#[derive(Debug, Default)]
pub(super) struct Acts {
    /// The entry at hand.
    pub(super) entry: u64,
    /// How many acts were done that were granted.
    pub(super) granted: u64,
    /// How many were done in an emergency.
    pub(super) alone: u64,
    asked: BTreeMap<u64, Asked>,
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn person(body: &Value) -> Option<UserId> {
    text(body, "by").split_once(':').and_then(|(_, id)| id.parse().ok())
}

impl Acts {
    /// Looks at an entry; what does not hold is an error.
    pub(super) fn step(
        &mut self,
        kind: &str,
        at: Timestamp,
        body: &Value,
        keys: &[TrusteeKey],
    ) -> Result<(), String> {
        match kind {
            "act.asked" | "act.alone" => self.ask(kind == "act.alone", body),
            _ => match Guarded::ALL.into_iter().find(|guarded| guarded.entries().contains(&kind)) {
                Some(guarded) => self.done(guarded, at, body, keys),
                None => Ok(()),
            },
        }
    }

    fn named(&mut self, body: &Value, name: &str) -> Option<&mut Asked> {
        body.get(name).and_then(Value::as_u64).and_then(|number| self.asked.get_mut(&number))
    }

    fn ask(&mut self, alone: bool, body: &Value) -> Result<(), String> {
        let number = body.get("asked").and_then(Value::as_u64).ok_or("asks for an act without a number")?;
        let asked = Asked {
            kind: text(body, "act").to_owned(),
            content: text(body, "content").to_owned(),
            by: person(body),
            granted: None,
            granters: BTreeSet::new(),
            declined: false,
            done: false,
            alone: alone.then_some(self.entry),
            confirmed: BTreeSet::new(),
        };
        match self.asked.insert(number, asked) {
            None => Ok(()),
            Some(_) => Err(format!("asks for an act under the number {number}, which is taken")),
        }
    }

    /// Looks at a statement whose signature holds.
    pub(super) fn signed(
        &mut self,
        kind: &str,
        body: &Value,
        said: &Statement,
        (rules, board): (&BoardRules, &[Trustee]),
    ) -> Result<(), String> {
        let wanted = match kind {
            "act.granted" => Act::Grant,
            "act.declined" => Act::Decline,
            "alone.confirmed" => Act::ConfirmAlone,
            _ => return Ok(()),
        };
        let number = body.get("asked").and_then(Value::as_u64).unwrap_or_default();
        let asked = self.named(body, "asked").ok_or("answers an act that nobody asked for")?;
        if said.act != wanted
            || said.matter != format!("act/{number}")
            || said.content.to_string() != asked.content
        {
            return Err("tells another answer than was signed".to_owned());
        }
        if asked.by == Some(said.trustee) {
            return Err("grants what the same person asked for".to_owned());
        }
        match wanted {
            Act::Grant => {
                if !board.iter().any(|trustee| trustee.id == said.trustee) {
                    return Err("grants without a seat on the board".to_owned());
                }
                asked.granted = said.until;
                asked.granters.insert(said.trustee);
            }
            Act::Decline => asked.declined = true,
            Act::ConfirmAlone => {
                asked.confirmed.insert(said.trustee);
                let seated: Vec<&Trustee> =
                    board.iter().filter(|trustee| asked.confirmed.contains(&trustee.id)).collect();
                let wings: BTreeSet<_> = seated.iter().map(|trustee| &trustee.wing).collect();
                if seated.len() >= rules.quorum as usize && wings.len() >= rules.wings_needed as usize {
                    asked.alone = None;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn done(
        &mut self,
        guarded: Guarded,
        at: Timestamp,
        body: &Value,
        keys: &[TrusteeKey],
    ) -> Result<(), String> {
        let whose: BTreeSet<UserId> =
            keys.iter().filter(|key| key.in_force.is_some()).map(|key| key.trustee).collect();
        // A borrower fetches its own copy; nobody else does that alone.
        let own = guarded == Guarded::FetchCopy && text(body, "by").starts_with("borrower:");
        if whose.len() < 2 || own {
            return Ok(());
        }
        let by = person(body);
        if let Some(asked) = self.named(body, "broken_glass") {
            let fits = asked.alone.is_some() && !asked.done && asked.kind == guarded.as_str();
            if !fits || !guarded.may_break_glass() {
                return Err(format!("did alone what no emergency allows: {}", guarded.words()));
            }
            asked.done = true;
            self.alone += 1;
            return Ok(());
        }
        let Some(asked) = self.named(body, "granted") else {
            return Err(format!("was done without a second person: {}", guarded.words()));
        };
        // Whom an act is about is not in the ledger before it is done.
        let about = body.get("user").and_then(|id| UserId::deserialize(id).ok());
        if guarded == Guarded::ChangeUser && about.is_some_and(|user| asked.granters.contains(&user)) {
            return Err("was granted by the one whom it is about".to_owned());
        }
        let in_time = asked.granted.is_some_and(|until| at < until);
        let again = asked.done && guarded.standing_days().is_none();
        if asked.kind != guarded.as_str() || asked.by != by || !in_time || asked.declined || again {
            return Err(format!("goes on a grant that does not fit it: {}", guarded.words()));
        }
        asked.done = true;
        self.granted += 1;
        Ok(())
    }

    /// The emergencies that nobody confirmed.
    pub(super) fn left_open(&self) -> Vec<(u64, String)> {
        let open = self.asked.values().filter_map(|asked| Some((asked.alone?, &asked.kind)));
        open.map(|(entry, kind)| (entry, format!("was done alone and not confirmed by the board: {kind}")))
            .collect()
    }
}
