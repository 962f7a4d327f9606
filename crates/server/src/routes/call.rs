//! One request, as handlers see it: already let in, its form already checked.

use crate::gate::{Caller, Fields, FormBody, Signed};
use crate::site::Site;
use crate::views::parts::{Notice, Tone};
use hustings_app::{App, Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::ids::{CopyNumber, LoanNumber};
use std::sync::Arc;

/// One request.
#[derive(Debug)]
pub(crate) struct Call {
    /// The site.
    pub(crate) site: Arc<Site>,
    /// Who asks.
    pub(crate) caller: Caller,
    /// What varies in the path.
    pub(crate) params: Vec<(String, String)>,
    /// What follows the path.
    pub(crate) query: Fields,
    /// What the form carries; of a program its body, unread, as the file.
    pub(crate) form: FormBody,
    /// A program's own word for this request, under which it is done once.
    pub(crate) key: Option<String>,
    /// By what this request is found in the log.
    pub(crate) id: String,
}

impl Call {
    /// The open list.
    pub(crate) fn app(&self) -> &App {
        self.site.app()
    }

    /// Who is logged in.
    pub(crate) fn signed(&self) -> Result<&Signed> {
        match &self.caller {
            Caller::Signed(signed) => Ok(signed),
            _ => Err(Refusal::internal("a page for people who are logged in was reached by somebody else")),
        }
    }

    /// With which roles they act.
    pub(crate) fn actor(&self) -> Result<&Actor> {
        match &self.caller {
            Caller::Program(actor) => Ok(actor),
            _ => Ok(&self.signed()?.actor),
        }
    }

    /// A part of the path.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params
            .iter()
            .find_map(|(key, value)| (key == name).then_some(value.as_str()))
            .unwrap_or_default()
    }

    /// The loan in the path.
    pub(crate) fn loan(&self) -> Result<LoanNumber> {
        let text = self.param("number");
        text.parse().map_err(|_| Refusal::not_found("loan.unknown", "there is no such loan"))
    }

    /// The copy in the path.
    pub(crate) fn copy(&self) -> Result<CopyNumber> {
        let text = self.param("number");
        text.parse().map_err(|_| Refusal::not_found("copy.unknown", "there is no such copy"))
    }

    /// What was done just before.
    pub(crate) fn notice(&self) -> Option<Notice> {
        let done = Done::ALL.into_iter().find(|done| Some(done.word()) == self.query.first("done"))?;
        let (tone, said) = done.said();
        Some(Notice { tone, said: said.to_owned(), hint: String::new() })
    }
}

macro_rules! done {
    ($($name:ident => $word:literal, $tone:ident, $said:literal;)*) => {
        /// What can have been done just before; said once on the next page, and named in its address by a word
        /// that holds nothing else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Done { $(#[doc = $said] $name,)* }

        impl Done {
            const ALL: [Self; [$($word),*].len()] = [$(Self::$name),*];

            /// The word in the next page's address.
            pub(crate) fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            fn said(self) -> (Tone, &'static str) {
                match self { $(Self::$name => (Tone::$tone, $said),)* }
            }
        }
    };
}

done! {
    Requested => "requested", Go, "Your request is with the board.";
    Estimated => "estimated", Go, "The reach is estimated.";
    Divided => "divided", Go, "The reach is estimated in parts.";
    Voted => "voted", Go, "Your vote is in the ledger.";
    Recused => "recused", Go, "You have stepped out of this decision.";
    Challenged => "challenged", Go, "The others decide on that interest.";
    Ruled => "ruled", Go, "What you decided is in the ledger.";
    Signed => "signed", Go, "What you signed is in the ledger.";
    KeyRegistered => "key-registered", Wait, "The key is registered, and has to be confirmed.";
    KeyConfirmed => "key-confirmed", Go, "You confirmed the key.";
    KeyWithdrawn => "key-withdrawn", Go, "The key is withdrawn.";
    Delegated => "delegated", Go, "Another trustee votes for you while you are away.";
    DelegationEnded => "delegation-ended", Go, "You vote for yourself again.";
    Proposed => "proposed", Wait, "The board decides on this charter.";
    PauseConfirmed => "pause-confirmed", Wait, "The pause holds until a steward resumes the send.";
    ReviewAsked => "review-asked", Go, "The board looks at it again, with fresh votes.";
    Edited => "edited", Wait, "Your text is changed. The board votes on it anew.";
    Begun => "begun", Wait, "The send has begun, with its pilot.";
    GoesOn => "goes-on", Wait, "The send goes on.";
    Paused => "paused", Wait, "The send is paused.";
    Resumed => "resumed", Wait, "The send goes on; the evidence starts afresh.";
    CopyMade => "copy-made", Go, "The copy is made. Its borrower can fetch it.";
    Settled => "settled", Go, "The loan is settled.";
    Verified => "verified", Go, "Their standing is confirmed.";
    MailPlanned => "mail-planned", Go, "Planned. Its people have their room taken before any loan.";
    MailCancelled => "mail-cancelled", Go, "Cancelled. Its people have their room again.";
    AttentionShared => "attention-shared", Go, "Shared. The seed is in the ledger.";
    Suspended => "suspended", Wait, "Suspended, at once.";
    NoticeGiven => "notice-given", Wait, "Notice is given. It ends by itself unless it is cured.";
    Reinstated => "reinstated", Go, "Their standing holds again.";
    Filed => "filed", Go, "It is on file.";
    AttributeDeclared => "attribute-declared", Go, "Declared. Its type stays as it is.";
    AttributeRetired => "attribute-retired", Go, "It is out of use. What is known of people stays with them.";
    AudienceSaved => "audience-saved", Go, "Saved. Any rule can name it.";
    AudienceRetired => "audience-retired", Go, "It is out of use. Its versions stay.";
    Erased => "erased", Go, "The person is forgotten. Their stop stays.";
    Corrected => "corrected", Go, "Put right.";
    CorrectedAndTold => "corrected-and-told", Go, "Put right. Whoever holds what was wrong is told.";
    NothingToCorrect => "nothing-to-correct", Wait, "It says that already; nothing was changed.";
    Acknowledged => "acknowledged", Go, "Thank you. What you said is in the ledger.";
    MarkLifted => "mark-lifted", Go, "Thank you. The mark on your standing is gone.";
    YesTakenBack => "yes-taken-back", Go, "Taken back before anything had passed.";
    Consent => "consent", Go, "Changed, at once.";
    TokenEnded => "token-ended", Go, "Revoked. Nothing speaks for you with it any more.";
    TakenBack => "taken-back", Go, "They are told to erase it, and have to confirm that they did.";
    ActAsked => "act-asked", Wait, "Asked for. A trustee grants it, and then you do it.";
    UserChanged => "user-changed", Go, "Changed. Whatever spoke for them before has ended.";
    Revoked => "revoked", Wait, "Nothing speaks for them until they log in again.";
    LoggedOut => "logged-out", Go, "You are logged out.";
}
