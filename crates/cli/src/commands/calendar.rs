//! `hustings calendar`: the owner's own mail, and attention shared among cleared loans.

use crate::args::Common;
use crate::opening;
use crate::output::{self, Voice};
use clap::Subcommand;
use hustings_app::Result;
use hustings_app::calendar::{self, CalendarView, NewEntry, ShareView};
use hustings_domain::money::group_thousands;
use jiff::civil::Date;
use serde_json::json;
use uuid::Uuid;

/// What to do with the calendar.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Example:
  hustings calendar plan \"May newsletter\" --on 2026-05-11 --to 'area in \"ocd-division/country:us/state:vt\"'
  hustings calendar share")]
pub enum Verb {
    /// Own mail, the loans that wait, and what the newest sharing gave each
    Show,
    /// Plan mail of your own: it takes its people's room before any loan does
    Plan {
        /// What it is
        title: String,
        /// The day it goes out, such as 2026-05-11
        #[arg(long, value_name = "DAY")]
        on: Date,
        /// Who gets it, in the audience language; everybody who agreed to your own mail when left out
        #[arg(long, value_name = "AUDIENCE", default_value = "")]
        to: String,
        /// It asks for money
        #[arg(long)]
        money: bool,
    },
    /// Cancel mail of your own: its people have their room again
    Cancel {
        /// Its id, as `calendar show` prints it
        entry: Uuid,
    },
    /// Share attention among the cleared loans of the coming weeks, fairly, within the caps; kept with its seed
    Share,
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    let app = match verb {
        Verb::Show => opening::open_reading(common)?,
        _ => opening::open(common)?,
    };
    let actor = opening::actor(common, &app)?;
    match verb {
        Verb::Show => {
            let view = calendar::calendar(&app, &actor)?;
            voice.result(&view, |voice| show(&view, voice))
        }
        Verb::Plan { title, on, to, money } => {
            let new = NewEntry { title: title.clone(), day: *on, audience: to.clone(), money: *money };
            let (entry, people) = calendar::plan(&app, &actor, &new)?;
            voice.result(&json!({"entry": entry, "people": people}), |voice| {
                voice.say(format!(
                    "`{}` is planned for {} and takes the room of {} people. Its id is {}.",
                    entry.title,
                    entry.day,
                    group_thousands(people),
                    entry.id
                ));
            })
        }
        Verb::Cancel { entry } => {
            let entry = calendar::cancel(&app, &actor, *entry)?;
            voice.result(&entry, |voice| {
                voice.say(format!("`{}` is cancelled; its people have their room again.", entry.title));
            })
        }
        Verb::Share => {
            let shared = calendar::share(&app, &actor)?;
            let value = json!({"sharing": shared.sharing.number, "seed": format!("{:016x}", shared.sharing.seed),
                "closes": shared.sharing.closes, "shares": shared.shares});
            voice.result(&value, |voice| {
                voice.say(format!(
                    "Sharing {} holds until {}; its seed {:016x} is in the ledger.",
                    shared.sharing.number,
                    output::minute(shared.sharing.closes),
                    shared.sharing.seed
                ));
                shares(&shared.shares, voice);
            })
        }
    }
}

fn show(view: &CalendarView, voice: Voice) {
    if view.own.is_empty() {
        voice.say("No mail of your own is planned; `hustings calendar plan` plans some, and it comes first.");
    }
    for (entry, people) in &view.own {
        let state = if entry.cancelled.is_some() { ", cancelled" } else { "" };
        voice.say(format!(
            "{}  {}, {} people{state}  {}",
            entry.day,
            entry.title,
            group_thousands(*people),
            entry.id
        ));
    }
    if view.waiting.is_empty() {
        voice.say(format!("No cleared loan waits for the next {} days.", view.window_days));
    }
    for loan in &view.waiting {
        voice.say(format!(
            "{}  {} may ask up to {} people to {}, until {}",
            loan.loan,
            loan.borrower,
            group_thousands(u64::from(loan.cap)),
            loan.ask,
            output::minute(loan.closes)
        ));
    }
    shares(&view.newest, voice);
}

fn shares(shares: &[ShareView], voice: Voice) {
    for share in shares {
        voice.say(format!("{}  {}: {}.", share.loan, share.borrower, share.explained));
    }
}
