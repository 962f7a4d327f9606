//! Chapters 3 to 5: three borrowers ask, a count with a price, and the board decides.

use super::{Loans, Plot, chapter};
use crate::demo::cast::{self, Stand};
use crate::demo::keys::Signers;
use crate::demo::stage::Stage;
use hustings_app::access::{NewUser, add_user};
use hustings_app::lend::{self, RequestFile, Requested};
use hustings_app::{Refusal, Result};
use hustings_domain::access::{Actor, Role};
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::{Loan, LoanState};

pub(super) fn ask_and_clear(stage: &Stage, plot: &mut Plot, stand: &Stand) -> Result<Loans> {
    register(stage, stand)?;
    chapter(stage.voice, 3, "Three borrowers ask");
    let now = stage.app.now();
    for (what, request) in
        [("the list itself", cast::wants_the_list(now)), ("everybody", cast::wants_everybody(now))]
    {
        let Requested::Refused { checks } = lend::request(&stage.app, &stage.operator, request)? else {
            return Err(Refusal::internal(format!("the charter lent {what}")));
        };
        plot.refused_requests += 1;
        stage.voice.say(format!("   {} asks for {what}: refused.", cast::COMMITTEE));
        for check in checks.iter().filter(|check| !check.passed).take(2) {
            stage.voice.say(format!("      rule: {}", check.rule));
            stage.voice.say(format!("      instead: {}", check.instead.as_deref().unwrap_or_default()));
        }
    }
    let candidate = file(stage, cast::candidate_asks(now, stand))?;
    let council = file(stage, cast::council_asks(now))?;
    let committee = file(stage, cast::committee_asks(now, stand, 2_000))?;
    let loans = Loans { candidate: candidate.number, council: council.number, committee: committee.number };

    chapter(stage.voice, 4, "What reach would that be? A count has noise and a price");
    for loan in [loans.candidate, loans.council, loans.committee] {
        let estimated = lend::estimate(&stage.app, &stage.operator, loan)?;
        stage.voice.say(format!(
            "   {loan}: {}; about {} more questions this season",
            estimated.answer.words(),
            estimated.questions_left
        ));
    }
    chapter(stage.voice, 5, "Clearance: five trustees, two wings");
    let signers = Signers::found(stage)?;
    stage.voice.say(
        "   Each has a key of their own, confirmed by another trustee: votes are signed, and nobody who",
    );
    stage.voice.say("   runs the machine can vote for them. `hustings board verify` checks every signature.");
    try_without_the_board(stage, loans.candidate)?;
    decide_on_the_candidate(stage, &signers, &candidate)?;
    for loan in [loans.council, loans.committee] {
        vote(&signers, loan, &["Rosa Lind", "Tom Baker", "June Park"])?;
        expect_state(stage, loan, LoanState::Cleared)?;
    }
    Ok(loans)
}

fn register(stage: &Stage, stand: &Stand) -> Result<()> {
    for new in cast::borrowers(stand) {
        let (name, contact) = (new.name.clone(), new.contact_email.clone());
        let borrower = lend::add_borrower(&stage.app, &stage.operator, new)?;
        lend::verify_borrower(&stage.app, &stage.operator, borrower.id)?;
        let agent = NewUser {
            name: format!("{name}, by its staff"),
            email: contact,
            roles: vec![Role::Borrower],
            wing: None,
            borrower: Some(borrower.id),
        };
        add_user(&stage.app, &stage.operator, agent)?;
    }
    Ok(())
}

fn file(stage: &Stage, request: RequestFile) -> Result<Loan> {
    let borrower = request.borrower.clone().unwrap_or_default();
    match lend::request(&stage.app, &stage.operator, request)? {
        Requested::Accepted { loan, checks } => {
            stage.voice.say(format!(
                "   {borrower} asks people to {} ({}): {}, {} rules kept.",
                loan.terms.ask,
                loan.terms.area.label(),
                loan.number,
                checks.len()
            ));
            Ok(*loan)
        }
        Requested::Refused { checks } => {
            let broken: Vec<String> =
                checks.into_iter().filter(|check| !check.passed).map(|check| check.rule).collect();
            Err(Refusal::internal(format!("the charter refused {borrower}")).because(broken.join("; ")))
        }
    }
}

/// Somebody with every technical role tries to send what the board has not cleared.
fn try_without_the_board(stage: &Stage, loan: LoanNumber) -> Result<()> {
    let everything = Actor {
        user: None,
        roles: vec![Role::Administrator, Role::Steward, Role::Treasurer],
        wing: None,
        borrower: None,
        through: None,
    };
    match hustings_app::send::start_send(&stage.app, &everything, loan) {
        Ok(_) => Err(Refusal::internal("a loan was sent without clearance")),
        Err(refusal) => {
            stage.voice.say(format!(
                "   somebody with every technical role tries to send it now: {}.",
                refusal.message
            ));
            stage.voice.say("   The attempt is in the ledger.");
            Ok(())
        }
    }
}

fn decide_on_the_candidate(stage: &Stage, signers: &Signers, loan: &Loan) -> Result<()> {
    let number = loan.number;
    let page = format!("/console/loans/{}", number.0);
    let at = |act: &str| format!("{page}/{act}");
    signers.submit("Ida Novak", &page, &at("recuse"), &[("words", "Her treasurer is my brother.")])?;
    stage.voice.say("   Ida Novak recuses herself: the treasurer is her brother.");
    let challenged = hustings_app::access::user_named(&stage.app, "Sam Reed")?.id.to_string();
    let words = [("trustee", challenged.as_str()), ("words", "He was paid by this campaign in spring.")];
    signers.submit("Tom Baker", &page, &at("challenge"), &words)?;
    for (name, ruling) in [("Rosa Lind", "dismiss"), ("Tom Baker", "uphold"), ("June Park", "dismiss")] {
        signers.submit(name, &page, &at("decide-challenge"), &[("decision", ruling)])?;
    }
    stage.voice.say("   Tom Baker challenges Sam Reed for an interest; the others dismiss it, 2 to 1.");
    vote(signers, number, &["Rosa Lind", "June Park"])?;
    expect_state(stage, number, LoanState::Requested)?;
    stage.voice.say("   Rosa Lind and June Park approve: 2 of the 3 votes that are needed.");

    let edited =
        lend::edit_appeal(&stage.app, &stage.operator, number, cast::one_word_changed(&loan.appeal))?;
    let view = lend::loan_view(&stage.app, &stage.operator, number)?;
    let standing = view.proceedings.votes.iter().filter(|vote| vote.content == view.content).count();
    if standing != 0 {
        return Err(Refusal::internal("votes on the old text still stand"));
    }
    stage.voice.say(format!(
        "   The candidate changes one word (two Saturdays become three): text {} is now {}, and both votes are void.",
        loan.content_hash()?.short(),
        edited.content_hash()?.short()
    ));
    vote(signers, number, &["Rosa Lind", "Tom Baker", "June Park"])?;
    expect_state(stage, number, LoanState::Cleared)?;
    stage
        .voice
        .say("   They read it again: Rosa Lind, Tom Baker and June Park approve. Cleared by both wings.");
    Ok(())
}

/// Each opens the page, reads, and signs a vote on what it shows.
fn vote(signers: &Signers, loan: LoanNumber, names: &[&str]) -> Result<()> {
    let page = format!("/console/loans/{}", loan.0);
    for name in names {
        signers.submit(name, &page, &format!("{page}/vote"), &[("vote", "approve"), ("words", "")])?;
    }
    Ok(())
}

fn expect_state(stage: &Stage, number: LoanNumber, state: LoanState) -> Result<()> {
    let found = lend::loan_view(&stage.app, &stage.operator, number)?.loan.state;
    if found == state {
        Ok(())
    } else {
        Err(Refusal::internal(format!("loan {number} is {found}, not {state}")))
    }
}
