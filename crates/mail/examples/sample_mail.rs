//! Writes three signed sample messages and the DNS record that checks them into a folder:
//! `cargo run -p hustings-mail --example sample_mail -- DIR`, then
//! `scripts/verify_dkim.py DIR --record h1._domainkey.list.example=DIR/record.txt`.

use hustings_mail::compose::{Composer, Feedback, Letter, Merge};
use hustings_mail::dkim::{DkimSigner, SigningKeyPem};
use hustings_mail::message_id::message_id;
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("give the folder to write into")?);
    std::fs::create_dir_all(&folder)?;
    let signer = DkimSigner::new("list.example", "h1", &SigningKeyPem::generate()?)?;
    std::fs::write(folder.join("record.txt"), signer.dns_record())?;
    let composer = Composer::new(Letter {
        subject: "{{ given_name | default(\"Friend\") }}, a case for clinics – will you hear it?".into(),
        body_markdown: include_str!("sample_letter.md").into(),
        from_name: "Vermont Forward".into(),
        from_address: "hello@list.example".into(),
        reply_to: Some("team@list.example".into()),
        owner_name: "Vermont Forward".into(),
        passed_on_for: Some("Ana Ruiz for State House".into()),
        paid_for_by: Some("Paid for by Friends of Ana Ruiz.".into()),
        postal_address: "1 Main Street, Burlington VT 05401".into(),
        answer_button: Some("Answer Ana".into()),
        my_page: Some("Who may write to you, and what we hold on you".into()),
        list_id: "appeals.list.example".into(),
        feedback: Feedback {
            campaign: "loan-7".into(),
            on_behalf_of: "ana-ruiz".into(),
            kind: "appeal".into(),
            sender: "vtforward".into(),
        },
        unsubscribe_mailto: Some("stop@list.example".into()),
    })?;
    let date = "2026-11-02T12:00:00Z".parse()?;
    for (number, name) in [(1_u8, Some("Ann")), (2, Some("Zoë")), (3, None)] {
        let link = |page: &str| format!("https://list.example/{page}/sample-{number}");
        let id = message_id(&[1; 32], b"loan-7", &[number; 16], "list.example");
        let rendered = composer.render(&Merge {
            given_name: name.map(str::to_owned),
            area: Some("Chittenden County".into()),
            answer_link: Some(link("answer")),
            yes_link: Some(link("yes")),
            no_link: Some(link("no")),
            preferences_link: Some(link("me")),
            ..Merge::new(&format!("sample-{number}@there.example"), &link("stop"), &id, date)
        })?;
        std::fs::write(folder.join(format!("{number}.eml")), signer.sign(&rendered.message, date)?)?;
    }
    Ok(())
}
