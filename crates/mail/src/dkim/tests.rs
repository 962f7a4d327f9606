//! Signing and checking, and what must break a signature.

use super::*;
use jiff::Timestamp;
use std::sync::OnceLock;

fn signer() -> &'static DkimSigner {
    static SIGNER: OnceLock<DkimSigner> = OnceLock::new();
    SIGNER.get_or_init(|| DkimSigner::new("list.example", "h1", &SigningKeyPem::generate().unwrap()).unwrap())
}

fn at() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

const MESSAGE: &str = "From: A <a@list.example>\r\nTo: <b@there.example>\r\nSubject: Hello\r\n\
    Message-ID: <x.y@list.example>\r\nList-Unsubscribe: <https://list.example/u/1>\r\n\r\nHello\r\n.\r\n\r\n\r\n";

#[test]
fn a_signed_message_is_ours_and_the_same_twice() {
    let signed = signer().sign(MESSAGE.as_bytes(), at()).unwrap();
    assert_eq!(signer().public().unwrap().verify(&signed), Verdict::Ours);
    assert_eq!(signed, signer().sign(MESSAGE.as_bytes(), at()).unwrap());
    let text = String::from_utf8(signed).unwrap();
    assert!(text.starts_with("DKIM-Signature: v=1; a=rsa-sha256; s=h1; d=list.example; c=relaxed/relaxed;"));
    assert!(text.ends_with(MESSAGE));
    let header = text.strip_suffix(MESSAGE).unwrap();
    assert_eq!(header.to_ascii_lowercase().replace([' ', '\t', '\r', '\n'], "").matches("from").count(), 2);
    assert!(header.contains("t=1795348800") && !header.contains("; l="), "{header}");
    assert!(header.lines().all(|line| line.len() <= 80), "{header}");
}

#[test]
fn what_changes_on_the_way_breaks_it_and_white_space_does_not() {
    let text = String::from_utf8(signer().sign(MESSAGE.as_bytes(), at()).unwrap()).unwrap();
    let public = signer().public().unwrap();
    let verify = |text: String| public.verify(text.as_bytes());
    assert_eq!(verify(text.replace("Subject: Hello", "Subject:   Hello ")), Verdict::Ours);
    assert_eq!(verify(format!("Received: from x\r\n{text}")), Verdict::Ours);
    assert_eq!(verify(text.replace("\r\nHello\r\n", "\r\nHallo\r\n")), Verdict::Broken);
    assert_eq!(verify(text.replace("Subject: Hello", "Subject: Hallo")), Verdict::Broken);
    assert_eq!(verify(text.replace("/u/1", "/u/2")), Verdict::Broken);
    assert_eq!(verify(format!("From: evil@evil.example\r\n{text}")), Verdict::Broken);
    assert_eq!(verify(text.replace("To: <b@", "From: <evil@evil.example>\r\nTo: <b@")), Verdict::Broken);
    assert_eq!(verify(text.replace("List-Unsubscribe:", "X-Gone:")), Verdict::Broken);
    assert_eq!(
        verify(text.replace("\r\n\r\nHello", "\r\nFeedback-ID: a:b:c:d\r\n\r\nHello")),
        Verdict::Broken
    );
    assert_eq!(verify(format!("{text}more\r\n")), Verdict::Broken);
    assert_eq!(verify(MESSAGE.to_owned()), Verdict::NotSigned);
    assert_eq!(public.verify(b""), Verdict::NotSigned);
}

#[test]
fn another_key_or_domain_is_not_ours() {
    let other = DkimSigner::new("list.example", "h1", &SigningKeyPem::generate().unwrap()).unwrap();
    let signed = other.sign(MESSAGE.as_bytes(), at()).unwrap();
    assert_eq!(signer().public().unwrap().verify(&signed), Verdict::Broken);
    let record = other.dns_record();
    assert_eq!(
        PublicRecord::parse("evil.example", "h1", record).unwrap().verify(&signed),
        Verdict::NotSigned
    );
    assert_eq!(
        PublicRecord::parse("list.example", "h2", record).unwrap().verify(&signed),
        Verdict::NotSigned
    );
}

#[test]
fn keys_read_back_and_are_not_shown() {
    let key = SigningKeyPem::generate().unwrap();
    let again = SigningKeyPem::parse(key.reveal()).unwrap();
    let (one, two) = (
        DkimSigner::new("a.example", "s", &key).unwrap(),
        DkimSigner::new("a.example", "s", &again).unwrap(),
    );
    assert_eq!(one.dns_record(), two.dns_record());
    assert_eq!(one.dns_name(), "s._domainkey.a.example");
    assert!(
        one.dns_record().starts_with("v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"),
        "an RSA-2048 key"
    );
    assert!(!format!("{key:?} {one:?}").contains("MII"));
    assert!(SigningKeyPem::parse("hello").is_err());
    assert!(DkimSigner::new("a b", "s", &key).is_err() && DkimSigner::new("a.example", "", &key).is_err());
    assert!(PublicRecord::parse("a.example", "s", "v=DKIM1; p=").is_err(), "a revoked key");
    assert!(PublicRecord::parse("a.example", "s", "hello").is_err());
}

#[test]
fn what_cannot_be_signed_is_refused() {
    for wrong in ["", "\r\n", "To: x\r\n\r\nhello", "From: é <a@list.example>\r\n\r\nhello"] {
        assert!(matches!(signer().sign(wrong.as_bytes(), at()), Err(DkimError::Message { .. })), "{wrong:?}");
    }
}

/// What another program says of a message: `mail-auth`, with our record as its only key.
fn foreign(record: &str, message: &[u8]) -> bool {
    use mail_auth::AuthenticatedMessage;
    use mail_auth::common::parse::TxtRecordParser as _;
    use mail_auth::common::verify::DomainKey;
    let key = DomainKey::parse(record.as_bytes()).unwrap();
    let Some(parsed) = AuthenticatedMessage::parse(message) else { return false };
    let froms = parsed.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(b"from")).count();
    parsed.dkim_headers.iter().any(|header| {
        let signature = &header.header;
        let bare = String::from_utf8_lossy(header.value).into_owned();
        let at = bare.rfind("b=").map_or(bare.len(), |at| at + 2);
        let unsigned = bare.as_bytes()[..at].to_vec();
        let body = parsed.body_hashes.iter().any(|(_, _, _, hash)| *hash == signature.bh);
        let mut headers = parsed.signed_headers(&signature.h, header.name, &unsigned);
        body && froms == 1 && key.p.verify(&mut headers, &signature.b, signature.ch, signature.a).is_ok()
    })
}

#[test]
fn another_program_takes_our_signature_whatever_the_body() {
    for body in ["", "\r\n", "Hello \t world  \r\n\r\n", " a\r\n\tb\r\n.\r\n\r\n\r\n", "no end", "\u{e9}\r\n"]
    {
        let message = format!(
            "From:  A  <a@list.example>\r\nSubject: a\r\n\tfolded  one\r\nTo: b@c.example\r\nMessage-ID: <1@x>\r\n\r\n{body}"
        );
        let signed = signer().sign(message.as_bytes(), at()).unwrap();
        assert!(foreign(signer().dns_record(), &signed), "{body:?}");
        assert_eq!(signer().public().unwrap().verify(&signed), Verdict::Ours, "{body:?}");
    }
}

proptest::proptest! {
    #[test]
    fn what_another_program_refuses_is_not_ours(at_byte in 0_usize..900, with in 0_u8..=127) {
        static SIGNED: OnceLock<Vec<u8>> = OnceLock::new();
        let mut message = SIGNED.get_or_init(|| signer().sign(MESSAGE.as_bytes(), at()).unwrap()).clone();
        let place = at_byte % message.len();
        message[place] = with;
        let ours = signer().public().unwrap().verify(&message) == Verdict::Ours;
        proptest::prop_assert!(!ours || foreign(signer().dns_record(), &message));
    }

    #[test]
    fn any_bytes_get_a_verdict(bytes in proptest::collection::vec(proptest::arbitrary::any::<u8>(), 0..300)) {
        let with_head = [b"DKIM-Signature: v=1; d=list.example; s=h1; ".as_slice(), &bytes].concat();
        let public = signer().public().unwrap();
        proptest::prop_assert!(public.verify(&bytes) != Verdict::Ours && public.verify(&with_head) != Verdict::Ours);
    }
}
