//! `hustings user`: who logs in.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::{Refusal, Result, access};
use hustings_domain::access::Role;
use hustings_domain::words::Slug;
use serde_json::json;

/// What to do with users.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Give somebody a log-in; prints their command-line token once
    Add {
        /// The person, as `Name <address>`
        person: String,
        /// A role; may be given again
        #[arg(long = "role", required = true, value_name = "ROLE")]
        roles: Vec<Role>,
        /// The wing of the board, for a trustee
        #[arg(long)]
        wing: Option<Slug>,
        /// The borrower acted for, by name or id
        #[arg(long)]
        borrower: Option<String>,
    },
    /// Everybody with a log-in
    List,
    /// Print a link that logs somebody in once, within half an hour; also while `hustings serve` runs
    Login {
        /// The person, by name, address or id
        person: String,
    },
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    let app = match verb {
        Verb::List => opening::open_reading(common)?,
        Verb::Login { .. } => opening::open_or_beside(common)?,
        Verb::Add { .. } => opening::open(common)?,
    };
    let actor = opening::actor(common, &app)?;
    match verb {
        Verb::Add { person, roles, wing, borrower } => {
            let (name, email) = name_and_address(person)?;
            let borrower = match borrower {
                Some(named) => Some(super::borrower::named(&app, &actor, named)?.id),
                None => None,
            };
            let new = access::NewUser { name, email, roles: roles.clone(), wing: wing.clone(), borrower };
            let added = access::add_user(&app, &actor, new)?;
            voice.result(&json!({"user": added.user.id, "token": added.token}), |voice| {
                voice.say(format!("{} can log in.", added.user.name));
                voice.say(format!("Token for HUSTINGS_TOKEN, shown this once: {}", added.token));
            })
        }
        Verb::List => {
            let users = access::users(&app, &actor)?;
            voice.result(&users, |voice| {
                let rows: Vec<Vec<String>> = users
                    .iter()
                    .map(|user| {
                        let roles: Vec<&str> = user.roles.iter().map(|role| role.as_str()).collect();
                        let wing = user.wing.as_ref().map_or(String::new(), ToString::to_string);
                        vec![user.name.clone(), user.email.clone(), roles.join(", "), wing]
                    })
                    .collect();
                voice.table(&["name", "address", "roles", "wing"], &rows);
            })
        }
        Verb::Login { person } => {
            let user = access::user_named(&app, person)?;
            let link = format!("{}/login/{}", app.charter()?.owner.site, access::login_link(&app, user.id)?);
            voice.result(&json!({"link": link}), |voice| voice.say(&link))
        }
    }
}

/// `Name <address>`.
pub fn name_and_address(text: &str) -> Result<(String, String)> {
    let wrong = || Refusal::invalid("user.person", format!("`{text}` is not `Name <address>`"));
    let (name, rest) = text.split_once('<').ok_or_else(wrong)?;
    let email = rest.strip_suffix('>').ok_or_else(wrong)?;
    Ok((name.trim().to_owned(), email.trim().to_owned()))
}
