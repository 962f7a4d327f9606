//! How often programs call: so many a minute for each token, so that one that runs wild is told to wait and slows nobody
//! else.

use hustings_app::{Kind, Refusal, Result};
use hustings_domain::access::Actor;
use hustings_domain::ids::TokenId;
use jiff::Timestamp;
use std::collections::HashMap;

/// The most calls of one token in a minute.
pub(crate) const MOST_A_MINUTE: u32 = 120;
/// So many tokens are remembered before those of minutes past are forgotten.
const REMEMBERED: usize = 1_000;

/// The calls of the minute that is now, by token.
#[derive(Debug, Default)]
pub(crate) struct Calls(HashMap<TokenId, (i64, u32)>);

impl Calls {
    /// Counts a call, or refuses it.
    pub(crate) fn count(&mut self, actor: &Actor, weight: u32, now: Timestamp) -> Result<()> {
        let Some(through) = &actor.through else { return Ok(()) };
        let minute = now.as_second().div_euclid(60);
        if self.0.len() > REMEMBERED {
            self.0.retain(|_, (of, _)| *of == minute);
        }
        let (of, calls) = self.0.entry(through.id).or_insert((minute, 0));
        if *of != minute {
            (*of, *calls) = (minute, 0);
        }
        if calls.saturating_add(weight) > MOST_A_MINUTE && *calls > 0 {
            return Err(Refusal::new(
                Kind::Busy,
                "api.too-often",
                "this token has made as many calls as it may in a minute",
            )
            .hint(format!("at most {MOST_A_MINUTE} a minute; wait for the next one")));
        }
        *calls = calls.saturating_add(weight);
        Ok(())
    }
}
