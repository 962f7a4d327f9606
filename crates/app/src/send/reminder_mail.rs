//! A mail to a trustee whose vote is missing: what it is about, by when, and where to read it. No names of supporters,
//! no text of the appeal: a mailbox is not the place for either.

use super::login_mail::mail_one;
use crate::board::{Matter, Reminder, Stage, reminded};
use crate::context::App;
use crate::refusal::Result;
use hustings_mail::smtp::client::Relay;

/// Mails a reminder, and notes that it went out. One at a time.
pub async fn mail_reminder(app: &App, relay: Relay, reminder: &Reminder) -> Result<()> {
    let owner = app.charter()?.owner;
    let (what, path) = match reminder.matter {
        Matter::Loan(number) => (format!("loan {}", number.0), format!("/console/loans/{}", number.0)),
        Matter::Charter(number) => (format!("charter {number}"), format!("/console/charters/{number}")),
    };
    let day = reminder.due.strftime("%-d %B %Y");
    let (subject, first) = match reminder.stage {
        Stage::Asked => {
            (format!("Your vote on {what}"), format!("{what} lies before the board. It decides by {day}."))
        }
        Stage::Soon => (
            format!("Your vote on {what} is missing"),
            format!("your vote on {what} is missing. The board decides by {day}."),
        ),
        Stage::Late => (
            format!("The board is late on {what}"),
            format!("the board was to decide on {what} by {day}, and your vote is missing."),
        ),
    };
    let text = format!(
        "Hello {name},\n\n{first}\n\nRead it, and vote, here:\n\n{site}{path}\n\n--\n{owner}, {postal}\n",
        name = reminder.trustee.name,
        site = owner.site,
        owner = owner.name,
        postal = owner.postal_address
    );
    mail_one(app, relay, &reminder.trustee.email, b"board", &subject, &text).await?;
    reminded(app, reminder)
}
