//! What marks a message as ours when it comes back: its Message-ID and its return path, each under a key of its own.

use super::links::LinkPlace;
use crate::context::App;
use hustings_domain::ids::{LoanId, LoanNumber, SupporterId};
use hustings_mail::bounce::Tokens;
use hustings_mail::message_id;
use hustings_mail::verp::{self, Returned};

/// The key of Message-IDs.
pub fn message_id_key(app: &App) -> [u8; 32] {
    *app.vault.secret("message-id")
}

/// The key of return paths.
pub fn return_path_key(app: &App) -> [u8; 32] {
    *app.vault.secret("return-path")
}

/// The Message-ID of a loan's appeal to a person, without angle brackets.
pub fn message_id(app: &App, domain: &str, loan: LoanId, person: SupporterId) -> String {
    message_id::message_id(&message_id_key(app), loan.0.as_bytes(), person.0.as_bytes(), domain)
}

/// Where failures of one delivery come back to.
pub fn return_path(app: &App, domain: &str, place: LinkPlace) -> String {
    verp::return_path(&return_path_key(app), Returned { appeal: place.loan.0, seq: place.seq }, domain)
}

/// The place that a return path names.
pub(super) fn place(returned: Returned) -> LinkPlace {
    LinkPlace { loan: LoanNumber(returned.appeal), seq: returned.seq }
}

/// What tells our marks from anybody else's.
pub(super) fn tokens(app: &App, domain: &str) -> Tokens {
    Tokens {
        return_path_key: return_path_key(app),
        return_path_domain: domain.to_owned(),
        message_id_key: message_id_key(app),
        message_id_domain: domain.to_owned(),
    }
}
