//! What the binary is made of, so that tests can reach it.

pub mod args;
pub mod commands;
pub mod demo;
pub mod new_file;
pub mod opening;
pub mod output;
pub mod synth;

use args::{Arguments, Common, Verb};
use hustings_app::Result;
use output::Voice;
use std::process::ExitCode;

/// An import hands millions of small pieces of memory from the thread that made them to the one that is done with
/// them, which the system's allocator does under a lock.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs one verb; the exit code says which kind of failure, if any.
pub fn run(arguments: Arguments) -> ExitCode {
    // What goes wrong in the background is said on standard error, once, where it is handled.
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::WARN).init();
    let common = arguments.common;
    let voice = Voice { json: common.json };
    let result =
        opening::use_store_password(&common).and_then(|()| run_verb(&arguments.verb, &common, voice));
    match result {
        Ok(code) => code,
        // Whoever forgot the token acted as the operator, who has no seat and no borrower.
        Err(refusal) if refusal.code == "access.denied" && common.token.is_none() => output::refused(
            voice.json,
            &refusal.hint("to act as yourself, put your token into HUSTINGS_TOKEN"),
        ),
        Err(refusal) => output::refused(voice.json, &refusal),
    }
}

fn run_verb(verb: &Verb, common: &Common, voice: Voice) -> Result<ExitCode> {
    match verb {
        Verb::Doctor(options) => return commands::doctor::run(options, common, voice),
        Verb::Demo(options) => commands::demo::run(options, common, voice),
        Verb::Init(options) => commands::init::run(options, common, voice),
        Verb::Join(options) => commands::join::run(options, common, voice),
        Verb::Serve(options) => commands::serve::run(options, common, voice),
        Verb::Import(options) => commands::import::run(options, common, voice),
        Verb::Supporters(verb) => commands::supporters::run(verb, common, voice),
        Verb::Audience(verb) => commands::audience::run(verb, common, voice),
        Verb::Attribute(verb) => commands::attribute::run(verb, common, voice),
        Verb::Places(verb) => commands::places::run(verb, common, voice),
        Verb::Board(verb) => commands::board::run(verb, common, voice),
        Verb::Charter(verb) => commands::charter::run(verb, common, voice),
        Verb::Borrower(verb) => commands::borrower::run(verb, common, voice),
        Verb::Loan(verb) => commands::loan::run(verb, common, voice),
        Verb::Calendar(verb) => commands::calendar::run(verb, common, voice),
        Verb::Worth(verb) => commands::worth::run(verb, common, voice),
        Verb::Copy(verb) => commands::copy::run(verb, common, voice),
        Verb::Duty(verb) => commands::duty::run(verb, common, voice),
        Verb::Trace(options) => commands::trace::run(options, common, voice),
        Verb::Ledger(verb) => return commands::ledger::run(verb, common, voice),
        Verb::Witness(verb) => commands::witness::run(verb, common, voice),
        Verb::Move(options) => commands::r#move::run(options, common, voice),
        Verb::Backup(options) => commands::backup::run(options, common, voice),
        Verb::Restore(options) => commands::restore::run(options, common, voice),
        Verb::Grant(verb) => commands::grant::run(verb, common, voice),
        Verb::Synth(options) => commands::synth::run(options, voice),
        Verb::Token(verb) => commands::token::run(verb, common, voice),
        Verb::User(verb) => commands::user::run(verb, common, voice),
    }
    .map(|()| ExitCode::SUCCESS)
}
