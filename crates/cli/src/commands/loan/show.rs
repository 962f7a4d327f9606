//! `hustings loan show`: one loan from top to bottom.

use super::decision_words;
use crate::output::Voice;
use hustings_app::lend::{self, LoanView};
use hustings_app::{App, Result};
use hustings_domain::access::Actor;
use hustings_domain::ids::{LoanNumber, UserId};
use hustings_domain::loan::LoanState;
use hustings_domain::money::group_thousands;
use serde_json::json;

pub(super) fn run(app: &App, actor: &Actor, number: LoanNumber, voice: Voice) -> Result<()> {
    let mut view = lend::loan_view(app, actor, number)?;
    let own = actor.borrower.is_some();
    // Why a send is halted holds numbers of it; the board's reasons do not.
    if own && view.loan.state == LoanState::Paused {
        view.loan.reason = None;
    }
    let value = json!({
        "loan": view.loan, "borrower": view.borrower.name, "content": view.content,
        "audience": view.audience_words, "checks": view.checks, "decision": decision_words(&view.decision),
        // A borrower sees no exact number: those are of people who have not said yes.
        "send": if own { None } else { view.send.as_ref() },
        "outcome": if own { None } else { Some(&view.outcome) },
        "copies": view.copies, "share": view.share,
    });
    voice.result(&value, |voice| words(&view, own, voice))
}

fn words(view: &LoanView, own: bool, voice: Voice) {
    let loan = &view.loan;
    voice.say(format!("{}  {}: {}", loan.number, loan.state, view.borrower.name));
    if let Some(reason) = &loan.reason {
        voice.say(format!("    because: {reason}"));
    }
    voice.say("");
    voice.say(format!("To whom     {}", view.audience_words));
    voice.say(format!("Ask         {} (purpose {})", loan.terms.ask, loan.terms.purpose));
    voice.say(format!("At most     {} people", group_thousands(u64::from(loan.terms.cap))));
    voice.say(format!("Window      {} to {}", loan.terms.opens, loan.terms.closes));
    voice.say(format!("Content     {}", view.content));
    for check in &view.checks {
        voice.say(format!("Rule        {}: {}", if check.passed { "kept" } else { "BROKEN" }, check.rule));
    }
    for estimate in &view.estimates {
        voice.say(format!("Estimate    {}", estimate.answer.words()));
    }
    voice.say("");
    voice.say(format!("Subject: {}", loan.appeal.subject));
    for line in loan.appeal.body.lines() {
        voice.say(format!("    {line}"));
    }
    voice.say(format!("    {}", loan.appeal.paid_for_by));
    voice.say("");
    voice.say(format!("Board       {}", decision_words(&view.decision)));
    if !own {
        board(view, voice);
    }
    if let Some(share) = &view.share {
        voice.say(format!("Share       {}; sharing {}, seed {}", share.explained, share.sharing, share.seed));
    }
    if let (Some(send), false) = (&view.send, own) {
        let counts = &view.outcome.deliveries;
        voice.say(format!(
            "Send        {} chosen, {} held back, {} too often addressed, {} stopped; {} planned, {} of them the pilot",
            send.selected, send.held_back, send.tired, send.stopped, send.planned, send.pilot
        ));
        voice.say(format!(
            "            {} accepted, {} refused, {} to be tried again, {} in doubt, {} never sent",
            counts.accepted,
            counts.refused,
            counts.deferred,
            counts.in_doubt,
            counts.pending + counts.stopped
        ));
        let answers: Vec<String> =
            view.outcome.answers.iter().map(|(kind, count)| format!("{} {count}", kind.as_str())).collect();
        voice.say(format!("Answers     {}", answers.join(", ")));
        voice.say(format!("Value       {} in kind", view.outcome.value));
    }
    for copy in &view.copies {
        voice.say(format!("Copy        {}: {} people, {} seeds", copy.number, copy.people, copy.seeds));
    }
}

fn board(view: &LoanView, voice: Voice) {
    let name = |id: UserId| {
        view.board.iter().find(|trustee| trustee.id == id).map_or("somebody", |trustee| trustee.name.as_str())
    };
    for recusal in &view.proceedings.recusals {
        voice.say(format!(
            "            {} recused herself or himself: {}",
            name(recusal.trustee),
            recusal.reason
        ));
    }
    for challenge in &view.proceedings.challenges {
        voice.say(format!(
            "            {} is challenged by {}: {} ({} rulings)",
            name(challenge.against),
            name(challenge.by),
            challenge.reason,
            challenge.rulings.len()
        ));
    }
    for vote in &view.proceedings.votes {
        let void = if vote.content == view.content { "" } else { " (void: the text has changed since)" };
        voice.say(format!(
            "            {}: {} on {}{void}",
            name(vote.trustee),
            vote.ballot.word(),
            vote.content.short()
        ));
    }
}
