//! What opens records: a few people of an audience, and why one person is in it or not. Both are posted, because
//! the ledger says that they were asked for, and an address stands in no URL.

use super::super::{Answer, Call, Reply};
use super::{path_of, shown, today, wrong};
use crate::present::frame;
use crate::views::Place;
use crate::views::console::{AudienceSample, AudienceWhy, SampleRow, WhyRow};
use crate::views::format::{count, counted};
use crate::views::parts::Badge;
use axum::http::StatusCode;
use hustings_app::Kind;
use hustings_app::people::audience::{self, Reason};
use hustings_vault::{Field, Identity};

/// `POST /console/audiences/sample`.
pub(in super::super) fn sample(call: &Call) -> Answer {
    let text = call.form.fields.text("q");
    let sample = match audience::sample(call.app(), call.actor()?, text, today(call)) {
        Ok(sample) => sample,
        Err(refusal) if refusal.kind == Kind::Invalid => {
            return shown(call, text, wrong(&refusal), StatusCode::UNPROCESSABLE_ENTITY);
        }
        Err(refusal) => return Err(refusal),
    };
    let said = format!(
        "{} of {}, drawn at random",
        count(sample.people.len() as u64),
        counted(sample.count, "person", "people")
    );
    let rows = sample
        .people
        .iter()
        .map(|person| SampleRow {
            id: person.id.to_string(),
            name: name_of(&person.identity),
            email: person.identity.get(Field::Email).unwrap_or_default().to_owned(),
            city: person.identity.get(Field::City).unwrap_or_default().to_owned(),
        })
        .collect();
    Reply::page(&AudienceSample {
        frame: frame::console(call, said, Place::Audiences)?,
        text: text.to_owned(),
        rows,
        back: path_of(text),
        as_of: frame::when(call, sample.as_of.at),
    })
}

fn name_of(identity: &Identity) -> String {
    let names: Vec<&str> =
        [Field::GivenName, Field::FamilyName].into_iter().filter_map(|field| identity.get(field)).collect();
    if names.is_empty() { "no name".to_owned() } else { names.join(" ") }
}

/// `POST /console/audiences/why`.
pub(in super::super) fn why(call: &Call) -> Answer {
    let (text, address) = (call.form.fields.text("q"), call.form.fields.text("address"));
    let why = match audience::why(call.app(), call.actor()?, text, address, today(call)) {
        Ok(why) => why,
        Err(refusal) if matches!(refusal.kind, Kind::Invalid | Kind::NotFound) => {
            let status = crate::problem::status(refusal.kind);
            return shown(call, text, wrong(&refusal), status);
        }
        Err(refusal) => return Err(refusal),
    };
    let mut rows = Vec::new();
    lines(&why.terms, "", &mut rows);
    let verdict = if why.is_in { Badge::go("in the audience") } else { Badge::stop("not in the audience") };
    Reply::page(&AudienceWhy {
        // INVARIANT: the title is what a browser keeps in its history, so it names nobody.
        frame: frame::console(call, "Why this person is in or out", Place::Audiences)?,
        text: text.to_owned(),
        words: why.words,
        verdict,
        rows,
        stopped: why.stopped,
        id: why.id.to_string(),
        back: path_of(text),
        as_of: frame::when(call, why.as_of.at),
    })
}

fn lines(terms: &[Reason], of: &str, rows: &mut Vec<WhyRow>) {
    for reason in terms {
        rows.push(WhyRow {
            term: reason.term.clone(),
            holds: if reason.holds { Badge::go("holds") } else { Badge::plain("does not hold") },
            of: of.to_owned(),
        });
        lines(&reason.inside, &reason.term, rows);
    }
}
