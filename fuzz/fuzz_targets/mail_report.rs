//! Bounces and complaints. `%PATH%` and `%ID%` in the input become tokens of ours; without one of them nothing
//! is believed, and what is believed names our delivery and no other.
#![no_main]

use hustings_mail::bounce::{Notice, Status, Tokens, of_reply, read};
use hustings_mail::message_id::message_id;
use hustings_mail::verp::{Returned, return_path};
use libfuzzer_sys::fuzz_target;

const DELIVERY: Returned = Returned { appeal: 7, seq: 42 };

fuzz_target!(|text: &str| {
    let tokens = Tokens {
        return_path_key: [1; 32],
        return_path_domain: "bounce.example".into(),
        message_id_key: [2; 32],
        message_id_domain: "list.example".into(),
    };
    let path = return_path(&[1; 32], DELIVERY, "bounce.example");
    let id = message_id(&[2; 32], b"appeal", &[3; 16], "list.example");
    assert!(read(&tokens, "reports@list.example", text.as_bytes()).is_err(), "a forged report is believed");

    let report = text.replace("%PATH%", &path).replace("%ID%", &id);
    for envelope_to in ["reports@list.example", &path] {
        let Ok(notice) = read(&tokens, envelope_to, report.as_bytes()) else { continue };
        let about = match notice {
            Notice::Bounce { about, status, kind } => {
                assert!(status.class >= 4 && status.kind() == kind, "{status}");
                about
            }
            Notice::Complaint { about, feedback_type } => {
                assert!(feedback_type.chars().count() <= 40);
                about
            }
        };
        assert!(about.delivery.is_some() || about.message_id.is_some());
        assert!(about.delivery.is_none_or(|delivery| delivery == DELIVERY));
        assert!(about.message_id.is_none_or(|found| found == id));
        assert!(envelope_to != path || about.delivery.is_some(), "the return path is not looked at");
    }
    if let Ok(status) = text.parse::<Status>() {
        assert_eq!(status.to_string().parse(), Ok(status));
        assert_eq!(of_reply(550, text), status.kind());
    }
});
