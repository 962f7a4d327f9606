//! Acts that one person asks for and another grants: documents under their numbers.

use crate::coding::numbers::{capped, to_json};
use crate::engine::{Engine, Sql, Unit, document};
use crate::error::StoreResult;
use crate::traits::GuardedActs;
use hustings_domain::guarded::{ActNumber, AskedAct};

const NEXT: &str = "SELECT coalesce(max(number), 0) + 1 FROM asked_act";
const PUT: &str = "INSERT INTO asked_act (number, body) VALUES ($1, $2)
    ON CONFLICT (number) DO UPDATE SET body = excluded.body";
const ONE: &str = "SELECT body FROM asked_act WHERE number = $1";
const ALL: &str = "SELECT body FROM asked_act ORDER BY number DESC";

impl<E: Engine> GuardedActs for Unit<'_, E> {
    fn next_act_number(&mut self) -> StoreResult<ActNumber> {
        self.run(|db| Ok(ActNumber(capped(db.connection.number(NEXT, ())?))))
    }

    fn put_asked_act(&mut self, act: &AskedAct) -> StoreResult<()> {
        self.run(|db| {
            let body = to_json("act asked for", act)?;
            db.connection.run(PUT, (act.number.0, body)).map(drop)
        })
    }

    fn asked_act(&mut self, number: ActNumber) -> StoreResult<Option<AskedAct>> {
        self.run(|db| db.connection.one(ONE, (number.0,), |row| document("act asked for", row)))
    }

    fn asked_acts(&mut self) -> StoreResult<Vec<AskedAct>> {
        self.run(|db| db.connection.all(ALL, (), |row| document("act asked for", row)))
    }
}
