//! What goes on the wire for one message: the MAIL group and the dot-stuffed body.

use super::Outgoing;
use super::connection::Extensions;

/// Why a message cannot be put on this wire; nothing was sent.
pub(super) fn unfit(job: &Outgoing, extensions: &Extensions) -> Option<&'static str> {
    for (address, may_be_empty) in [(&job.mail_from, true), (&job.rcpt_to, false)] {
        let broken = |c: char| c.is_control() || c.is_whitespace() || c == '<' || c == '>';
        if address.chars().any(broken) || address.len() > 320 || (address.is_empty() && !may_be_empty) {
            return Some("an address of the envelope is not one");
        }
        if !address.is_ascii() && !extensions.smtp_utf8 {
            return Some("the relay does not take addresses beyond ASCII");
        }
    }
    // A bare CR or LF means something else to every server: this is how mail is smuggled (CVE-2023-51764).
    let mut before = 0;
    for &byte in &job.message {
        if (byte == b'\n') != (before == b'\r') {
            return Some("the message has a bare line break");
        }
        before = byte;
    }
    if before == b'\r' {
        return Some("the message has a bare line break");
    }
    if !job.message.is_ascii() && !extensions.eight_bit {
        return Some("the relay does not take 8-bit text");
    }
    None
}

/// `MAIL FROM` of the job, with the parameters that the relay offers.
pub(super) fn mail_command(job: &Outgoing, extensions: &Extensions) -> String {
    let size = if extensions.size { format!(" SIZE={}", job.message.len()) } else { String::new() };
    let mut command = format!("MAIL FROM:<{}>{size}", job.mail_from);
    if extensions.eight_bit && !job.message.is_ascii() {
        command.push_str(" BODY=8BITMIME");
    }
    if extensions.smtp_utf8 && !(job.mail_from.is_ascii() && job.rcpt_to.is_ascii()) {
        command.push_str(" SMTPUTF8");
    }
    command.push_str("\r\n");
    command
}

/// `RCPT TO` of the job.
pub(super) fn rcpt_command(job: &Outgoing) -> String {
    format!("RCPT TO:<{}>\r\n", job.rcpt_to)
}

/// The body with its leading dots doubled and a CRLF at its end, but without the final dot.
pub(super) fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(message.len() + 64);
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if line.first() == Some(&b'.') {
            body.push(b'.');
        }
        body.extend_from_slice(line);
    }
    if !body.ends_with(b"\r\n") {
        body.extend_from_slice(b"\r\n");
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(mail_from: &str, rcpt_to: &str, message: &[u8]) -> Outgoing {
        Outgoing { seq: 1, mail_from: mail_from.into(), rcpt_to: rcpt_to.into(), message: message.into() }
    }

    #[test]
    fn dots_are_doubled_and_the_end_is_closed() {
        assert_eq!(stuffed(b".a\r\nb.\r\n..c"), b"..a\r\nb.\r\n...c\r\n");
        assert_eq!(stuffed(b"a\r\n"), b"a\r\n");
        assert_eq!(stuffed(b"."), b"..\r\n");
    }

    #[test]
    fn what_could_be_smuggled_is_unfit() {
        let all = Extensions { eight_bit: true, smtp_utf8: true, ..Extensions::default() };
        for message in [&b"a\nb\r\n"[..], b"a\rb\r\n", b"a\r\n.\nMAIL", b"a\r", b"\n", b"a\r\r\n"] {
            assert!(unfit(&job("a@b.example", "c@d.example", message), &all).is_some(), "{message:?}");
        }
        for address in ["", "a b@c", "a@b>\r\nRCPT TO:<x@y", "<a@b>", "a\u{85}@b"] {
            assert!(unfit(&job("a@b.example", address, b"x\r\n"), &all).is_some(), "{address}");
        }
        assert_eq!(unfit(&job("", "c@d.example", b"x\r\n"), &all), None);
    }

    #[test]
    fn what_the_relay_lacks_is_not_used() {
        let none = Extensions::default();
        let all = Extensions { eight_bit: true, smtp_utf8: true, size: true, ..none.clone() };
        let message = job("a@b.example", "jos\u{e9}@d.example", "é\r\n".as_bytes());
        assert!(unfit(&message, &none).is_some());
        assert_eq!(unfit(&message, &all), None);
        assert_eq!(mail_command(&message, &all), "MAIL FROM:<a@b.example> SIZE=4 BODY=8BITMIME SMTPUTF8\r\n");
        let plain = job("a@b.example", "c@d.example", b"x\r\n");
        assert_eq!(mail_command(&plain, &none), "MAIL FROM:<a@b.example>\r\n");
    }
}
