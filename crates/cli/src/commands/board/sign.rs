//! Signing with a key in a file: a statement that a page shows, or what a verb is about to do.

use crate::opening::read_text;
use crate::output::Voice;
use hustings_app::board::{self, Intent, Outcome, SignedBy};
use hustings_app::{App, Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::statement::{FORM, Proof, Statement};
use hustings_signet::FileKey;
use serde_json::json;
use std::path::Path;

/// A page's statement is one line of JSON; more is not one.
const LONGEST: usize = 16 * 1024;

/// Reads a key from a file.
pub(crate) fn read_key(file: &Path) -> Result<FileKey> {
    FileKey::parse(&read_text(file)?).map_err(|error| {
        Refusal::invalid("key.file", format!("`{}` holds no key", file.display()))
            .because(error)
            .hint("`hustings board key new FILE` makes one")
    })
}

/// Does at once what needs no signature; signs all else with `key`.
pub(crate) fn act(app: &App, actor: &Actor, intent: Intent, key: Option<&Path>) -> Result<Outcome> {
    let Some(key) = key else { return board::unsigned(app, actor, &intent) };
    let key = read_key(key)?;
    let prepared = board::prepare(app, actor, intent)?;
    let by = SignedBy::File { signature: signature(&key, &prepared.statement)? };
    board::submit(app, actor, prepared.hash, by)
}

fn signature(key: &FileKey, statement: &Statement) -> Result<String> {
    let signed =
        key.sign(statement).map_err(|error| Refusal::internal("nothing was signed").because(error))?;
    match signed.proof {
        Proof::File { signature } => Ok(signature),
        Proof::Passkey { .. } => Err(Refusal::internal("a key in a file signed as a passkey")),
    }
}

pub(super) fn run(statement: &Path, key: &Path, voice: Voice) -> Result<()> {
    let key = read_key(key)?;
    let text = read_text(statement)?;
    let wrong = |why: &str| {
        Refusal::invalid("sign.statement", "this is not a statement to sign")
            .because(why)
            .hint("copy the whole line from the page, from `{` to `}`")
    };
    if text.len() > LONGEST {
        return Err(wrong("it is too long"));
    }
    let read: Statement = serde_json::from_str(text.trim()).map_err(|error| wrong(&error.to_string()))?;
    if read.form != FORM || read.to_bytes()? != text.trim().as_bytes() {
        return Err(wrong("it is not in its canonical form"));
    }
    let signature = signature(&key, &read)?;
    let value =
        json!({"signature": signature, "statement": read.hash()?, "act": read.act, "matter": read.matter});
    voice.result(&value, |voice| {
        // What is said beside the signature goes the same way as all words; the signature stands alone on its line.
        voice.say(format!("You sign: {} on {}, text {}.", read.act, read.matter, read.content.short()));
        voice.say(&signature);
    })
}
