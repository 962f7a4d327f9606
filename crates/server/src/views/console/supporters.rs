//! Finding one person by their exact address. The address travels in the body of the form and never in a URL.

use super::super::Frame;
use super::super::parts::Terms;
use askama::Template;

/// `GET /console/supporters`, and the answer to `POST /console/supporters` (field `address`) when nobody was
/// found; a find redirects to the supporter's page.
#[derive(Debug, Template)]
#[template(path = "console/supporters.html")]
pub struct Supporters {
    /// The frame.
    pub frame: Frame,
    /// What was typed and not found, to be mended.
    pub not_found: Option<String>,
    /// The list in numbers: on the list, can be addressed, have stopped.
    pub counts: Terms,
}
