//! Questions about an audience: how many, how they divide, whom two share, a few of them, why one is in or out.

use super::{By, Desk, as_of};
use crate::opening::read_text;
use hustings_app::people::audience::{self, DivideBy, Reason};
use hustings_app::people::count as counting;
use hustings_app::{Refusal, Result};
use hustings_domain::area::AreaId;
use hustings_domain::money::group_thousands;
use hustings_vault::Field;
use serde_json::json;
use std::path::Path;

pub(super) fn count(desk: &Desk<'_>, rule: &str) -> Result<()> {
    let counted = counting::count(desk.app, &desk.actor, rule, desk.today)?;
    desk.voice.result(&counted, |voice| {
        voice.say(format!("{} supporters", group_thousands(counted.count)));
        voice.say(format!("rule: {}", counted.canonical));
        voice.say(as_of(counted.as_of));
    })
}

pub(super) fn breakdown(
    desk: &Desk<'_>,
    rule: &str,
    by: By,
    kind: Option<&str>,
    inside: Option<&AreaId>,
) -> Result<()> {
    if by != By::Area && (kind.is_some() || inside.is_some()) {
        return Err(Refusal::invalid("audience.divide", "`--kind` and `--inside` are about areas")
            .hint("use them with `--by area`"));
    }
    let by = match by {
        By::Area => DivideBy::Area { kind: kind.map(str::to_owned), inside: inside.cloned() },
        By::Issue => DivideBy::Issue,
        By::Month => DivideBy::Month,
        By::Source => DivideBy::Source,
    };
    let divided = audience::breakdown(desk.app, &desk.actor, rule, &by, desk.today)?;
    desk.voice.result(&divided, |voice| {
        voice.say(format!("{} supporters", group_thousands(divided.count)));
        let rows: Vec<Vec<String>> =
            divided.parts.iter().map(|(name, people)| vec![name.clone(), group_thousands(*people)]).collect();
        voice.table(&[&divided.by, "people"], &rows);
        voice.say(as_of(divided.as_of));
    })
}

pub(super) fn overlap(desk: &Desk<'_>, left: &str, right: &str) -> Result<()> {
    let overlap = audience::overlap(desk.app, &desk.actor, left, right, desk.today)?;
    desk.voice.result(&overlap, |voice| {
        let row = |name: &str, people| vec![name.to_owned(), group_thousands(people)];
        voice.table(
            &["", "people"],
            &[
                row("the first", overlap.left),
                row("the second", overlap.right),
                row("both", overlap.both),
                row("the first alone", overlap.only_left),
                row("the second alone", overlap.only_right),
            ],
        );
        voice.say(as_of(overlap.as_of));
    })
}

pub(super) fn sample(desk: &Desk<'_>, rule: &str) -> Result<()> {
    const SHOWN: [Field; 4] = [Field::GivenName, Field::FamilyName, Field::Email, Field::City];
    let sample = audience::sample(desk.app, &desk.actor, rule, desk.today)?;
    let people: Vec<_> = sample
        .people
        .iter()
        .map(|person| {
            let held =
                SHOWN.into_iter().filter_map(|field| Some((field.as_str(), person.identity.get(field)?)));
            json!({"id": person.id, "fields": held.collect::<std::collections::BTreeMap<_, _>>()})
        })
        .collect();
    desk.voice.result(&json!({"count": sample.count, "people": people, "as_of": sample.as_of}), |voice| {
        let rows: Vec<Vec<String>> = sample
            .people
            .iter()
            .map(|person| {
                SHOWN.into_iter().map(|field| person.identity.get(field).unwrap_or("").to_owned()).collect()
            })
            .collect();
        voice.say(format!("{} of {} supporters, drawn at random", rows.len(), group_thousands(sample.count)));
        voice.table(&SHOWN.map(Field::as_str), &rows);
        voice.say(as_of(sample.as_of));
    })
}

pub(super) fn why(desk: &Desk<'_>, rule: &str, email: &str) -> Result<()> {
    let typed = if email == "-" { read_text(Path::new("-"))? } else { email.to_owned() };
    let why = audience::why(desk.app, &desk.actor, rule, typed.trim(), desk.today)?;
    desk.voice.result(&why, |voice| {
        voice.say(if why.is_in { "In the audience." } else { "Not in the audience." });
        voice.say(&why.words);
        let mut rows = Vec::new();
        lines(&why.terms, 0, &mut rows);
        voice.table(&["holds", "term"], &rows);
        if why.stopped {
            voice.say("The person has stopped everything: nothing reaches them either way.");
        }
        voice.say(as_of(why.as_of));
    })
}

fn lines(terms: &[Reason], depth: usize, rows: &mut Vec<Vec<String>>) {
    for reason in terms {
        let holds = if reason.holds { "yes" } else { "no" };
        rows.push(vec![holds.to_owned(), format!("{}{}", "  ".repeat(depth), reason.term)]);
        lines(&reason.inside, depth + 1, rows);
    }
}
