//! `hustings user`: who logs in.

use super::grant;
use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::access::UserChange;
use hustings_app::{App, Refusal, Result, access};
use hustings_domain::access::{Actor, Role};
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
        /// Ask a trustee to grant it, and say why; then say the same without this
        #[arg(long, value_name = "WHY")]
        ask: Option<String>,
    },
    /// Change what somebody may, their wing, borrower, name or address; ends everything that spoke for them before
    #[command(
        after_help = "Example: hustings user change 'Rosa Lind' --address rosa@board.example --ask 'new mailbox'"
    )]
    Change {
        /// The person, by name, address or id
        person: String,
        /// A role; may be given again. What is not named is taken away; none given leaves them as they are
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<Role>,
        /// The wing of the board, for a trustee
        #[arg(long)]
        wing: Option<Slug>,
        /// The borrower acted for, by name or id
        #[arg(long)]
        borrower: Option<String>,
        /// Where log-in links go from now on
        #[arg(long)]
        address: Option<String>,
        /// What colleagues call them
        #[arg(long)]
        name: Option<String>,
        /// Ask a trustee to grant it, and say why; then say the same without this
        #[arg(long, value_name = "WHY")]
        ask: Option<String>,
    },
    /// Take every role away: nobody logs in as them any more
    #[command(after_help = "Example: hustings user remove 'Rosa Lind' --ask 'left the board'")]
    Remove {
        /// The person, by name, address or id
        person: String,
        /// Ask a trustee to grant it, and say why; then say the same without this
        #[arg(long, value_name = "WHY")]
        ask: Option<String>,
    },
    /// End every session, log-in link and token of somebody at once: their device is lost
    #[command(after_help = "Example: hustings user revoke 'Rosa Lind'")]
    Revoke {
        /// The person, by name, address or id
        person: String,
    },
    /// Make another token for somebody's command line; prints it once
    #[command(after_help = "Example: hustings user token 'Rosa Lind'")]
    Token {
        /// The person, by name, address or id
        person: String,
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
        // What is only asked for is kept by a process that serves, too.
        Verb::Login { .. }
        | Verb::Add { ask: Some(_), .. }
        | Verb::Change { ask: Some(_), .. }
        | Verb::Remove { ask: Some(_), .. } => opening::open_or_beside(common)?,
        Verb::Add { .. }
        | Verb::Change { .. }
        | Verb::Remove { .. }
        | Verb::Revoke { .. }
        | Verb::Token { .. } => opening::open(common)?,
    };
    let actor = opening::actor(common, &app)?;
    match verb {
        Verb::Add { person, roles, wing, borrower, ask } => {
            let (name, email) = name_and_address(person)?;
            let borrower = match borrower {
                Some(named) => Some(super::borrower::named(&app, &actor, named)?.id),
                None => None,
            };
            let new = access::NewUser { name, email, roles: roles.clone(), wing: wing.clone(), borrower };
            if let Some(reason) = ask {
                return grant::ask(&app, &actor, access::act_of_adding(&new), reason, voice);
            }
            let added = access::add_user(&app, &actor, new)?;
            voice.result(&json!({"user": added.user.id, "token": added.token}), |voice| {
                voice.say(format!("{} can log in.", added.user.name));
                voice.say(format!("Token for HUSTINGS_TOKEN, shown this once: {}", added.token));
            })
        }
        Verb::Change { person, roles, wing, borrower, address, name, ask } => {
            let borrower = match borrower {
                Some(named) => Some(super::borrower::named(&app, &actor, named)?.id),
                None => None,
            };
            let change = UserChange {
                name: name.clone(),
                email: address.clone(),
                roles: (!roles.is_empty()).then(|| roles.clone()),
                wing: wing.clone(),
                borrower,
            };
            changed(&app, &actor, person, &change, ask.as_deref(), voice)
        }
        Verb::Remove { person, ask } => {
            changed(&app, &actor, person, &UserChange::remove(), ask.as_deref(), voice)
        }
        Verb::Revoke { person } => {
            let user = access::user_named(&app, person)?;
            access::end_all(&app, &actor, user.id)?;
            voice.result(&json!({"user": user.id}), |voice| {
                voice.say(format!("Nothing speaks for {} any more, until they log in again.", user.name));
            })
        }
        Verb::Token { person } => {
            let user = access::user_named(&app, person)?;
            let token = access::new_token(&app, &actor, user.id)?;
            voice.result(&json!({"user": user.id, "token": token}), |voice| {
                voice.say(format!("Token for HUSTINGS_TOKEN, shown this once: {token}"));
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

fn changed(
    app: &App,
    actor: &Actor,
    person: &str,
    change: &UserChange,
    ask: Option<&str>,
    voice: Voice,
) -> Result<()> {
    let user = access::user_named(app, person)?;
    if let Some(reason) = ask {
        return grant::ask(app, actor, access::act_of_changing(&user, change), reason, voice);
    }
    let user = access::change_user(app, actor, user.id, change)?;
    voice.result(&json!({"user": user.id, "roles": user.roles}), |voice| {
        if user.roles.is_empty() {
            voice.say(format!("{} has no role any more; whatever spoke for them has ended.", user.name));
        } else {
            voice.say(format!("{} is changed; whatever spoke for them before has ended.", user.name));
            voice.say("They log in with a new link; `hustings user token` makes a new token.");
        }
    })
}

/// `Name <address>`.
pub fn name_and_address(text: &str) -> Result<(String, String)> {
    let wrong = || Refusal::invalid("user.person", format!("`{text}` is not `Name <address>`"));
    let (name, rest) = text.split_once('<').ok_or_else(wrong)?;
    let email = rest.strip_suffix('>').ok_or_else(wrong)?;
    Ok((name.trim().to_owned(), email.trim().to_owned()))
}
