//! A borrower asks for reach; the charter says at once whether that qualifies.

use super::check::check_appeal;
use super::{case, load};
use crate::access::as_agent_of;
use crate::context::App;
use crate::journal::enter;
use crate::people::audience::bind_by_value;
use crate::people::{attributes, places};
use crate::refusal::{Refusal, Result};
use crate::worth::expect_lawful_request;
use hustings_audience::{Vocabulary, check_for_loan, check_lendable, parse};
use hustings_domain::access::{Action, Actor};
use hustings_domain::area::AreaId;
use hustings_domain::borrower::Borrower;
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::charter::Charter;
use hustings_domain::consent::Channel;
use hustings_domain::ids::{BorrowerId, LoanId, LoanNumber};
use hustings_domain::loan::{Appeal, Ask, ExpiryEvent, Loan, LoanState, Terms};
use hustings_domain::words::Slug;
use hustings_policy::{RuleCheck, permit};
use hustings_store::Tx;
use hustings_vault::Field;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;

/// What a borrower files: by form, by API, or as a TOML or JSON file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestFile {
    /// The borrower's name or id; its own people may leave it out.
    #[serde(default)]
    pub borrower: Option<String>,
    /// Asks for the records themselves. Always refused; the answer says what may be asked for.
    #[serde(default)]
    pub records: bool,
    /// Where; nothing asks for everybody.
    #[serde(default)]
    pub area: Option<AreaId>,
    /// What people are asked to do.
    pub ask: Ask,
    /// The declared issues that select people.
    #[serde(default)]
    pub issues: Vec<Slug>,
    /// A narrower rule over declared facts, in the audience language.
    #[serde(default)]
    pub audience: Option<String>,
    /// The most people.
    #[serde(default)]
    pub cap: Option<u32>,
    /// Not before; now when left out.
    #[serde(default)]
    pub opens: Option<Timestamp>,
    /// The end of the window.
    pub closes: Timestamp,
    /// What ends it sooner.
    #[serde(default)]
    pub ends_on: Vec<ExpiryEvent>,
    /// The fields that people are offered to pass on with a yes.
    #[serde(default = "email_alone")]
    pub fields: Vec<Slug>,
    /// The message.
    pub appeal: Appeal,
}

fn email_alone() -> Vec<Slug> {
    "email".parse().into_iter().collect()
}

impl RequestFile {
    /// Reads a request from TOML or JSON.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |why: String| {
            Refusal::invalid("request.unreadable", "the request cannot be read")
                .because(why)
                .hint("docs/request.example.toml holds every field with its meaning")
        };
        if text.len() > 256 * 1024 {
            return Err(wrong("it is longer than 256 KiB".to_owned()));
        }
        if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| wrong(error.to_string()))
        } else {
            toml::from_str(text).map_err(|error| wrong(error.to_string()))
        }
    }
}

/// What became of a request.
#[derive(Debug, Clone, Serialize)]
pub enum Requested {
    /// It qualifies; the board votes.
    Accepted {
        /// The loan.
        loan: Box<Loan>,
        /// Every rule that was held against it.
        checks: Vec<RuleCheck>,
    },
    /// The charter refuses it.
    Refused {
        /// Every rule; those not kept say what may be asked for instead.
        checks: Vec<RuleCheck>,
    },
}

/// A request that is filed once, however often it is sent.
#[derive(Debug, Clone)]
pub enum FiledOnce {
    /// It was filed now, or refused now.
    Now(Requested),
    /// It was filed before; the loan as it stands.
    Before(Box<Loan>),
}

/// Under what a request is filed once: the sender's own word for it, or what the request says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilingKey {
    word: ContentHash,
    content: ContentHash,
}

impl FilingKey {
    /// What the request says is what it is known by.
    pub fn of_content(file: &RequestFile) -> Result<Self> {
        let content = ContentHash::of(&RequestFile { borrower: None, ..file.clone() })?;
        Ok(Self { word: content, content })
    }

    /// The sender's own word; the same word for another request is refused.
    pub fn of_word(word: &str, file: &RequestFile) -> Result<Self> {
        let content = Self::of_content(file)?.content;
        Ok(Self { word: ContentHash(sha256(format!("word:{word}").as_bytes())), content })
    }

    /// What the request says, as one word.
    pub(super) fn shown(self) -> String {
        self.content.to_string()
    }

    fn place(self, borrower: BorrowerId) -> String {
        format!("request-filed/{borrower}/{}", self.word)
    }

    /// The loan that was filed for `borrower` under this key.
    pub(super) fn loan(self, tx: &mut dyn Tx, borrower: BorrowerId) -> Result<Option<Loan>> {
        let Some(kept) = tx.meta(&self.place(borrower))? else { return Ok(None) };
        let (number, content) = kept.split_once(' ').unwrap_or_default();
        if content != self.content.to_string() {
            return Err(Refusal::conflict("request.key-reused", "another request was filed under this key")
                .hint("a key stands for one request: take a new one"));
        }
        let lost = || Refusal::internal("a filed request has no loan");
        let number = number.parse().map_err(|_| lost())?;
        Ok(Some(tx.loan_by_number(LoanNumber(number))?.ok_or_else(lost)?))
    }
}

/// Asks for a loan.
pub fn request(app: &App, actor: &Actor, file: RequestFile) -> Result<Requested> {
    match file_request(app, actor, file, None)? {
        FiledOnce::Now(requested) => Ok(requested),
        FiledOnce::Before(_) => Err(Refusal::internal("a request without a key was known")),
    }
}

// INVARIANT: a request under a key is filed in the transaction that keeps the key, so that it is filed once whatever is
// lost on the way back.
/// Asks for a loan, once for each key.
pub fn request_once(app: &App, actor: &Actor, file: RequestFile, key: FilingKey) -> Result<FiledOnce> {
    file_request(app, actor, file, Some(key))
}

fn file_request(app: &App, actor: &Actor, file: RequestFile, key: Option<FilingKey>) -> Result<FiledOnce> {
    permit(actor, Action::RequestLoan)?;
    let now = app.now();
    let mut known = vocabulary(app, actor)?;
    app.store.write(|tx| {
        declared(tx, actor, &mut known)?;
        let charter = load::charter(tx)?;
        let (borrower, actor) = asking(tx, actor, file.borrower.as_deref())?;
        if let Some(key) = key
            && let Some(loan) = key.loan(tx, borrower.id)?
        {
            return Ok(FiledOnce::Before(Box::new(loan)));
        }
        let case = case::of_request(tx, &borrower, &file, now)?;
        let ruling = load::rules(app, tx)?.decide(&case);
        let allowed = ruling.allows();
        let checks = ruling.checks;
        if !allowed {
            case::keep(tx, &charter, &case, None)?;
            let broken: Vec<&str> =
                checks.iter().filter(|check| !check.passed).map(|check| check.rule.as_str()).collect();
            let body = json!({"borrower": borrower.id, "ask": file.ask, "area": file.area,
                "records": file.records, "broken_rules": broken});
            enter(tx, now, &actor, "request.refused", body)?;
            return Ok(FiledOnce::Now(Requested::Refused { checks }));
        }
        check_appeal(&charter, &borrower, &file.appeal)?;
        let most = charter.rule_for(borrower.kind).map_or(0, |rule| rule.most_people);
        expect_lawful_request(&charter, &borrower, &file.appeal, file.cap.unwrap_or(most))?;
        let loan = Loan {
            id: LoanId::new(now, &mut *app.rng("loan-id")),
            number: tx.next_loan_number()?,
            terms: drawn_up(tx, &actor, (&charter, &borrower), &file, &known, now)?,
            appeal: file.appeal,
            state: LoanState::Requested,
            requested: now,
            reason: None,
        };
        tx.put_loan(&loan)?;
        if let Some(key) = key {
            tx.set_meta(&key.place(borrower.id), &format!("{} {}", loan.number.0, key.content))?;
        }
        case::keep(tx, &charter, &case, Some(loan.number))?;
        let body = json!({"loan": loan.number, "borrower": borrower.id, "ask": loan.terms.ask,
            "area": loan.terms.area, "issues": loan.terms.issues, "cap": loan.terms.cap,
            "content": loan.content_hash()?});
        enter(tx, now, &actor, "loan.requested", body)?;
        Ok(FiledOnce::Now(Requested::Accepted { loan: Box::new(loan), checks }))
    })
}

/// The terms of a request that keeps the charter's rules: what else can be wrong with it is found here.
pub(super) fn drawn_up(
    tx: &mut dyn Tx,
    actor: &Actor,
    (charter, borrower): (&Charter, &Borrower),
    file: &RequestFile,
    known: &Vocabulary,
    now: Timestamp,
) -> Result<Terms> {
    let is_attribute =
        |field: &&Slug| field.as_str().parse::<Field>().is_err() && known.type_of(field.as_str()).is_some();
    if let Some(attribute) = file.fields.iter().find(is_attribute) {
        let why =
            format!("`{attribute}` is an attribute, and no attribute passes to a borrower, whoever gave it");
        return Err(Refusal::invalid("field.attribute", why).hint(
            "a yes passes fields of name and address; a self-given attribute may select people instead",
        ));
    }
    terms(charter, borrower, file, now, |area, issues| {
        places::check_area(tx, area, known, now.to_zoned(TimeZone::UTC).date())?;
        audience(tx, actor, area, issues, (file.audience.as_deref(), known), now)
    })
}

/// What a request may speak of, as the list has it.
pub(super) fn vocabulary(app: &App, actor: &Actor) -> Result<Vocabulary> {
    let mut known = app.with_index(hustings_audience::Index::vocabulary)?;
    if actor.borrower.is_some() {
        known.areas.clear();
        known.named_areas.values_mut().for_each(BTreeSet::clear);
    }
    Ok(known)
}

// INVARIANT (promise 7): to a borrower an area is one by the register of places alone, and an attribute one that is declared:
// that somebody lives there or gave it, or nobody, would be told by the refusal. What nobody gave selects nobody.
/// Adds what is declared.
pub(super) fn declared(tx: &mut dyn Tx, actor: &Actor, known: &mut Vocabulary) -> Result<()> {
    attributes::name(tx, known)?;
    if actor.borrower.is_some() {
        known.self_given = tx
            .attributes()?
            .into_iter()
            .filter(|attribute| attribute.retired.is_none())
            .map(|attribute| attribute.name.to_string())
            .collect();
    }
    Ok(())
}

/// Who asks, and who acts for them: one's own borrower, one that named the actor as an agent, or any for the owner's
/// people. Another borrower is as one that does not exist.
pub(super) fn asking(tx: &mut dyn Tx, actor: &Actor, named: Option<&str>) -> Result<(Borrower, Actor)> {
    let is_named = |borrower: &Borrower, name: &str| borrower.name == name || borrower.id.to_string() == name;
    let own = actor.borrower.map(|own| tx.borrower(own)).transpose()?.flatten();
    if let Some(own) = own.filter(|own| named.is_none_or(|name| is_named(own, name))) {
        return Ok((own, actor.clone()));
    }
    for borrower in tx.borrowers()? {
        if !named.is_some_and(|name| is_named(&borrower, name)) {
            continue;
        }
        if actor.borrower.is_none() {
            return Ok((borrower, actor.clone()));
        }
        if let Some(agent) = as_agent_of(tx, actor, &borrower)? {
            return Ok((borrower, agent));
        }
    }
    let message = format!("there is no borrower `{}`", named.unwrap_or("(none named)"));
    Err(Refusal::not_found("borrower.unknown", message).hint(if actor.borrower.is_some() {
        "its name must match exactly, and it must have you on file as an agent"
    } else {
        "register it with `hustings borrower add`; its name must match exactly"
    }))
}

/// The terms in their one form, so that the same request has the same hash.
fn terms(
    charter: &Charter,
    borrower: &Borrower,
    file: &RequestFile,
    now: Timestamp,
    audience: impl FnOnce(&AreaId, &[Slug]) -> Result<String>,
) -> Result<Terms> {
    let invalid = |what: &str| Refusal::invalid("request.invalid", what.to_owned());
    let opens = file.opens.unwrap_or(now);
    if file.closes <= opens || file.closes <= now {
        return Err(
            invalid("the window ends before it begins").hint("set `closes` after `opens` and after now")
        );
    }
    let area = file.area.clone().ok_or_else(|| invalid("a request names an area"))?;
    let purpose = charter
        .purpose_of(file.ask)
        .ok_or_else(|| invalid("no purpose of the charter covers this ask"))?
        .id
        .clone();
    let mut issues = file.issues.clone();
    issues.sort();
    issues.dedup();
    let mut fields = file.fields.clone();
    fields.sort();
    fields.dedup();
    if let Some(unknown) = fields.iter().find(|field| field.as_str().parse::<Field>().is_err()) {
        let known: Vec<&str> = Field::ALL.into_iter().map(Field::as_str).collect();
        // INVARIANT (promise 1): no attribute passes, whoever gave it; a yes passes what the person sees on the page.
        return Err(Refusal::invalid("field.unknown", format!("`{unknown}` is not a field that can pass"))
            .hint(format!("the fields are {}", known.join(", "))));
    }
    let most = charter.rule_for(borrower.kind).map_or(0, |rule| rule.most_people);
    let audience = audience(&area, &issues)?;
    Ok(Terms {
        borrower: borrower.id,
        audience,
        area,
        ask: file.ask,
        purpose,
        issues,
        channel: Channel::Email,
        cap: file.cap.unwrap_or(most),
        opens,
        closes: file.closes,
        ends_on: file.ends_on.clone(),
        fields,
        charter_version: charter.version,
    })
}

/// The audience rule: the area, one of the issues, and whatever narrower rule was asked for. A saved audience in
/// it stands there by what it says now: later versions change no loan.
fn audience(
    tx: &mut dyn Tx,
    actor: &Actor,
    area: &AreaId,
    issues: &[Slug],
    (narrower, known): (Option<&str>, &Vocabulary),
    now: Timestamp,
) -> Result<String> {
    let mut rule = format!("area in \"{area}\"");
    if !issues.is_empty() {
        let any: Vec<String> = issues.iter().map(|issue| format!("issue has \"{issue}\"")).collect();
        rule = format!("{rule} and ({})", any.join(" or "));
    }
    if let Some(text) = narrower {
        let wrong = |drawing: String| {
            Refusal::invalid("audience.wrong", "the audience cannot be read").because(drawing)
        };
        let expr = parse(text).map_err(|error| wrong(error.render(text)))?;
        // What the owner's own people saved is not for a borrower to read, and the terms would show it.
        if !expr.audiences().is_empty() {
            permit(actor, Action::CountAudience)?;
        }
        let today = now.to_zoned(TimeZone::UTC).date();
        let expr = bind_by_value(tx, expr, text, today)?;
        // INVARIANT (promise 1): only declared facts select for a loan.
        check_for_loan(&expr).map_err(|error| wrong(error.render(text)))?;
        places::check_areas(tx, &expr, &mut known.clone(), today)?
            .map_err(|error| wrong(error.render(text)))?;
        if let Err(error) = check_lendable(&expr, known) {
            let refusal = Refusal::invalid("audience.not-lendable", error.message.clone());
            let refusal = refusal.because(error.render(text));
            return Err(error.hint.into_iter().fold(refusal, Refusal::hint));
        }
        rule = format!("{rule} and ({})", expr.canonical());
    }
    let too_long = |error: hustings_audience::ParseError| {
        Refusal::invalid("audience.too-long", "the audience is too long when everything in it is written out")
            .because(error)
            .hint("name fewer areas and issues, or a saved audience with a shorter rule")
    };
    let canonical = parse(&rule).map_err(too_long)?.canonical();
    // What the terms say must be readable when the send begins.
    parse(&canonical).map_err(too_long)?;
    Ok(canonical)
}
