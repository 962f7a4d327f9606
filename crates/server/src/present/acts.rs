//! What nobody does alone, as its page tells it.

use super::frame;
use crate::problem::sentence;
use crate::routes::Call;
use crate::views::Place;
use crate::views::console::{ActRow, Acts, Waiting};
use crate::views::format::counted;
use crate::views::parts::Badge;
use hustings_app::second::{self, ActView, Standing};
use hustings_app::{Refusal, Result};
use hustings_domain::guarded::{ActNumber, ActState, AskedAct, Guarded};

/// `GET /console/acts`.
pub(crate) fn page(call: &Call) -> Result<Acts> {
    let views = second::acts(call.app(), call.actor()?)?;
    let open = views.iter().filter(|view| view.state == ActState::Waiting).count() as u64;
    let title = match open {
        0 => "Nothing waits to be granted".to_owned(),
        many => format!("{} to be granted", counted(many, "act waits", "acts wait")),
    };
    Ok(Acts {
        frame: frame::console(call, title, Place::Board)?,
        standing: standing_words(&second::standing(call.app())?),
        acts: views.iter().map(|view| row(call, view)).collect(),
    })
}

/// Whether a second person is needed, in words.
pub(crate) fn standing_words(standing: &Standing) -> String {
    match (standing.binds, standing.granters.len() as u64) {
        (false, _) => {
            "One person still acts alone here: a second is asked for once two trustees have a key in force. \
                       Until then the ledger marks what was done alone."
                .to_owned()
        }
        (true, 0) => "Nobody can grant anything now: no trustee has a key in force.".to_owned(),
        (true, many) => format!(
            "What stands here one person asks for and another grants, with their key. {} grant.",
            counted(many, "trustee can", "trustees can")
        ),
    }
}

fn badge(state: ActState) -> Badge {
    match state {
        ActState::Waiting => Badge::wait(state.as_str()),
        ActState::Granted | ActState::Used | ActState::Confirmed => Badge::go(state.as_str()),
        ActState::Declined | ActState::Alone => Badge::stop(state.as_str()),
        ActState::Expired => Badge::plain(state.as_str()),
    }
}

fn row(call: &Call, view: &ActView) -> ActRow {
    let act = &view.act;
    let waits = view.state == ActState::Waiting;
    let own_and_granted = view.is_own && view.state == ActState::Granted;
    let changes_user = act.kind == Guarded::ChangeUser;
    ActRow {
        number: u64::from(act.number.0),
        title: format!("{}: {}", act.number, act.kind.words()),
        state: badge(view.state),
        said: format!("Asked for by {}, {}.", view.asked_by, frame::when(call, act.asked).text),
        why: act.reason.words.clone(),
        terms: terms(call, act).into_iter().collect(),
        answered: match (view.answered_by.join(", "), view.state) {
            (names, _) if names.is_empty() => String::new(),
            (names, ActState::Declined) => format!("Declined by {names}."),
            (names, ActState::Alone | ActState::Confirmed) => format!("Confirmed afterwards by {names}."),
            (names, _) => format!("Granted by {names}."),
        },
        may_grant: waits && view.may_answer,
        may_confirm: view.state == ActState::Alone && view.may_answer,
        may_do: own_and_granted && changes_user,
        next: if own_and_granted && !changes_user {
            "Granted: do it where you asked for it, on its page or with the same command.".to_owned()
        } else {
            String::new()
        },
    }
}

/// Exactly what a grant covers.
fn terms(call: &Call, act: &AskedAct) -> Vec<(&'static str, String)> {
    let mut rows: Vec<(&'static str, String)> =
        act.parameters.iter().map(|(name, value)| (label(name), value.clone())).collect();
    if !act.alone {
        rows.push(("To be granted by", frame::when(call, act.grant_by).text));
        rows.push((
            if act.kind.standing_days().is_some() { "Holds until" } else { "To be done by" },
            frame::when(call, act.until).text,
        ));
    }
    rows
}

fn label(name: &str) -> &'static str {
    match name {
        "add" => "Somebody new",
        "change" => "Whom",
        "name" => "New name",
        "address" => "Address",
        "roles" => "Roles",
        "wing" => "Wing",
        "borrower" => "Borrower",
        "into" => "Into the folder",
        "to" => "To",
        "taken" => "Backup taken",
        "data" => "Hash of its data",
        "keys" => "Hash of its keys",
        "manifest" => "Hash of its manifest",
        "copy" => "Copy",
        "loan" => "Loan",
        "leaked file" => "Hash of the leaked file",
        _ => "Also",
    }
}

/// What is about to be signed on an act, one sentence each.
pub(crate) fn said(call: &Call, number: ActNumber, first: &str) -> Result<Vec<String>> {
    let views = second::acts(call.app(), call.actor()?)?;
    let view = views
        .iter()
        .find(|view| view.act.number == number)
        .ok_or_else(|| Refusal::not_found("second.unknown", format!("nobody asked for an act `{number}`")))?;
    let mut said = vec![
        format!("{first} {number}: {}.", view.act.kind.words()),
        format!("Asked for by {}. Why: \u{201c}{}\u{201d}", view.asked_by, view.act.reason.words),
    ];
    said.extend(terms(call, &view.act).into_iter().map(|(name, value)| format!("{name}: {value}.")));
    Ok(said)
}

/// What waits for the trustee who looks.
pub(crate) fn waiting(call: &Call) -> Result<Vec<Waiting>> {
    let open = second::acts(call.app(), call.actor()?)?;
    Ok(open
        .iter()
        .filter(|view| {
            view.may_answer || view.is_own && view.state == ActState::Granted && view.act.used.is_none()
        })
        .map(|view| Waiting {
            act: match view.state {
                ActState::Waiting => format!("Grant or decline {}", view.act.number),
                ActState::Alone => format!("Look at what was done alone, {}", view.act.number),
                _ => format!("Do what was granted, {}", view.act.number),
            },
            about: sentence(view.act.kind.words()),
            path: "/console/acts".to_owned(),
            due: (view.state == ActState::Waiting).then(|| frame::when(call, view.act.grant_by)),
        })
        .collect())
}
