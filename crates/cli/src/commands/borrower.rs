//! `hustings borrower`: who may ask for reach, what they have on file, where they stand.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::lend::{self, Filed, NewBorrower};
use hustings_app::{App, Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::area::AreaId;
use hustings_domain::borrower::{Agent, Borrower, BorrowerKind, Standing};
use hustings_domain::words::Slug;
use jiff::civil::Date;
use jiff::tz::TimeZone;

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
    /// Put the day of an election on file
    #[command(after_help = "Example: hustings borrower election \"Jo Alvarez\" 2026-11-03")]
    Election {
        /// The borrower, by name or id
        borrower: String,
        /// The day
        day: Date,
    },
    /// Put a position on file, with the page where it was stated in public
    #[command(
        after_help = "Example: hustings borrower position \"Jo Alvarez\" housing --source https://jo.example/housing"
    )]
    Position {
        /// The borrower, by name or id
        borrower: String,
        /// The issue of the charter
        issue: Slug,
        /// The address of the page
        #[arg(long)]
        source: String,
    },
    /// Name somebody who may act for a borrower; where any is named, nobody else gets a log-in for it
    #[command(
        after_help = "Example: hustings borrower agent \"Jo Alvarez\" \"Sam Lee\" --email sam@jo.example"
    )]
    Agent {
        /// The borrower, by name or id
        borrower: String,
        /// The agent's name
        name: String,
        /// Where log-in links go
        #[arg(long)]
        email: String,
        /// The agent may no longer act
        #[arg(long)]
        remove: bool,
    },
    /// Say whose election law a borrower stands under
    #[command(after_help = "Example: hustings borrower jurisdiction \"Jo Alvarez\" us-vt")]
    Jurisdiction {
        /// The borrower, by name or id
        borrower: String,
        /// The jurisdiction, such as us-vt
        jurisdiction: Slug,
    },
    /// Suspend a borrower at once
    #[command(
        after_help = "Example: hustings borrower suspend \"Jo Alvarez\" --because \"an erasure is overdue\""
    )]
    Suspend {
        /// The borrower, by name or id
        borrower: String,
        /// Why, in words the borrower reads
        #[arg(long)]
        because: String,
    },
    /// Tell a borrower that its standing ends unless a breach is cured
    #[command(
        after_help = "Example: hustings borrower notice \"Jo Alvarez\" --because \"copy 3 was passed on\" --days 10"
    )]
    Notice {
        /// The borrower, by name or id
        borrower: String,
        /// What is to be cured, in words the borrower reads
        #[arg(long)]
        because: String,
        /// How many days it has; it ends by itself on the day after
        #[arg(long, default_value_t = 10)]
        days: u32,
    },
    /// Lift a suspension, note that a breach is cured, or take a borrower back
    #[command(
        after_help = "Example: hustings borrower reinstate \"Jo Alvarez\" --because \"the copy was erased\""
    )]
    Reinstate {
        /// The borrower, by name or id
        borrower: String,
        /// Why
        #[arg(long)]
        because: String,
    },
    /// One borrower: what is on file, and how its standing came about
    #[command(after_help = "Example: hustings borrower show \"Jo Alvarez\"")]
    Show {
        /// The borrower, by name or id
        borrower: String,
    },
    /// Every borrower
    List,
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    let app = match verb {
        Verb::List | Verb::Show { .. } => opening::open_reading(common)?,
        _ => opening::open(common)?,
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
        Verb::Show { borrower } => show(&named(&app, &actor, borrower)?, today(&app), voice),
        Verb::Election { borrower, day } => file(&app, &actor, borrower, Filed::Election(*day), voice),
        Verb::Position { borrower, issue, source } => {
            file(&app, &actor, borrower, Filed::Position(issue.clone(), source.clone()), voice)
        }
        Verb::Agent { borrower, name, email, remove } => {
            let filed = if *remove {
                Filed::WithoutAgent(email.clone())
            } else {
                Filed::Agent(Agent { name: name.clone(), email: email.clone() })
            };
            file(&app, &actor, borrower, filed, voice)
        }
        Verb::Jurisdiction { borrower, jurisdiction } => {
            file(&app, &actor, borrower, Filed::Jurisdiction(jurisdiction.clone()), voice)
        }
        Verb::Suspend { borrower, because } => {
            let id = named(&app, &actor, borrower)?.id;
            show(&lend::suspend_borrower(&app, &actor, id, because)?, today(&app), voice)
        }
        Verb::Notice { borrower, because, days } => {
            let id = named(&app, &actor, borrower)?.id;
            show(&lend::give_notice(&app, &actor, id, because, *days)?, today(&app), voice)
        }
        Verb::Reinstate { borrower, because } => {
            let id = named(&app, &actor, borrower)?.id;
            show(&lend::reinstate_borrower(&app, &actor, id, because)?, today(&app), voice)
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
                        let standing = standing_words(&borrower.standing.on(today(&app)));
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

fn today(app: &App) -> Date {
    app.now().to_zoned(TimeZone::UTC).date()
}

fn standing_words(standing: &Standing) -> String {
    match standing {
        Standing::Registered => "registered".to_owned(),
        Standing::Verified { at } => format!("verified {}", at.strftime("%Y-%m-%d")),
        Standing::Suspended { reason, .. } => format!("suspended: {reason}"),
        Standing::Notice { reason, cure_by, .. } => format!("ends unless cured by {cure_by}: {reason}"),
        Standing::Ended { reason, .. } => format!("ended: {reason}"),
    }
}

fn file(app: &App, actor: &Actor, borrower: &str, filed: Filed, voice: Voice) -> Result<()> {
    let id = named(app, actor, borrower)?.id;
    show(&lend::file_borrower(app, actor, id, filed)?, today(app), voice)
}

fn show(borrower: &Borrower, today: Date, voice: Voice) -> Result<()> {
    voice.result(borrower, |voice| {
        voice.say(format!("{}, {} ({})", borrower.name, borrower.kind.label(), borrower.id));
        voice.say(format!("  standing: {}", standing_words(&borrower.standing.on(today))));
        voice.say(format!("  office: {}, {}", borrower.office, borrower.area.label()));
        if let Some(jurisdiction) = &borrower.file.jurisdiction {
            voice.say(format!("  jurisdiction: {jurisdiction}"));
        }
        for day in &borrower.file.elections {
            voice.say(format!("  election: {day}{}", if *day < today { " (past)" } else { "" }));
        }
        for issue in &borrower.positions {
            let source = borrower.file.sources.get(issue).map_or("no source on file", String::as_str);
            voice.say(format!("  position on {issue}: {source}"));
        }
        voice.say(format!("  treasurer: {}", borrower.treasurer));
        for agent in &borrower.file.agents {
            voice.say(format!("  may act: {} <{}>", agent.name, agent.email));
        }
        if !borrower.history.is_empty() {
            voice.say("  how it came about:");
        }
        for change in &borrower.history {
            voice.say(format!(
                "    {} {} by {}: {}",
                change.at.strftime("%Y-%m-%d %H:%M"),
                change.to,
                change.by,
                change.why
            ));
        }
    })
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
