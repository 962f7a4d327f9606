//! Many candidates at once: looked at row by row, and filed row by row. The same file again files nothing again, and says
//! where each row stands.

use super::super::{Answer, Call, Reply};
use super::text;
use crate::present::api;
use axum::http::StatusCode;
use hustings_app::Result;
use hustings_app::lend::{self, ManyFile};

/// `POST /api/v1/batches/check`.
pub(in super::super) fn check(call: &Call) -> Answer {
    let report = lend::check_many(call.app(), call.actor()?, &read(call)?)?;
    Reply::json(StatusCode::OK, &api::many(&report))
}

/// `POST /api/v1/batches`.
pub(in super::super) fn file(call: &Call) -> Answer {
    let report = lend::file_many(call.app(), call.actor()?, &read(call)?)?;
    Reply::json(StatusCode::OK, &api::many(&report))
}

/// The file. It costs as many calls as it has tens of rows.
fn read(call: &Call) -> Result<ManyFile> {
    let file = ManyFile::parse(text(call)?, "")?;
    let weight = u32::try_from(file.rows.len() / 10).unwrap_or(u32::MAX);
    call.site.may_call(call.actor()?, weight)?;
    Ok(file)
}
