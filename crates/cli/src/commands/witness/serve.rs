//! `hustings witness serve`: answers ledgers that ask for a cosignature.

use super::{home, refused};
use crate::args::Common;
use crate::commands::serve::interrupted;
use crate::opening;
use crate::output::Voice;
use clap::Args;
use hustings_app::{Kind, Refusal, Result};
use hustings_ledger::witness::Witness;
use hustings_server::serve_witness;

/// Where to serve.
#[derive(Debug, Args)]
#[command(
    after_help = "Put a web server with a certificate before it; ledgers ask `https://YOUR-ADDRESS/add-checkpoint`.

Example: hustings witness serve --listen 127.0.0.1:8480"
)]
pub struct Options {
    /// Address and port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8480")]
    listen: String,
}

pub(super) fn run(options: &Options, common: &Common, voice: Voice) -> Result<()> {
    let witness = Witness::open(&home(common)?).map_err(|error| refused(&error))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Refusal::internal("no threads could be started").because(error))?;
    let listen = &options.listen;
    let bound = runtime.block_on(tokio::net::TcpListener::bind(listen)).and_then(|listener| {
        let address = listener.local_addr()?;
        Ok((listener, address))
    });
    let (listener, address) = bound.map_err(|error| {
        Refusal::new(Kind::Busy, "serve.address", format!("`{listen}` cannot be listened on"))
            .because(error)
            .hint("name another with --listen")
    })?;
    voice.say(format!("Witnessing on http://{address} until you press Ctrl-C, as"));
    voice.say(format!("{}", witness.key()));
    if witness.logs().next().is_none() {
        voice.say("It watches no ledger yet: stop it, and `hustings witness watch KEY`.");
    }
    let clock = opening::clock_of(common);
    runtime
        .block_on(serve_witness(witness, clock, listener, interrupted()))
        .map_err(|error| Refusal::internal("serving ended badly").because(error))
}
