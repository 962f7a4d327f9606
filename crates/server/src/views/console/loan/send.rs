//! The appeal on its way: hold-back, waves, evidence, pause.

use super::super::super::parts::{Badge, Evidence, Proof, When};

/// The send.
#[derive(Debug)]
pub struct Send {
    /// Ready, sending, paused, sent.
    pub state: Badge,
    /// The number first: `2,150 of 4,212 sent. 222 held back at random.`
    pub said: String,
    /// How many were sent.
    pub sent: u64,
    /// How many will be.
    pub of: u64,
    /// How many are held back, and why: `222 people, 5 %, by a keyed draw`.
    pub held_back: String,
    /// The pilot and the waves.
    pub waves: Vec<Wave>,
    /// The picture behind the stop rule; `None` before the first message.
    pub evidence: Option<Evidence>,
    /// Its entry in the ledger.
    pub proof: Option<Proof>,
    /// Whether to offer `POST .../send`.
    pub may_send: bool,
    /// What its button says: `Start with the pilot`, `Send the rest now`.
    pub send_label: String,
    /// The number to type (field `typed`) when a send is ten times the usual.
    pub to_type: Option<String>,
    /// Whether to offer `POST .../pause`.
    pub may_pause: bool,
    /// Whether to offer `POST .../resume` (field `words`: why it is safe again).
    pub may_resume: bool,
}

/// A pilot or a wave.
#[derive(Debug)]
pub struct Wave {
    /// `Pilot`, `Wave 2`.
    pub name: String,
    /// How many it has: `400`.
    pub planned: String,
    /// How many were sent: `400`.
    pub sent: String,
    /// Waiting, under way, done, stopped.
    pub state: Badge,
    /// When it began, if it did.
    pub when: Option<When>,
}
