//! From a text to an expression with everything answered that it refers to: saved audiences by what they say now,
//! sources by number, who was addressed and who answered by the store.

use crate::context::App;
use crate::people::{attributes, places};
use crate::refusal::{Refusal, Result};
use hustings_audience::language::Answered;
use hustings_audience::{
    Binder, CheckError, Engaged, Engagement, Expr, Found, Span, Spanned, Vocabulary, nearest_areas, parse,
};
use hustings_domain::area::{AreaId, NotAnArea};
use hustings_domain::charter::Charter;
use hustings_domain::ids::Ordinal;
use hustings_domain::words::{Slug, nearest};
use hustings_store::Tx;
use hustings_store::records::Source;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How deep saved audiences may name each other.
const MOST_DEEP: usize = 8;
/// How many terms a rule may have with those of the audiences that it names, each as often as it is named.
const MOST_TERMS: usize = 4_096;

/// How many threads a count may take.
pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Reads a rule, answers what it refers to, and refuses names that the list does not know.
pub(crate) fn ask(app: &App, text: &str, today: Date) -> Result<Expr> {
    let expr = read(app, text)?;
    let expr = app.store.read(|tx| expr.bind(&mut References::new(tx, text, today, None)))?;
    check(app, &expr, text)?;
    Ok(expr)
}

/// The same for what is about to be saved under a name, inside the transaction that saves it.
pub(super) fn bind_as(tx: &mut dyn Tx, expr: Expr, text: &str, today: Date, name: &Slug) -> Result<Expr> {
    expr.bind(&mut References::new(tx, text, today, Some(name)))
}

/// Puts saved audiences in by what they say; a loan's terms name none.
pub(crate) fn bind_by_value(tx: &mut dyn Tx, expr: Expr, text: &str, today: Date) -> Result<Expr> {
    expr.bind(&mut References::new(tx, text, today, None))
}

/// Reads a rule. What looks like an area and is none finds the areas that end so.
pub(super) fn read(app: &App, text: &str) -> Result<Expr> {
    let error = match parse(text) {
        Ok(expr) => return Ok(expr),
        Err(error) => error,
    };
    let word = error.found.trim_matches(['"', '“', '”']);
    let mut hint = error.hint.clone();
    if hint.is_none() && error.message == NotAnArea(word.to_owned()).to_string() {
        let near = app.with_index(|index| {
            let known = index.vocabulary().areas;
            nearest_areas(word, &known).into_iter().map(str::to_owned).collect::<Vec<_>>()
        })?;
        if !near.is_empty() {
            hint = Some(format!("did you mean `{}`?", near.join("` or `")));
        }
    }
    Err(wrong(&error.message, error.render(text), hint))
}

/// Refuses names that the list does not know.
pub(super) fn check(app: &App, expr: &Expr, text: &str) -> Result<()> {
    let charter = app.charter()?;
    let mut known = app.with_index(|index| vocabulary(index.vocabulary(), &charter))?;
    let today = app.now().to_zoned(TimeZone::UTC).date();
    let areas = app.store.read(|tx| {
        attributes::name(tx, &mut known)?;
        places::check_areas(tx, expr, &mut known, today)
    })?;
    areas
        .and_then(|()| expr.check(&known))
        .map_err(|error| wrong(&error.message, error.render(text), error.hint.clone()))
}

/// A refusal with the place drawn.
fn wrong(message: &str, drawing: String, hint: Option<String>) -> Refusal {
    let refusal = Refusal::invalid("audience.wrong", message.to_owned()).because(drawing);
    match hint {
        Some(hint) => refusal.hint(hint),
        None => refusal,
    }
}

/// What the list holds, and what the charter names though nobody carries it yet.
pub(crate) fn vocabulary(mut known: Vocabulary, charter: &Charter) -> Vocabulary {
    known.issues.extend(charter.issues.iter().map(|issue| issue.id.to_string()));
    known.purposes.extend(charter.purposes.iter().map(|purpose| purpose.id.to_string()));
    known
}

/// The expression as a trustee reads it.
pub(crate) fn in_words(expr: &Expr) -> String {
    let label = |area: &str| area.parse().map_or_else(|_| area.to_owned(), |area: AreaId| area.label());
    hustings_audience::to_words(expr, label)
}

/// The names of sources by the numbers that breakdowns carry.
pub(crate) fn source_names(tx: &mut dyn Tx) -> Result<BTreeMap<String, String>> {
    Ok(tx.sources()?.into_iter().map(|source| (source.number.to_string(), source.name)).collect())
}

/// What passed between the list and one person, as the language asks for it. What has happened is not later than
/// today, whatever the zone that today is told in.
pub(super) fn engagement_of(tx: &mut dyn Tx, person: Ordinal, today: Date) -> Result<Engagement> {
    use hustings_store::records::DeliveryState::{Accepted, Claimed, InDoubt};
    let addressed = tx
        .deliveries_of(person)?
        .into_iter()
        .filter(|delivery| matches!(delivery.state, Accepted | Claimed | InDoubt))
        .map(|delivery| day_of(delivery.at).min(today))
        .collect();
    let answered = tx
        .responses_of(person)?
        .into_iter()
        .map(|response| Answered { kind: response.kind, on: day_of(response.at).min(today) })
        .collect();
    Ok(Engagement { addressed, answered })
}

fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Answers for what stands outside the profiles, from one transaction.
struct References<'a> {
    tx: &'a mut dyn Tx,
    today: Date,
    /// The text that is being bound now.
    text: String,
    /// The audiences that lead to it, the one being saved first.
    path: Vec<Slug>,
    bound: BTreeMap<Slug, Expr>,
    terms: usize,
    answers: Option<BTreeMap<Ordinal, Vec<Answered>>>,
}

impl<'a> References<'a> {
    fn new(tx: &'a mut dyn Tx, text: &str, today: Date, saving: Option<&Slug>) -> Self {
        let path = saving.into_iter().cloned().collect();
        Self { tx, today, text: text.to_owned(), path, bound: BTreeMap::new(), terms: 0, answers: None }
    }

    fn refuse(
        &self,
        code: &'static str,
        span: Span,
        word: &str,
        message: String,
        hint: Option<String>,
    ) -> Refusal {
        let error = CheckError { span, message, hint, word: word.to_owned() };
        let mut refusal = wrong(&error.message, error.render(&self.text), error.hint);
        refusal.code = code;
        refusal
    }

    fn unknown_audience(&mut self, name: &Spanned<Slug>) -> Refusal {
        let known: Vec<String> = match self.tx.audiences() {
            Ok(known) => known.into_iter().map(|saved| saved.newest.name.to_string()).collect(),
            Err(error) => return error.into(),
        };
        let word = name.value.as_str();
        let hint = match nearest(word, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "none is saved yet: `hustings audience save NAME RULE`".to_owned(),
            None => "`hustings audience list` names them all".to_owned(),
        };
        self.refuse(
            "audience.unknown",
            name.span,
            word,
            format!("there is no saved audience `{word}`"),
            Some(hint),
        )
    }

    /// Who answered, and what: an appeal's answers are few beside the list.
    fn answers(&mut self) -> Result<&BTreeMap<Ordinal, Vec<Answered>>> {
        if self.answers.is_none() {
            let mut answers: BTreeMap<Ordinal, Vec<Answered>> = BTreeMap::new();
            for loan in self.tx.loans()? {
                for response in self.tx.responses(loan.id)? {
                    let on = day_of(response.at).min(self.today);
                    answers.entry(response.ordinal).or_default().push(Answered { kind: response.kind, on });
                }
            }
            self.answers = Some(answers);
        }
        self.answers.as_ref().ok_or_else(|| Refusal::internal("the answers were not read"))
    }
}

impl Binder for References<'_> {
    type Error = Refusal;

    fn audience(&mut self, name: &Spanned<Slug>) -> Result<Expr> {
        let word = name.value.as_str();
        if let Some(at) = self.path.iter().position(|before| *before == name.value) {
            let circle: Vec<&str> =
                self.path.iter().skip(at).map(Slug::as_str).chain(std::iter::once(word)).collect();
            let message = format!("the audience `{word}` would be part of itself: {}", circle.join(" -> "));
            let hint = "take one of these names out of the rule".to_owned();
            return Err(self.refuse("audience.cycle", name.span, word, message, Some(hint)));
        }
        let expr = match self.bound.get(&name.value) {
            Some(expr) => expr.clone(),
            None => self.read_audience(name)?,
        };
        self.terms += expr.size();
        if self.terms > MOST_TERMS {
            let message = "the rule has too many terms with those of the audiences that it names".to_owned();
            let hint = format!("at most {MOST_TERMS} are allowed, each as often as it is named");
            return Err(self.refuse("audience.too-large", name.span, word, message, Some(hint)));
        }
        Ok(expr)
    }

    fn sources(&mut self, names: &[Spanned<String>], starts: bool) -> Result<Vec<u32>> {
        let known = self.tx.sources()?;
        let mut numbers = Vec::new();
        for name in names {
            let meant = |source: &&Source| {
                if starts { source.name.starts_with(&name.value) } else { source.name == name.value }
            };
            let before = numbers.len();
            numbers.extend(known.iter().filter(meant).map(|source| source.number));
            if numbers.len() == before {
                let near = nearest(&name.value, known.iter().map(|source| source.name.as_str()));
                let hint = near.map(|near| format!("did you mean `{near}`?"));
                let message = if starts {
                    format!("no source of this list begins with `{}`", name.value)
                } else {
                    format!("`{}` is not a source of this list", name.value)
                };
                return Err(self.refuse("audience.wrong", name.span, &name.value, message, hint));
            }
        }
        Ok(numbers)
    }

    fn engaged(&mut self, question: &Engaged, _: Span) -> Result<Found> {
        let today = self.today;
        match question {
            Engaged::Addressed { period, test } => {
                let since = period
                    .and_then(|period| today.checked_sub((i64::from(period.days()) - 1).days()).ok())
                    .and_then(|first| first.to_zoned(TimeZone::UTC).ok())
                    .map_or(Timestamp::MIN, |first| first.timestamp());
                let times = self.tx.addressed_since(since, false)?;
                Ok(Found::by_times(times.into_iter().map(|(who, times)| (who, i64::from(times))), test))
            }
            Engaged::Answered { .. } => {
                let people = self
                    .answers()?
                    .iter()
                    .filter(|(_, answered)| {
                        let engagement = Engagement { addressed: Vec::new(), answered: (*answered).clone() };
                        question.holds(&engagement, today)
                    })
                    .map(|(who, _)| *who)
                    .collect();
                Ok(Found { people: Arc::new(people), all_but: false })
            }
        }
    }
}

impl References<'_> {
    /// A saved audience by what it says now, bound.
    fn read_audience(&mut self, name: &Spanned<Slug>) -> Result<Expr> {
        let word = name.value.as_str();
        let Some(saved) = self.tx.audience(&name.value)? else { return Err(self.unknown_audience(name)) };
        if saved.retired.is_some() {
            let message = format!("the saved audience `{word}` is out of use");
            let hint = format!("`hustings audience save {word} RULE` takes it back into use");
            return Err(self.refuse("audience.retired", name.span, word, message, Some(hint)));
        }
        if self.path.len() >= MOST_DEEP {
            let message = format!("saved audiences name each other too deep: {}", self.path_text(word));
            let hint = format!("at most {MOST_DEEP} may lead to one another");
            return Err(self.refuse("audience.too-deep", name.span, word, message, Some(hint)));
        }
        let text = saved.newest.expression;
        let expr = parse(&text).map_err(|error| {
            Refusal::conflict(
                "audience.unreadable",
                format!("the saved audience `{word}` cannot be read any more"),
            )
            .because(error.render(&text))
            .hint(format!("save it again: `hustings audience save {word} RULE`"))
        })?;
        let outer = std::mem::replace(&mut self.text, text);
        self.path.push(name.value.clone());
        let bound = expr.bind(self);
        self.path.pop();
        self.text = outer;
        let bound = bound?;
        self.bound.insert(name.value.clone(), bound.clone());
        Ok(bound)
    }

    fn path_text(&self, last: &str) -> String {
        self.path.iter().map(Slug::as_str).chain(std::iter::once(last)).collect::<Vec<_>>().join(" -> ")
    }
}
