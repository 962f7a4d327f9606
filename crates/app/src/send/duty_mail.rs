//! A mail to whoever acts for a borrower: that something is owed, by when, and where to read it. Nobody of the list is in
//! it, nor any row: a mailbox is not the place for either.

use super::login_mail::mail_one;
use crate::after::{DutyMail, DutyStage, duty_mailed};
use crate::context::App;
use crate::refusal::Result;
use hustings_mail::smtp::client::Relay;

/// Mails it, and notes that it went out. One at a time.
pub async fn mail_duty(app: &App, relay: Relay, mail: &DutyMail) -> Result<()> {
    let charter = app.charter()?;
    let (subject, text) = words(mail, &charter);
    mail_one(app, relay, &mail.address, b"duty", &subject, &text).await?;
    duty_mailed(app, mail)
}

/// Subject and text.
fn words(mail: &DutyMail, charter: &hustings_domain::charter::Charter) -> (String, String) {
    let owner = &charter.owner;
    let things = if mail.open == 1 { "one thing".to_owned() } else { format!("{} things", mail.open) };
    let day = mail.due.strftime("%-d %B %Y");
    let due = if mail.open == 1 { "It is due" } else { "The first is due" };
    let was_due = if mail.open == 1 { "It was due" } else { "The first was due" };
    let (subject, first) = match mail.stage {
        DutyStage::Told => (
            format!("{} asks you to erase or put right", owner.name),
            format!(
                "of the copies that you fetched you owe {things}: to erase or to put right. {due} by {day}."
            ),
        ),
        DutyStage::Soon => (
            format!("To be acknowledged by {day}"),
            format!("you still owe {things} of the copies that you fetched. {due} by {day}."),
        ),
        DutyStage::Late => (
            format!("Late since {day}: erase, put right, and say so"),
            format!(
                "you owe {things} of the copies that you fetched. {was_due} by {day}. After {} days more your \
                 standing gets a mark that the board sees.",
                charter.duties.mark_days
            ),
        ),
        DutyStage::Marked => (
            "Your standing has a mark".to_owned(),
            format!(
                "you owe {things} of the copies that you fetched. {was_due} by {day}, and your standing has a mark \
                 that the board sees.{} It goes as soon as you acknowledge what is late.",
                if charter.duties.mark_stops.is_empty() {
                    ""
                } else {
                    " Until it is made good, you can ask for less."
                }
            ),
        ),
    };
    let text = format!(
        "Hello {name},\n\n{first}\n\nWhat it is, and the button to acknowledge it, stand on your desk:\n\n\
         {site}/desk\n\n--\n{owner}, {postal}\n",
        name = mail.name,
        site = owner.site,
        owner = owner.name,
        postal = owner.postal_address
    );
    (subject, text)
}
