//! Public keys on the command line, and what the witnesses' signatures on a checkpoint come to.

use crate::opening;
use hustings_app::{Refusal, Result};
use hustings_ledger::cosignature::cosigned_by;
use hustings_ledger::{VerifierKey, WitnessKey};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::Path;

/// A log's key: itself, or a file that holds it.
pub(in crate::commands) fn log_key(text: &str) -> Result<VerifierKey> {
    let path = Path::new(text.trim());
    let held =
        if !text.contains('+') && path.is_file() { opening::read_text(path)? } else { text.to_owned() };
    held.trim().parse().map_err(|error| {
        Refusal::invalid("ledger.key", "this is not a ledger's public key")
            .because(error)
            .hint("it is one line like `example.org/hustings+c74f20a3+ARpc2Q…`, or a file that holds it")
    })
}

/// Which witnesses somebody trusts, and how many of them must have signed.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::commands) struct Trusted {
    /// A witness's public key that you trust; may be given again
    #[arg(long = "witness", value_name = "KEY")]
    witnesses: Vec<WitnessKey>,
    /// How many of them must have cosigned
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    cosigned_by: usize,
}

/// What the trusted witnesses' signatures on one checkpoint come to.
#[derive(Debug)]
pub(in crate::commands) struct Cosigned {
    signed: Vec<(String, Timestamp)>,
    missing: Vec<String>,
}

impl Trusted {
    /// Looks who of them has signed; refused when they are too few.
    pub(in crate::commands) fn check(&self, note: &str) -> Result<Cosigned> {
        if self.cosigned_by > self.witnesses.len() {
            return Err(Refusal::invalid(
                "ledger.witnesses",
                format!(
                    "{} cosignatures are asked for, and {} witnesses are named",
                    self.cosigned_by,
                    self.witnesses.len()
                ),
            )
            .hint("name each with --witness KEY"));
        }
        let found = cosigned_by(note, &self.witnesses).map_err(|error| {
            Refusal::invalid("ledger.broken", "a witness's signature does not hold").because(error)
        })?;
        let time = |seconds| {
            i64::try_from(seconds).ok().and_then(|s| Timestamp::from_second(s).ok()).unwrap_or(Timestamp::MAX)
        };
        let signed: Vec<_> = found.into_iter().map(|one| (one.witness, time(one.seconds))).collect();
        let has_signed = |name: &str| signed.iter().any(|(signer, _)| signer == name);
        let names = self.witnesses.iter().map(|key| key.name().to_owned());
        let missing: Vec<String> = names.filter(|name| !has_signed(name)).collect();
        if signed.len() < self.cosigned_by {
            return Err(Refusal::invalid(
                "ledger.too-few-witnesses",
                format!("{} of the witnesses have cosigned, and {} must have", signed.len(), self.cosigned_by),
            )
            .because(format!("missing: {}", missing.join(", ")))
            .hint("a checkpoint is cosigned within seconds of being published: look again, then ask the owner why"));
        }
        Ok(Cosigned { signed, missing })
    }
}

impl Cosigned {
    /// A line for each witness.
    pub(in crate::commands) fn lines(&self) -> Vec<String> {
        let signed = self.signed.iter().map(|(name, at)| format!("Cosigned by {name} at {at}."));
        signed.chain(self.missing.iter().map(|name| format!("Not cosigned by {name}."))).collect()
    }

    /// For programs.
    pub(in crate::commands) fn value(&self) -> Value {
        let signed: Vec<Value> =
            self.signed.iter().map(|(name, at)| json!({"witness": name, "at": at.to_string()})).collect();
        json!({"cosigned": signed, "missing": self.missing})
    }
}
