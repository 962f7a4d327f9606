//! Chapters 6 to 8: the sends, the answers, and the backlash that stops one of them.

use super::{Loans, chapter};
use crate::demo::provider::{complaint, links};
use crate::demo::stage::Stage;
use crate::synth::people::{Answer, Fields};
use hustings_app::{Refusal, Result, lend, send};
use hustings_domain::ids::LoanNumber;
use hustings_domain::loan::LoanState;
use hustings_domain::money::group_thousands;
use hustings_mail::receiver::Delivered;

pub(super) fn send_and_answer(stage: &Stage, loans: Loans) -> Result<()> {
    chapter(stage.voice, 6, "The candidate's case goes out: hold-back, pilot, then the rest");
    begin(stage, loans.candidate, true)?;
    stage.send_out(loans.candidate)?;
    let pilot = stage.provider.collect();
    stage.voice.say(format!(
        "   pilot: {} messages arrived, signed (DKIM), each with a one-click stop",
        pilot.len()
    ));
    keep_samples(stage, &pilot)?;
    scanners(stage, loans.candidate, &pilot)?;
    chapter(stage.voice, 7, "People answer");
    answer_all(stage, &pilot)?;
    stage.hours_go_by(5);
    send::release_rest(&stage.app, &stage.operator, loans.candidate)?;
    stage.send_out(loans.candidate)?;
    let rest = stage.provider.collect();
    answer_all(stage, &rest)?;
    say_outcome(stage, loans.candidate)?;
    expect(stage, loans.candidate, LoanState::Sent)?;

    chapter(stage.voice, 8, "Backlash");
    begin(stage, loans.council, false)?;
    stage.send_out(loans.council)?;
    let pilot = stage.provider.collect();
    stage.voice.say(format!(
        "   the council candidate's pilot: {} messages arrived, and people dislike them",
        pilot.len()
    ));
    answer_all(stage, &pilot)?;
    let view = lend::loan_view(&stage.app, &stage.operator, loans.council)?;
    if view.loan.state != LoanState::Paused {
        return Err(Refusal::internal(format!("the backlash did not stop loan {}", loans.council)));
    }
    stage.voice.say(format!("   paused by itself: {}", view.loan.reason.unwrap_or_default()));
    stage.hours_go_by(5);
    match send::release_rest(&stage.app, &stage.operator, loans.council) {
        Ok(_) => return Err(Refusal::internal("a paused loan went on")),
        Err(refusal) => {
            stage.voice.say(format!("   the rest is never sent: {}.", refusal.message));
            say_outcome(stage, loans.council)?;
        }
    }
    stage.voice.say("   The committee's own appeal, which asks for no money, goes out undisturbed:");
    send_whole(stage, loans.committee)
}

/// A send that people like: pilot, watch, rest, answers.
fn send_whole(stage: &Stage, loan: LoanNumber) -> Result<()> {
    begin(stage, loan, true)?;
    stage.send_out(loan)?;
    answer_all(stage, &stage.provider.collect())?;
    stage.hours_go_by(5);
    send::release_rest(&stage.app, &stage.operator, loan)?;
    stage.send_out(loan)?;
    answer_all(stage, &stage.provider.collect())?;
    say_outcome(stage, loan)
}

fn begin(stage: &Stage, loan: LoanNumber, liked: bool) -> Result<()> {
    stage.provider.expect(&loan.to_string(), liked);
    let sent = send::start_send(&stage.app, &stage.operator, loan)?;
    stage.voice.say(format!(
        "   {loan}: {} qualify and agreed; {} addressed too often, {} stopped, {} held back at random; {} to be mailed, {} of them first",
        group_thousands(u64::from(sent.selected)),
        sent.tired,
        sent.stopped,
        sent.held_back,
        group_thousands(u64::from(sent.planned)),
        sent.pilot
    ));
    Ok(())
}

/// Keeps a few messages as they arrived, and the DNS record that checks their signatures, so that a verifier that
/// is not ours can.
fn keep_samples(stage: &Stage, mails: &[(Delivered, Answer)]) -> Result<()> {
    let folder = stage.files.join("mail");
    let wrong =
        |error: std::io::Error| Refusal::internal("the sample mails could not be kept").because(error);
    std::fs::create_dir_all(&folder).map_err(wrong)?;
    for (number, (mail, _)) in mails.iter().take(5).enumerate() {
        std::fs::write(folder.join(format!("{number}.eml")), &mail.message).map_err(wrong)?;
    }
    let record = send::dkim::dkim_record(&stage.app)?;
    std::fs::write(folder.join("record.name"), record.name).map_err(wrong)?;
    std::fs::write(folder.join("record.txt"), record.text).map_err(wrong)
}

/// A link scanner opens every link of every mail. Nothing may change by that.
fn scanners(stage: &Stage, loan: LoanNumber, mails: &[(Delivered, Answer)]) -> Result<()> {
    let state = || -> Result<_> {
        let view = lend::loan_view(&stage.app, &stage.operator, loan)?;
        let (entries, stops) =
            stage.app.store().read(|tx| Ok::<_, Refusal>((tx.ledger_size()?, tx.suppression_count()?)))?;
        Ok((format!("{:?}", view.outcome), entries, stops))
    };
    let before = state()?;
    let scanner = stage.stranger();
    let mut opened = 0_u32;
    for (mail, _) in mails {
        for link in links(&mail.message).iter().filter(|link| link.starts_with(&stage.site)) {
            scanner.get(link)?.ok("a link in a mail")?;
            opened += 1;
        }
    }
    if state()? != before {
        return Err(Refusal::internal("opening links changed something"));
    }
    stage.voice.say(format!(
        "   link scanners opened {} links; nothing changed by that",
        group_thousands(u64::from(opened))
    ));
    Ok(())
}

/// Each person opens the mail that arrived and does what that person does.
fn answer_all(stage: &Stage, mails: &[(Delivered, Answer)]) -> Result<()> {
    let bar = crate::commands::import::bar::counting_bar(mails.len(), "answers");
    for (mail, answer) in mails {
        let links = links(&mail.message);
        let link = |path: &str| {
            links
                .iter()
                .find(|link| link.starts_with(&format!("{}/{path}/", stage.site)))
                .ok_or_else(|| Refusal::internal(format!("a mail has no /{path}/ link")))
        };
        let person = stage.stranger();
        let simple = |word: &str| -> Result<()> {
            let link = link("a")?;
            person.get(link)?.ok("the answer page")?;
            person.post(link, &[("answer", word)])?.ok("answering")?;
            Ok(())
        };
        match answer {
            Answer::Silent => {}
            Answer::Yes(ticked) => {
                let link = link("a")?;
                let page = person.get(link)?.ok("the answer page")?;
                let mut fields = vec![("answer", "yes")];
                let wishes = [
                    (Fields::EMAIL, &["email"][..]),
                    (Fields::NAME, &["given-name", "family-name"]),
                    (Fields::PHONE, &["phone"]),
                    (Fields::POSTAL_CODE, &["postal-code"]),
                ];
                for (wish, names) in wishes {
                    // Only what the page offers can be ticked.
                    let offered =
                        names.iter().filter(|name| page.text.contains(&format!("value=\"{name}\"")));
                    if ticked.contains(wish) {
                        fields.extend(offered.map(|name| ("field", *name)));
                    }
                }
                person.post(link, &fields)?.ok("saying yes")?;
            }
            Answer::Later => simple("later")?,
            Answer::No => simple("no")?,
            Answer::Never => simple("never")?,
            Answer::Report => {
                let link = link("a")?;
                person
                    .post(link, &[("answer", "report"), ("words", "This frightens people and is not true.")])?
                    .ok("reporting")?;
            }
            Answer::Unsubscribe => {
                person.post(link("u")?, &[("List-Unsubscribe", "One-Click")])?.ok("one-click unsubscribe")?;
            }
            Answer::Complain => {
                send::handle_report(&stage.app, &mail.from, &complaint(mail))?;
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(())
}

fn say_outcome(stage: &Stage, loan: LoanNumber) -> Result<()> {
    let view = lend::loan_view(&stage.app, &stage.operator, loan)?;
    let counts = view.outcome.deliveries;
    let answers: Vec<String> = view
        .outcome
        .answers
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| format!("{count} {}", kind.as_str()))
        .collect();
    stage.voice.say(format!(
        "   {loan}: {} accepted, {} bounced, {} in doubt, {} never sent; answers: {}",
        group_thousands(u64::from(counts.accepted)),
        counts.refused,
        counts.in_doubt,
        group_thousands(u64::from(counts.pending + counts.stopped)),
        answers.join(", ")
    ));
    Ok(())
}

fn expect(stage: &Stage, number: LoanNumber, state: LoanState) -> Result<()> {
    let found = lend::loan_view(&stage.app, &stage.operator, number)?.loan.state;
    if found == state {
        Ok(())
    } else {
        Err(Refusal::internal(format!("loan {number} is {found}, not {state}")))
    }
}
