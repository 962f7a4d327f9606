//! The charter's rules: looking at them, filling in a template, trying a change on past requests. None of it changes the
//! charter.

use super::{Answer, Call, Reply};
use crate::present::frame;
use crate::problem::sentence;
use crate::views::Place;
use crate::views::console::{
    Charter, CharterSimulation, Chosen, RedecidedRow, RuleRow, SettingRow, TemplateRow,
};
use crate::views::parts::Badge;
use axum::http::StatusCode;
use hustings_app::lend::{self, ReadyRule, Redecided};
use hustings_app::{Kind, Refusal, Result};
use hustings_domain::access::Action;

/// How many of the last requests are decided again.
const LAST: u32 = 50;

/// `GET /console/charter?template=&fill=`.
pub(super) fn page(call: &Call) -> Answer {
    let in_force = lend::charter_in_force(call.app(), call.actor()?)?;
    let named = call.query.text("template");
    let chosen = if named.is_empty() { None } else { Some(chosen(call, named, &in_force.toml)?) };
    Reply::page(&Charter {
        frame: frame::console(
            call,
            format!("Who may ask for what: version {}", in_force.version),
            Place::Borrowers,
        )?,
        rules: in_force
            .rules
            .into_iter()
            .map(|rule| RuleRow { words: capital(&rule.words), place: rule.place, cedar: rule.cedar })
            .collect(),
        templates: lend::templates(None)?.iter().map(row).collect(),
        chosen,
        toml: in_force.toml,
        may_simulate: frame::may(call, Action::ReadBorrowers),
    })
}

fn row(template: &ReadyRule) -> TemplateRow {
    TemplateRow {
        id: template.id.to_owned(),
        words: capital(template.words),
        purpose: template.purpose.to_owned(),
    }
}

fn chosen(call: &Call, named: &str, toml: &str) -> Result<Chosen> {
    let template = lend::templates(Some(named))?
        .into_iter()
        .next()
        .ok_or_else(|| Refusal::not_found("template.unknown", "there is no such template"))?;
    let typed = |key: &str| call.query.text(key);
    let filled = (!typed("fill").is_empty()).then(|| lend::fill_template(named, typed, toml));
    let (problems, lines, said) = match filled {
        None => (Vec::new(), String::new(), String::new()),
        Some(Ok((lines, said))) => (Vec::new(), lines, said),
        Some(Err(refusal)) if refusal.kind == Kind::Invalid => {
            (causes(&refusal), String::new(), String::new())
        }
        Some(Err(refusal)) => return Err(refusal),
    };
    Ok(Chosen {
        settings: template
            .settings
            .iter()
            .map(|setting| SettingRow {
                key: setting.key.to_owned(),
                takes: sentence(&setting.takes),
                needed: setting.needed,
                typed: typed(setting.key).to_owned(),
            })
            .collect(),
        template: row(&template),
        problems,
        lines,
        said,
    })
}

fn causes(refusal: &Refusal) -> Vec<String> {
    if refusal.causes.is_empty() { vec![sentence(&refusal.message)] } else { refusal.causes.clone() }
}

/// `POST /console/charter/simulate`.
pub(super) fn simulate(call: &Call) -> Answer {
    let toml = call.form.fields.text("toml").to_owned();
    let actor = call.actor()?;
    let page = |title: String, problems, rows| {
        Ok::<_, Refusal>(CharterSimulation {
            frame: frame::console(call, title, Place::Borrowers)?,
            problems,
            rows,
            toml: toml.clone(),
        })
    };
    match lend::simulate(call.app(), actor, &toml, LAST) {
        Ok(simulation) => {
            let title = format!(
                "{} of the last {} requests would be decided differently",
                simulation.differ,
                simulation.requests.len()
            );
            let rows = simulation.requests.iter().map(|one| redecided(call, one)).collect();
            Reply::page(&page(title, Vec::new(), rows)?)
        }
        Err(refusal) if refusal.kind == Kind::Invalid => {
            let page = page("The change cannot be tried".to_owned(), causes(&refusal), Vec::new())?;
            Reply::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(refusal) => Err(refusal),
    }
}

fn redecided(call: &Call, one: &Redecided) -> RedecidedRow {
    let verdict = match (one.allowed_now, one.allowed_then) {
        (true, false) => Badge::stop("would be refused"),
        (false, true) => Badge::go("would go to the board"),
        (true, true) => Badge::plain("goes to the board under both"),
        (false, false) => Badge::plain("is refused under both"),
    };
    RedecidedRow {
        day: frame::day(call, one.at).text,
        borrower: one.borrower.clone(),
        asked: one.asked.clone(),
        verdict,
        broken: one
            .broken_then
            .iter()
            .map(|check| (capital(&check.rule), check.instead.clone().unwrap_or_default()))
            .collect(),
        lifted: if one.differs() {
            one.broken_now.iter().map(|check| capital(&check.rule)).collect()
        } else {
            Vec::new()
        },
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
