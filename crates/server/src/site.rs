//! What every request works with: the app, and what the process that serves puts in its hands: a way to mail a
//! log-in link, a way to carry a send out, and the zone in which times are shown.

mod calls;
mod service;
mod trail;

pub(crate) use service::Service;
pub(crate) use trail::{Mark, Trail};

use calls::Calls;
use data_encoding::HEXLOWER;
use hustings_app::{App, Result};
use hustings_domain::access::Actor;
use hustings_domain::ids::{LoanNumber, UserId};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Where a log-in link goes that is asked for on the log-in page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkGoes {
    /// To the user's address.
    ByMail,
    /// Onto the terminal in which the server runs, for whoever runs it to pass on.
    ToTheTerminal,
}

/// Brings a log-in link to its user. Called away from the request, so that nobody can tell by waiting who has an account.
pub trait LoginMail: Send + Sync {
    /// Which way it goes; the page tells everybody who asks, known or not.
    fn goes(&self) -> LinkGoes;

    /// Brings `link` to the user at `address`. A failure is the implementer's to log, without the link.
    fn send(&self, name: &str, address: &str, link: &str);
}

/// Carries out sends in the background.
pub trait Dispatch: Send + Sync {
    /// Takes this loan's send up, or goes on with it. Must return at once, and do nothing when it is under way.
    fn begin(&self, loan: LoanNumber);
}

/// The site: shared by every request.
pub struct Site {
    app: Arc<App>,
    mail: Option<Arc<dyn LoginMail>>,
    dispatch: Option<Arc<dyn Dispatch>>,
    zone: TimeZone,
    owner: String,
    address: String,
    trail: Mutex<Trail>,
    mailed: Mutex<HashMap<UserId, Timestamp>>,
    calls: Mutex<Calls>,
    service: Mutex<Option<Service>>,
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Site({})", self.address)
    }
}

impl Site {
    /// The site of an open list: times in UTC, no log-in mail, no sending.
    pub fn new(app: Arc<App>) -> Result<Self> {
        let owner = app.charter()?.owner;
        Ok(Self {
            app,
            mail: None,
            dispatch: None,
            zone: TimeZone::UTC,
            owner: owner.name,
            address: owner.site,
            trail: Mutex::new(Trail::default()),
            mailed: Mutex::new(HashMap::new()),
            calls: Mutex::default(),
            service: Mutex::default(),
        })
    }

    /// With a way to bring log-in links to their users.
    #[must_use]
    pub fn with_mail(self, mail: Arc<dyn LoginMail>) -> Self {
        Self { mail: Some(mail), ..self }
    }

    /// With a way to carry sends out.
    #[must_use]
    pub fn with_dispatch(self, dispatch: Arc<dyn Dispatch>) -> Self {
        Self { dispatch: Some(dispatch), ..self }
    }

    /// With times shown in this zone.
    #[must_use]
    pub fn in_zone(self, zone: TimeZone) -> Self {
        Self { zone, ..self }
    }

    /// The open list.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    pub(crate) fn mail(&self) -> Option<&Arc<dyn LoginMail>> {
        self.mail.as_ref()
    }

    pub(crate) fn dispatch(&self) -> Option<&Arc<dyn Dispatch>> {
        self.dispatch.as_ref()
    }

    pub(crate) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The list owner's name.
    pub(crate) fn owner(&self) -> &str {
        &self.owner
    }

    /// Where the pages are served, such as `https://forward.example`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Whether the pages are served over TLS, as the charter says.
    pub(crate) fn is_secure(&self) -> bool {
        self.address.starts_with("https://")
    }

    /// A fresh id to find a request by, in the answer and in the log.
    pub(crate) fn request_id(&self) -> String {
        let mut id = [0; 8];
        self.app.rng("request").fill(&mut id);
        HEXLOWER.encode(&id)
    }

    /// Works with the ledger's trail, brought up to date first.
    pub(crate) fn with_trail<T>(&self, work: impl FnOnce(&Trail) -> T) -> Result<T> {
        let mut trail = self.trail.lock().unwrap_or_else(PoisonError::into_inner);
        trail.catch_up(&self.app)?;
        Ok(work(&trail))
    }

    /// Whether a log-in link may be mailed to this user now: one a minute, so that nobody floods a mailbox.
    pub(crate) fn may_mail(&self, user: UserId) -> bool {
        let now = self.app.now();
        let mut mailed = self.mailed.lock().unwrap_or_else(PoisonError::into_inner);
        let again = |last: &Timestamp| last.checked_add(Span::new().minutes(1)).is_ok_and(|at| at <= now);
        if mailed.get(&user).is_none_or(again) {
            mailed.insert(user, now);
            return true;
        }
        false
    }

    /// Whether a program may call now; `weight` is what the call costs.
    pub(crate) fn may_call(&self, actor: &Actor, weight: u32) -> Result<()> {
        let now = self.app.now();
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).count(actor, weight, now)
    }

    /// What the board promised and kept, worked out anew when the ledger has grown or a day has passed.
    pub(crate) fn service(&self) -> Result<Service> {
        let mut kept = self.service.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.app.now();
        let read = self.with_trail(Trail::read)?;
        if let Some(known) = kept.filter(|known| known.is_of(read, now)) {
            return Ok(known);
        }
        let service = self.with_trail(|trail| Service::work_out(&self.app, trail, now))??;
        *kept = Some(service);
        Ok(service)
    }
}
