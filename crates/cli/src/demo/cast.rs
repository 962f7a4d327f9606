//! Who is in the story, and what they say.

use crate::synth::{STATE, Truth};
use hustings_app::lend::{NewBorrower, RequestFile};
use hustings_domain::borrower::BorrowerKind;
use hustings_domain::loan::{Appeal, Ask};
use hustings_domain::words::Slug;
use jiff::{Span, Timestamp};

/// The trustees: name, wing.
pub(crate) const TRUSTEES: [(&str, &str); 5] = [
    ("Rosa Lind", "labor"),
    ("Tom Baker", "labor"),
    ("Ida Novak", "labor"),
    ("Sam Reed", "climate"),
    ("June Park", "climate"),
];

/// Where the statehouse candidate stands and what she asks: the smallest area in which enough people can hear her.
#[derive(Debug, Clone)]
pub(crate) struct Stand {
    pub(crate) area: String,
    pub(crate) office: String,
    pub(crate) issue: Slug,
    pub(crate) ask: Ask,
}

/// The issue of the candidate's case.
const CASE: &str = "housing";

/// Chooses the stand from the truth of the made-up list: a house district when the list is large enough for one.
pub(crate) fn stand(truth: &Truth) -> Option<Stand> {
    let enough = 200;
    let in_district = truth
        .districts
        .iter()
        .filter_map(|(area, district)| Some((district.by_issue.get(CASE)?.volunteering, area)))
        .max();
    if let Some((count, area)) = in_district
        && count >= enough
    {
        let name = area.rsplit(':').next().unwrap_or_default();
        return Some(Stand {
            area: area.clone(),
            office: format!("candidate for the state house, district {name}"),
            issue: CASE.parse().ok()?,
            ask: Ask::Volunteer,
        });
    }
    Some(Stand {
        area: STATE.to_owned(),
        office: "candidate for the state house, at large".to_owned(),
        issue: CASE.parse().ok()?,
        ask: Ask::Hear,
    })
}

pub(crate) const CANDIDATE: &str = "Maya Okafor for State House";
pub(crate) const COUNCIL: &str = "Committee to Elect Dale Pruitt";
pub(crate) const COMMITTEE: &str = "National Forward Committee";

/// The area of the city in the story.
pub(crate) fn city() -> String {
    format!("{STATE}/place:burlington")
}

pub(crate) fn borrowers(stand: &Stand) -> [NewBorrower; 3] {
    let slugs = |names: &[&str]| names.iter().filter_map(|name| name.parse().ok()).collect::<Vec<Slug>>();
    let new = |name: &str, kind, office: &str, area: &str, positions, contact: &str, treasurer: &str| {
        Some(NewBorrower {
            name: name.to_owned(),
            kind,
            office: office.to_owned(),
            area: area.parse().ok()?,
            positions,
            contact_email: contact.to_owned(),
            treasurer: treasurer.to_owned(),
        })
    };
    let fallback = || NewBorrower {
        name: String::new(),
        kind: BorrowerKind::Candidate,
        office: String::new(),
        area: stand_area(),
        positions: Vec::new(),
        contact_email: String::new(),
        treasurer: String::new(),
    };
    [
        new(
            COMMITTEE,
            BorrowerKind::PartyCommittee,
            "national party committee",
            "ocd-division/country:us",
            slugs(&["housing", "climate", "health-care", "voting-rights"]),
            "desk@nfc.example",
            "P. Stone",
        ),
        new(
            CANDIDATE,
            BorrowerKind::Candidate,
            &stand.office,
            &stand.area,
            vec![stand.issue.clone()],
            "team@okafor.example",
            "R. Amari",
        ),
        new(
            COUNCIL,
            BorrowerKind::Candidate,
            "candidate for the city council",
            &city(),
            slugs(&["housing", "transit", "schools", "climate"]),
            "info@pruitt.example",
            "K. Voss",
        ),
    ]
    .map(|borrower| borrower.unwrap_or_else(fallback))
}

#[expect(clippy::expect_used, reason = "a constant that a test of `synth` holds")]
fn stand_area() -> hustings_domain::area::AreaId {
    STATE.parse().expect("the state of the story is an area")
}

fn file(borrower: &str, ask: Ask, now: Timestamp, appeal: Appeal) -> RequestFile {
    RequestFile {
        borrower: Some(borrower.to_owned()),
        records: false,
        area: None,
        ask,
        issues: Vec::new(),
        audience: None,
        cap: None,
        opens: None,
        closes: now.checked_add(Span::new().hours(24 * 60)).unwrap_or(Timestamp::MAX),
        ends_on: Vec::new(),
        fields: ["email", "given-name", "family-name", "phone", "postal-code"]
            .iter()
            .filter_map(|f| f.parse().ok())
            .collect(),
        appeal,
    }
}

/// The committee wants the list itself, in the way such things are asked for.
pub(crate) fn wants_the_list(now: Timestamp) -> RequestFile {
    let mut request = wants_everybody(now);
    request.records = true;
    request
}

/// Then at least everybody.
pub(crate) fn wants_everybody(now: Timestamp) -> RequestFile {
    let appeal = Appeal {
        subject: "Rush your gift before midnight".to_owned(),
        body: "Friend, we need you. Chip in now.".to_owned(),
        paid_for_by: "Paid for by the National Forward Committee.".to_owned(),
    };
    file(COMMITTEE, Ask::Give, now, appeal)
}

/// And then what it may ask for.
pub(crate) fn committee_asks(now: Timestamp, stand: &Stand, cap: u32) -> RequestFile {
    let appeal = Appeal {
        subject: "What your state decides this year".to_owned(),
        body: "Dear {{ given_name }},\n\nthis year your state votes on the thing you told this movement you care \
               about. We will write to you three times before the election, with dates, places and what is on \
               the ballot, and ask for no money.\n\nMay we?"
            .to_owned(),
        paid_for_by: "Paid for by the National Forward Committee, not authorized by any candidate.".to_owned(),
    };
    let mut request = file(COMMITTEE, Ask::Hear, now, appeal);
    request.area = STATE.parse().ok();
    request.issues = vec![stand.issue.clone()];
    request.cap = Some(cap);
    request
}

/// The statehouse candidate's case.
pub(crate) fn candidate_asks(now: Timestamp, stand: &Stand) -> RequestFile {
    let body = "Dear {{ given_name }},\n\nI am Maya Okafor, and I am standing for the state house because rents here \
                rose faster than wages for nine years running, and nobody at the capitol has read us the bill.\n\n\
                I drafted one with the tenants of Mill Street: it caps yearly rises, and pays for the inspectors who \
                make a cap real.\n\n**Would you give me two Saturdays** to knock on doors with us? Say yes and I will \
                call you myself.\n\nMaya"
        .to_owned();
    let appeal = Appeal {
        subject: "Two Saturdays for a fair rent bill".to_owned(),
        body,
        paid_for_by: "Paid for by Maya Okafor for State House. Treasurer: R. Amari.".to_owned(),
    };
    let mut request = file(CANDIDATE, stand.ask, now, appeal);
    request.area = stand.area.parse().ok();
    request.issues = vec![stand.issue.clone()];
    request
}

/// The same case with one word changed.
pub(crate) fn one_word_changed(appeal: &Appeal) -> Appeal {
    Appeal { body: appeal.body.replacen("two Saturdays", "three Saturdays", 1), ..appeal.clone() }
}

/// An appeal that people will dislike.
pub(crate) fn council_asks(now: Timestamp) -> RequestFile {
    let appeal = Appeal {
        subject: "FINAL NOTICE about your city".to_owned(),
        body: "{{ given_name }}, they are coming for your street.\n\nMy opponent wants to *ruin* everything you own. \
               Only Dale Pruitt stands in the way. Answer today or be sorry tomorrow."
            .to_owned(),
        paid_for_by: "Paid for by the Committee to Elect Dale Pruitt.".to_owned(),
    };
    let mut request = file(COUNCIL, Ask::Hear, now, appeal);
    request.area = city().parse().ok();
    request.issues =
        ["housing", "transit", "schools", "climate"].iter().filter_map(|issue| issue.parse().ok()).collect();
    request
}
