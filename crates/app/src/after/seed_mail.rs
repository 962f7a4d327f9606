//! Mail at a decoy's address: ours, or a sign that a copy is used by somebody who should not have it.

use super::season::{Season, largest_copies};
use crate::context::App;
use crate::journal::enter;
use crate::lend::charter_in;
use crate::refusal::{Refusal, Result};
use crate::send::dkim::signer;
use crate::send::marks::message_id_key;
use hustings_domain::access::Actor;
use hustings_domain::canonical::{ContentHash, sha256};
use hustings_domain::copy::CopyRecord;
use hustings_domain::ids::{CopyNumber, uuid_v7};
use hustings_mail::receiver::Delivered;
use hustings_mail::seed_mailbox::{Finding, SeedMailbox};
use hustings_store::records::Alarm;
use hustings_trace::{PlantedDecoy, all_decoys, plan};
use serde_json::json;

/// Judges a message that arrived for `address`. An address that is no decoy of ours, a message of our own, and
/// one that was seen before raise nothing.
pub fn seed_mail(app: &App, address: &str, raw: &[u8]) -> Result<Option<Alarm>> {
    let address = address.trim().trim_matches(['<', '>']).to_lowercase();
    let now = app.now();
    let mailbox = mailbox(app)?;
    app.store.write(|tx| {
        let season = Season::of(app, &charter_in(tx)?);
        let copies = tx.copies()?;
        let decoys = all_decoys(&season.seeds, &season.name, &season.domain, &largest_copies(&copies));
        let planted = decoys.look_up(&address);
        if planted.is_empty() {
            return Ok(None);
        }
        let delivered =
            Delivered { to: address.clone(), from: String::new(), message: raw.to_vec(), at_order: 0 };
        let Finding::Alarm(why) = mailbox.judge(&delivered, &address) else { return Ok(None) };
        let message = ContentHash(sha256(&[address.as_bytes(), b"\0", raw].concat()));
        let seen = format!("seed-mail/{message}");
        if tx.meta(&seen)?.is_some() {
            return Ok(None);
        }
        tx.set_meta(&seen, &now.to_string())?;
        let holding: Vec<&CopyRecord> = copies.iter().filter(|copy| holds(&season, copy, planted)).collect();
        let numbers: Vec<CopyNumber> = holding.iter().map(|copy| copy.number).collect();
        let mut named = Vec::new();
        for copy in &holding {
            let holder =
                tx.borrower(copy.borrower)?.map_or_else(|| copy.borrower.to_string(), |known| known.name);
            named.push(format!("{} (held by {holder})", copy.number));
        }
        let what = format!("{why}; the seed stands in {}", named.join(", "));
        let alarm =
            Alarm { id: uuid_v7(now, &mut *app.rng("alarm")), kind: "seed-mail".to_owned(), what, at: now };
        tx.add_alarm(&alarm)?;
        let body = json!({"alarm": alarm.id, "kind": alarm.kind, "copies": numbers});
        enter(tx, now, &Actor::machine(), "alarm.raised", body)?;
        Ok::<_, Refusal>(Some(alarm))
    })
}

/// The judge of what is ours: signed by our key, under a Message-ID of our making, to this decoy.
fn mailbox(app: &App) -> Result<SeedMailbox> {
    let charter = app.charter()?;
    let record = signer(app, &charter)?
        .public()
        .map_err(|error| Refusal::internal("our own signature cannot be checked").because(error))?;
    Ok(SeedMailbox::new(vec![record], message_id_key(app), &charter.owner.domain))
}

/// Whether one of the seeds stands in a copy: a smaller copy to the same borrower has fewer of them.
fn holds(season: &Season, copy: &CopyRecord, planted: &[PlantedDecoy]) -> bool {
    let seeds = plan(&season.seeds, &season.name, copy.borrower, u64::from(copy.people));
    planted.iter().any(|decoy| decoy.holders.contains(&copy.borrower) && seeds.contains(&decoy.seed))
}
