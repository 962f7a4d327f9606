//! `hustings audience`: rules that select people, asked and saved.

mod asked;
mod kept;

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::{Subcommand, ValueEnum};
use hustings_app::people::audience::AsOf;
use hustings_app::{App, Result};
use hustings_domain::access::Actor;
use hustings_domain::area::AreaId;
use hustings_domain::money::group_thousands;
use jiff::civil::Date;

/// What to do with an audience.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Count exactly who a rule selects
    #[command(after_help = "\
Examples:
  hustings audience count 'everyone'
  hustings audience count 'area in \"ocd-division/country:us/state:vt\" and issue has \"housing\"'
  hustings audience count 'gave(90d) >= $27 and not tag \"staff\" and consent \"news\" on email'
  hustings audience count 'in audience \"locals\" and not answered and addressed(30d) < 2'

Terms, joined by and, or, not, ( ):
  area in \"…\"            issue has \"…\"            tag \"…\"            source \"…\"
  issue starts \"…\"       tag starts \"vol-\"        source starts \"petition-\"
  consent \"…\" on email|phone|post is given|refused|withdrawn|expired|unknown
  gave(90d) >= $27       gifts(2025) >= 2         last_gift before 1y
  gave(2025-01-01 to 2025-03-31) between $5 and $50
  joined within 90d      joined before 2026-01-01 (also after, since, until, on, between)
  birth-year between 1960 and 1985, dues >= $27, renewed within 90d; any attribute by its name:
  member-no starts \"A\"   party is \"green\"         helps-with has \"phones\"
  works-in within ocd-division/country:us/state:vt (area within … reads as area in \"…\")
  addressed(30d) >= 2    answered yes within 90d  in audience \"…\"")]
    Count {
        /// The rule
        rule: String,
    },
    /// Divide an audience by area, issue, month of joining or source
    Breakdown {
        /// The rule
        rule: String,
        /// By what
        #[arg(long, value_enum)]
        by: By,
        /// The kind of area, such as state or sldl [default: the widest below the country]
        #[arg(long)]
        kind: Option<String>,
        /// Only areas inside this one, as an OCD division id
        #[arg(long)]
        inside: Option<AreaId>,
    },
    /// How many people two audiences share
    Overlap {
        /// The first rule
        left: String,
        /// The second rule
        right: String,
    },
    /// Open up to 20 people of an audience, drawn at random; the ledger records that you did
    Sample {
        /// The rule
        rule: String,
    },
    /// Why one person is in an audience or not, term by term; the ledger records that you asked
    Why {
        /// The rule
        rule: String,
        /// The e-mail address; `-` reads it from standard input, so that it stands in no shell history
        email: String,
    },
    /// Keep a rule under a name; each change is a version of its own
    Save {
        /// The name: lower-case letters, digits and hyphens
        name: String,
        /// The rule
        rule: String,
    },
    /// Every saved audience, with how many people it selects now
    List,
    /// One saved audience, counted and divided
    Show {
        /// The name
        name: String,
    },
    /// Every version of a saved audience, the newest first
    History {
        /// The name
        name: String,
    },
    /// Take a saved audience out of use; nothing is deleted
    Retire {
        /// The name
        name: String,
    },
}

/// By what an audience is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Areas of one kind
    Area,
    /// Declared issues
    Issue,
    /// Month of joining
    Month,
    /// Files and forms that anything known of a person came from
    Source,
}

/// What every verb works with.
struct Desk<'a> {
    app: &'a App,
    actor: Actor,
    today: Date,
    voice: Voice,
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    // Looking works beside a running server; what is kept, or stands in the ledger, needs the list to itself.
    let app = match verb {
        Verb::Sample { .. } | Verb::Why { .. } | Verb::Save { .. } | Verb::Retire { .. } => {
            opening::open(common)?
        }
        _ => opening::open_reading(common)?,
    };
    let actor = opening::actor(common, &app)?;
    let today = app.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let desk = Desk { app: &app, actor, today, voice };
    match verb {
        Verb::Count { rule } => asked::count(&desk, rule),
        Verb::Breakdown { rule, by, kind, inside } => {
            asked::breakdown(&desk, rule, *by, kind.as_deref(), inside.as_ref())
        }
        Verb::Overlap { left, right } => asked::overlap(&desk, left, right),
        Verb::Sample { rule } => asked::sample(&desk, rule),
        Verb::Why { rule, email } => asked::why(&desk, rule, email),
        Verb::Save { name, rule } => kept::save(&desk, name, rule),
        Verb::List => kept::list(&desk),
        Verb::Show { name } => kept::show(&desk, name),
        Verb::History { name } => kept::history(&desk, name),
        Verb::Retire { name } => kept::retire(&desk, name),
    }
}

/// What a number is true of, in a line.
fn as_of(as_of: AsOf) -> String {
    format!(
        "as of change {}, {} (UTC); periods end on {}",
        group_thousands(as_of.change),
        as_of.at.strftime("%Y-%m-%d %H:%M"),
        as_of.today
    )
}
