//! What surrounds a page: its title, who looks at it, the rail, the notice of what was just done.

use super::parts::{Csrf, Notice, When};

/// A place in the console's rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// What waits, what runs, the list in numbers.
    Home,
    /// People.
    Supporters,
    /// Rules that select people.
    Audiences,
    /// Reach loans.
    Loans,
    /// Trustees, their keys, what waits for them.
    Board,
    /// Who asks.
    Borrowers,
    /// What left, and tracing a leak.
    Copies,
    /// The decision ledger.
    Ledger,
}

impl Place {
    /// The whole rail, in order.
    pub const ALL: [Self; 8] = [
        Self::Home,
        Self::Supporters,
        Self::Audiences,
        Self::Loans,
        Self::Board,
        Self::Borrowers,
        Self::Copies,
        Self::Ledger,
    ];

    /// The word in the rail.
    pub fn label(self) -> &'static str {
        match self {
            Self::Home => "Home",
            Self::Supporters => "Supporters",
            Self::Audiences => "Audiences",
            Self::Loans => "Loans",
            Self::Board => "Board",
            Self::Borrowers => "Borrowers",
            Self::Copies => "Copies and traces",
            Self::Ledger => "Ledger",
        }
    }

    /// Where it leads.
    pub fn path(self) -> &'static str {
        match self {
            Self::Home => "/console",
            Self::Supporters => "/console/supporters",
            Self::Audiences => "/console/audiences",
            Self::Loans => "/console/loans",
            Self::Board => "/console/board",
            Self::Borrowers => "/console/borrowers",
            Self::Copies => "/console/copies",
            Self::Ledger => "/console/ledger",
        }
    }
}

/// The frame of a page for somebody who is logged in: console and desk.
#[derive(Debug, Clone)]
pub struct Frame {
    /// A sentence that says what the page says: it is the heading and the name of the tab.
    pub title: String,
    /// The list owner's name.
    pub owner: String,
    /// Who is logged in, as they call themselves.
    pub viewer_name: String,
    /// In which roles: `steward`, `trustee, Northern wing`, or the borrower's name on the desk.
    pub viewer_role: String,
    /// The places this person may enter (the desk has none).
    pub rail: Vec<Place>,
    /// Where the page belongs in the rail.
    pub place: Option<Place>,
    /// How many things wait for this person; shown beside Home.
    pub waiting: u64,
    /// Goes into every form.
    pub csrf: Csrf,
    /// When the numbers on the page were true.
    pub as_of: Option<When>,
    /// What was just done, or refused.
    pub notice: Option<Notice>,
}

/// One line of the rail, ready to print.
#[derive(Debug, Clone)]
pub struct RailLine {
    /// Where it leads.
    pub path: &'static str,
    /// Its word.
    pub label: &'static str,
    /// Whether the page belongs there.
    pub here: bool,
    /// How many things wait there; 0 shows nothing.
    pub waiting: u64,
}

impl Frame {
    /// The rail as this person sees it.
    pub fn lines(&self) -> Vec<RailLine> {
        self.rail
            .iter()
            .map(|place| RailLine {
                path: place.path(),
                label: place.label(),
                here: self.place == Some(*place),
                waiting: if *place == Place::Home { self.waiting } else { 0 },
            })
            .collect()
    }
}

/// The frame of a page that needs no log-in.
#[derive(Debug, Clone)]
pub struct OpenFrame {
    /// A sentence that says what the page says: it is the heading and the name of the tab.
    pub title: String,
    /// The list owner's name.
    pub owner: String,
    /// When the numbers on the page were true.
    pub as_of: Option<When>,
    /// What was just done, or refused.
    pub notice: Option<Notice>,
}
