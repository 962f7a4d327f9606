//! Areas, one inside the other, with who lives there.

use super::{Answer, Call, Reply};
use crate::present::frame;
use crate::views::Place;
use crate::views::console::{PlaceLink, PlaceRow, Places};
use crate::views::format::{count, counted};
use crate::views::parts::{Badge, Terms};
use hustings_app::people::places::{AreaPage, AreaRow, areas, show_area};
use hustings_domain::area::AreaId;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// `GET /console/places?inside=&kind=`.
pub(super) fn page(call: &Call) -> Answer {
    let inside = call.query.text("inside").trim();
    let kind = call.query.text("kind").trim();
    let area = match inside {
        "" => None,
        text => Some(show_area(call.app(), call.actor()?, text)?),
    };
    let within = area.as_ref().map(|area| &area.row.id);
    let page = areas(call.app(), call.actor()?, within, Some(kind).filter(|kind| !kind.is_empty()))?;
    let title = match &area {
        Some(area) => area.row.name.clone(),
        None if page.divisions == 0 => "No register of places is loaded".to_owned(),
        None => counted(page.divisions, "place", "places"),
    };
    let shown = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
    Reply::page(&Places {
        frame: frame::console(call, title, Place::Audiences)?,
        lies_in: area.iter().flat_map(|area| &area.lies_in).map(link).collect(),
        terms: area.as_ref().map(terms),
        instead: area.iter().flat_map(|area| &area.instead).map(link).collect(),
        ended: area.as_ref().is_some_and(|area| area.row.ended),
        kinds: match (&area, kind) {
            (Some(area), "") => area
                .kinds
                .iter()
                .map(|(kind, many)| PlaceLink {
                    label: format!("{kind}: {}", count(*many)),
                    path: format!("{}&kind={kind}", path_of(&area.row.id)),
                })
                .collect(),
            _ => Vec::new(),
        },
        rows: page.rows.iter().map(row).collect(),
        more: (shown < page.of).then(|| format!("{} of {}", count(shown), count(page.of))),
        unsettled: page.unsettled,
    })
}

fn path_of(area: &AreaId) -> String {
    format!("/console/places?inside={}", utf8_percent_encode(area.as_str(), NON_ALPHANUMERIC))
}

fn link(area: &AreaId) -> PlaceLink {
    PlaceLink { label: area.label(), path: path_of(area) }
}

fn row(row: &AreaRow) -> PlaceRow {
    let day = |day: Option<jiff::civil::Date>| day.map_or_else(String::new, |day| day.to_string());
    PlaceRow {
        name: row.name.clone(),
        id: row.id.to_string(),
        path: path_of(&row.id),
        people: count(row.people),
        from: day(row.valid_from),
        through: day(row.valid_through),
        state: row.ended.then(|| Badge::stop("ended")),
    }
}

fn terms(area: &AreaPage) -> Terms {
    let codes: Vec<String> = area
        .first_codes
        .iter()
        .map(|(code, share)| {
            share.map_or_else(|| code.clone(), |share| format!("{code} ({}%)", f64::from(share) / 10.0))
        })
        .collect();
    let more = if area.codes > area.first_codes.len() as u64 { ", and more" } else { "" };
    let rows = [
        ("Area", area.row.id.to_string()),
        ("People", count(area.row.people)),
        ("Valid from", area.row.valid_from.map_or_else(String::new, |day| day.to_string())),
        ("Valid through", area.row.valid_through.map_or_else(String::new, |day| day.to_string())),
        ("Also known as", area.same_as.as_ref().map_or_else(String::new, ToString::to_string)),
        ("Postal codes", format!("{}: {}{more}", count(area.codes), codes.join(", "))),
    ];
    rows.into_iter()
        .filter(|(name, text)| !text.is_empty() && (*name != "Postal codes" || area.codes > 0))
        .collect()
}
