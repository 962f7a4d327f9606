//! What surrounds a page of somebody who is logged in, and of everybody else.

use super::waiting;
use crate::gate::Signed;
use crate::routes::Call;
use crate::views::parts::{Csrf, When};
use crate::views::{Frame, OpenFrame, Place};
use hustings_app::{Result, permit};
use hustings_domain::access::{Action, Role};

/// What a place in the rail needs.
fn needs(place: Place) -> Action {
    match place {
        Place::Home => Action::ReadDashboard,
        Place::Supporters => Action::ReadSupporter,
        Place::Audiences => Action::CountAudience,
        Place::Loans | Place::Board => Action::ReadLoans,
        Place::Borrowers => Action::ReadBorrowers,
        Place::Copies => Action::ReadCopies,
        Place::Ledger => Action::ReadLedger,
    }
}

/// The roles as the person sees them: `trustee, labor wing`.
fn role_words(signed: &Signed) -> String {
    let roles: Vec<&str> = signed.actor.roles.iter().map(|role| role.as_str()).collect();
    let roles = roles.join(", ");
    signed.actor.wing.as_ref().map_or(roles.clone(), |wing| format!("{roles}, {wing} wing"))
}

/// The frame of a console page.
pub(crate) fn console(call: &Call, title: impl Into<String>, place: Place) -> Result<Frame> {
    let signed = call.signed()?;
    let rail = Place::ALL.into_iter().filter(|place| permit(&signed.actor, needs(*place)).is_ok()).collect();
    Ok(Frame {
        title: title.into(),
        owner: call.site.owner().to_owned(),
        viewer_name: signed.name.clone(),
        viewer_role: role_words(signed),
        rail,
        place: Some(place),
        waiting: waiting::for_actor(call)?.len() as u64,
        csrf: Csrf { token: signed.csrf.clone() },
        as_of: None,
        notice: call.notice(),
    })
}

/// The frame of a page of the borrower's desk.
pub(crate) fn desk(call: &Call, title: impl Into<String>, borrower: &str) -> Result<Frame> {
    let signed = call.signed()?;
    Ok(Frame {
        title: title.into(),
        owner: call.site.owner().to_owned(),
        viewer_name: signed.name.clone(),
        viewer_role: borrower.to_owned(),
        rail: Vec::new(),
        place: None,
        waiting: 0,
        csrf: Csrf { token: signed.csrf.clone() },
        as_of: None,
        notice: call.notice(),
    })
}

/// The frame of a page that needs no log-in.
pub(crate) fn open(call: &Call, title: impl Into<String>) -> OpenFrame {
    OpenFrame { title: title.into(), owner: call.site.owner().to_owned(), as_of: None, notice: call.notice() }
}

/// Whether whoever is logged in may do this.
pub(crate) fn may(call: &Call, action: Action) -> bool {
    call.actor().is_ok_and(|actor| permit(actor, action).is_ok())
}

/// Whether whoever is logged in has this role.
pub(crate) fn is(call: &Call, role: Role) -> bool {
    call.actor().is_ok_and(|actor| actor.roles.contains(&role))
}

/// An instant in the site's zone.
pub(crate) fn when(call: &Call, at: jiff::Timestamp) -> When {
    When::at(at, call.site.zone())
}

/// The day on which standings are judged: the calendar's in UTC, everywhere.
pub(crate) fn today(call: &Call) -> jiff::civil::Date {
    call.app().now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The day of an instant in the site's zone.
pub(crate) fn day(call: &Call, at: jiff::Timestamp) -> When {
    When::on(at.to_zoned(call.site.zone().clone()).date())
}
