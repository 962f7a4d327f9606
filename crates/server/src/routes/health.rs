//! Whether it lives, whether it is ready, and the files that pages refer to.

use super::{Answer, Call, Reply};
use crate::assets;
use hustings_app::Refusal;

/// `GET /livez`: the process answers.
#[expect(clippy::unnecessary_wraps, reason = "every handler has this shape")]
pub(super) fn live(_call: &Call) -> Answer {
    Ok(Reply::text("alive\n"))
}

/// `GET /readyz`: the store can be read.
pub(super) fn ready(call: &Call) -> Answer {
    call.app().store().read(|tx| Ok::<_, Refusal>(tx.ledger_size()?))?;
    Ok(Reply::text("ready\n"))
}

/// `GET /assets/{file}`.
pub(super) fn asset(call: &Call) -> Answer {
    let asset = assets::find(call.param("file"))
        .ok_or_else(|| Refusal::not_found("asset.unknown", "there is no such file"))?;
    Ok(Reply::bytes(asset.content_type, assets::CACHE_CONTROL, asset.body))
}
