//! E-mail addresses as people type and tools export them, brought to one spelling. The whole address is lower
//! case: no provider in use tells `Ann@` from `ann@`, and two rows of one person would mail her twice.

use super::text::is_invisible;
use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The longest address, in bytes (RFC 5321, 4.5.3.1.3, without the angle brackets).
const MAX_BYTES: usize = 254;
/// The longest local part, in bytes (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;
const MAX_INPUT_BYTES: usize = 2048;

/// Why a cell is not an address that can be mailed; never with its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Nothing there.
    #[error("the e-mail address is empty")]
    Empty,
    /// Over 254 bytes.
    #[error("the e-mail address is longer than 254 bytes")]
    TooLong,
    /// No `@`.
    #[error("the e-mail address has no `@`")]
    NoAt,
    /// More than one `@`: often two addresses in one cell.
    #[error("the e-mail address has more than one `@`: one address a cell")]
    SeveralAt,
    /// Nothing before the `@`.
    #[error("nothing stands before the `@`")]
    LocalEmpty,
    /// Over 64 bytes.
    #[error("the part before the `@` is longer than 64 bytes")]
    LocalTooLong,
    /// A dot at the edge, or two together.
    #[error("the part before the `@` starts or ends with a dot, or has two together")]
    LocalDots,
    /// A character that no mailbox has.
    #[error("the part before the `@` has a character that no mailbox has")]
    LocalCharacter,
    /// Nothing after the `@`, or an empty label.
    #[error("the domain is empty or has an empty part")]
    DomainEmpty,
    /// One label only.
    #[error("the domain has no dot")]
    DomainNoDot,
    /// A label over 63 bytes, or a hyphen at its edge, or an end of digits only.
    #[error(
        "a part of the domain is too long, starts or ends with a hyphen, or ends the domain with a number"
    )]
    DomainLabel,
    /// A character that no domain has, or an international name that is not valid.
    #[error("the domain has a character that no domain has")]
    DomainCharacter,
}

personal_text! {
    /// An e-mail address in lower case, its domain in ASCII.
    EmailAddress
}

impl EmailAddress {
    /// Reads one address: white space, quotes, `<...>` and `mailto:` around it fall away.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        if text.len() > MAX_INPUT_BYTES {
            return Err(EmailError::TooLong);
        }
        let core = undress(text);
        let (local, domain) = core.rsplit_once('@').ok_or(if core.is_empty() {
            EmailError::Empty
        } else {
            EmailError::NoAt
        })?;
        let domain = domain.strip_suffix('.').unwrap_or(domain);
        if is_plain(local, domain) {
            check_local(local)?;
            check_domain(domain)?;
            let length = local.len() + 1 + domain.len();
            let mut address = core.get(..length).unwrap_or(core).to_owned();
            address.make_ascii_lowercase();
            return Self::bounded(address);
        }
        Self::parse_international(local, domain)
    }

    /// The part after the `@`, in ASCII.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    fn bounded(address: String) -> Result<Self, EmailError> {
        if address.len() > MAX_BYTES {
            return Err(EmailError::TooLong);
        }
        Ok(Self(address.into_boxed_str()))
    }

    /// RFC 6531 local parts, and domains by UTS 46.
    fn parse_international(local: &str, domain: &str) -> Result<Self, EmailError> {
        let mut address: String = local.nfc().flat_map(char::to_lowercase).nfc().collect();
        check_local(&address)?;
        let domain = Uts46::new()
            .to_ascii(domain.as_bytes(), AsciiDenyList::URL, Hyphens::Allow, DnsLength::Ignore)
            .map_err(|_| EmailError::DomainCharacter)?;
        let domain = domain.strip_suffix('.').unwrap_or(&domain);
        check_domain(domain)?;
        address.push('@');
        address.push_str(domain);
        Self::bounded(address)
    }
}

/// No byte needs Unicode, and no label needs its Punycode checked (without a hyphen there is none).
fn is_plain(local: &str, domain: &str) -> bool {
    let punycode = |label: &[u8]| label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"xn--"));
    local.is_ascii()
        && domain.is_ascii()
        && (!domain.as_bytes().contains(&b'-') || !domain.as_bytes().split(|&b| b == b'.').any(punycode))
}

/// Takes off what surrounds an address in exports and signatures.
fn undress(text: &str) -> &str {
    let mut core = text;
    // Each round takes something off, so it ends; eight layers are more than any tool writes.
    for _ in 0..8 {
        let trimmed = core.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
        let bare = unquote(trimmed).or_else(|| after_mailto(trimmed));
        match bare {
            Some(bare) => core = bare,
            None => return trimmed,
        }
    }
    core
}

fn unquote(text: &str) -> Option<&str> {
    let inside = |open: char, close: char| text.strip_prefix(open)?.strip_suffix(close);
    match text.chars().next()? {
        '<' => inside('<', '>'),
        '"' => inside('"', '"'),
        '\'' => inside('\'', '\''),
        '\u{201c}' => inside('\u{201c}', '\u{201d}'),
        '\u{2018}' => inside('\u{2018}', '\u{2019}'),
        _ => None,
    }
}

fn after_mailto(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_at_checked(7)?;
    if !scheme.eq_ignore_ascii_case("mailto:") {
        return None;
    }
    // RFC 6068: header fields follow a `?`, which no domain has.
    let at = rest.find('@').unwrap_or(0);
    let end = rest.get(at..).and_then(|tail| tail.find('?')).map_or(rest.len(), |offset| at + offset);
    rest.get(..end)
}

const ATOM: u8 = 1;
const LABEL: u8 = 2;

/// What each ASCII byte may stand in: RFC 5322, 3.2.3 `atext`, and the letters, digits and hyphen of a label.
const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        let alphanumeric = byte.is_ascii_alphanumeric();
        let mark = matches!(
            byte,
            b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'/' | b'=' | b'?' | b'^' | b'_' | b'`' | b'{'..=b'~'
        );
        let mut bits = 0;
        if alphanumeric || mark {
            bits |= ATOM;
        }
        if alphanumeric || byte == b'-' {
            bits |= LABEL;
        }
        #[expect(
            clippy::indexing_slicing,
            reason = "a byte indexes 256, and it is evaluated at compile time"
        )]
        {
            class[byte as usize] = bits;
        }
        byte += 1;
    }
    class
};

fn is(byte: u8, class: u8) -> bool {
    CLASS.get(usize::from(byte)).is_some_and(|bits| bits & class != 0)
}

fn check_local(local: &str) -> Result<(), EmailError> {
    if local.is_empty() {
        return Err(EmailError::LocalEmpty);
    }
    if local.len() > MAX_LOCAL_BYTES {
        return Err(EmailError::LocalTooLong);
    }
    let mut after_dot = true;
    let mut dots_misplaced = false;
    for &byte in local.as_bytes() {
        let dot = byte == b'.';
        dots_misplaced |= dot && after_dot;
        after_dot = dot;
        if !(dot || byte >= 0x80 || is(byte, ATOM)) {
            return Err(if byte == b'@' { EmailError::SeveralAt } else { EmailError::LocalCharacter });
        }
    }
    if dots_misplaced || after_dot {
        return Err(EmailError::LocalDots);
    }
    // RFC 6531 would take any; letters, digits and their marks are what mailboxes have, and nothing unseen.
    let known = |c: char| c.is_ascii() || c.is_alphanumeric() || is_combining_mark(c);
    if !local.is_ascii() && !local.chars().all(known) {
        return Err(EmailError::LocalCharacter);
    }
    Ok(())
}

fn check_domain(domain: &str) -> Result<(), EmailError> {
    if domain.is_empty() {
        return Err(EmailError::DomainEmpty);
    }
    let mut labels = 0;
    let mut last_is_number = false;
    for label in domain.as_bytes().split(|&byte| byte == b'.') {
        if !label.iter().all(|&byte| is(byte, LABEL)) {
            return Err(EmailError::DomainCharacter);
        }
        match (label.first(), label.last()) {
            (Some(b'-'), _) | (_, Some(b'-')) => return Err(EmailError::DomainLabel),
            (None, _) => return Err(EmailError::DomainEmpty),
            _ if label.len() > 63 => return Err(EmailError::DomainLabel),
            _ => {}
        }
        labels += 1;
        last_is_number = label.iter().all(u8::is_ascii_digit);
    }
    match labels {
        1 => Err(EmailError::DomainNoDot),
        _ if last_is_number => Err(EmailError::DomainLabel),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<String, EmailError> {
        EmailAddress::parse(text).map(|address| address.reveal().to_owned())
    }

    #[test]
    fn one_mailbox_has_one_spelling() {
        for text in [
            "ann@example.org",
            " Ann@Example.ORG\t",
            "<ann@example.org>",
            "\"ann@example.org\"",
            " '<ANN@example.org.>' ",
            "mailto:ann@example.org",
            "MailTo:ann@example.org?subject=Hi@there",
            "\u{feff}ann@example.org\u{a0}",
            "\u{201c}ann@example.org\u{201d}",
            "ann@\u{ff45}xample.org",
        ] {
            assert_eq!(parse(text).as_deref(), Ok("ann@example.org"), "{text:?}");
        }
        assert_eq!(parse("J.O'Brien+list@x-y.co.uk").unwrap(), "j.o'brien+list@x-y.co.uk");
        assert_eq!(parse("a?b@c.org").unwrap(), "a?b@c.org");
    }

    #[test]
    fn international_names_become_ascii_and_composed() {
        assert_eq!(parse("ann@B\u{fc}cher.example").unwrap(), "ann@xn--bcher-kva.example");
        assert_eq!(parse("ann@Bu\u{308}cher.example").unwrap(), "ann@xn--bcher-kva.example");
        assert_eq!(parse("ann@XN--BCHER-KVA.example").unwrap(), "ann@xn--bcher-kva.example");
        assert_eq!(parse("JOSE\u{301}@example.org").unwrap(), "jos\u{e9}@example.org");
        assert_eq!(parse("ann@xn--a.example"), Err(EmailError::DomainCharacter));
    }

    #[test]
    fn each_refusal_has_its_reason() {
        use EmailError as E;
        for (text, reason) in [
            ("", E::Empty),
            (" <> ", E::Empty),
            ("ann", E::NoAt),
            ("ann@", E::DomainEmpty),
            ("@example.org", E::LocalEmpty),
            ("ann@example", E::DomainNoDot),
            ("ann@example.", E::DomainNoDot),
            ("ann@example..org", E::DomainEmpty),
            ("ann@.example.org", E::DomainEmpty),
            ("ann@bob@example.org", E::SeveralAt),
            ("ann@example.org, bob@example.org", E::SeveralAt),
            ("ann@example.org;bob@example.org", E::SeveralAt),
            (".ann@example.org", E::LocalDots),
            ("ann.@example.org", E::LocalDots),
            ("a..nn@example.org", E::LocalDots),
            ("a nn@example.org", E::LocalCharacter),
            ("Ann <ann@example.org>", E::LocalCharacter),
            ("a\u{202e}nn@example.org", E::LocalCharacter),
            ("a\u{1f600}@example.org", E::LocalCharacter),
            ("ann@exa_mple.org", E::DomainCharacter),
            ("ann@[127.0.0.1]", E::DomainCharacter),
            ("ann@127.0.0.1", E::DomainLabel),
            ("ann@-example.org", E::DomainLabel),
            ("ann@example-.org", E::DomainLabel),
            ("ann@exam ple.org", E::DomainCharacter),
        ] {
            assert_eq!(parse(text), Err(reason), "{text:?}");
        }
        let long = |local: usize, label: usize| {
            format!("{}@{}.{}.{}.org", "l".repeat(local), "d".repeat(label), "d".repeat(63), "d".repeat(63))
        };
        assert!(parse(&long(64, 57)).is_ok_and(|address| address.len() == MAX_BYTES));
        assert_eq!(parse(&long(64, 58)), Err(E::TooLong));
        assert_eq!(parse(&long(65, 1)), Err(E::LocalTooLong));
        assert_eq!(parse(&long(1, 64)), Err(E::DomainLabel));
        assert_eq!(parse(&"x".repeat(5000)), Err(E::TooLong));
    }

    #[test]
    fn the_domain_is_the_part_after_the_at() {
        assert_eq!(EmailAddress::parse("Ann@Example.org").unwrap().domain(), "example.org");
    }

    #[test]
    fn every_character_in_a_local_part_settles_at_once() {
        let letters = |c: &char| c.is_alphanumeric() || is_combining_mark(*c);
        for character in ('\u{80}'..=char::MAX).filter(letters) {
            if let Ok(once) = parse(&format!("a{character}b@example.org")) {
                assert_eq!(parse(&once).as_ref(), Ok(&once), "{character:?}");
            }
        }
    }

    fn near_address() -> impl Strategy<Value = String> {
        "[ <\"']{0,2}(mailto:)?[a-zA-Z.+\u{c0}-\u{17f}']{0,12}@{0,2}[a-zA-Z.\\-\u{c0}-\u{17f}\u{391}-\u{3c9}]{0,20}[. >\"']{0,3}"
    }

    proptest! {
        #[test]
        fn parsing_twice_changes_nothing(text in prop_oneof![any::<String>(), near_address()]) {
            if let Ok(once) = EmailAddress::parse(&text) {
                prop_assert!(once.reveal().len() <= MAX_BYTES);
                prop_assert!(once.domain().is_ascii() && once.domain().contains('.'));
                prop_assert_eq!(EmailAddress::parse(once.reveal()), Ok(once));
            }
        }

        #[test]
        fn case_and_dress_do_not_matter(local in "[a-z0-9]{1,9}([.+_-][a-z0-9]{1,9}){0,2}", domain in "[a-z]{1,9}\\.[a-z]{2,5}") {
            let plain = format!("{local}@{domain}");
            prop_assert_eq!(parse(&plain), Ok(plain.clone()));
            prop_assert_eq!(parse(&plain.to_uppercase()), Ok(plain.clone()));
            prop_assert_eq!(parse(&format!(" <mailto:{plain}> ")), Ok(plain));
        }
    }
}
