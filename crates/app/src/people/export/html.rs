//! The export for people: one page with its styles inside, without script, that prints and fits a phone.
//! INVARIANT: every text that comes from outside goes through [`escaped`] before it stands in the page.

use super::gather::Gathered;
use super::write::{keyed_hashes, name_and_value};
use crate::people::show::LoanLine;
use hustings_domain::consent::{Channel, ConsentState, SuppressionReason, SuppressionScope};
use hustings_domain::duty::DoneWith;
use hustings_domain::facts::Origin;
use hustings_domain::response::ResponseKind;
use hustings_domain::words::Slug;
use hustings_store::records::{DeliveryState, Signal};
use hustings_vault::Field;
use jiff::Timestamp;
use serde_json::Value;

const STYLES: &str = "\
:root{color-scheme:light dark;--line:#8886}\
body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;padding:1rem;max-width:48rem}\
h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.15rem;margin:2rem 0 .5rem;break-after:avoid}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .5rem .4rem 0;\
border-bottom:1px solid var(--line);overflow-wrap:anywhere}tr{break-inside:avoid}\
blockquote{margin:.25rem 0;padding-left:.75rem;border-left:3px solid var(--line)}\
.small{font-size:.875rem}\
@media(max-width:36rem){thead{position:absolute;left:-999rem}tr,td,th{display:block;border:0;padding:.1rem 0}\
tr{border-bottom:1px solid var(--line);padding:.5rem 0}td[data-label]::before{content:attr(data-label) \": \";\
font-weight:600}}\
@media print{body{max-width:none;padding:0;font-size:10pt}a{color:inherit;text-decoration:none}}";

/// The whole page.
pub(super) fn page(held: &Gathered) -> String {
    let owner = escaped(&held.charter.owner.name);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>What {owner} holds on you</title>\
         <style>{STYLES}</style></head><body><main>\n<h1>What {owner} holds on you</h1>\n\
         <p>Written on {}. {owner}, {}. Write to {} about anything here.</p>\n",
        day(held.now),
        escaped(&held.charter.owner.postal_address),
        escaped(&held.charter.owner.from_address),
    );
    for section in [
        who(held),
        consents(held),
        stops(held),
        messages(held),
        answers(held),
        introductions(held),
        outcomes(held),
        facts(held),
        gifts(held),
        derived(held),
        rights(held),
    ] {
        page.push_str(&section);
    }
    page.push_str("</main></body></html>\n");
    page
}

/// Text as it may stand between tags and in quoted attributes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

fn day(at: Timestamp) -> String {
    at.strftime("%-d %B %Y").to_string()
}

/// A heading, and a table with a cell for each column; `empty` is said when there is no row. Cells are escaped here.
fn table(heading: &str, columns: &[&str], rows: &[Vec<String>], empty: &str) -> String {
    let heading = escaped(heading);
    if rows.is_empty() {
        return format!("<section><h2>{heading}</h2>\n<p>{}</p></section>\n", escaped(empty));
    }
    let head = joined(columns.iter().map(|column| format!("<th scope=\"col\">{}</th>", escaped(column))));
    let body = joined(rows.iter().map(|row| {
        let cells = columns.iter().zip(row).enumerate().map(|(place, (column, cell))| {
            let (column, cell) = (escaped(column), escaped(cell));
            if place == 0 {
                format!("<th scope=\"row\">{cell}</th>")
            } else {
                format!("<td data-label=\"{column}\">{cell}</td>")
            }
        });
        format!("<tr>{}</tr>\n", joined(cells))
    }));
    format!(
        "<section><h2>{heading}</h2>\n<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></section>\n"
    )
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().concat()
}

fn who(held: &Gathered) -> String {
    let identity = &held.page.identity;
    let mut rows: Vec<Vec<String>> = identity
        .fields()
        .filter_map(|field| Some(vec![field.label().to_owned(), identity.get(field)?.to_owned()]))
        .collect();
    rows.push(vec!["On the list since".to_owned(), day(held.page.joined)]);
    rows.push(vec!["Your number here".to_owned(), held.page.id.to_string()]);
    table("Who you are to us", &["What", "Value"], &rows, "")
}

fn consents(held: &Gathered) -> String {
    let rows = held.page.consents.iter().map(|line| {
        let said = &line.consent;
        vec![
            format!("{}, by {}", purpose(held, &said.purpose), channel(said.channel)),
            if line.in_force {
                format!("{} (in force)", state(said.state))
            } else {
                state(said.state).to_owned()
            },
            day(said.at),
            said.source.clone(),
        ]
    });
    let columns = ["What for", "What was said", "When", "Where"];
    let mut text = table(
        "What you agreed to and refused",
        &columns,
        &rows.collect::<Vec<_>>(),
        "Nothing. So nobody may write to you.",
    );
    let mut shown = Vec::new();
    for line in &held.page.consents {
        let (Some(hash), Some(notice)) = (line.consent.notice, &line.notice) else { continue };
        if !shown.contains(&hash) {
            shown.push(hash);
            text += &joined(
                [
                    "<p class=\"small\">The text that was shown (SHA-256 ".to_owned(),
                    hash.0.to_string(),
                    "):</p><blockquote>".to_owned(),
                    escaped(notice),
                    "</blockquote>\n".to_owned(),
                ]
                .into_iter(),
            );
        }
    }
    text
}

fn stops(held: &Gathered) -> String {
    let rows = held.page.stops.iter().map(|line| {
        let what = match &line.scope {
            SuppressionScope::Everything => "Everything".to_owned(),
            SuppressionScope::Purpose(id) => purpose(held, id),
            SuppressionScope::Borrower(_) => "One who asked to write to you".to_owned(),
        };
        vec![what, reason(line.reason).to_owned(), day(line.at)]
    });
    table("What is stopped for ever", &["What", "Why", "Since"], &rows.collect::<Vec<_>>(), "Nothing.")
}

fn messages(held: &Gathered) -> String {
    let rows = held.page.deliveries.iter().map(|line| {
        vec![loan(&line.loan), line.loan.subject.clone(), delivery(line.state).to_owned(), day(line.at)]
    });
    let columns = ["For whom we wrote", "About", "What became of it", "When"];
    table("Who reached you through us", &columns, &rows.collect::<Vec<_>>(), "Nobody.")
}

fn answers(held: &Gathered) -> String {
    let rows = held.page.responses.iter().map(|line| {
        let words = held.reports.iter().find(|(number, _)| *number == line.loan.number);
        vec![
            loan(&line.loan),
            answer(line.kind).to_owned(),
            fields(&line.fields),
            words.map_or_else(String::new, |(_, words)| words.clone()),
            day(line.at),
        ]
    });
    let columns = ["To whom", "What you answered", "What may go to them", "What you reported", "When"];
    table("What you answered", &columns, &rows.collect::<Vec<_>>(), "Nothing yet.")
}

fn introductions(held: &Gathered) -> String {
    let rows = held.page.introductions.iter().map(|line| {
        let fate = held.fate(line.copy, &line.reference);
        let now = match fate.map(|fate| (fate.said.as_ref(), fate.told, fate.fetched)) {
            Some((Some(said), ..)) if said.done == DoneWith::NeverLeft => {
                "taken back before it left".to_owned()
            }
            Some((Some(said), ..)) => format!("they said on {}: {}", day(said.at), said.done.words()),
            Some((None, Some(at), _)) => format!("told on {} to erase it", day(at)),
            Some((None, None, Some(at))) => format!("with them since {}", day(at)),
            _ => "made, and not fetched yet".to_owned(),
        };
        vec![
            loan(&line.loan),
            fields(&line.fields),
            format!("copy {}, row {}", line.copy, line.reference),
            day(line.made),
            now,
            day(line.expires),
        ]
    });
    let columns = ["Who", "What they got", "Under which number", "Made", "Now", "Must be erased by"];
    table(
        "Who has something of yours",
        &columns,
        &rows.collect::<Vec<_>>(),
        "Nobody. Only your own yes to one of them passes anything on.",
    )
}

fn outcomes(held: &Gathered) -> String {
    let rows = held.outcomes.iter().map(|told| {
        let what = told.outcome.amount.map_or_else(
            || told.outcome.kind.label().to_owned(),
            |amount| format!("{} {amount}", told.outcome.kind.label()),
        );
        let on = told.outcome.on.map_or_else(|| "no day given".to_owned(), |on| on.to_string());
        vec![told.borrower.clone(), what, on, format!("copy {}", told.copy), day(told.at)]
    });
    table(
        "What they reported of you",
        &["Who says so", "What", "On", "Under which number", "Reported"],
        &rows.collect::<Vec<_>>(),
        "Nothing. Whoever you were introduced to may report what came of it, to us alone.",
    )
}

fn facts(held: &Gathered) -> String {
    let rows = held.page.facts.iter().filter(|line| line.fact.origin != Origin::Inferred).map(|line| {
        let (name, value) = name_and_value(&line.fact.value);
        let from = if line.licence.is_empty() {
            line.source.clone()
        } else {
            format!("{} ({})", line.source, line.licence)
        };
        vec![name.replace('-', " "), plain(&value), origin(line.fact.origin).to_owned(), from]
    });
    let columns = ["What", "Value", "How we know", "Where from"];
    table("What else we know", &columns, &rows.collect::<Vec<_>>(), "Nothing.")
}

fn gifts(held: &Gathered) -> String {
    let rows = held.page.gifts.iter().map(|gift| vec![gift.on.to_string(), gift.amount.to_string()]);
    table("What you gave", &["Day", "Amount"], &rows.collect::<Vec<_>>(), "Nothing that we know of.")
}

fn derived(held: &Gathered) -> String {
    let mut rows = Vec::new();
    for line in held.page.facts.iter().filter(|line| line.fact.origin == Origin::Inferred) {
        let (name, value) = name_and_value(&line.fact.value);
        rows.push(vec![
            name.replace('-', " "),
            format!("{}, guessed; it selects for nothing that is lent", plain(&value)),
        ]);
    }
    for line in &held.held_back {
        rows.push(vec![
            "Held back at random".to_owned(),
            format!(
                "you were not written to for {}, by the draw that measures what an appeal changes",
                loan(line)
            ),
        ]);
    }
    for line in &held.signals {
        rows.push(vec![sign(line.signal).to_owned(), format!("{}, {}", loan(&line.loan), day(line.at))]);
    }
    for what in keyed_hashes(held) {
        rows.push(vec!["A keyed hash".to_owned(), format!("for {what}; it names nobody without our key")]);
    }
    table("What follows from the rest", &["What", "Meaning"], &rows, "Nothing.")
}

fn rights(held: &Gathered) -> String {
    format!(
        "<section><h2>What you can do</h2><p>Put right what is wrong, switch off what you agreed to, take back what \
         somebody got, or be forgotten: all on your page, whose link stands in every mail of ours, or by writing to \
         {}. When you are forgotten, the key to your record leaves every backup within {} days, and whoever got \
         something of yours is told to erase it. You may also complain to the authority for data protection where \
         you live.</p></section>\n",
        escaped(&held.charter.owner.from_address),
        held.charter.retention.key_backup_days
    )
}

fn purpose(held: &Gathered, id: &Slug) -> String {
    let known = held.charter.purposes.iter().find(|purpose| purpose.id == *id);
    known.map_or_else(|| id.to_string(), |purpose| purpose.label.clone())
}

fn loan(line: &LoanLine) -> String {
    format!("{} (loan {})", line.borrower, line.number)
}

fn fields(names: &[Slug]) -> String {
    let label = |name: &Slug| {
        let field: Option<Field> = name.as_str().parse().ok();
        field.map_or_else(|| name.to_string(), |field| field.label().to_lowercase())
    };
    names.iter().map(label).collect::<Vec<_>>().join(", ")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "e-mail",
        Channel::Phone => "phone",
        Channel::Post => "letter",
    }
}

fn state(state: ConsentState) -> &'static str {
    match state {
        ConsentState::Unknown => "not known",
        ConsentState::Given => "you agreed",
        ConsentState::Expired => "ran out",
        ConsentState::Refused => "you said no",
        ConsentState::Withdrawn => "you took it back",
    }
}

fn reason(reason: SuppressionReason) -> &'static str {
    match reason {
        SuppressionReason::Unsubscribed => "you stopped it",
        SuppressionReason::Complained => "you complained",
        SuppressionReason::Bounced => "the mailbox does not exist",
        SuppressionReason::Erased => "you asked to be forgotten",
        SuppressionReason::Imported => "it came with a list of stops",
        SuppressionReason::Objected => "you objected",
    }
}

fn delivery(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending => "not sent yet",
        DeliveryState::Claimed => "being sent",
        DeliveryState::Accepted => "your mailbox took it",
        DeliveryState::Refused => "your mailbox refused it",
        DeliveryState::Deferred => "to be tried again",
        DeliveryState::InDoubt => "sent, and it is not known whether it arrived",
        DeliveryState::Stopped => "not sent, because you had stopped it or the loan had ended",
    }
}

fn answer(kind: ResponseKind) -> &'static str {
    match kind {
        ResponseKind::Yes => "yes",
        ResponseKind::Later => "ask me later",
        ResponseKind::No => "no",
        ResponseKind::Never => "never again",
        ResponseKind::Report => "something is wrong with it",
    }
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::SelfGiven => "you told us",
        Origin::Imported => "it came with a file",
        Origin::VoterFile => "from a register of voters; it never goes to anybody",
        Origin::Inferred => "guessed",
    }
}

fn sign(signal: Signal) -> &'static str {
    match signal {
        Signal::Complaint => "A complaint of yours",
        Signal::Unsubscribe => "You stopped mail because of it",
        Signal::HardBounce => "Your mailbox did not exist",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_becomes_markup() {
        let rows = vec![vec!["<b>x</b>".to_owned(), "\"a\" & 'b'".to_owned()]];
        let text = table("<h>", &["W", "V\""], &rows, "");
        assert!(
            text.contains("&lt;b&gt;x&lt;/b&gt;") && text.contains("&quot;a&quot; &amp; &#39;b&#39;"),
            "{text}"
        );
        assert!(text.contains("data-label=\"V&quot;\"") && !text.contains("<b>"), "{text}");
        assert!(table("h", &["a"], &[], "Nothing <here>").contains("Nothing &lt;here&gt;"));
    }
}
