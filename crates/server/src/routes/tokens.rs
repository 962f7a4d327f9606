//! Tokens for programs: made and revoked on the desk by whose they are, seen and revoked in the console. What a token
//! holds is shown by the answer that makes it, once, and is in no address.

use super::{Answer, Call, Done, Reply};
use crate::present::frame;
use crate::problem::sentence;
use crate::views::Place;
use crate::views::console::ConsoleTokens;
use crate::views::desk::{DeskTokens, TokenRow};
use crate::views::parts::{Choice, When};
use axum::http::StatusCode;
use hustings_app::access::{self, LONGEST_DAYS, NewToken, TokenView};
use hustings_app::{Kind, Refusal, Result};
use hustings_domain::token::Scope;

/// How long a token lasts unless something else is chosen, in days.
const USUAL_DAYS: u32 = 90;

/// `GET /desk/tokens`.
pub(super) fn desk(call: &Call) -> Answer {
    Reply::page(&shown(call)?)
}

/// `POST /desk/tokens`: `name`, `scope` (again for each), `days`.
pub(super) fn make(call: &Call) -> Answer {
    let form = &call.form.fields;
    let wrong = |said: String| Refusal::invalid("token.wrong", said);
    let read = || -> Result<NewToken> {
        let scopes: std::result::Result<Vec<Scope>, String> = form.all("scope").map(str::parse).collect();
        let days = form.text("days").trim();
        let days = days.parse().map_err(|_| {
            wrong(format!("`{days}` is not a number of days")).hint(format!("1 to {LONGEST_DAYS}"))
        })?;
        Ok(NewToken { name: form.text("name").to_owned(), scopes: scopes.map_err(wrong)?, days })
    };
    match read().and_then(|new| access::make_token(call.app(), call.actor()?, new)) {
        Ok(made) => Reply::page(&DeskTokens { made: Some(made.secret), ..shown(call)? }),
        Err(refusal) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let hint: Vec<String> = refusal.hints.iter().map(|said| sentence(said)).collect();
            let problem = Some((sentence(&refusal.message), hint.join(" ")));
            let page = DeskTokens { problem, ..shown(call)? };
            Reply::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(refusal) => Err(refusal),
    }
}

/// `POST /desk/tokens/{id}/end`.
pub(super) fn end_own(call: &Call) -> Answer {
    ended(call, "/desk/tokens")
}

/// `GET /console/tokens`.
pub(super) fn console(call: &Call) -> Answer {
    let rows = rows(call)?;
    Reply::page(&ConsoleTokens {
        frame: frame::console(call, "Tokens of borrowers' programs", Place::Ledger)?,
        rows,
    })
}

/// `POST /console/tokens/{id}/end`.
pub(super) fn end(call: &Call) -> Answer {
    ended(call, "/console/tokens")
}

fn ended(call: &Call, back: &str) -> Answer {
    let unknown = |_| Refusal::not_found("token.unknown", "there is no such token");
    access::end_token(call.app(), call.actor()?, call.param("id").parse().map_err(unknown)?)?;
    Reply::done(back, Done::TokenEnded)
}

fn rows(call: &Call) -> Result<Vec<TokenRow>> {
    let tokens = access::tokens(call.app(), call.actor()?)?;
    Ok(tokens.iter().map(|token| row(call, token)).collect())
}

fn row(call: &Call, token: &TokenView) -> TokenRow {
    let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
    TokenRow {
        id: token.id.to_string(),
        name: token.name.clone(),
        borrower: token.borrower_name.clone(),
        person: token.person.clone(),
        scopes: if scopes.is_empty() { "reads alone".to_owned() } else { scopes.join(", ") },
        made: frame::day(call, token.made),
        expires: frame::day(call, token.expires),
        used: token.used.map(When::on),
    }
}

fn shown(call: &Call) -> Result<DeskTokens> {
    let form = &call.form.fields;
    let again = form.first("name").is_some();
    let own = super::desk_many::own_name(call)?;
    let ticked = |scope: Scope| form.all("scope").any(|word| word == scope.as_str());
    Ok(DeskTokens {
        frame: frame::desk(call, "Tokens for programs", &own)?,
        made: None,
        problem: None,
        rows: rows(call)?,
        name: form.text("name").to_owned(),
        days: if again { form.text("days").to_owned() } else { USUAL_DAYS.to_string() },
        most_days: LONGEST_DAYS,
        scopes: Scope::ALL
            .into_iter()
            .map(|scope| Choice {
                value: scope.to_string(),
                label: scope.words().to_owned(),
                ticked: again && ticked(scope),
            })
            .collect(),
    })
}
