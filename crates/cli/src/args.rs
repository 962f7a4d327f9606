//! The words of the command line.

use crate::commands;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Hustings keeps a movement's supporter list in trust: it lends the list's reach, never its records.
#[derive(Debug, Parser)]
#[command(name = "hustings", version, propagate_version = true, max_term_width = 100)]
#[command(
    after_help = "New here? `hustings demo` plays a whole reach loan on made-up people and then serves it."
)]
pub struct Arguments {
    /// Options of every verb.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// Options of every verb.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// The data folder [default: hustings-data; the demo's: hustings-demo; a witness's: hustings-witness]
    #[arg(long = "dir", global = true, env = "HUSTINGS_DIR", value_name = "DIR")]
    pub chosen_dir: Option<PathBuf>,
    /// Print JSON instead of words.
    #[arg(long, global = true)]
    pub json: bool,
    /// An age identity file that opens the list, instead of a passphrase.
    #[arg(long, global = true, env = "HUSTINGS_IDENTITY", value_name = "FILE")]
    pub identity: Option<PathBuf>,
    /// A file that holds the passphrase alone; else `HUSTINGS_PASSPHRASE`, else you are asked.
    #[arg(long, global = true, env = "HUSTINGS_PASSPHRASE_FILE", value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// The passphrase itself; for scripts. A command line can be read by others, so this is an environment variable only.
    #[arg(
        long = "passphrase-from-environment",
        hide = true,
        global = true,
        env = "HUSTINGS_PASSPHRASE",
        hide_env_values = true
    )]
    pub passphrase: Option<String>,
    /// Speaks for a user; trustees and borrowers need it. From the environment only, as `HUSTINGS_TOKEN`.
    #[arg(
        long = "token-from-environment",
        hide = true,
        global = true,
        env = "HUSTINGS_TOKEN",
        hide_env_values = true
    )]
    pub token: Option<String>,
    /// The password of the list's database server. From the environment only, as `PGPASSWORD`.
    #[arg(
        long = "store-password-from-environment",
        hide = true,
        global = true,
        env = "PGPASSWORD",
        hide_env_values = true
    )]
    pub store_password: Option<String>,
    /// A file that holds the password of the list's database server alone; else `PGPASSWORD`.
    #[arg(
        long = "store-password-file",
        hide = true,
        global = true,
        env = "HUSTINGS_STORE__PASSWORD_FILE",
        value_name = "FILE"
    )]
    pub store_password_file: Option<PathBuf>,
    /// A file of passwords as PostgreSQL's own programs read it; else `.pgpass` in the home folder.
    #[arg(long = "store-passwords", hide = true, global = true, env = "PGPASSFILE", value_name = "FILE")]
    pub store_passwords: Option<PathBuf>,
}

impl Common {
    /// The data folder.
    pub fn dir(&self) -> PathBuf {
        self.chosen_dir.clone().unwrap_or_else(|| PathBuf::from("hustings-data"))
    }
}

/// Every verb.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Play one reach loan from a messy file to a traced leak, on made-up people, and then serve it
    Demo(commands::demo::Options),
    /// Make a new list in an empty folder
    Init(commands::init::Options),
    /// Make a folder from which another process works on a list that is on a PostgreSQL server
    Join(commands::join::Options),
    /// Serve the console, the supporters' pages and the public ledger
    Serve(commands::serve::Options),
    /// Bring people in from a file
    Import(commands::import::Options),
    /// What a supporter asked for: show, export, correct, forget, object
    #[command(subcommand)]
    Supporters(commands::supporters::Verb),
    /// Rules that select people: count, divide, compare, explain, save
    #[command(subcommand)]
    Audience(commands::audience::Verb),
    /// What is known of people besides where they live: declared with one type each
    #[command(subcommand)]
    Attribute(commands::attribute::Verb),
    /// Divisions, where postal codes lie, and who lives where
    #[command(subcommand)]
    Places(commands::places::Verb),
    /// The owner's rules
    #[command(subcommand)]
    Charter(commands::charter::Verb),
    /// Trustees: their keys and signatures, who votes for whom, what waits for them
    #[command(subcommand)]
    Board(commands::board::Verb),
    /// Who may ask for reach
    #[command(subcommand)]
    Borrower(commands::borrower::Verb),
    /// Reach loans, from request to settlement
    #[command(subcommand)]
    Loan(commands::loan::Verb),
    /// Your own mail first, and attention shared among cleared loans
    #[command(subcommand)]
    Calendar(commands::calendar::Verb),
    /// What loans changed, and what they were worth by the rate card and the law
    #[command(subcommand)]
    Worth(commands::worth::Verb),
    /// Numbered copies of those who said yes
    #[command(subcommand)]
    Copy(commands::copy::Verb),
    /// What borrowers owe of their copies: to erase or put right by a day, and to say so
    #[command(subcommand)]
    Duty(commands::duty::Verb),
    /// Name the copy that a leaked file came from
    Trace(commands::trace::Options),
    /// The tamper-evident decision ledger
    #[command(subcommand)]
    Ledger(commands::ledger::Verb),
    /// Cosign the ledgers of other organisations, so that none can show two people two pasts
    #[command(subcommand)]
    Witness(commands::witness::Verb),
    /// Move the list from its folder to a PostgreSQL server
    Move(commands::r#move::Options),
    /// Back the list up while it runs: FILE, FILE.keys and FILE.manifest
    Backup(commands::backup::Options),
    /// Restore a backup; verified first, and no stop made since is forgotten
    Restore(commands::restore::Options),
    /// Examine the data folder: what is wrong, how bad it is, what to do. Ends with 0 when nothing is wrong, 10 when
    /// something must be looked at, 11 when a promise is broken
    Doctor(commands::doctor::Options),
    /// What nobody does alone: asked for by one person, granted by a trustee
    #[command(subcommand)]
    Grant(commands::grant::Verb),
    /// Write a made-up movement's messy files, at any size
    Synth(commands::synth::Options),
    /// Tokens with which programs act for borrowers over the API
    #[command(subcommand)]
    Token(commands::token::Verb),
    /// People who log in
    #[command(subcommand)]
    User(commands::user::Verb),
}
