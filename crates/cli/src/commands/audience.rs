//! `hustings audience count`.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::{Result, people};
use hustings_domain::money::group_thousands;

/// What to do with an audience.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Count exactly who a rule selects
    #[command(after_help = "\
Examples:
  hustings audience count 'everyone'
  hustings audience count 'area in \"ocd-division/country:us/state:vt\" and issue has \"housing\"'
  hustings audience count 'gave(90d) >= $27 and not tag \"staff\" and consent \"news\" on email'

Terms: area in, issue has, tag, consent … on email|phone|post, gave(90d) >= $27, gifts(1y) >= 2,
last_gift within 90d, joined >= 2024-01-01, birth-year between 1960 and 1985; joined by and, or, not, ( ).")]
    Count {
        /// The rule
        rule: String,
    },
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    let Verb::Count { rule } = verb;
    let app = opening::open_reading(common)?;
    let actor = opening::actor(common, &app)?;
    let today = app.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let counted = people::count::count(&app, &actor, rule, today)?;
    voice.result(&counted, |voice| {
        voice.say(format!("{} supporters", group_thousands(counted.count)));
        voice.say(format!("rule: {}", counted.canonical));
    })
}
