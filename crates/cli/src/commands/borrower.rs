//! `hustings borrower`: who may ask for reach.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::lend::{self, NewBorrower};
use hustings_app::{App, Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::area::AreaId;
use hustings_domain::borrower::{Borrower, BorrowerKind, Standing};
use hustings_domain::words::Slug;

/// What to do with borrowers.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Register a borrower; a steward still verifies it
    Add {
        /// The public name
        name: String,
        /// party-committee, candidate or allied-group
        #[arg(long)]
        kind: BorrowerKind,
        /// The office sought or the body's role
        #[arg(long)]
        office: String,
        /// The area, as an OCD division id
        #[arg(long)]
        area: AreaId,
        /// A stated position on an issue of the charter; may be given again
        #[arg(long = "position")]
        positions: Vec<Slug>,
        /// Where its people are written to
        #[arg(long)]
        contact: String,
        /// Who answers for the money
        #[arg(long)]
        treasurer: String,
    },
    /// Note that identity and office were checked
    Verify {
        /// The borrower, by name or id
        borrower: String,
    },
    /// Every borrower
    List,
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    let app = match verb {
        Verb::List => opening::open_reading(common)?,
        Verb::Add { .. } | Verb::Verify { .. } => opening::open(common)?,
    };
    let actor = opening::actor(common, &app)?;
    match verb {
        Verb::Add { name, kind, office, area, positions, contact, treasurer } => {
            let borrower = lend::add_borrower(
                &app,
                &actor,
                NewBorrower {
                    name: name.clone(),
                    kind: *kind,
                    office: office.clone(),
                    area: area.clone(),
                    positions: positions.clone(),
                    contact_email: contact.clone(),
                    treasurer: treasurer.clone(),
                },
            )?;
            voice.result(&borrower, |voice| {
                voice.say(format!("{} is registered as {}.", borrower.name, borrower.id));
                voice.say("Next: check identity and office, then `hustings borrower verify`.");
            })
        }
        Verb::Verify { borrower } => {
            let borrower = lend::verify_borrower(&app, &actor, named(&app, &actor, borrower)?.id)?;
            voice.result(&borrower, |voice| voice.say(format!("{} may ask for reach.", borrower.name)))
        }
        Verb::List => {
            let borrowers = lend::borrowers(&app, &actor)?;
            voice.result(&borrowers, |voice| {
                if borrowers.is_empty() {
                    voice.say("Nobody has registered yet. `hustings borrower add` registers a borrower.");
                }
                let rows: Vec<Vec<String>> = borrowers
                    .iter()
                    .map(|borrower| {
                        let standing = match &borrower.standing {
                            Standing::Registered => "registered".to_owned(),
                            Standing::Verified { at } => format!("verified {}", at.strftime("%Y-%m-%d")),
                            Standing::Suspended { reason, .. } => format!("suspended: {reason}"),
                        };
                        vec![
                            borrower.name.clone(),
                            borrower.kind.label().to_owned(),
                            borrower.area.label(),
                            standing,
                        ]
                    })
                    .collect();
                voice.table(&["name", "kind", "area", "standing"], &rows);
            })
        }
    }
}

/// The borrower of this name or id.
pub fn named(app: &App, actor: &Actor, named: &str) -> Result<Borrower> {
    lend::borrowers(app, actor)?
        .into_iter()
        .find(|borrower| borrower.name == named || borrower.id.to_string() == named)
        .ok_or_else(|| {
            Refusal::not_found("borrower.unknown", format!("there is no borrower `{named}`"))
                .hint("`hustings borrower list` names them all")
        })
}
