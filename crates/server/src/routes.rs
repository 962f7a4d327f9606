//! Every route in one table: method, path, who may, what it does. The router is made from the table and from
//! nothing else, so a route that is not in it does not exist, and none can be reached past the gate.

mod acts;
mod answer;
mod api;
mod attributes;
mod audiences;
mod board;
mod borrow;
mod borrowers;
mod calendar;
mod call;
mod charter;
mod copies;
pub(crate) mod days;
mod desk;
mod desk_many;
mod desk_owed;
mod desk_request;
mod desk_worth;
mod health;
mod home;
mod imports;
mod join;
mod ledger;
mod loan_acts;
mod loans;
mod login;
mod me;
mod pass;
mod places;
mod powers;
mod public;
mod reply;
mod stop;
mod supporters;
mod tokens;
mod trace;
mod users;
mod worth;

pub(crate) use call::{Call, Done};
pub(crate) use reply::{Answer, Reply};

use crate::site::Site;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::map_response_with_state;
use axum::routing::{MethodFilter, on};
use hustings_domain::access::Action;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tower_http::timeout::TimeoutLayer;

/// A method of a route. `HEAD` is answered where `GET` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Shows; never acts.
    Get,
    /// Acts.
    Post,
}

/// Who may ask for a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody.
    Public,
    /// Whoever has the link: the token in the path is the authority.
    Token,
    /// Somebody about to log in or to sign up.
    Visitor,
    /// Anybody who is logged in.
    Session,
    /// Those whose roles permit this.
    Signed(Action),
    /// The same, but the use case itself asks, because it enters a refusal in the ledger.
    Asks(Action),
    /// A program with a token whose scopes permit this. Cookies say nothing.
    Program(Action),
}

/// One route.
#[derive(Clone, Copy)]
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path, with `{name}` for what varies.
    pub path: &'static str,
    /// Who may ask for it.
    pub who: Who,
    act: fn(&Call) -> Answer,
    most_bytes: usize,
    /// Whether its answer waits for the next beat, so that how long it took says nothing of what was counted.
    paced: bool,
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} for {:?}", self.method, self.path, self.who)
    }
}

/// The most bytes of a form.
const FORM_BYTES: usize = 64 * 1024;
/// The most bytes of a leaked file.
const UPLOAD_BYTES: usize = 64 * 1024 * 1024;
/// The most bytes of one request that a program files.
const REQUEST_BYTES: usize = 256 * 1024;
/// The most bytes of a form with a file of many requests: the file, once more as a field, and how forms write it.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// The longest that a request may take.
const PATIENCE: Duration = Duration::from_mins(2);

const fn get(path: &'static str, who: Who, act: fn(&Call) -> Answer) -> Route {
    Route { method: Method::Get, path, who, act, most_bytes: FORM_BYTES, paced: false }
}

const fn post(path: &'static str, who: Who, act: fn(&Call) -> Answer) -> Route {
    Route { method: Method::Post, path, who, act, most_bytes: FORM_BYTES, paced: false }
}

/// A program's body: a request of some pages, or a change.
const fn program(path: &'static str, action: Action, act: fn(&Call) -> Answer) -> Route {
    Route { method: Method::Post, path, who: Program(action), act, most_bytes: REQUEST_BYTES, paced: false }
}

/// A file of many requests.
const fn batch(path: &'static str, who: Who, act: fn(&Call) -> Answer) -> Route {
    Route { method: Method::Post, path, who, act, most_bytes: BATCH_BYTES, paced: false }
}

const fn upload(path: &'static str, who: Who, act: fn(&Call) -> Answer) -> Route {
    Route { method: Method::Post, path, who, act, most_bytes: UPLOAD_BYTES, paced: false }
}

/// A borrower's question about a count.
const fn counted(path: &'static str, who: Who, act: fn(&Call) -> Answer) -> Route {
    Route { method: Method::Post, path, who, act, most_bytes: FORM_BYTES, paced: true }
}

use Action as A;
use Who::{Asks, Program, Public, Session, Signed, Token, Visitor};

/// Every route.
pub const ALL: &[Route] = &[
    get("/", Public, public::landing),
    get("/ledger", Public, public::ledger),
    get("/ledger/checkpoint", Public, public::checkpoint),
    get("/ledger/verifier.key", Public, public::verifier_key),
    get("/ledger/tile/{*place}", Public, public::tile),
    get("/ledger/receipt/{index}", Public, public::receipt),
    get("/assets/{file}", Public, health::asset),
    get("/livez", Public, health::live),
    get("/readyz", Public, health::ready),
    get("/join", Visitor, join::page),
    post("/join", Visitor, join::act),
    get("/powers", Public, powers::page),
    get("/borrow", Visitor, borrow::page),
    post("/borrow", Visitor, borrow::act),
    get("/login", Visitor, login::page),
    post("/login", Visitor, login::ask),
    get("/login/{token}", Visitor, login::confirm),
    post("/login/{token}", Visitor, login::begin),
    post("/logout", Session, login::end),
    get("/a/{token}", Token, answer::page),
    post("/a/{token}", Token, answer::give),
    get("/a/{token}/receipt", Token, answer::receipt),
    post("/a/{token}/take-back", Token, answer::take_back),
    get("/u/{token}", Token, stop::page),
    post("/u/{token}", Token, stop::act),
    get("/me/{token}", Token, me::page),
    post("/me/{token}/consent", Token, me::consent),
    get("/me/{token}/receipt/{number}", Token, me::receipt),
    post("/me/{token}/take-back", Token, me::take_back),
    post("/me/{token}/export", Token, me::export),
    post("/me/{token}/correct", Token, me::correct),
    post("/me/{token}/attribute", Token, me::attribute),
    post("/me/{token}/forget", Token, me::forget),
    get("/console", Signed(A::ReadDashboard), home::page),
    get("/console/alarms", Signed(A::ReadAlarms), home::alarms),
    get("/console/supporters", Signed(A::ReadSupporter), supporters::search),
    post("/console/supporters", Signed(A::ReadSupporter), supporters::find),
    get("/console/supporters/{id}", Signed(A::ReadSupporter), supporters::show),
    post("/console/supporters/{id}/export", Signed(A::ExportSupporter), supporters::export),
    post("/console/supporters/{id}/correct", Signed(A::CorrectSupporter), supporters::correct),
    get("/console/supporters/{id}/erase", Signed(A::EraseSupporter), supporters::ask_erase),
    post("/console/supporters/{id}/erase", Signed(A::EraseSupporter), supporters::erase),
    get("/console/imports", Signed(A::ImportList), imports::list),
    get("/console/imports/{id}", Signed(A::ImportList), imports::show),
    get("/console/attributes", Signed(A::CountAudience), attributes::page),
    post("/console/attributes", Signed(A::DeclareAttribute), attributes::declare),
    post("/console/attributes/{name}/retire", Signed(A::DeclareAttribute), attributes::retire),
    get("/console/places", Signed(A::CountAudience), places::page),
    get("/console/audiences", Signed(A::CountAudience), audiences::page),
    get("/console/audiences/count", Signed(A::CountAudience), audiences::count),
    get("/console/audiences/overlap", Signed(A::CountAudience), audiences::overlap),
    get("/console/audiences/saved/{name}", Signed(A::CountAudience), audiences::show),
    post("/console/audiences/save", Signed(A::SaveAudience), audiences::save),
    post("/console/audiences/saved/{name}/retire", Signed(A::SaveAudience), audiences::retire),
    post("/console/audiences/sample", Signed(A::ReadSupporter), audiences::sample),
    post("/console/audiences/why", Signed(A::ReadSupporter), audiences::why),
    get("/console/calendar", Signed(A::ReadCalendar), calendar::page),
    post("/console/calendar", Signed(A::PlanMail), calendar::plan),
    post("/console/calendar/{id}/cancel", Signed(A::PlanMail), calendar::cancel),
    post("/console/calendar/share", Signed(A::ShareAttention), calendar::share),
    get("/console/worth", Signed(A::ReadWorth), worth::page),
    get("/console/worth/{number}", Signed(A::ReadWorth), worth::loan),
    get("/console/statement", Signed(A::ReadWorth), desk_worth::statement_page),
    get("/console/statement.csv", Signed(A::ReadWorth), desk_worth::statement_table),
    get("/console/loans/{number}/notice", Signed(A::ReadLoans), desk_worth::notice),
    get("/console/loans", Signed(A::ReadLoans), loans::list),
    get("/console/loans/{number}", Signed(A::ReadLoans), loans::show),
    post("/console/loans/{number}/estimate", Signed(A::EstimateLoan), loan_acts::estimate),
    post("/console/loans/{number}/vote", Signed(A::Decide), loan_acts::vote),
    post("/console/loans/{number}/recuse", Signed(A::Decide), loan_acts::recuse),
    post("/console/loans/{number}/challenge", Signed(A::Decide), loan_acts::challenge),
    post("/console/loans/{number}/decide-challenge", Signed(A::Decide), loan_acts::decide_challenge),
    post("/console/loans/{number}/send", Asks(A::SendLoan), loan_acts::send),
    post("/console/loans/{number}/pause", Signed(A::PauseLoan), loan_acts::pause),
    post("/console/loans/{number}/resume", Signed(A::ResumeLoan), loan_acts::resume),
    post("/console/loans/{number}/copy", Signed(A::ExportCopy), loan_acts::copy),
    post("/console/loans/{number}/settle", Signed(A::SettleLoan), loan_acts::settle),
    post("/console/loans/{number}/confirm-pause", Signed(A::Decide), loan_acts::confirm_pause),
    get("/console/board", Signed(A::ReadLoans), board::page),
    post("/console/board/keys", Signed(A::Decide), board::register),
    post("/console/board/keys/{id}/confirm", Signed(A::Decide), board::confirm),
    post("/console/board/keys/{id}/withdraw", Signed(A::Decide), board::withdraw),
    post("/console/board/delegations", Signed(A::Decide), board::delegate),
    post("/console/board/delegations/{id}/end", Signed(A::Decide), board::end_delegation),
    post("/console/charters", Signed(A::ProposeCharter), board::propose),
    get("/console/charters/{number}", Signed(A::ReadLoans), board::charter),
    post("/console/charters/{number}/vote", Signed(A::Decide), board::vote_charter),
    post("/console/charters/{number}/recuse", Signed(A::Decide), board::recuse_charter),
    post("/console/sign", Signed(A::Decide), board::sign),
    get("/console/acts", Signed(A::ReadDashboard), acts::list),
    post("/console/acts/{number}/grant", Signed(A::Decide), acts::grant),
    post("/console/acts/{number}/decline", Signed(A::Decide), acts::decline),
    post("/console/acts/{number}/confirm", Signed(A::Decide), acts::confirm),
    post("/console/acts/{number}/do", Signed(A::ChangeUser), acts::carry_out),
    get("/console/users", Signed(A::ChangeUser), users::list),
    post("/console/users", Signed(A::AddUser), users::add),
    post("/console/users/{id}", Signed(A::ChangeUser), users::act),
    post("/console/users/{id}/remove", Signed(A::ChangeUser), users::remove),
    post("/console/users/{id}/revoke", Signed(A::AddUser), users::revoke),
    get("/console/borrowers", Signed(A::ReadBorrowers), borrowers::list),
    get("/console/borrowers/{id}", Signed(A::ReadBorrowers), borrowers::show),
    post("/console/borrowers/{id}/verify", Signed(A::VerifyBorrower), borrowers::verify),
    post("/console/borrowers/{id}/suspend", Signed(A::SuspendBorrower), borrowers::suspend),
    post("/console/borrowers/{id}/notice", Signed(A::EndBorrower), borrowers::notice),
    post("/console/borrowers/{id}/reinstate", Signed(A::VerifyBorrower), borrowers::reinstate),
    post("/console/borrowers/{id}/file", Signed(A::FileBorrower), borrowers::file),
    get("/console/charter", Signed(A::ReadLoans), charter::page),
    post("/console/charter/simulate", Signed(A::ReadBorrowers), charter::simulate),
    get("/console/copies", Signed(A::ReadCopies), copies::list),
    get("/console/copies/{number}", Signed(A::ReadCopies), copies::show),
    post("/console/copies/{number}/export", Signed(A::ExportCopy), copies::export),
    get("/console/trace", Signed(A::TraceLeak), trace::page),
    upload("/console/trace", Signed(A::TraceLeak), trace::trace),
    get("/console/ledger", Signed(A::ReadLedger), ledger::list),
    get("/console/ledger/{index}", Signed(A::ReadLedger), ledger::entry),
    get("/desk", Signed(A::ReadOwnLoans), desk::home),
    get("/desk/request", Signed(A::ReadOwnLoans), desk_request::page),
    post("/desk/request", Signed(A::ReadOwnLoans), desk_request::act),
    get("/desk/loans/{number}", Signed(A::ReadOwnLoans), desk::loan),
    counted("/desk/loans/{number}/estimate", Signed(A::EstimateLoan), desk::estimate),
    counted("/desk/loans/{number}/divide", Signed(A::EstimateLoan), desk::divide),
    post("/desk/loans/{number}/review", Signed(A::EditAppeal), desk::review),
    post("/desk/loans/{number}/appeal", Signed(A::EditAppeal), desk::edit),
    post("/desk/copies/{number}/fetch", Signed(A::FetchOwnCopy), desk::fetch),
    post("/desk/corrections/{id}/take", Signed(A::FetchOwnCopy), desk::take_correction),
    get("/desk/many", Signed(A::RequestLoan), desk_many::page),
    batch("/desk/many", Signed(A::RequestLoan), desk_many::act),
    get("/desk/tokens", Signed(A::ReadTokens), tokens::desk),
    post("/desk/tokens", Signed(A::MakeToken), tokens::make),
    post("/desk/tokens/{id}/end", Signed(A::EndToken), tokens::end_own),
    get("/console/tokens", Signed(A::ReadTokens), tokens::console),
    post("/console/tokens/{id}/end", Signed(A::EndToken), tokens::end),
    get("/api/v1/openapi.json", Public, api::openapi),
    get("/api/v1/borrower", Program(A::ReadOwnLoans), api::borrower),
    get("/api/v1/charter", Program(A::ReadOwnLoans), api::charter),
    get("/api/v1/budget", Program(A::ReadOwnLoans), api::budget),
    program("/api/v1/checks", A::RequestLoan, api::check),
    get("/api/v1/loans", Program(A::ReadOwnLoans), api::loans),
    program("/api/v1/loans", A::RequestLoan, api::file),
    get("/api/v1/loans/{number}", Program(A::ReadOwnLoans), api::show),
    program("/api/v1/loans/{number}/appeal", A::EditAppeal, api::change),
    counted("/api/v1/loans/{number}/count", Program(A::EstimateLoan), api::count),
    program("/api/v1/loans/{number}/review", A::EditAppeal, api::review),
    batch("/api/v1/batches/check", Program(A::RequestLoan), api::check_many),
    batch("/api/v1/batches", Program(A::RequestLoan), api::file_many),
    get("/api/v1/copies", Program(A::FetchOwnCopy), api::copies),
    program("/api/v1/copies/{number}/fetch", A::FetchOwnCopy, api::fetch),
    get("/api/v1/corrections", Program(A::FetchOwnCopy), api::corrections),
    program("/api/v1/corrections/{id}/take", A::FetchOwnCopy, api::take),
    get("/api/v1/duties", Program(A::AcknowledgeErasure), api::duties),
    program("/api/v1/duties/acknowledge", A::AcknowledgeErasure, api::acknowledge),
    batch("/api/v1/outcomes", Program(A::LogOutcomes), api::outcomes),
    post("/desk/duties", Signed(A::AcknowledgeErasure), desk_owed::acknowledge),
    get("/desk/outcomes", Signed(A::LogOutcomes), desk_owed::outcomes),
    upload("/desk/outcomes", Signed(A::LogOutcomes), desk_owed::by_file),
    post("/desk/outcomes/rows", Signed(A::LogOutcomes), desk_owed::by_form),
    get("/desk/outcomes/{number}", Signed(A::LogOutcomes), desk_owed::form),
    get("/desk/loans/{number}/worth", Signed(A::ReadOwnLoans), desk_worth::loan),
    get("/desk/loans/{number}/notice", Signed(A::ReadOwnLoans), desk_worth::notice),
    get("/desk/statement", Signed(A::ReadOwnLoans), desk_worth::statement_page),
    get("/desk/statement.csv", Signed(A::ReadOwnLoans), desk_worth::statement_table),
];

/// The whole site.
pub fn router(site: Arc<Site>) -> Router {
    let mut router = Router::new();
    for route in ALL {
        let method = match route.method {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
        };
        router = router.route(
            route.path,
            on(method, move |state, params, request| pass::through(route, state, params, request)),
        );
    }
    router
        .fallback(pass::nowhere)
        .method_not_allowed_fallback(pass::not_this_way)
        .layer(DefaultBodyLimit::disable())
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PATIENCE))
        .layer(map_response_with_state(Arc::clone(&site), pass::with_headers))
        .with_state(site)
}
