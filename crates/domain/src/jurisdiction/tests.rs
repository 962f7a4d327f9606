//! Profiles that come with the program, and what a profile must refuse.

use super::*;

fn section(profile: &str, lender: Option<&str>) -> Jurisdiction {
    Jurisdiction {
        profile: profile.to_owned(),
        lender: lender.map(|lender| lender.parse().unwrap()),
        ..Jurisdiction::default()
    }
}

fn appeal(paid_for_by: &str) -> Appeal {
    Appeal {
        subject: "Hear us".into(),
        body: "We run for the house.".into(),
        paid_for_by: paid_for_by.into(),
    }
}

use crate::loan::Appeal;

#[test]
fn every_profile_that_comes_along_reads_and_decides_on_everybody() {
    for name in built_in_names() {
        let profile = Profile::from_toml(built_in(name).unwrap()).unwrap();
        assert_eq!(profile.id.as_str(), name);
        let lender = profile.lenders.first().map(Slug::as_str);
        let section = section(name, lender);
        section.profile().unwrap();
        for kind in BorrowerKind::ALL {
            assert!(rule_for(&profile, &section, kind).is_some(), "{name} on a {kind}");
        }
    }
    assert!(Profile::from_toml(built_in("eu").unwrap()).unwrap().transparency_notice.is_some());
}

#[test]
fn the_same_value_is_free_limited_or_forbidden_by_where_it_is_lent() {
    let decide = |profile: &str, lender: Option<&str>, kind, lent| {
        let section = section(profile, lender);
        let profile = section.profile().unwrap();
        Judged::of(rule_for(&profile, &section, kind).unwrap(), Cents(lent)).standing
    };
    let candidate = Some("candidate-committee");
    assert_eq!(decide("us-federal", candidate, BorrowerKind::PartyCommittee, 9_900_000), Standing::Unlimited);
    assert_eq!(
        decide("us-federal", candidate, BorrowerKind::Candidate, 150_000),
        Standing::Within { left: Cents(50_000) }
    );
    assert_eq!(
        decide("us-federal", candidate, BorrowerKind::Candidate, 200_001),
        Standing::Over { by: Cents(1) }
    );
    assert_eq!(decide("us-wa", candidate, BorrowerKind::Candidate, 1), Standing::Forbidden);
    assert_eq!(decide("us-wa", candidate, BorrowerKind::PartyCommittee, 1), Standing::Unlimited);
    assert_eq!(decide("neutral", None, BorrowerKind::Candidate, 1), Standing::Unlimited);
}

#[test]
fn a_missing_disclaimer_is_named_and_a_small_send_needs_none() {
    let federal = Profile::from_toml(built_in("us-federal").unwrap()).unwrap();
    let missing = |paid: &str, messages| missing_disclaimers(&federal, &appeal(paid), messages).len();
    assert_eq!(missing("Friends of Maya", 501), 1);
    assert_eq!(missing("Friends of Maya", 500), 0);
    assert_eq!(missing("Paid for by Friends of Maya", 90_000), 0);
}

#[test]
fn what_is_wrong_with_a_profile_is_said_with_its_line() {
    let neutral = built_in("neutral").unwrap();
    let said = |from: &str, to: &str| {
        assert!(neutral.contains(from), "{from}");
        Profile::from_toml(&neutral.replacen(from, to, 1)).unwrap_err().to_string()
    };
    assert!(said("treatment = \"value\"", "treatment = \"tax\"").contains("unknown variant `tax`"));
    assert!(said("currency = \"USD\"", "currency = \"dollars\"").contains("three capital letters"));
    assert!(
        said("treatment = \"value\"", "borrower = \"candidate\"\ntreatment = \"value\"")
            .contains("all other loans")
    );
    assert!(said("treatment = \"value\"", "lender = \"pac\"\ntreatment = \"value\"").contains("line "));
    assert!(
        said("treatment = \"value\"", "per_election_cents = 0\ntreatment = \"value\"")
            .contains("nothing could be lent")
    );
    assert!(Profile::from_toml(&"#".repeat(70_000)).unwrap_err().what.contains("longer"));
    assert!(section("us-oz", None).profile().unwrap_err().to_string().contains("us-wa, us-ca, eu or own"));
    assert!(section("us-wa", None).profile().unwrap_err().allowed.contains("candidate-committee"));
    assert!(section("neutral", Some("pac")).profile().is_err());
    assert!(section("own", None).profile().is_err());
    let own = Jurisdiction { own: Some(neutral.to_owned()), ..section("own", None) };
    assert_eq!(own.profile().unwrap().title, "No jurisdiction");
}
