//! A supporter's own page: who may reach me and why, who has something of mine, what is held, forget me.

use super::answer::stop_token;
use super::{Answer, Call, Done, Reply, answer, supporters};
use crate::present::supporter::{fact, field_label, how};
use crate::present::{frame, words};
use crate::views::parts::{Badge, FieldInput};
use crate::views::supporter::{AttributeInput, HeldFact, Introduced, Me, Reached, Stop, Switch};
use hustings_app::Refusal;
use hustings_app::after::{self, Introduction, MyPage, ToldOutcome};
use hustings_app::send::links::{self, LinkPurpose};
use hustings_domain::charter::Charter;
use hustings_domain::consent::{Channel, ConsentState};
use hustings_domain::duty::DoneWith;
use hustings_domain::ids::{CopyNumber, LoanNumber};
use hustings_domain::response::ResponseKind;
use hustings_domain::words::Slug;
use hustings_vault::Field;

/// `GET /me/{token}`.
pub(super) fn page(call: &Call) -> Answer {
    let token = call.param("token");
    let held = after::my_page(call.app(), token)?;
    let place = links::open(call.app(), LinkPurpose::MyPage, token)?;
    let charter = call.app().charter()?;
    let on = held.purposes.iter().filter(|line| line.state.counts() && !line.stopped).count();
    let title = match on {
        0 => "Nobody may write to you through us".to_owned(),
        1 => "One kind of mail may reach you".to_owned(),
        many => format!("{many} kinds of mail may reach you"),
    };
    Reply::page(&Me {
        frame: frame::open(call, title),
        token: token.to_owned(),
        stop_token: stop_token(call, place)?,
        switches: switches(call, &held, &charter),
        introduced: introduced(call, &held),
        reached: held
            .loans
            .iter()
            .map(|line| Reached {
                when: frame::day(call, line.delivery.1),
                said: format!(
                    "{}: \u{201c}{}\u{201d}{}",
                    line.borrower,
                    line.subject,
                    line.answered.map_or_else(String::new, |(kind, _)| format!(
                        "; you {}",
                        words::answered(kind).word
                    ))
                ),
                receipt: line
                    .answered
                    .filter(|(kind, _)| *kind == ResponseKind::Yes)
                    .map(|_| u64::from(line.loan.0)),
                waits: line.waits,
            })
            .collect(),
        forgetting: format!(
            "We destroy your record and the key to it. Within {} days it is in no backup either. Whoever got \
             something of yours is told to erase it. Only your stop stays, in a form that names nobody.",
            held.key_backup_days
        ),
        inputs: Field::ALL
            .into_iter()
            .map(|field| {
                let kept = held.fields.iter().find(|line| line.field == field);
                FieldInput::new(field, kept.map(|line| line.value.as_str()))
            })
            .collect(),
        attributes: held
            .attributes
            .iter()
            .map(|one| AttributeInput {
                name: one.name.to_string(),
                title: one.title.clone(),
                kind: one.kind.words().to_owned(),
                value: one.value.clone(),
            })
            .collect(),
        held: held_facts(call, &held, &charter),
    })
}

fn switches(call: &Call, held: &MyPage, charter: &Charter) -> Vec<Switch> {
    held.purposes
        .iter()
        .map(|line| {
            let on = line.state.counts() && !line.stopped;
            let lends =
                charter.purposes.iter().any(|purpose| purpose.id == line.purpose && !purpose.asks.is_empty());
            Switch {
                purpose: line.purpose.to_string(),
                channel: line.channel.as_str().to_owned(),
                label: capital(&format!("{}, by {}", line.label, channel(line.channel))),
                meaning: if lends {
                    "Somebody's case, sent by us. They never see your address unless you say yes to them."
                        .to_owned()
                } else {
                    format!("From {} alone.", held.owner)
                },
                state: match (on, line.stopped) {
                    (true, _) => Badge::go("on"),
                    (false, true) => Badge::stop("stopped by you"),
                    (false, false) => Badge::plain("off"),
                },
                since: line.since.as_ref().map_or_else(
                    || "never stated".to_owned(),
                    |(at, how)| format!("since {}, {how}", frame::day(call, *at).text),
                ),
                on,
            }
        })
        .collect()
}

/// With a capital at its start.
fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), characters.as_str()))
}

fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "e-mail",
        Channel::Phone => "phone",
        Channel::Post => "letter",
    }
}

fn introduced(call: &Call, held: &MyPage) -> Vec<Introduced> {
    let entry = |copy: u32| {
        call.site.with_trail(|trail| trail.last("copy", &copy, "copy.made").map(|mark| mark.index))
    };
    // Without its proof the page is still the person's own.
    let made = |copy: u32| entry(copy).ok().flatten();
    held.introductions
        .iter()
        .map(|line| {
            let fields: Vec<String> = line.fields.iter().map(|field| words::field(field.as_str())).collect();
            Introduced {
                copy: u64::from(line.copy.0),
                borrower: line.borrower.clone(),
                fields: format!("your {}", fields.join(", ")),
                when: frame::day(call, line.made),
                state: match (&line.said, line.taken_back, line.fetched) {
                    (Some(said), ..) if said.done == DoneWith::NeverLeft => {
                        Badge::go("taken back before it left")
                    }
                    (Some(_), ..) => Badge::go("they say it is erased"),
                    (None, Some(_), _) => Badge::wait("taken back; they must erase it"),
                    (None, None, Some(_)) => Badge::wait("with them"),
                    (None, None, None) => Badge::plain("ready for them"),
                },
                said: erasure_said(call, line),
                reported: line.outcomes.iter().map(|told| reported(call, told)).collect(),
                loan: u64::from(line.loan.0),
                may_take_back: line.taken_back.is_none() && line.said.is_none(),
                proof: made(line.copy.0),
            }
        })
        .collect()
}

/// Where its erasure stands, in a sentence.
fn erasure_said(call: &Call, line: &Introduction) -> String {
    let day = |at| frame::day(call, at).text;
    match (&line.said, line.taken_back, line.due) {
        (Some(said), taken, _) if said.done != DoneWith::NeverLeft => {
            let begun = taken.map_or_else(String::new, |at| format!("You took it back on {}. ", day(at)));
            let passed = match said.processors {
                0 => String::new(),
                1 => ", and told the one who handles it for them".to_owned(),
                many => format!(", and told the {many} who handle it for them"),
            };
            format!("{begun}They said on {}: {}{passed}.", day(said.at), said.done.words())
        }
        (None, Some(taken), Some(due)) => {
            format!(
                "You took it back on {}. They have to confirm by {} that it is erased.",
                day(taken),
                day(due)
            )
        }
        _ => String::new(),
    }
}

/// What they reported of the person.
fn reported(call: &Call, told: &ToldOutcome) -> String {
    let amount = told.outcome.amount.map_or_else(String::new, |amount| format!(" {amount}"));
    let on = told.outcome.on.map_or_else(String::new, |on| format!(" on {on}"));
    let what = told.outcome.kind.label();
    format!("They told us on {}: you {what}{amount}{on}", frame::day(call, told.at).text)
}

fn held_facts(call: &Call, held: &MyPage, charter: &Charter) -> Vec<HeldFact> {
    let row = |name: String, value: String, source: &str| HeldFact {
        name,
        value,
        how: String::new(),
        source: source.to_owned(),
    };
    let mut rows: Vec<HeldFact> =
        held.fields.iter().map(|line| row(field_label(line.field), line.value.clone(), "")).collect();
    rows.extend(held.facts.iter().map(|line| {
        let (name, value) = fact(&line.fact.value, charter);
        HeldFact { how: how(line.fact.origin).to_owned(), ..row(name, value, &line.source) }
    }));
    rows.extend(
        held.gifts.iter().map(|gift| row("gift".to_owned(), format!("{} on {}", gift.amount, gift.on), "")),
    );
    rows.push(row("On the list since".to_owned(), frame::day(call, held.joined).text, ""));
    rows
}

fn back(call: &Call, done: Done) -> Answer {
    Reply::done(&format!("/me/{}", call.param("token")), done)
}

/// `POST /me/{token}/consent`.
pub(super) fn consent(call: &Call) -> Answer {
    let form = &call.form.fields;
    let wrong = || Refusal::invalid("consent.unreadable", "press one of the buttons on the page");
    let purpose: Slug = form.text("purpose").parse().map_err(|_| wrong())?;
    let channel: Channel = form.text("channel").parse().map_err(|_| wrong())?;
    let state = match form.text("state") {
        "given" => ConsentState::Given,
        "withdrawn" => ConsentState::Withdrawn,
        _ => return Err(wrong()),
    };
    after::set_consent(call.app(), call.param("token"), &purpose, channel, state)?;
    back(call, Done::Consent)
}

/// `POST /me/{token}/take-back`.
pub(super) fn take_back(call: &Call) -> Answer {
    let wrong = |_| Refusal::invalid("copy.unknown", "press one of the buttons on the page");
    let form = &call.form.fields;
    if let Some(loan) = form.first("loan") {
        let loan: LoanNumber = loan.parse().map_err(wrong)?;
        let token = call.param("token");
        let taken = after::take_back_yes(call.app(), LinkPurpose::MyPage, token, Some(loan))?;
        return back(call, if taken.copies.is_empty() { Done::YesTakenBack } else { Done::TakenBack });
    }
    let copy: CopyNumber = form.text("copy").parse().map_err(wrong)?;
    after::take_back(call.app(), call.param("token"), copy)?;
    back(call, Done::TakenBack)
}

/// `GET /me/{token}/receipt/{number}`: the receipt for one's yes to a loan, to keep.
pub(super) fn receipt(call: &Call) -> Answer {
    let number = call.loan()?;
    let token = call.param("token");
    answer::handed(&after::yes_receipt(call.app(), LinkPurpose::MyPage, token, Some(number))?)
}

/// `POST /me/{token}/export`: an act, and in the ledger, so never a `GET`.
pub(super) fn export(call: &Call) -> Answer {
    let held = after::my_export(call.app(), call.param("token"))?;
    supporters::handed_out(call, "what-we-hold-on-you", held)
}

/// `POST /me/{token}/correct`.
pub(super) fn correct(call: &Call) -> Answer {
    let changes = supporters::changes(call);
    let corrected = after::correct_me(call.app(), call.param("token"), &changes)?;
    back(call, supporters::done(&corrected))
}

/// `POST /me/{token}/attribute`.
pub(super) fn attribute(call: &Call) -> Answer {
    let form = &call.form.fields;
    let changed =
        after::correct_my_attribute(call.app(), call.param("token"), form.text("name"), form.text("value"))?;
    back(call, if changed { Done::Corrected } else { Done::NothingToCorrect })
}

/// `POST /me/{token}/forget`.
pub(super) fn forget(call: &Call) -> Answer {
    if call.form.fields.text("understood") != "yes" {
        return Err(Refusal::invalid(
            "forget.not-understood",
            "tick that you understand that it cannot be undone",
        ));
    }
    let erased = after::forget_me(call.app(), call.param("token"))?;
    Reply::page(&gone(call, erased.notices, erased.key_backup_days))
}

fn gone(call: &Call, notices: usize, days: u32) -> Stop {
    let told = match notices {
        0 => "Nobody else had anything of yours.".to_owned(),
        1 => "The one borrower who had something of yours is told to erase it.".to_owned(),
        many => format!("The borrowers who had something of yours, in {many} copies, are told to erase it."),
    };
    Stop {
        frame: frame::open(call, "You are forgotten"),
        token: String::new(),
        said: format!(
            "Your record is destroyed; within {days} days it is in no backup either. {told} You hear no more from us."
        ),
        done: true,
        only: Vec::new(),
    }
}
