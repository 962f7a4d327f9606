//! The links in a mail: opaque, bound to one purpose, expiring. They name a place in one send, never a person
//! that two sends could be joined by; a link for one thing cannot do another.

use crate::context::App;
use crate::refusal::{Refusal, Result};
use hustings_domain::ids::{LoanNumber, Ordinal, SupporterId};
use hustings_store::Tx;
use hustings_vault::TokenError;
use jiff::{Span, Timestamp};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Answer this appeal.
    Answer,
    /// Stop mails like this one.
    Unsubscribe,
    /// My page.
    MyPage,
}

impl LinkPurpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Unsubscribe => "unsubscribe",
            Self::MyPage => "my-page",
        }
    }

    /// The first step of its path on the owner's site.
    pub fn path(self) -> &'static str {
        match self {
            Self::Answer => "a",
            Self::Unsubscribe => "u",
            Self::MyPage => "me",
        }
    }

    /// How long it works. An unsubscribe link outlives everything a mailbox keeps (RFC 8058 asks for at least a month).
    fn days(self) -> i64 {
        match self {
            Self::Answer => 90,
            Self::Unsubscribe => 3_650,
            Self::MyPage => 60,
        }
    }
}

/// Where a link leads: one recipient of one send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkPlace {
    /// The loan.
    pub loan: LoanNumber,
    /// The recipient's place in its sending order.
    pub seq: u32,
}

/// A link's token; the same for the same mail, so that a message can be rendered twice alike.
pub fn mint(app: &App, purpose: LinkPurpose, place: LinkPlace, frozen: Timestamp) -> Result<String> {
    let mut payload = [0; 8];
    payload
        .iter_mut()
        .zip(place.loan.0.to_be_bytes().into_iter().chain(place.seq.to_be_bytes()))
        .for_each(|(to, from)| *to = from);
    let expires = frozen
        .checked_add(Span::new().hours(24 * purpose.days()))
        .map_err(|error| Refusal::internal("a link's end lies outside time").because(error))?;
    Ok(app.tokens().mint(purpose.as_str(), &payload, expires)?)
}

/// The whole address of a link.
pub fn address(site: &str, purpose: LinkPurpose, token: &str) -> String {
    format!("{site}/{}/{token}", purpose.path())
}

/// Opens a link for one purpose.
pub fn open(app: &App, purpose: LinkPurpose, token: &str) -> Result<LinkPlace> {
    let payload = app.tokens().open(purpose.as_str(), token, app.now()).map_err(|error| match error {
        TokenError::Expired => Refusal::conflict("link.expired", "this link has run out")
            .hint("the newest mail from us holds a link that works"),
        _ => Refusal::not_found("link.unknown", "this link is not one of ours, or not whole")
            .hint("copy it whole from the mail"),
    })?;
    let number = |bytes: Option<&[u8]>| bytes.and_then(|b| b.try_into().ok()).map(u32::from_be_bytes);
    match (number(payload.get(..4)), number(payload.get(4..)), payload.len()) {
        (Some(loan), Some(seq), 8) => Ok(LinkPlace { loan: LoanNumber(loan), seq }),
        _ => Err(Refusal::not_found("link.unknown", "this link is not one of ours, or not whole")),
    }
}

/// Who stands at a place, if the person is still on the list.
pub fn person_at(
    tx: &mut dyn Tx,
    place: LinkPlace,
) -> Result<(hustings_domain::loan::Loan, Ordinal, SupporterId)> {
    let gone = || {
        Refusal::not_found("supporter.gone", "we hold nothing about you any more")
            .hint("you will not hear from us again unless you sign up anew")
    };
    let loan = tx.loan_by_number(place.loan)?.ok_or_else(gone)?;
    let delivery = tx.delivery(loan.id, place.seq)?.ok_or_else(gone)?;
    let record = tx.supporter(delivery.ordinal)?.ok_or_else(gone)?;
    Ok((loan, delivery.ordinal, record.id))
}
