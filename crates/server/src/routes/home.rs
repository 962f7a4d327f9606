//! The first page of the console, and alarms.

use super::{Answer, Call, Reply};
use crate::present::loan::evidence;
use crate::present::{frame, waiting, words};
use crate::problem::sentence;
use crate::views::Place;
use crate::views::console::{AlarmRow, Alarms, Figure, Home, Sending};
use crate::views::format::{count, counted};
use crate::views::parts::{Badge, Bar, Bars, Pager, Tone, When};
use hustings_app::after::{self, Dashboard};
use hustings_app::{Refusal, Result};
use hustings_domain::access::Action;
use hustings_domain::loan::LoanState;
use jiff::Timestamp;

/// `GET /console`.
pub(super) fn page(call: &Call) -> Answer {
    let dashboard = after::dashboard(call.app(), call.actor()?)?;
    let waits = waiting::for_actor(call)?;
    let title = match waits.len() {
        0 => "Nothing waits for you".to_owned(),
        many => format!("{} for you", counted(many as u64, "thing waits", "things wait")),
    };
    let mut frame = frame::console(call, title, Place::Home)?;
    frame.as_of = Some(When::at(call.app().now(), call.site.zone()));
    let alarms = if frame::may(call, Action::ReadAlarms) {
        let rows = dashboard.alarms.iter().take(5);
        rows.map(|alarm| alarm_row(call, &alarm.kind, &alarm.what, alarm.at)).collect()
    } else {
        Vec::new()
    };
    Reply::page(&Home {
        frame,
        waiting: waits,
        sending: sending(call)?,
        figures: figures(&dashboard),
        consents: consents(&dashboard),
        alarms,
    })
}

fn figures(dashboard: &Dashboard) -> Vec<Figure> {
    if dashboard.supporters == 0 {
        return Vec::new();
    }
    let figure =
        |value: u64, label: &str, note: String| Figure { value: count(value), label: label.to_owned(), note };
    let open = dashboard.erasures_open;
    vec![
        figure(dashboard.supporters, "supporters", String::new()),
        figure(dashboard.people_addressed, "addressed by a loan", String::new()),
        figure(dashboard.suppressions, "stops kept for ever", String::new()),
        figure(dashboard.loans.iter().map(|(_, loans)| loans).sum(), "loans", String::new()),
        figure(
            dashboard.copies,
            "copies left",
            if open > 0 { format!("{} to be erased", counted(open, "row", "rows")) } else { String::new() },
        ),
        figure(dashboard.ledger_entries, "ledger entries", String::new()),
    ]
}

fn consents(dashboard: &Dashboard) -> Option<Bars> {
    (dashboard.supporters > 0).then(|| Bars {
        id: "consents-given".to_owned(),
        title: "Consents given by e-mail, by purpose".to_owned(),
        description: "How many people agreed to each purpose.".to_owned(),
        labels: "Purpose".to_owned(),
        counts: "People".to_owned(),
        rows: dashboard
            .consents
            .iter()
            .map(|line| Bar { label: line.label.clone(), count: line.given, tone: Tone::Go })
            .collect(),
    })
}

fn sending(call: &Call) -> Result<Vec<Sending>> {
    let under_way = call.app().store().read(|tx| {
        let mut found = Vec::new();
        for loan in tx.loans()? {
            if !matches!(loan.state, LoanState::Sending | LoanState::Paused) {
                continue;
            }
            if let Some(send) = tx.send(loan.id)? {
                let counts = tx.delivery_counts(loan.id, u32::MAX)?;
                found.push((loan, send, counts));
            }
        }
        Ok::<_, Refusal>(found)
    })?;
    under_way
        .into_iter()
        .map(|(loan, send, counts)| {
            let sent = u64::from(counts.accepted) + u64::from(counts.in_doubt);
            let watched = send.pilot_done.is_some() && send.released < send.planned;
            let wave = if watched {
                "the pilot is watched"
            } else if send.released > send.pilot {
                "the rest goes out"
            } else {
                "the pilot goes out"
            };
            Ok(Sending {
                loan: u64::from(loan.number.0),
                subject: loan.appeal.subject.clone(),
                state: words::loan_state(loan.state),
                sent,
                of: u64::from(send.planned),
                progress: format!("{} of {} sent; {wave}", count(sent), count(u64::from(send.planned))),
                evidence: evidence(call, loan.number, &format!("evidence-{}", loan.number.0))?,
                may_pause: loan.state == LoanState::Sending && frame::may(call, Action::PauseLoan),
            })
        })
        .collect()
}

fn alarm_row(call: &Call, kind: &str, what: &str, at: Timestamp) -> AlarmRow {
    let (detail, path) = match kind {
        "seed-mail" => {
            ("A planted record got mail that is not ours: a copy is being used elsewhere.", "/console/copies")
        }
        "misuse-reported" | "report" => {
            ("A supporter says that something is wrong with an appeal.", "/console/loans")
        }
        "duty" => {
            ("What it owes of its copies is late. Ask it, give notice, or suspend it.", "/console/borrowers")
        }
        "broken-glass" => (
            "Every trustee is told. It stays here until the board has read why and confirmed it.",
            "/console/acts",
        ),
        _ => ("Look at it, and pause what may be wrong.", "/console/loans"),
    };
    AlarmRow {
        badge: Badge::stop(kind.replace('-', " ")),
        said: sentence(what),
        detail: detail.to_owned(),
        path: path.to_owned(),
        when: frame::when(call, at),
    }
}

/// `GET /console/alarms`.
pub(super) fn alarms(call: &Call) -> Answer {
    let alarms = after::alarms(call.app(), call.actor()?)?;
    Reply::page(&Alarms {
        frame: frame::console(call, counted(alarms.len() as u64, "alarm", "alarms"), Place::Home)?,
        rows: alarms.iter().map(|alarm| alarm_row(call, &alarm.kind, &alarm.what, alarm.at)).collect(),
        pager: Pager::default(),
    })
}
