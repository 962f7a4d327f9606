//! People who log in, their links, sessions and tokens (by hash).

use crate::coding::numbers::{instant, to_json};
use crate::engine::{Engine, OrConflict, Sql, Unit, document, uuid};
use crate::error::StoreResult;
use crate::records::{SessionRecord, TokenRecord, UserRecord};
use crate::traits::Users;
use hustings_domain::ids::UserId;
use jiff::Timestamp;

const PUT: &str = r#"INSERT INTO "user" (id, email, name, body) VALUES ($1, $2, $3, $4)
    ON CONFLICT (id) DO UPDATE SET email = excluded.email, name = excluded.name, body = excluded.body"#;
const BY_ID: &str = r#"SELECT body FROM "user" WHERE id = $1"#;
const BY_EMAIL: &str = r#"SELECT body FROM "user" WHERE email = $1"#;
const ALL: &str = r#"SELECT body FROM "user" ORDER BY name, id"#;
const ADD_LINK: &str = "INSERT INTO login_link (hash, user_id, expires) VALUES ($1, $2, $3)";
const TAKE_LINK: &str = "DELETE FROM login_link WHERE hash = $1 RETURNING user_id, expires";
/// Links and sessions that ended are swept when somebody logs in.
const SWEEP: [&str; 3] = [
    "DELETE FROM login_link WHERE expires <= $1",
    "DELETE FROM session WHERE expires <= $1",
    "DELETE FROM user_token WHERE expires <= $1",
];
const ADD_SESSION: &str = "INSERT INTO session (hash, user_id, csrf, expires) VALUES ($1, $2, $3, $4)";
const SESSION: &str = "SELECT user_id, csrf, expires FROM session WHERE hash = $1 AND expires > $2";
const END_SESSION: &str = "DELETE FROM session WHERE hash = $1";
const END_ALL: [&str; 3] = [
    "DELETE FROM login_link WHERE user_id = $1",
    "DELETE FROM session WHERE user_id = $1",
    "DELETE FROM user_token WHERE user_id = $1",
];
const PUT_TOKEN: &str = "INSERT INTO user_token (hash, user_id, expires, body) VALUES ($1, $2, $3, $4)
    ON CONFLICT (hash) DO UPDATE SET user_id = excluded.user_id, expires = excluded.expires, body = excluded.body";
const TOKEN: &str = "SELECT body, user_id, expires FROM user_token WHERE hash = $1 AND expires > $2";
const TOKENS: &str =
    "SELECT body, user_id, expires, hash FROM user_token WHERE expires > $1 ORDER BY expires, hash";
const END_TOKEN: &str = "DELETE FROM user_token WHERE hash = $1";

impl<E: Engine> Users for Unit<'_, E> {
    fn put_user(&mut self, user: &UserRecord) -> StoreResult<()> {
        self.run(|db| {
            let body = to_json("user", user)?;
            db.connection
                .run(PUT, (user.id.0.as_bytes(), &user.email, &user.name, body))
                .or_conflict(|| "another user has this address".to_owned())
                .map(drop)
        })
    }

    fn user(&mut self, id: UserId) -> StoreResult<Option<UserRecord>> {
        self.run(|db| db.connection.one(BY_ID, (id.0.as_bytes(),), |row| document("user", row)))
    }

    fn user_by_email(&mut self, email: &str) -> StoreResult<Option<UserRecord>> {
        self.run(|db| db.connection.one(BY_EMAIL, (email,), |row| document("user", row)))
    }

    fn users(&mut self) -> StoreResult<Vec<UserRecord>> {
        self.run(|db| db.connection.all(ALL, (), |row| document("user", row)))
    }

    fn add_login_link(&mut self, hash: [u8; 32], user: UserId, expires: Timestamp) -> StoreResult<()> {
        self.run(|db| {
            db.connection.run(ADD_LINK, (hash, user.0.as_bytes(), expires.as_microsecond())).map(drop)
        })
    }

    fn take_login_link(&mut self, hash: [u8; 32], now: Timestamp) -> StoreResult<Option<UserId>> {
        self.run(|db| {
            let link = db
                .connection
                .one(TAKE_LINK, (hash,), |row| Ok((UserId(uuid(row, 0)?), instant(row.get(1)?)?)))?;
            for statement in SWEEP {
                db.connection.run(statement, (now.as_microsecond(),))?;
            }
            Ok(link.filter(|(_, expires)| now < *expires).map(|(user, _)| user))
        })
    }

    fn add_session(&mut self, session: &SessionRecord) -> StoreResult<()> {
        self.run(|db| {
            let (user, expires) = (session.user.0.as_bytes(), session.expires.as_microsecond());
            db.connection.run(ADD_SESSION, (session.token_hash, user, &session.csrf, expires)).map(drop)
        })
    }

    fn session(&mut self, hash: [u8; 32], now: Timestamp) -> StoreResult<Option<SessionRecord>> {
        self.run(|db| {
            db.connection.one(SESSION, (hash, now.as_microsecond()), |row| {
                Ok(SessionRecord {
                    token_hash: hash,
                    user: UserId(uuid(row, 0)?),
                    csrf: row.get(1)?,
                    expires: instant(row.get(2)?)?,
                })
            })
        })
    }

    fn end_session(&mut self, hash: [u8; 32]) -> StoreResult<()> {
        self.run(|db| db.connection.run(END_SESSION, (hash,)).map(drop))
    }

    fn end_all_of(&mut self, user: UserId) -> StoreResult<()> {
        self.run(|db| {
            for statement in END_ALL {
                db.connection.run(statement, (user.0.as_bytes(),))?;
            }
            Ok(())
        })
    }

    fn put_token(&mut self, token: &TokenRecord) -> StoreResult<()> {
        self.run(|db| {
            let body = to_json("token", &token.about)?;
            let (user, expires) = (token.user.0.as_bytes(), token.expires.as_microsecond());
            db.connection.run(PUT_TOKEN, (token.hash, user, expires, body)).map(drop)
        })
    }

    fn token(&mut self, hash: [u8; 32], now: Timestamp) -> StoreResult<Option<TokenRecord>> {
        self.run(|db| {
            db.connection.one(TOKEN, (hash, now.as_microsecond()), |row| {
                Ok(TokenRecord {
                    hash,
                    user: UserId(uuid(row, 1)?),
                    expires: instant(row.get(2)?)?,
                    about: document("token", row)?,
                })
            })
        })
    }

    fn tokens(&mut self, now: Timestamp) -> StoreResult<Vec<TokenRecord>> {
        self.run(|db| {
            db.connection.all(TOKENS, (now.as_microsecond(),), |row| {
                Ok(TokenRecord {
                    hash: row.get(3)?,
                    user: UserId(uuid(row, 1)?),
                    expires: instant(row.get(2)?)?,
                    about: document("token", row)?,
                })
            })
        })
    }

    fn end_token(&mut self, hash: [u8; 32]) -> StoreResult<bool> {
        self.run(|db| Ok(db.connection.run(END_TOKEN, (hash,))? > 0))
    }
}
