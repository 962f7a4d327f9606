//! Declared attributes, divisions, and where postal codes lie.

use super::samples::{at, change, look, slug};
use crate::error::StoreResult;
use crate::handle::Store;
use crate::records::{PostalPlace, Put};
use crate::traits::Tx;
use hustings_domain::area::{AreaId, Division};
use hustings_domain::attribute::{Attribute, AttributeType};

fn area(end: &str) -> AreaId {
    format!("ocd-division/country:us/state:{end}").parse().unwrap()
}

pub(super) fn division(end: &str, through: Option<&str>) -> Division {
    Division {
        id: area(end),
        name: format!("The {end}"),
        same_as: through.map(|_| area("vt/sldl:other")),
        valid_from: Some("2012-01-03".parse().unwrap()),
        valid_through: through.map(|day| day.parse().unwrap()),
    }
}

pub(super) fn place(code: &str, end: &str, share: Option<u16>) -> PostalPlace {
    PostalPlace {
        country: "us".to_owned(),
        code: code.to_owned(),
        area: area(end),
        valid_from: None,
        valid_through: share.map(|_| "2032-01-03".parse().unwrap()),
        share,
    }
}

pub(super) fn attribute(name: &str) -> Attribute {
    Attribute {
        name: slug(name),
        title: "Party".to_owned(),
        kind: AttributeType::Choice,
        choices: [slug("green"), slug("independent")].into(),
        open: true,
        declared: at(1),
        retired: None,
    }
}

pub(super) fn all(tx: &mut dyn Tx) -> StoreResult<Vec<(PostalPlace, bool)>> {
    let mut all = Vec::new();
    tx.postal_places(&mut |place, in_force| all.push((place, in_force)))?;
    Ok(all)
}

/// A declaration is what was put last.
pub fn attributes_read_back_and_change(store: &Store) {
    change(store, |tx| {
        tx.put_attribute(&attribute("party"))?;
        tx.put_attribute(&attribute("old"))
    });
    let retired = Attribute { retired: Some(at(9)), open: false, ..attribute("old") };
    change(store, |tx| tx.put_attribute(&retired));
    assert_eq!(look(store, |tx| tx.attributes()), [retired.clone(), attribute("party")]);
    assert_eq!(look(store, |tx| tx.attribute(&slug("old"))), Some(retired));
    assert_eq!(look(store, |tx| tx.attribute(&slug("none"))), None);
}

/// A division put again changes nothing; those inside one are told by their ids alone.
pub fn divisions_are_put_once_and_listed_by_what_they_lie_in(store: &Store) {
    let ids = ["vt", "vt-x", "vt/sldl:1", "vt/sldl:2", "vt/sldl:2/ward:1", "vtx"];
    for end in ids {
        assert_eq!(change(store, |tx| tx.put_division(1, &division(end, None))), Put::New, "{end}");
        assert_eq!(change(store, |tx| tx.put_division(1, &division(end, None))), Put::Repeated, "{end}");
        assert_eq!(change(store, |tx| tx.put_division(2, &division(end, None))), Put::Unchanged, "{end}");
    }
    let ended = division("vt/sldl:2", Some("2022-01-03"));
    assert_eq!(look(store, |tx| tx.newest_division_load()), 2);
    assert_eq!(change(store, |tx| tx.put_division(3, &ended)), Put::Changed);
    assert_eq!(look(store, |tx| tx.division(&area("vt/sldl:2"))), Some(ended));
    assert_eq!(look(store, |tx| tx.division(&area("nh"))), None);
    assert_eq!(look(store, |tx| tx.division_count()), 6);
    let listed = |inside: Option<&str>, after: Option<&str>, limit| {
        let (inside, after) = (inside.map(area), after.map(area));
        let found = look(store, |tx| tx.divisions(inside.as_ref(), after.as_ref(), limit));
        found.into_iter().map(|division| division.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(Some("vt"), None, 9), ["vt/sldl:1", "vt/sldl:2", "vt/sldl:2/ward:1"].map(area));
    assert_eq!(listed(Some("vt"), Some("vt/sldl:1"), 1), [area("vt/sldl:2")]);
    assert_eq!(listed(None, None, 2), ["vt", "vt-x"].map(area));
    assert_eq!(listed(Some("nh"), None, 9), []);
}

/// What a load does not say again of the codes that it names is said no more, and stays known; other codes stay.
pub fn a_load_ends_what_it_does_not_say_again(store: &Store) {
    let (kept, gone) = (place("05401", "vt/sldl:1", None), place("05401", "vt/sldl:2", Some(300)));
    let (other, split) = (place("05301", "vt/sldl:9", None), place("05401", "vt/sldl:1", Some(700)));
    assert_eq!(look(store, |tx| tx.newest_postal_load()), 0);
    change(store, |tx| {
        for place in [&kept, &gone, &other] {
            assert_eq!(tx.put_postal_place(1, place)?, Put::New);
        }
        assert_eq!(tx.end_postal_places(1)?, 0);
        Ok(())
    });
    change(store, |tx| {
        assert_eq!(tx.put_postal_place(2, &kept)?, Put::Unchanged);
        assert_eq!(tx.put_postal_place(2, &PostalPlace { share: Some(1), ..kept.clone() })?, Put::Repeated);
        assert_eq!(tx.end_postal_places(2)?, 1);
        Ok(())
    });
    let expected = [(other.clone(), true), (kept, true), (gone.clone(), false)];
    assert_eq!(look(store, all), expected);
    change(store, |tx| {
        assert_eq!(tx.put_postal_place(3, &split)?, Put::Changed);
        assert_eq!(tx.put_postal_place(3, &gone)?, Put::New);
        assert_eq!(tx.end_postal_places(3)?, 0);
        Ok(())
    });
    assert_eq!(look(store, all), [(other, true), (split, true), (gone.clone(), false), (gone, true)]);
    assert_eq!(look(store, |tx| tx.newest_postal_load()), 3);
}

/// Codes by area, and the areas that came after one that is gone.
pub fn what_a_code_lies_in_is_found_from_both_sides(store: &Store) {
    change(store, |tx| {
        for code in ["05401", "05402", "05403"] {
            tx.put_postal_place(1, &place(code, "vt/sldl:1", None))?;
        }
        tx.put_postal_place(2, &place("05401", "vt/sldl:3", None))?;
        tx.put_postal_place(2, &place("05402", "vt/sldl:2", None))?;
        tx.put_postal_place(2, &place("05403", "vt/sldl:2", None))?;
        tx.end_postal_places(2)
    });
    let after = look(store, |tx| tx.areas_after(&area("vt/sldl:1"), 9));
    assert_eq!(after, [(area("vt/sldl:2"), 2), (area("vt/sldl:3"), 1)]);
    let (count, first) = look(store, |tx| tx.postal_places_of(&area("vt/sldl:2"), 1));
    assert_eq!((count, first), (2, vec![place("05402", "vt/sldl:2", None)]));
    assert_eq!(look(store, |tx| tx.postal_places_of(&area("vt/sldl:1"), 9)).0, 0);
    assert_eq!(look(store, |tx| tx.postal_places_at("05402")), [place("05402", "vt/sldl:2", None)]);
    assert_eq!(look(store, |tx| tx.postal_places_at("99999")), []);
}
