//! A mail to a trustee about an act that waits to be granted, or that was done without a second person. It says which
//! kind of act and where to read it, and nothing of what was asked for: a mailbox is not the place for that.

use super::login_mail::mail_one;
use crate::context::App;
use crate::refusal::Result;
use crate::second::{Notice, noticed};
use hustings_mail::smtp::client::Relay;

/// Mails a notice, and notes that it went out. One at a time.
pub async fn mail_notice(app: &App, relay: Relay, notice: &Notice) -> Result<()> {
    let owner = app.charter()?.owner;
    let (number, words) = (notice.act.number, notice.act.kind.words());
    let (subject, first) = if notice.alone {
        (
            format!("Done without a second person: {number}"),
            format!(
                "on {} somebody used the emergency way, alone, to {words}. Read why, and confirm it or object.",
                notice.act.asked.strftime("%-d %B %Y at %H:%M UTC")
            ),
        )
    } else {
        (
            format!("A second person is needed: {number}"),
            format!(
                "somebody asks to {words}. It is granted by {}, or not at all.",
                notice.act.grant_by.strftime("%-d %B %Y at %H:%M UTC")
            ),
        )
    };
    let text = format!(
        "Hello {name},\n\n{first}\n\nIt stands here:\n\n{site}/console/acts\n\n--\n{owner}, {postal}\n",
        name = notice.trustee.name,
        site = owner.site,
        owner = owner.name,
        postal = owner.postal_address
    );
    mail_one(app, relay, &notice.trustee.email, b"second", &subject, &text).await?;
    noticed(app, notice)
}
