//! `hustings charter`: read one, the rules it can hold, what another would have decided; put one to the board, vote.

use super::board::act;
use super::loan::decision_words;
use crate::args::Common;
use crate::opening::{self, read_text};
use crate::output::{self, Voice};
use clap::{Subcommand, ValueEnum};
use hustings_app::board::{self, Intent, Matter, Outcome};
use hustings_app::{Refusal, Result, lend};
use hustings_domain::canonical::ContentHash;
use hustings_domain::charter::Charter;
use hustings_domain::clearance::Ballot;
use serde_json::json;
use std::path::PathBuf;

/// What to do with a charter.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Read a charter and say what is wrong with it, line by line
    #[command(after_help = "Example: hustings charter check docs/charter.example.toml")]
    Check {
        /// The TOML file; `-` reads standard input
        file: PathBuf,
        /// Say every rule in words, as whoever is refused is shown it
        #[arg(long)]
        rules: bool,
    },
    /// Rules ready made: what each says, its settings, and the lines for a charter's file
    #[command(after_help = "Example: hustings charter templates quiet-before")]
    Templates {
        /// One of them, with its settings
        template: Option<String>,
        /// What a rule written in Cedar may speak of, for the issues of this charter
        #[arg(long, value_name = "FILE")]
        schema: Option<PathBuf>,
    },
    /// Decide the last requests again, the refused ones too, as another charter would have; nothing is changed
    #[command(after_help = "Example: hustings charter simulate next.toml --last 50")]
    Simulate {
        /// The other charter, a TOML file
        file: PathBuf,
        /// How many of the last requests
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=i64::from(lend::MOST_SIMULATED)))]
        last: u32,
    },
    /// Ask the board to put another charter in force, and say what would change
    #[command(after_help = "Example: hustings charter propose charter-2.toml")]
    Propose {
        /// The TOML file, its version one higher than the one in force; `-` reads standard input
        file: PathBuf,
    },
    /// Every charter that was proposed
    List,
    /// One proposed charter: what it would change, and where the votes stand
    Show {
        /// Its number
        number: u32,
    },
    /// Vote on a proposed charter as a trustee
    #[command(after_help = "Example: hustings charter vote 1 approve --content HASH --key ~/trustee.key")]
    Vote {
        /// Its number
        number: u32,
        /// What you say
        say: SayOnCharter,
        /// The reason of a refusal, or your interest
        #[arg(long)]
        because: Option<String>,
        /// The hash of the text you read (`charter show` prints it)
        #[arg(long, value_name = "HASH")]
        content: Option<String>,
        /// Your key (`hustings board key new`), where what you say has to be signed
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
}

/// What a trustee can say on a charter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SayOnCharter {
    /// Yes to exactly this text
    Approve,
    /// No
    Refuse,
    /// I have an interest
    Recuse,
}

/// Runs it.
pub fn run(verb: &Verb, common: &Common, voice: Voice) -> Result<()> {
    match verb {
        Verb::Check { file, rules } => check(&read_text(file)?, *rules, voice),
        Verb::Templates { template, schema } => templates(template.as_deref(), schema.as_deref(), voice),
        Verb::Simulate { file, last } => {
            let app = opening::open_reading(common)?;
            let actor = opening::actor(common, &app)?;
            simulate(&lend::simulate(&app, &actor, &read_text(file)?, *last)?, voice)
        }
        Verb::Propose { file } => {
            let text = read_text(file)?;
            let app = opening::open(common)?;
            let proposed = lend::propose_charter(&app, &opening::actor(common, &app)?, &text)?;
            voice.result(&proposed, |voice| {
                voice.say(format!("Charter {} lies before the board. It would change:", proposed.number));
                for change in &proposed.changes {
                    voice.say(format!("  {change}"));
                }
                voice.say(format!(
                    "Trustees vote on its page, or: `hustings charter vote {} approve --content {}`",
                    proposed.number, proposed.content
                ));
            })
        }
        Verb::List => {
            let app = opening::open_reading(common)?;
            let proposals = lend::proposals(&app, &opening::actor(common, &app)?)?;
            voice.result(&proposals, |voice| {
                let rows: Vec<Vec<String>> = proposals
                    .iter()
                    .map(|one| {
                        vec![one.number.to_string(), one.state.as_str().to_owned(), output::minute(one.at)]
                    })
                    .collect();
                voice.table(&["charter", "state", "proposed"], &rows);
            })
        }
        Verb::Show { number } => {
            let app = opening::open_reading(common)?;
            let view = board::charter_view(&app, &opening::actor(common, &app)?, *number)?;
            let words = decision_words(&view.matter.decision);
            let value = json!({"charter": number, "state": view.state, "changes": view.changes,
                "content": view.matter.content, "decision": words, "due": view.matter.due});
            voice.result(&value, |voice| {
                voice.say(format!("Charter {number} is {}: {words}.", view.state));
                for change in &view.changes {
                    voice.say(format!("  {change}"));
                }
                voice.say(format!("Content {}", view.matter.content));
                voice.say(format!("The board decides by {}.", output::minute(view.matter.due)));
            })
        }
        Verb::Vote { number, say, because, content, key } => {
            let app = opening::open(common)?;
            let actor = opening::actor(common, &app)?;
            let reason = || {
                because.clone().ok_or_else(|| {
                    Refusal::invalid("vote.reason", "say why").hint("add --because 'the reason'")
                })
            };
            let matter = Matter::Charter(*number);
            let intent = match say {
                SayOnCharter::Recuse => Intent::Recuse { matter, reason: reason()? },
                SayOnCharter::Approve | SayOnCharter::Refuse => {
                    let content = content.as_deref().and_then(ContentHash::parse).ok_or_else(|| {
                        Refusal::invalid("vote.content", "a vote binds to the text you read").hint(format!(
                            "`hustings charter show {number}` prints its hash; give it with --content"
                        ))
                    })?;
                    let ballot = match say {
                        SayOnCharter::Refuse => Ballot::Refuse { reason: reason()? },
                        _ => Ballot::Approve,
                    };
                    Intent::Vote { matter, ballot, content, seat: None }
                }
            };
            let Outcome::Decided(decision) = act(&app, &actor, intent, key.as_deref())? else {
                return Err(Refusal::internal("what was said on a charter decided nothing"));
            };
            let words = decision_words(&decision);
            voice
                .result(&json!({"decision": words}), |voice| voice.say(format!("Charter {number}: {words}.")))
        }
    }
}

fn check(text: &str, with_rules: bool, voice: Voice) -> Result<()> {
    let (charter, rules) = lend::read_rules(text)?;
    let mut value = json!({"version": charter.version, "purposes": charter.purposes.len(), "issues": charter.issues.len(),
        "quorum": charter.board.quorum, "wings": charter.wings, "signed": charter.board.signed});
    if let (true, Some(members)) = (with_rules, value.as_object_mut()) {
        members.insert("rules".to_owned(), json!(rules.in_words()));
    }
    voice.result(&value, |voice| {
        voice
            .say(format!("This charter can be kept: version {} of {}.", charter.version, charter.owner.name));
        voice.say(summary(&charter));
        if charter.board.signed == hustings_domain::clearance::Signing::Accepted {
            voice.say("Votes need no signature: whoever has a trustee's log-in can vote for them (`[board] signed`).");
        }
        if with_rules {
            voice.say("Every request is held against these:");
            for rule in rules.in_words() {
                voice.say(format!("- {} ({})", rule.words, rule.place));
            }
        }
    })
}

fn summary(charter: &Charter) -> String {
    format!(
        "{} purposes, {} issues; {} votes from {} wings clear a loan.",
        charter.purposes.len(),
        charter.issues.len(),
        charter.board.quorum,
        charter.board.wings_needed
    )
}

fn templates(named: Option<&str>, schema: Option<&std::path::Path>, voice: Voice) -> Result<()> {
    if let Some(file) = schema {
        let charter = lend::check_charter(&read_text(file)?)?;
        let schema = lend::schema_of(&charter);
        return voice.result(&json!({"schema": schema}), |voice| voice.say(schema.trim_end()));
    }
    let chosen = lend::templates(named)?;
    voice.result(&chosen, |voice| {
        for template in &chosen {
            voice.say(format!("{}: {}", template.id, template.words));
            if named.is_some() {
                voice.say(format!("  {}", template.purpose));
                voice.say("  Settings:");
                for setting in &template.settings {
                    let needed = if setting.needed { "needed" } else { "if you like" };
                    voice.say(format!("    {} ({needed}): {}", setting.key, setting.takes));
                }
                voice.say("  In the charter's file:");
                for line in template.example.lines() {
                    voice.say(format!("    {line}"));
                }
            }
        }
        if named.is_none() {
            voice.say("`hustings charter templates NAME` shows one with its settings.");
        }
    })
}

fn simulate(simulation: &lend::Simulation, voice: Voice) -> Result<()> {
    voice.result(simulation, |voice| {
        if simulation.requests.is_empty() {
            voice.say("No request is kept yet: every request from now on is, the refused ones too.");
            return;
        }
        voice.say(format!(
            "Of the last {} requests, {} would be decided differently under version {} than under version {} in force.",
            simulation.requests.len(),
            simulation.differ,
            simulation.other,
            simulation.in_force
        ));
        for one in &simulation.requests {
            let loan = one.loan.map_or_else(|| "refused".to_owned(), |number| format!("loan {number}"));
            voice.say(format!(
                "{} {}: {} asked {} ({loan})",
                if one.differs() { "*" } else { " " },
                one.at.strftime("%Y-%m-%d"),
                one.borrower,
                one.asked
            ));
            voice.say(format!("    {}", one.verdict()));
            let told = if one.differs() || one.other_reasons() { &one.broken_then } else { &one.broken_now };
            for check in told.iter().filter(|_| !one.allowed_then) {
                voice.say(format!("    would break: {}", check.rule));
                if let Some(instead) = &check.instead {
                    voice.say(format!("      instead: {instead}"));
                }
            }
            for check in one.broken_now.iter().filter(|_| one.differs() && !one.allowed_now) {
                voice.say(format!("    breaks now: {}", check.rule));
            }
        }
    })
}
