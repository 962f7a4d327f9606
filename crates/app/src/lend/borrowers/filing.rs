//! What a borrower has on file besides its name: elections, positions with their public source, agents. A steward
//! enters it; what changes is in the history, and on the ledger by id.

use super::standing::{note, today};
use crate::access::end_former_agent;
use crate::context::App;
use crate::journal::enter;
use crate::lend::load;
use crate::refusal::{Refusal, Result};
use hustings_domain::access::{Action, Actor};
use hustings_domain::borrower::{Agent, Borrower, BorrowerFile};
use hustings_domain::charter::Charter;
use hustings_domain::ids::BorrowerId;
use hustings_domain::words::Slug;
use hustings_policy::permit;
use hustings_vault::EmailAddress;
use jiff::civil::Date;
use serde_json::json;

/// The most elections, sources or agents of one borrower.
const MOST: usize = 20;
/// The longest address of a page.
const LONGEST_URL: usize = 500;

/// One thing put on file.
#[derive(Debug, Clone)]
pub enum Filed {
    /// The day of an election that it stands in.
    Election(Date),
    /// A position on an issue, with the page where it was stated in public.
    Position(Slug, String),
    /// Somebody who may act for it.
    Agent(Agent),
    /// An agent, by address, who may no longer.
    WithoutAgent(String),
    /// Whose election law it stands under.
    Jurisdiction(Slug),
}

/// Puts one thing on file.
pub fn file_borrower(app: &App, actor: &Actor, id: BorrowerId, filed: Filed) -> Result<Borrower> {
    permit(actor, Action::FileBorrower)?;
    let now = app.now();
    app.store.write(|tx| {
        let charter = load::charter(tx)?;
        let mut borrower = load::borrower(tx, id)?;
        let (what, why) = match filed {
            Filed::Election(day) => {
                borrower.file.elections.push(day);
                ("election", format!("an election on {day}"))
            }
            Filed::Position(issue, source) => {
                let why = format!("a position on {issue}, stated at {source}");
                if !borrower.positions.contains(&issue) {
                    borrower.positions.push(issue.clone());
                }
                borrower.file.sources.insert(issue, source);
                ("position", why)
            }
            Filed::Agent(agent) => {
                borrower.file.agents.push(agent);
                ("agent", "an agent was named".to_owned())
            }
            Filed::WithoutAgent(email) => {
                let before = borrower.file.agents.len();
                borrower.file.agents.retain(|agent| agent.email != email);
                if borrower.file.agents.len() == before {
                    return Err(Refusal::not_found(
                        "agent.unknown",
                        "no agent of this borrower has that address",
                    ));
                }
                end_former_agent(tx, actor, id, &email, now)?;
                ("agent", "an agent may no longer act".to_owned())
            }
            Filed::Jurisdiction(jurisdiction) => {
                let why = format!("the jurisdiction is {jurisdiction}");
                borrower.file.jurisdiction = Some(jurisdiction);
                ("jurisdiction", why)
            }
        };
        check_positions(&charter, &borrower.positions)?;
        borrower.file = checked(borrower.file.clone(), &borrower.positions)?;
        note(&mut borrower, actor, now, "filed", &why);
        tx.put_borrower(&borrower)?;
        enter(tx, now, actor, "borrower.filed", json!({"borrower": id, "what": what}))?;
        Ok(borrower)
    })
}

/// Whether every position is on an issue of the charter.
pub(super) fn check_positions(charter: &Charter, positions: &[Slug]) -> Result<()> {
    let unknown = positions.iter().find(|slug| charter.issues.iter().all(|issue| issue.id != **slug));
    let Some(unknown) = unknown else { return Ok(()) };
    let known: Vec<&str> = charter.issues.iter().map(|issue| issue.id.as_str()).collect();
    Err(Refusal::invalid("issue.unknown", format!("`{unknown}` is not an issue of the charter"))
        .hint(format!("the issues are {}", known.join(", "))))
}

/// What is filed, in its one form: days in order, each thing once.
pub(super) fn checked(mut file: BorrowerFile, positions: &[Slug]) -> Result<BorrowerFile> {
    let wrong = |what: &str| Refusal::invalid("borrower.file", what.to_owned());
    file.elections.sort();
    file.elections.dedup();
    if file.elections.len() > MOST || file.sources.len() > MOST || file.agents.len() > MOST {
        return Err(wrong("this is more than can be on file").hint(format!("at most {MOST} of each")));
    }
    for (issue, source) in &file.sources {
        if !positions.contains(issue) {
            return Err(wrong(&format!("`{issue}` has a source, but no position is stated on it")));
        }
        if !is_page(source) {
            return Err(wrong(&format!("the source of `{issue}` is not the address of a page"))
                .hint(format!("https://…, at most {LONGEST_URL} characters, without a space")));
        }
    }
    let mut agents: Vec<Agent> = Vec::new();
    for agent in file.agents {
        let email = EmailAddress::parse(&agent.email)
            .map_err(|error| wrong("an agent needs an address that can be written to").because(error))?;
        let name = agent.name.trim();
        if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
            return Err(wrong("an agent needs a name of 1 to 200 characters"));
        }
        let email = email.reveal().to_owned();
        if agents.iter().all(|known| known.email != email) {
            agents.push(Agent { name: name.to_owned(), email });
        }
    }
    file.agents = agents;
    Ok(file)
}

fn is_page(source: &str) -> bool {
    let rest = source.strip_prefix("https://").or_else(|| source.strip_prefix("http://"));
    source.len() <= LONGEST_URL
        && rest.is_some_and(|rest| {
            rest.split('/').next().is_some_and(|host| host.contains('.') && !host.contains('@'))
                && rest.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>\"'`\\".contains(c))
        })
}

/// Whether a candidate that registers has an election to come.
pub(super) fn has_an_election(file: &BorrowerFile, now: jiff::Timestamp) -> bool {
    file.elections.iter().any(|day| *day >= today(now))
}
