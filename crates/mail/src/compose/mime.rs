//! The headers and the MIME frame. Everything that a builder would make up (Date, Message-ID, boundary) is set.

use super::letter::is_address;
use super::tags::is_link;
use super::{Letter, Merge, RenderError, Tag};
use hustings_domain::canonical::sha256;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::headers::url::URL;
use mail_builder::mime::{BodyPart, MimePart};

/// The whole message, unsigned.
pub(super) fn message(
    letter: &Letter,
    merge: &Merge,
    subject: &str,
    text: &str,
    html: &str,
) -> Result<Vec<u8>, RenderError> {
    if !is_address(&merge.to_address) {
        return Err(RenderError::Header("recipient"));
    }
    let plain_id = merge.message_id.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
    if !plain_id || !is_address(&merge.message_id) {
        return Err(RenderError::Header("Message-ID"));
    }
    if !is_link(&merge.one_click_link) {
        return Err(RenderError::Link(Tag::UnsubscribeLink));
    }
    if subject.chars().any(char::is_control) {
        return Err(RenderError::Header("subject"));
    }
    let mut unsubscribe = vec![merge.one_click_link.clone()];
    unsubscribe.extend(
        letter.unsubscribe_mailto.iter().map(|address| format!("mailto:{address}?subject=unsubscribe")),
    );
    let feedback = &letter.feedback;
    let feedback =
        format!("{}:{}:{}:{}", feedback.campaign, feedback.on_behalf_of, feedback.kind, feedback.sender);
    let mut builder = MessageBuilder::new()
        .header("From", Address::new_address(Some(letter.from_name.as_str()), letter.from_address.as_str()))
        .header("To", Address::new_address(None::<&str>, merge.to_address.as_str()))
        .header("Subject", Text::new(subject))
        .header("Date", Date::new(merge.date.as_second()))
        .message_id(merge.message_id.as_str());
    if let Some(reply_to) = &letter.reply_to {
        builder = builder.header("Reply-To", Address::new_address(None::<&str>, reply_to.as_str()));
    }
    let boundary = boundary(&merge.message_id);
    let alternatives = MimePart::new(
        ContentType::new("multipart/alternative").attribute("boundary", boundary),
        BodyPart::Multipart(vec![part("text/plain", text), part("text/html", html)]),
    );
    let mut message = Vec::new();
    builder
        .header("List-Id", Raw::new(format!("<{}>", letter.list_id)))
        .header("List-Unsubscribe", URL::new_list(unsubscribe.into_iter()))
        .header("List-Unsubscribe-Post", Raw::new("List-Unsubscribe=One-Click"))
        .header("Feedback-ID", Raw::new(feedback))
        .header("MIME-Version", Raw::new("1.0"))
        .body(alternatives)
        .serialize(&mut message);
    Ok(message)
}

pub(super) fn part<'a>(kind: &'a str, body: &'a str) -> MimePart<'a> {
    MimePart::new(ContentType::new(kind).attribute("charset", "utf-8"), BodyPart::Text(body.into()))
}

/// A boundary that belongs to this message: `=_` occurs in no quoted-printable line.
fn boundary(message_id: &str) -> String {
    let digest = sha256(message_id.as_bytes());
    let kept = digest.first_chunk::<12>().copied().unwrap_or_default();
    format!("=_{}", data_encoding::HEXLOWER.encode(&kept))
}
