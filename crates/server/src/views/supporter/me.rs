//! My page: who may reach me and why, who was introduced to me, what is held, forget me.

use super::super::OpenFrame;
use super::super::parts::{Badge, FieldInput, When};
use askama::Template;

/// One consent, as its owner may switch it.
#[derive(Debug)]
pub struct Switch {
    /// The form's field `purpose`.
    pub purpose: String,
    /// The form's field `channel`.
    pub channel: String,
    /// In plain words: `Appeals from others, by e-mail`.
    pub label: String,
    /// What it means: `A candidate's case, sent by us. They never see your address.`
    pub meaning: String,
    /// On (go), off (plain), stopped by you (stop).
    pub state: Badge,
    /// Since when and how: `since 3 May 2026, on the sign-up form`.
    pub since: String,
    /// Whether it is on: the button says the other.
    pub on: bool,
}

/// Somebody to whom this person was introduced.
#[derive(Debug)]
pub struct Introduced {
    /// The form's field `copy`.
    pub copy: u64,
    /// Who.
    pub borrower: String,
    /// What went: `your name and e-mail address`.
    pub fields: String,
    /// When.
    pub when: When,
    /// With them, taken back, erased.
    pub state: Badge,
    /// When it was taken back, and what they said of it; empty when there is nothing to say.
    pub said: String,
    /// What they reported came of it, each in a sentence.
    pub reported: Vec<String>,
    /// Under which loan.
    pub loan: u64,
    /// Whether to offer `POST /me/{token}/take-back`.
    pub may_take_back: bool,
    /// The ledger entry that the copy was made, of which `/ledger/receipt/<index>` is the proof.
    pub proof: Option<u64>,
}

/// One time this person was addressed.
#[derive(Debug)]
pub struct Reached {
    /// When.
    pub when: When,
    /// By whom and about what.
    pub said: String,
    /// The loan that `GET /me/{token}/receipt/<loan>` has a receipt of, after a yes.
    pub receipt: Option<u64>,
    /// Whether the yes has passed nothing yet: `POST /me/{token}/take-back` takes `loan`.
    pub waits: bool,
}

/// One thing held.
#[derive(Debug)]
pub struct HeldFact {
    /// `Place`.
    pub name: String,
    /// Its value.
    pub value: String,
    /// How it came: `you told us`, `guessed; nobody else gets it`.
    pub how: String,
    /// Where it comes from.
    pub source: String,
}

/// An attribute that its person may put right.
#[derive(Debug)]
pub struct AttributeInput {
    /// The form's field `name`.
    pub name: String,
    /// How people read it.
    pub title: String,
    /// What its values are: `a choice`.
    pub kind: String,
    /// What is held.
    pub value: String,
}

/// `GET /me/{token}`. `POST /me/{token}/consent` takes `purpose`, `channel`, `state` (`given` or `withdrawn`);
/// `/take-back` takes `copy`, or `loan` for a yes that has passed nothing yet; `/export` takes `as` (`page` or `json`); `/correct` takes the fields by name; `/attribute` takes `name`
/// and `value`; `/forget`
/// takes `understood=yes`.
#[derive(Debug, Template)]
#[template(path = "supporter/me.html")]
pub struct Me {
    /// The frame.
    pub frame: OpenFrame,
    /// The token in the address.
    pub token: String,
    /// A token of its own for the link that stops: one link never does what another is for.
    pub stop_token: String,
    /// Consents by purpose and channel.
    pub switches: Vec<Switch>,
    /// The newest first.
    pub introduced: Vec<Introduced>,
    /// The newest first.
    pub reached: Vec<Reached>,
    /// What is held, with its source.
    pub held: Vec<HeldFact>,
    /// Every field of the identity, to be put right.
    pub inputs: Vec<FieldInput>,
    /// Attributes, to be put right one by one.
    pub attributes: Vec<AttributeInput>,
    /// What forgetting does and by when: `Within 30 days nothing of it is left in our backups either.`
    pub forgetting: String,
}
