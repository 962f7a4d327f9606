//! Areas, one inside the other, with who lives there.

use super::super::Frame;
use super::super::parts::{Badge, Terms};
use askama::Template;

/// An area to go to.
#[derive(Debug)]
pub struct PlaceLink {
    /// What it is called.
    pub label: String,
    /// Where it is.
    pub path: String,
}

/// One area in the table.
#[derive(Debug)]
pub struct PlaceRow {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Its page.
    pub path: String,
    /// Who lives there.
    pub people: String,
    /// From this day on.
    pub from: String,
    /// Up to this day.
    pub through: String,
    /// That it has ended.
    pub state: Option<Badge>,
}

/// `GET /console/places?inside=&kind=`.
#[derive(Debug, Template)]
#[template(path = "console/places.html")]
pub struct Places {
    /// The frame.
    pub frame: Frame,
    /// What the area lies in, the widest first.
    pub lies_in: Vec<PlaceLink>,
    /// The area itself; none at the top.
    pub terms: Option<Terms>,
    /// Whether it has ended.
    pub ended: bool,
    /// What took its place.
    pub instead: Vec<PlaceLink>,
    /// Kinds of areas that lie in it, however deep.
    pub kinds: Vec<PlaceLink>,
    /// The areas in it.
    pub rows: Vec<PlaceRow>,
    /// `200 of 5,054`, when not all are shown.
    pub more: Option<String>,
    /// Whether people are still to be moved after a load.
    pub unsettled: bool,
}
