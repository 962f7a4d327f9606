//! `hustings token`: with which programs act for borrowers over the API.

use crate::args::Common;
use crate::opening;
use crate::output::Voice;
use clap::Subcommand;
use hustings_app::Result;
use hustings_app::access::{self, NewToken};
use hustings_domain::ids::TokenId;
use hustings_domain::token::Scope;
use serde_json::json;

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Make a token for a program of your borrower, printed once; needs your own `HUSTINGS_TOKEN`
    #[command(
        after_help = "Example: hustings token new 'volunteer tool' --scope request --scope copies --days 90"
    )]
    New {
        /// What you call the program
        name: String,
        /// What it is good for: request, many, count, copies; may be given again. None reads alone
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<Scope>,
        /// For how many days, at most 365
        #[arg(long, default_value_t = 90)]
        days: u32,
    },
    /// Every token of a program, without what it holds
    List,
    /// Revoke a token at once
    #[command(after_help = "Example: hustings token end 0192f0c4-7c1e-7000-8000-000000000007")]
    End {
        /// The token's id (`hustings token list`)
        id: TokenId,
    },
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    let app = match verb {
        Verb::List => opening::open_reading(common)?,
        Verb::New { .. } | Verb::End { .. } => opening::open(common)?,
    };
    let actor = opening::actor(common, &app)?;
    match verb {
        Verb::New { name, scopes, days } => {
            let new = NewToken { name: name.clone(), scopes: scopes.clone(), days: *days };
            let made = access::make_token(&app, &actor, new)?;
            voice.result(
                &json!({"id": made.token.id, "token": made.secret, "expires": made.token.expires}),
                |voice| {
                    voice.say(format!("Token of `{}`, shown this once: {}", made.token.name, made.secret));
                    voice.say("A program sends it as `Authorization: Bearer`; docs/api.md shows how.");
                },
            )
        }
        Verb::List => {
            let tokens = access::tokens(&app, &actor)?;
            voice.result(&tokens, |voice| {
                let rows: Vec<Vec<String>> = tokens
                    .iter()
                    .map(|token| {
                        let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
                        let used = token.used.map_or_else(|| "never".to_owned(), |day| day.to_string());
                        let expires = token.expires.strftime("%Y-%m-%d").to_string();
                        vec![
                            token.id.to_string(),
                            token.borrower_name.clone(),
                            token.name.clone(),
                            scopes.join(", "),
                            expires,
                            used,
                        ]
                    })
                    .collect();
                voice.table(&["id", "borrower", "program", "scopes", "runs out", "used"], &rows);
            })
        }
        Verb::End { id } => {
            access::end_token(&app, &actor, *id)?;
            voice.result(&json!({"ended": id}), |voice| voice.say("Revoked. Nothing acts with it any more."))
        }
    }
}
