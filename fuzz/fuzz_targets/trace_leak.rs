//! A leaked file of any shape: lines in order, addresses and numbers in one form, and nothing before a row hides it.
#![no_main]

use hustings_trace::read_leak;
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeSet;

const KNOWN: &str = "known.person@there.example";

fuzz_target!(|bytes: &[u8]| {
    // A workbook has a target of its own; what is neither text nor workbook is refused.
    let Ok(rows) = read_leak(bytes) else { return };
    if bytes.starts_with(b"PK") {
        return;
    }
    assert!(rows.is_sorted_by(|a, b| a.place < b.place));
    for row in &rows {
        assert!(!row.emails.is_empty() || !row.phones.is_empty());
        for email in &row.emails {
            let (local, domain) = email.split_once('@').expect("an address has an `@`");
            assert!(!local.is_empty() && domain.contains('.') && *email == email.to_lowercase(), "{email:?}");
        }
        for phone in &row.phones {
            let digits = phone.strip_prefix('+').unwrap_or(phone);
            assert!(
                (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()),
                "{phone:?}"
            );
        }
        assert_eq!(row.emails.iter().collect::<BTreeSet<_>>().len(), row.emails.len(), "one twice");
        assert_eq!(row.phones.iter().collect::<BTreeSet<_>>().len(), row.phones.len(), "one twice");
        assert!(!format!("{row:?}").contains('@'), "shown in `Debug`");
    }
    if !bytes.contains(&0) && !bytes.starts_with(b"\xff\xfe") && !bytes.starts_with(b"\xfe\xff") {
        let longer = [bytes, b"\n1;\"", KNOWN.as_bytes(), b"\";x\n"].concat();
        let more = read_leak(&longer).expect("a small file is within the limits");
        assert_eq!(more.last().map(|row| row.emails.as_slice()), Some(&[KNOWN.to_owned()][..]));
        assert_eq!(more.get(..rows.len()), Some(rows.as_slice()), "a row behind changed those before");
    }
});
