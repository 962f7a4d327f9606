//! What stands of what a board said, once everything without the signature that it needs is taken away. Asked each
//! time a decision is read, so that a row put into the store by hand counts for nothing.

use crate::check::{check, check_statement};
use hustings_domain::canonical::ContentHash;
use hustings_domain::clearance::{
    BoardRules, Delegation, Proceedings, Signing, Trustee, Vote, delegation_for,
};
use hustings_domain::ids::UserId;
use hustings_domain::seat::TrusteeKey;
use hustings_domain::statement::{Act, SaltedWords, Signed};
use jiff::Timestamp;

/// What signatures are held against.
#[derive(Debug, Clone, Copy)]
pub struct Register<'a> {
    /// The list, by the origin of its ledger.
    pub list: &'a str,
    /// How the board decides.
    pub rules: &'a BoardRules,
    /// Every key that was ever registered.
    pub keys: &'a [TrusteeKey],
    /// Who votes for whom.
    pub delegations: &'a [Delegation],
}

impl Register<'_> {
    /// Whether what this trustee says at that time has to be signed: always, if the charter wants it, else from their
    /// first key on. A key that was withdrawn gives nobody their unsigned vote back.
    pub fn must_sign(&self, trustee: UserId, at: Timestamp) -> bool {
        let has_key =
            |key: &TrusteeKey| key.trustee == trustee && key.in_force.is_some_and(|since| since <= at);
        self.rules.signed == Signing::Required || self.keys.iter().any(has_key)
    }

    /// Who of the board can be heard at all: where signatures are required, those who ever had a key in force.
    pub fn seats(&self, board: &[Trustee]) -> Vec<Trustee> {
        let heard = |trustee: &&Trustee| {
            self.rules.signed == Signing::Accepted
                || self.keys.iter().any(|key| key.trustee == trustee.id && key.in_force.is_some())
        };
        board.iter().filter(heard).cloned().collect()
    }

    /// Whether a key of its trustee, in force when it was made, signed this.
    pub fn is_sound(&self, signed: &Signed, words: Option<&SaltedWords>) -> bool {
        let statement = &signed.statement;
        check_statement(statement, self.list, words).is_ok()
            && self.keys.iter().any(|key| {
                key.id == signed.key
                    && key.trustee == statement.trustee
                    && key.was_in_force(statement.at)
                    && check(signed, &key.public).is_ok()
            })
    }

    // INVARIANT: a vote that its trustee's key did not sign, on this matter, this content and these words, counts for
    // nothing, whoever wrote it into the store.
    /// The proceedings on `matter` without what lacks its signature.
    #[must_use]
    pub fn proven(&self, matter: &str, proceedings: &Proceedings) -> Proceedings {
        let sound: Vec<&(Signed, Option<SaltedWords>)> = proceedings
            .signed
            .iter()
            .filter(|(signed, words)| self.is_sound(signed, words.as_ref()))
            .collect();
        let said = |by: UserId, at: Timestamp, wanted: &Wanted<'_>| {
            !self.must_sign(by, at)
                || sound.iter().any(|(signed, words)| {
                    wanted.fits(matter, &signed.statement.matter) && wanted.is(by, signed, words.as_ref())
                })
        };
        let mut proven = proceedings.clone();
        proven.votes.retain(|vote| self.vote_stands(vote, &said));
        proven.recusals.retain(|recusal| {
            let wanted = Wanted { words: Some(&recusal.reason), ..Wanted::of(Act::Recuse) };
            said(recusal.trustee, recusal.at, &wanted)
        });
        proven.challenges.retain(|challenge| {
            let wanted = Wanted {
                whom: Some(challenge.against),
                words: Some(&challenge.reason),
                ..Wanted::of(Act::Challenge)
            };
            said(challenge.by, challenge.at, &wanted)
        });
        for challenge in &mut proven.challenges {
            let (against, at) = (challenge.against, challenge.at);
            challenge.rulings.retain(|(judge, upheld)| {
                let act = if *upheld { Act::Uphold } else { Act::Dismiss };
                said(*judge, at, &Wanted { whom: Some(against), ..Wanted::of(act) })
            });
        }
        proven
    }

    fn vote_stands(&self, vote: &Vote, said: &dyn Fn(UserId, Timestamp, &Wanted<'_>) -> bool) -> bool {
        let wanted = Wanted {
            content: Some(vote.content),
            seat: vote.by.map(|_| vote.trustee),
            words: vote.ballot.words(),
            ..Wanted::of(vote.ballot.act())
        };
        let by = vote.by.unwrap_or(vote.trustee);
        let away = vote.by.is_none_or(|by| {
            delegation_for(self.delegations, vote.trustee, by, vote.at)
                .is_some_and(|delegation| self.delegation_stands(delegation))
        });
        away && said(by, vote.at, &wanted)
    }

    /// Whether whoever is away signed it, where that is due.
    pub fn delegation_stands(&self, delegation: &Delegation) -> bool {
        if !self.must_sign(delegation.from, delegation.since) {
            return true;
        }
        delegation.signed.as_ref().is_some_and(|signed| {
            let statement = &signed.statement;
            self.is_sound(signed, None)
                && statement.act == Act::Delegate
                && statement.trustee == delegation.from
                && statement.whom == Some(delegation.to)
                && statement.until == Some(delegation.until)
        })
    }
}

/// The statement that has to be there.
struct Wanted<'a> {
    act: Act,
    content: Option<ContentHash>,
    whom: Option<UserId>,
    seat: Option<UserId>,
    words: Option<&'a str>,
}

impl Wanted<'_> {
    fn of(act: Act) -> Self {
        Self { act, content: None, whom: None, seat: None, words: None }
    }

    /// An interest that was declared before stays one when a matter is reviewed; nothing else does.
    fn fits(&self, matter: &str, signed_on: &str) -> bool {
        let reviewed = matter.strip_prefix(signed_on).is_some_and(|rest| rest.starts_with("/review-"));
        matter == signed_on || self.act == Act::Recuse && reviewed
    }

    fn is(&self, by: UserId, signed: &Signed, words: Option<&SaltedWords>) -> bool {
        let statement = &signed.statement;
        statement.trustee == by
            && statement.act == self.act
            && statement.whom == self.whom
            && statement.seat == self.seat
            && self.content.is_none_or(|content| statement.content == content)
            && words.map(|words| words.words.as_str()) == self.words
    }
}
