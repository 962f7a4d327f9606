//! `hustings init`.

use crate::args::Common;
use crate::opening::{read_text, root_secret};
use crate::output::Voice;
use clap::Args;
use hustings_app::folder::{InitJob, address, init, init_on};
use hustings_app::{Result, SystemChance, SystemClock, access};
use hustings_domain::access::{Actor, Role};
use hustings_vault::Argon2Cost;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;

/// How to make a list.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: hustings init --dir ./list --charter charter.toml --admin 'Ada Lowe <ada@forward.example>'"
)]
pub struct Options {
    /// The charter; docs/charter.example.toml shows every field
    #[arg(long, value_name = "FILE")]
    pub charter: PathBuf,
    /// The first administrator, as `Name <address>`
    #[arg(long, value_name = "PERSON")]
    pub admin: Option<String>,
    /// A PostgreSQL database for the data, such as `postgres://hustings@localhost/hustings` [default: the folder]
    #[arg(long, value_name = "ADDRESS")]
    pub store: Option<String>,
}

/// Runs it.
pub fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    let charter = read_text(&options.charter)?;
    hustings_app::lend::check_charter(&charter)?;
    let address = options.store.as_deref().map(address).transpose()?;
    let root = root_secret(common)?;
    let dir = common.dir();
    let job = InitJob {
        folder: &dir,
        root: &root,
        cost: Argon2Cost::default(),
        charter: &charter,
        clock: Arc::new(SystemClock),
        chance: Arc::new(SystemChance),
        demo: false,
    };
    let app = match &address {
        Some(address) => init_on(job, address)?,
        None => init(job)?,
    };
    let token = match &options.admin {
        Some(person) => {
            let (name, email) = super::user::name_and_address(person)?;
            let new =
                access::NewUser { name, email, roles: vec![Role::Administrator], wing: None, borrower: None };
            Some(access::add_user(&app, &Actor::operator(), new)?.token)
        }
        None => None,
    };
    let value = json!({"folder": common.dir(), "admin_token": token});
    voice.result(&value, |voice| {
        voice.say(format!("A new list stands in `{}`.", common.dir().display()));
        if let Some(token) = &token {
            voice.say(format!("The administrator's token, shown this once: {token}"));
        }
        voice.say("Keep the passphrase or identity away from the folder: without it nobody reads the list, you included.");
        voice.say("Next: `hustings import FILE`, and `hustings user add` for stewards and trustees.");
    })
}
