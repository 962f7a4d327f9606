//! Logging in by a mailed link, and out. Opening a link shows a button; only the button acts.

use super::{Answer, Call, Reply};
use crate::gate::{self, Caller};
use crate::site::LinkGoes;
use crate::views::OpenFrame;
use crate::views::console::{LogIn, LogInConfirm};
use crate::views::parts::{Csrf, Notice, Tone};
use axum::http::StatusCode;
use hustings_app::access::{ask_for_login, log_in, log_out};
use hustings_vault::EmailAddress;
use std::sync::Arc;

const LASTS: &str = "30 minutes";

fn csrf(call: &Call) -> Csrf {
    let token = match &call.caller {
        Caller::Visitor { token, .. } => token.clone(),
        _ => String::new(),
    };
    Csrf { token }
}

fn goes(call: &Call) -> Option<LinkGoes> {
    call.site.mail().map(|mail| mail.goes())
}

fn form(call: &Call, title: &str) -> LogIn {
    let no_mail = || Notice {
        tone: Tone::Wait,
        said: "This server mails no log-in links.".to_owned(),
        hint: "Ask an administrator for one: `hustings user login` makes it.".to_owned(),
    };
    let notice = call.notice().or_else(|| call.site.mail().is_none().then(no_mail));
    LogIn {
        frame: OpenFrame {
            title: title.to_owned(),
            owner: call.site.owner().to_owned(),
            as_of: None,
            notice,
        },
        csrf: csrf(call),
        asked_for: None,
        problem: None,
        typed: String::new(),
        link_lasts: LASTS.to_owned(),
        to_the_terminal: goes(call) == Some(LinkGoes::ToTheTerminal),
    }
}

/// `GET /login`.
pub(super) fn page(call: &Call) -> Answer {
    Reply::page(&form(call, "Log in"))
}

/// `POST /login`: answers alike, and as fast, whether anybody has this address.
pub(super) fn ask(call: &Call) -> Answer {
    let typed = call.form.fields.text("address").trim().to_owned();
    let Ok(address) = EmailAddress::parse(&typed) else {
        let problem = Some("That is not an e-mail address.".to_owned());
        let page = LogIn { problem, typed, ..form(call, "Log in") };
        return Reply::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    if let Some(mail) = call.site.mail() {
        let (site, mail) = (Arc::clone(&call.site), Arc::clone(mail));
        // Apart from the request, so that its duration tells nothing.
        tokio::task::spawn_blocking(move || match ask_for_login(site.app(), address.reveal()) {
            Ok(Some((user, token))) if site.may_mail(user.id) => {
                mail.send(&user.name, &user.email, &format!("{}/login/{token}", site.address()));
            }
            Ok(_) => {}
            Err(refusal) => tracing::error!(code = refusal.code, %refusal, "no log-in link could be made"),
        });
        let title = match goes(call) {
            Some(LinkGoes::ToTheTerminal) => "Ask whoever runs this server for your link",
            _ => "Look into your mail",
        };
        return Reply::page(&LogIn { asked_for: Some(typed), ..form(call, title) });
    }
    Reply::page(&form(call, "Log in"))
}

/// `GET /login/{token}`.
pub(super) fn confirm(call: &Call) -> Answer {
    Reply::page(&LogInConfirm {
        frame: OpenFrame {
            title: "Log in".to_owned(),
            owner: call.site.owner().to_owned(),
            as_of: None,
            notice: None,
        },
        csrf: csrf(call),
        token: call.param("token").to_owned(),
        name: String::new(),
    })
}

/// `POST /login/{token}`: uses the link up.
pub(super) fn begin(call: &Call) -> Answer {
    let session = log_in(call.app(), call.param("token"))?;
    let home = if session.user.borrower.is_some() { "/desk" } else { "/console" };
    let cookie = gate::set(&call.site, gate::SESSION, &session.cookie)?;
    let gone = gate::clear(&call.site, gate::VISITOR)?;
    Ok(Reply::see_other(home)?.with_cookie(cookie).with_cookie(gone))
}

/// `POST /logout`.
pub(super) fn end(call: &Call) -> Answer {
    log_out(call.app(), &call.signed()?.cookie)?;
    let gone = gate::clear(&call.site, gate::SESSION)?;
    Ok(Reply::see_other("/login?done=logged-out")?.with_cookie(gone))
}
