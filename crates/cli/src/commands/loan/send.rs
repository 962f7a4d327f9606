//! `hustings loan send`: begins a cleared loan or goes on with it, and stays until what may go now has gone.

use crate::args::Common;
use crate::commands::import::bar::counting_bar;
use crate::output::Voice;
use hustings_app::send::{self, Ended};
use hustings_app::settings::Settings;
use hustings_app::{App, Refusal, Result, lend};
use hustings_domain::access::Actor;
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::LoanState;
use std::sync::Arc;

pub(super) fn run(
    app: &Arc<App>,
    actor: &Actor,
    loan: LoanNumber,
    common: &Common,
    voice: Voice,
) -> Result<()> {
    let settings = Settings::load(&common.dir())?;
    let relay_settings = settings.relay();
    let relay = send::relay(&relay_settings)?;
    let view = lend::loan_view(app, actor, loan)?;
    if view.loan.state == LoanState::Sending {
        let pilot_is_out =
            view.send.as_ref().is_some_and(|send| send.pilot_done.is_some() && send.released < send.planned);
        if pilot_is_out {
            send::release_rest(app, actor, loan)?;
        }
    } else {
        let begun = send::start_send(app, actor, loan)?;
        voice.say(format!(
            "{} qualify and agreed. Left out: {} addressed too often, {} stopped, {} held back at random.",
            begun.selected, begun.tired, begun.stopped, begun.held_back
        ));
        voice
            .say(format!("{} are to be mailed, {} of them first, as the pilot.", begun.planned, begun.pilot));
    }
    let bar = counting_bar(0, &loan.to_string());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Refusal::internal("no threads could be started").because(error))?;
    let shown = bar.clone();
    let ran = runtime.block_on(send::run_send(
        Arc::clone(app),
        relay,
        relay_settings.retry_seconds,
        loan,
        move |step| {
            shown.set_length(u64::from(step.released));
            let done = step.released.saturating_sub(step.counts.pending + step.counts.claimed);
            shown.set_position(u64::from(done));
        },
    ))?;
    bar.finish_and_clear();
    voice.result(&ran, |voice| {
        voice.say(format!(
            "{} accepted in this run. In all: {} accepted, {} refused, {} to be tried again, {} in doubt, {} not sent.",
            ran.accepted,
            ran.counts.accepted,
            ran.counts.refused,
            ran.counts.deferred,
            ran.counts.in_doubt,
            ran.counts.pending + ran.counts.stopped
        ));
        voice.say(match &ran.ended {
            Ended::Finished => format!("{loan} is sent."),
            Ended::WindowClosed => format!("The window of {loan} has closed; those not mailed never will be."),
            Ended::Pilot { until } => format!("The pilot is out. Watch it, and send the rest from {until} on: `hustings loan send {loan}`."),
            Ended::Paused { reason } => format!("{loan} is paused: {reason}."),
            Ended::Deferred { people, retry } => {
                format!("The relay asked to try {people} again from {retry} on: `hustings loan send {loan}`.")
            },
        });
    })
}
