//! Attributes and places, as stewards see them.

use super::super::views::Place;
use super::super::views::console::{AttributeRow, Attributes, PlaceLink, PlaceRow, Places};
use super::{Page, Say, frame, go, plain, stop, terms};
use askama::Template;

pub(super) fn pages(say: Say) -> Result<Vec<Page>, askama::Error> {
    let empty = Places {
        rows: Vec::new(),
        kinds: Vec::new(),
        lies_in: Vec::new(),
        terms: None,
        more: None,
        ..places(say)
    };
    Ok(vec![
        ("attributes", attributes(say).render()?),
        ("attributes-empty", Attributes { rows: Vec::new(), wrong: None, ..attributes(say) }.render()?),
        ("places", places(say).render()?),
        ("places-empty", empty.render()?),
        ("place-ended", ended(say).render()?),
    ])
}

fn attributes(say: Say) -> Attributes {
    let row = |name: &str, title, kind, people, self_given, example, choices: &str| AttributeRow {
        name: name.to_owned(),
        title: say(title),
        kind: say(kind),
        people: say(people),
        self_given: say(self_given),
        example: say(example),
        choices: if choices.is_empty() { String::new() } else { say(choices) },
        state: go(say, "in use"),
        may_retire: true,
    };
    let retired = AttributeRow {
        state: plain(say, "out of use"),
        may_retire: false,
        ..row("score", "Support score", "a number", "1,204,553", "0", "score >= 2", "")
    };
    Attributes {
        frame: frame(say, "4 attributes", Place::Audiences),
        rows: vec![
            row("dues", "Yearly dues", "money", "88,201", "0", "dues >= $27", ""),
            row(
                "helps-with",
                "Helps with",
                "several choices",
                "41,877",
                "41,877",
                "helps-with has \"...\"",
                "doors, phones, tables",
            ),
            row("member-no", "Member number", "a text", "88,201", "never lent", "member-no starts \"A\"", ""),
            retired,
        ],
        types: vec![("text", "a text"), ("number", "a number"), ("choices", "several choices")],
        may_declare: true,
        name: say("party"),
        wrong: Some((
            say("The attribute `party` is a choice, and cannot become a text."),
            say("An attribute keeps its type: declare another name, such as `party-2`."),
        )),
    }
}

fn link(say: Say, label: &str) -> PlaceLink {
    PlaceLink { label: say(label), path: "/console/places".to_owned() }
}

fn places(say: Say) -> Places {
    let row = |name, id, people, from| PlaceRow {
        name: say(name),
        id: say(id),
        path: "/console/places".to_owned(),
        people: say(people),
        from: say(from),
        through: String::new(),
        state: None,
    };
    let gone = PlaceRow {
        through: say("2022-01-03"),
        state: Some(stop(say, "ended")),
        ..row(
            "House district Chittenden-6-7",
            "ocd-division/country:us/state:vt/sldl:chittenden-6-7",
            "0",
            "2012-01-04",
        )
    };
    Places {
        frame: frame(say, "Vermont", Place::Audiences),
        lies_in: vec![link(say, "country us")],
        terms: Some(terms(
            say,
            &[
                ("Area", "ocd-division/country:us/state:vt"),
                ("People", "41,877"),
                ("Postal codes", "309: us/05001, us/05009, us/05030, and more"),
            ],
        )),
        ended: false,
        instead: Vec::new(),
        kinds: vec![link(say, "place: 282"), link(say, "sldl: 109"), link(say, "sldu: 16")],
        rows: vec![
            row(
                "At-large congressional district",
                "ocd-division/country:us/state:vt/cd:at-large",
                "41,877",
                "",
            ),
            row(
                "House district Addison-1",
                "ocd-division/country:us/state:vt/sldl:addison-1",
                "612",
                "2023-01-04",
            ),
            gone,
        ],
        more: Some(say("200 of 407")),
        unsettled: true,
    }
}

fn ended(say: Say) -> Places {
    Places {
        ended: true,
        instead: vec![link(say, "sldl chittenden-15, state vt")],
        rows: Vec::new(),
        kinds: Vec::new(),
        more: None,
        unsettled: false,
        ..places(say)
    }
}
