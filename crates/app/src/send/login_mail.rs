//! A log-in link to somebody's own address: a note, signed as all our mail is, over the list's relay.

use super::dkim;
use crate::context::App;
use crate::refusal::{Kind, Refusal, Result};
use hustings_mail::compose::Note;
use hustings_mail::journal::{self, Durability, Journal};
use hustings_mail::message_id;
use hustings_mail::smtp::client::{Delivery, Outgoing, Relay, Timeouts, send};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Its journal: not one of those that recovery reads, because a link that may be lost is asked for again.
const JOURNAL: &str = "login-link.once";

/// Mails `link` to the user at `address`, and returns when the relay has taken it. One at a time.
///
/// A refusal names neither the address nor the link.
pub async fn mail_login_link(app: &App, relay: Relay, name: &str, address: &str, link: &str) -> Result<()> {
    let owner = app.charter()?.owner;
    let text = format!(
        "Hello {name},\n\nhere is the link to log in to the list of {owner}. It works once, within half an hour:\n\n\
         {link}\n\nIt opens a page with a button; nothing happens before the button is pressed.\n\n\
         You did not ask for it? Then do nothing: without this mail nobody gets in.\n\n--\n{owner}, {postal}\n",
        owner = owner.name,
        postal = owner.postal_address
    );
    let subject = format!("Your link to log in at {}", owner.name);
    mail_one(app, relay, address, b"log-in", &subject, &text).await
}

/// Mails one note to one of the owner's own people, signed as all our mail is; returns when the relay has taken it.
pub(super) async fn mail_one(
    app: &App,
    relay: Relay,
    address: &str,
    what: &[u8],
    subject: &str,
    text: &str,
) -> Result<()> {
    let owner = app.charter()?.owner;
    let mut nonce = [0; 16];
    app.rng("login-mail").fill(&mut nonce);
    let id = message_id::message_id(&super::marks::message_id_key(app), what, &nonce, &owner.domain);
    let now = app.now();
    let unmade = |why: String| Refusal::internal("a mail could not be made").because(why);
    let note = Note {
        from_name: &owner.name,
        from_address: &owner.from_address,
        to_address: address,
        subject,
        text,
        message_id: &id,
        date: now,
    };
    let unsigned = note.message().map_err(|error| unmade(error.to_string()))?;
    let signer = dkim::signer(app, &app.charter()?)?;
    let message = signer.sign(&unsigned, now).map_err(|error| unmade(error.to_string()))?;
    let outgoing =
        Outgoing { seq: 0, mail_from: owner.from_address.clone(), rcpt_to: address.to_owned(), message };
    match hand_over(app, patient_for_one(relay), outgoing).await? {
        Delivery::Accepted { .. } => Ok(()),
        // The relay's words may repeat the address, so that only its code is kept.
        Delivery::Refused { code, .. } | Delivery::Deferred { code, .. } => {
            Err(unmailed().because(format!("the relay answered {code}")))
        }
        Delivery::InDoubt { .. } => Err(unmailed().because("the relay did not say whether it took the mail")),
        Delivery::NotSent { .. } => Err(unmailed().because("the mail was not handed over")),
    }
}

fn unmailed() -> Refusal {
    Refusal::new(Kind::Busy, "login.not-mailed", "a mail to one of the owner's own people could not be sent")
        .hint("look after the relay under [relay] in hustings.toml; `hustings user login` prints a link")
}

/// Somebody waits in front of a log-in page: soon or not at all.
fn patient_for_one(relay: Relay) -> Relay {
    let timeouts = Timeouts {
        connect_attempts: relay.timeouts.connect_attempts.min(2),
        final_reply: relay.timeouts.final_reply.min(Duration::from_mins(1)),
        ..relay.timeouts
    };
    Relay { connections: 1, timeouts, ..relay }
}

async fn hand_over(app: &App, relay: Relay, outgoing: Outgoing) -> Result<Delivery> {
    let folder = app.folder.join("journal");
    std::fs::create_dir_all(&folder).map_err(|error| unmailed().because(error))?;
    let path = folder.join(JOURNAL);
    journal::clear(&path).map_err(|error| unmailed().because(error))?;
    let journal = Journal::open_with(&path, app.epoch, Durability::Process)
        .map_err(|error| unmailed().because(error))?;
    let (give, jobs) = mpsc::channel(1);
    let (heard, mut outcomes) = mpsc::channel(1);
    give.send(outgoing).await.map_err(|error| unmailed().because(error))?;
    drop(give);
    let sent = send(relay, jobs, Arc::new(journal), heard, Arc::new(|_| true)).await;
    let outcome = outcomes.recv().await;
    sent.map_err(|error| unmailed().because(error))?;
    Ok(outcome.map_or(Delivery::NotSent { why: String::new() }, |outcome| outcome.result))
}
