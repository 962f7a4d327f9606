//! What a trustee signs: one act on one matter of one list, as canonical JSON, and the proof that goes into the ledger
//! with it. Knows no cryptography beyond a hash: `hustings-signet` checks the proofs.

use crate::canonical::{CanonicalError, ContentHash, sha256, to_canonical_json};
use crate::ids::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The form of a statement; a signature over another form is not read as one over this.
pub const FORM: &str = "hustings-statement/1";

/// What a trustee can sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Yes to exactly this content.
    Approve,
    /// Yes once something is changed.
    ApproveIf,
    /// No.
    Refuse,
    /// I have an interest.
    Recuse,
    /// Another has an interest.
    Challenge,
    /// The challenged trustee stays out.
    Uphold,
    /// The challenged trustee votes.
    Dismiss,
    /// This key is mine.
    RegisterKey,
    /// That key is theirs.
    ConfirmKey,
    /// That key is not to be believed any more.
    WithdrawKey,
    /// Another votes for me while I am away.
    Delegate,
    /// Nobody votes for me any more.
    EndDelegation,
    /// A pause holds until somebody ends it.
    ConfirmPause,
    /// Another may do what they asked for.
    Grant,
    /// Another may not.
    Decline,
    /// What was done without a second person was right.
    ConfirmAlone,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 16] = [
        Self::Approve,
        Self::ApproveIf,
        Self::Refuse,
        Self::Recuse,
        Self::Challenge,
        Self::Uphold,
        Self::Dismiss,
        Self::RegisterKey,
        Self::ConfirmKey,
        Self::WithdrawKey,
        Self::Delegate,
        Self::EndDelegation,
        Self::ConfirmPause,
        Self::Grant,
        Self::Decline,
        Self::ConfirmAlone,
    ];

    /// The word in the statement.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::ApproveIf => "approve-if",
            Self::Refuse => "refuse",
            Self::Recuse => "recuse",
            Self::Challenge => "challenge",
            Self::Uphold => "uphold",
            Self::Dismiss => "dismiss",
            Self::RegisterKey => "register-key",
            Self::ConfirmKey => "confirm-key",
            Self::WithdrawKey => "withdraw-key",
            Self::Delegate => "delegate",
            Self::EndDelegation => "end-delegation",
            Self::ConfirmPause => "confirm-pause",
            Self::Grant => "grant",
            Self::Decline => "decline",
            Self::ConfirmAlone => "confirm-alone",
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One act of one trustee. What is signed are the bytes of [`Statement::to_bytes`], or their SHA-256 as the challenge
/// of a passkey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// [`FORM`].
    pub form: String,
    /// The list, by the origin of its ledger, so that a vote on one list is none on another.
    pub list: String,
    /// On what: `L-3`, `L-3/review-1`, `charter/2`, `act/4`, `key`, `delegation`.
    pub matter: String,
    /// The hash of exactly what was read: a loan's content, a charter's text, a key's id.
    pub content: ContentHash,
    /// What is said.
    pub act: Act,
    /// The trustee spoken of, in a challenge, a ruling, a confirmation, a delegation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub whom: Option<UserId>,
    /// The seat voted for, when somebody votes for another who is away.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seat: Option<UserId>,
    /// Until when, in a delegation and a grant.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<Timestamp>,
    /// SHA-256 of the salt and the words that go with it; the words themselves are no part of a ledger.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub words: Option<ContentHash>,
    /// Who says it.
    pub trustee: UserId,
    /// When it was made ready for signing.
    pub at: Timestamp,
    /// 32 hex digits of chance: no statement is made twice.
    pub nonce: String,
}

impl Statement {
    /// The bytes that are signed: canonical JSON (RFC 8785).
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        to_canonical_json(self).map(String::into_bytes)
    }

    /// SHA-256 of [`Self::to_bytes`]: the challenge of a passkey, and how a statement is called.
    pub fn hash(&self) -> Result<ContentHash, CanonicalError> {
        Ok(ContentHash(sha256(&self.to_bytes()?)))
    }

    /// Whose seat it speaks for.
    pub fn speaks_for(&self) -> UserId {
        self.seat.unwrap_or(self.trustee)
    }
}

/// The commitment to the words of a statement: SHA-256 of 32 random bytes and the text, so that a reason cannot be
/// guessed from the ledger.
pub fn words_hash(salt: &[u8; 32], words: &str) -> ContentHash {
    let mut bytes = salt.to_vec();
    bytes.extend_from_slice(words.as_bytes());
    ContentHash(sha256(&bytes))
}

/// How a statement was signed. All bytes are base64url without padding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Proof {
    /// By a key held in a file: the signature of the statement's bytes.
    File {
        /// 64 bytes (RFC 8032).
        signature: String,
    },
    /// By a passkey: an assertion (Web Authentication, section 7.2) whose challenge is the statement's hash.
    Passkey {
        /// As the authenticator made it.
        authenticator_data: String,
        /// As the browser made it: JSON.
        client_data: String,
        /// Over the authenticator's data and the hash of the browser's.
        signature: String,
    },
}

/// A statement with its proof, as it goes into the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// What was said.
    pub statement: Statement,
    /// The key that it is checked with.
    pub key: ContentHash,
    /// How it was signed.
    pub proof: Proof,
}

/// Words with the salt that a statement commits to them with; kept beside the ledger, never in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaltedWords {
    /// 64 hex digits.
    pub salt: ContentHash,
    /// What was written.
    pub words: String,
}

impl SaltedWords {
    /// What the statement holds of it.
    pub fn hash(&self) -> ContentHash {
        words_hash(&self.salt.0, &self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededRng;

    fn statement() -> Statement {
        Statement {
            form: FORM.to_owned(),
            list: "forward.example/hustings".to_owned(),
            matter: "L-3".to_owned(),
            content: ContentHash([1; 32]),
            act: Act::ApproveIf,
            whom: None,
            seat: None,
            until: None,
            words: Some(words_hash(&[7; 32], "shorter")),
            trustee: UserId::new(Timestamp::UNIX_EPOCH, &mut SeededRng::new(1)),
            at: Timestamp::UNIX_EPOCH,
            nonce: "00".repeat(16),
        }
    }

    #[test]
    fn the_bytes_are_canonical_and_every_part_counts() {
        let made = statement();
        let text = String::from_utf8(made.to_bytes().unwrap()).unwrap();
        assert!(
            text.starts_with(r#"{"act":"approve-if","at":"1970-01-01T00:00:00Z","content":"0101"#),
            "{text}"
        );
        assert!(!text.contains("whom"), "what is not there is not written: {text}");
        let again: Statement = serde_json::from_str(&text).unwrap();
        assert_eq!(again, made);
        let changes: [fn(&mut Statement); 6] = [
            |s| s.list = "other.example/hustings".to_owned(),
            |s| s.matter = "L-4".to_owned(),
            |s| s.content = ContentHash([2; 32]),
            |s| s.act = Act::Approve,
            |s| s.words = None,
            |s| s.nonce = "01".repeat(16),
        ];
        for change in changes {
            let mut other = made.clone();
            change(&mut other);
            assert_ne!(other.hash().unwrap(), made.hash().unwrap());
        }
    }

    #[test]
    fn acts_read_as_they_are_written() {
        for act in Act::ALL {
            assert_eq!(serde_json::to_value(act).unwrap(), act.as_str());
        }
    }

    #[test]
    fn words_are_committed_with_salt() {
        assert_ne!(words_hash(&[1; 32], "no"), words_hash(&[2; 32], "no"));
        assert_eq!(
            SaltedWords { salt: ContentHash([1; 32]), words: "no".to_owned() }.hash(),
            words_hash(&[1; 32], "no")
        );
    }
}
