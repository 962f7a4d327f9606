//! A note to one person about their own business with the owner, such as a log-in link: plain text, no list headers,
//! and marked so that no out-of-office answers it.

use super::RenderError;
use super::letter::is_address;
use super::mime::part;
use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::date::Date;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use std::fmt;

/// A note. Personal: its `Debug` shows none of it.
pub struct Note<'a> {
    /// The name in From.
    pub from_name: &'a str,
    /// The address in From; its domain is the one that signs.
    pub from_address: &'a str,
    /// The recipient.
    pub to_address: &'a str,
    /// The subject, one line.
    pub subject: &'a str,
    /// The text.
    pub text: &'a str,
    /// From [`crate::message_id::message_id`], without angle brackets.
    pub message_id: &'a str,
    /// The Date.
    pub date: Timestamp,
}

impl fmt::Debug for Note<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Note(..)")
    }
}

impl Note<'_> {
    /// The whole message (RFC 5322), CRLF only, unsigned.
    ///
    /// # Errors
    /// A header that is none; [`RenderError::Header`] names it.
    pub fn message(&self) -> Result<Vec<u8>, RenderError> {
        for (name, address) in
            [("recipient", self.to_address), ("sender", self.from_address), ("Message-ID", self.message_id)]
        {
            if !is_address(address) || !address.is_ascii() && name == "Message-ID" {
                return Err(RenderError::Header(name));
            }
        }
        // INVARIANT: no header value ever holds a line break, so none can add a header.
        for (name, text) in [("subject", self.subject), ("sender", self.from_name)] {
            if text.chars().any(char::is_control) {
                return Err(RenderError::Header(name));
            }
        }
        let mut message = Vec::new();
        MessageBuilder::new()
            .header("From", Address::new_address(Some(self.from_name), self.from_address))
            .header("To", Address::new_address(None::<&str>, self.to_address))
            .header("Subject", Text::new(self.subject))
            .header("Date", Date::new(self.date.as_second()))
            .message_id(self.message_id)
            // RFC 3834, 5: nothing automatic answers this.
            .header("Auto-Submitted", Raw::new("auto-generated"))
            .header("MIME-Version", Raw::new("1.0"))
            .body(part("text/plain", self.text))
            .serialize(&mut message);
        Ok(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note<'a>(subject: &'a str, to_address: &'a str) -> Note<'a> {
        Note {
            from_name: "Vermont Forward",
            from_address: "hello@list.example",
            to_address,
            subject,
            text: "Hello Zo\u{eb},\n\nhttps://list.example/login/k3J9\n.\n",
            message_id: "k3.J9@list.example",
            date: "2026-11-22T12:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn it_says_what_it_is_to_one_person() {
        let message = note("Your link", "zoe@there.example").message().unwrap();
        let text = String::from_utf8(message.clone()).unwrap();
        assert!(text.is_ascii() && !text.replace("\r\n", "").contains(['\r', '\n']), "{text}");
        let parsed = mail_parser::MessageParser::default().parse(&message).unwrap();
        assert_eq!(parsed.subject(), Some("Your link"));
        assert_eq!(parsed.body_text(0).unwrap().replace("\r\n", "\n"), note("", "").text);
        assert!(text.contains("Auto-Submitted: auto-generated\r\n"));
        assert!(!text.contains("List-") && !text.contains("text/html"), "{text}");
    }

    #[test]
    fn nothing_slips_into_its_headers() {
        for (subject, to_address, refused) in [
            ("Your link\r\nBcc: all@there.example", "zoe@there.example", "subject"),
            ("Your link", "zoe@there.example>\r\nRCPT TO:<eve@there.example", "recipient"),
            ("Your link", "nobody", "recipient"),
        ] {
            assert_eq!(note(subject, to_address).message(), Err(RenderError::Header(refused)));
        }
        assert_eq!(format!("{:?}", note("Your link", "zoe@there.example")), "Note(..)");
    }
}
