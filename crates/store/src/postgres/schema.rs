//! The two schemas and their two roles: how they are made, checked and brought up to date.

use super::address::Address;
use super::link::{Connection, Link};
use super::pool::quoted;
use crate::error::{StoreError, StoreResult};

/// One of the two schemas of a list.
pub(super) struct Kind {
    /// The schema's name.
    pub(super) schema: &'static str,
    /// The table that every version has.
    mark: &'static str,
    /// The steps from nothing to the newest version.
    pub(super) migrations: &'static [&'static str],
}

/// Everything but keys.
pub(super) const MAIN: Kind = Kind {
    schema: "hustings",
    mark: "meta",
    migrations: &[
        include_str!("migrations/0001.sql"),
        include_str!("migrations/0002.sql"),
        include_str!("migrations/0003.sql"),
        include_str!("migrations/0004.sql"),
        include_str!("migrations/0005.sql"),
        include_str!("migrations/0006.sql"),
        include_str!("migrations/0007.sql"),
        include_str!("migrations/0008.sql"),
        include_str!("migrations/0009.sql"),
        include_str!("migrations/0010.sql"),
        include_str!("migrations/0011.sql"),
    ],
};

/// The wrapped keys.
pub(super) const KEYS: Kind =
    Kind { schema: "hustings_keys", mark: "key", migrations: &[include_str!("migrations/keys-0001.sql")] };

/// The oldest server that is known to do all that is asked of it.
const OLDEST_SERVER: i64 = 130_000;

/// One making or migrating at a time, and one writer at a time, over all processes and machines.
pub(super) const WRITER: &str = "SELECT pg_advisory_xact_lock(521321130)";
const MAKER: &str = "SELECT pg_advisory_xact_lock(521321131)";

const SERVER: &str = "SELECT current_setting('server_version_num')::bigint";
const TABLE: &str = "SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = $1 AND relname = $2";
const SCHEMA_OWNER: &str = "SELECT rolname::text FROM pg_namespace JOIN pg_roles ON pg_roles.oid = nspowner
    WHERE nspname = $1";
const ROLE: &str =
    "SELECT CASE WHEN rolsuper OR rolcanlogin THEN 1 ELSE 0 END FROM pg_roles WHERE rolname = $1";
const IS_MEMBER: &str = "SELECT CASE WHEN pg_has_role($1::text, $2::text, 'MEMBER') THEN 1 ELSE 0 END";
const ME: &str = "SELECT current_user::text";
const VERSION: &str = "SELECT n FROM version";

fn number(connection: &Connection, sql: &'static str, params: &[&str]) -> StoreResult<Option<i64>> {
    let params: Vec<super::link::Param<'_>> =
        params.iter().map(|text| text as super::link::Param<'_>).collect();
    let rows = connection.rows(sql, &params)?;
    rows.first().map(|row| crate::engine::Columns::integer(row, 0)).transpose()
}

fn text(connection: &Connection, sql: &'static str, params: &[&str]) -> StoreResult<Option<String>> {
    let params: Vec<super::link::Param<'_>> =
        params.iter().map(|text| text as super::link::Param<'_>).collect();
    let rows = connection.rows(sql, &params)?;
    rows.first().map(|row| crate::engine::Columns::text(row, 0).map(str::to_owned)).transpose()
}

fn has_table(connection: &Connection, schema: &str, table: &str) -> StoreResult<bool> {
    Ok(number(connection, TABLE, &[schema, table])?.unwrap_or(0) > 0)
}

/// Makes roles and schemas as the login, in one transaction. What an administrator made beforehand is used.
pub(super) fn prepare(link: &Link, address: &Address) -> StoreResult<()> {
    let connection = &link.connection;
    let found = number(connection, SERVER, &[])?.unwrap_or(0);
    if found < OLDEST_SERVER {
        return Err(StoreError::Engine(format!(
            "the server is PostgreSQL {}, and a list needs 13 or newer",
            found / 10_000
        )));
    }
    connection.batch(&format!("BEGIN; {MAKER}"))?;
    let made = roles_and_schemas(connection, address);
    connection.batch(if made.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    made.map_err(|error| match error {
        StoreError::Denied { why, .. } => StoreError::Denied { why, remedy: remedy(connection, address) },
        other => other,
    })
}

fn roles_and_schemas(connection: &Connection, address: &Address) -> StoreResult<()> {
    if has_table(connection, MAIN.schema, MAIN.mark)? {
        return Err(StoreError::AlreadyThere(address.place()));
    }
    let me = text(connection, ME, &[])?.unwrap_or_default();
    for (kind, role) in [(&MAIN, address.data_role()), (&KEYS, address.keys_role())] {
        match number(connection, ROLE, &[&role])? {
            None => connection.batch(&format!("CREATE ROLE {} NOLOGIN", quoted(&role)))?,
            Some(0) => {}
            Some(_) => {
                return Err(StoreError::Conflict(format!(
                    "the role `{role}` may log in or is a superuser: the list needs one that owns its tables and no more"
                )));
            }
        }
        if number(connection, IS_MEMBER, &[&me, &role])? != Some(1) {
            connection.batch(&format!("GRANT {} TO CURRENT_USER", quoted(&role)))?;
        }
        match text(connection, SCHEMA_OWNER, &[kind.schema])? {
            None => connection.batch(&format!(
                "CREATE SCHEMA {} AUTHORIZATION {}",
                quoted(kind.schema),
                quoted(&role)
            ))?,
            Some(owner) if owner == role => {}
            Some(owner) => {
                return Err(StoreError::Conflict(format!(
                    "the schema `{}` belongs to `{owner}`, and not to `{role}`",
                    kind.schema
                )));
            }
        }
    }
    let (data, keys) = (address.data_role(), address.keys_role());
    if number(connection, IS_MEMBER, &[&data, &keys])? == Some(1) {
        return Err(StoreError::Conflict(format!(
            "the role `{data}` may act as `{keys}`, and so read the keys: take that right away first"
        )));
    }
    Ok(())
}

/// What an administrator of the server runs once, when the login itself may not.
fn remedy(connection: &Connection, address: &Address) -> String {
    let login = text(connection, ME, &[]).ok().flatten().map_or_else(|| "LOGIN".to_owned(), |me| quoted(&me));
    let (data, keys) = (quoted(&address.data_role()), quoted(&address.keys_role()));
    format!(
        "CREATE ROLE {data} NOLOGIN; CREATE ROLE {keys} NOLOGIN; GRANT {data}, {keys} TO {login}; \
         CREATE SCHEMA {} AUTHORIZATION {data}; CREATE SCHEMA {} AUTHORIZATION {keys};",
        MAIN.schema, KEYS.schema
    )
}

/// Whether the schema holds a list's tables.
pub(super) fn is_there(link: &Link, kind: &Kind) -> StoreResult<bool> {
    has_table(&link.connection, kind.schema, kind.mark)
}

/// The newest version that the steps lead to.
pub(super) fn newest(migrations: &[&str]) -> u32 {
    u32::try_from(migrations.len()).unwrap_or(u32::MAX)
}

/// The version of a schema; 0 before any. Refuses what a newer program wrote.
pub(super) fn check_version(link: &Link, kind: &Kind, migrations: &[&str]) -> StoreResult<u32> {
    if !has_table(&link.connection, kind.schema, "version")? {
        return Ok(0);
    }
    let found = number(&link.connection, VERSION, &[])?.unwrap_or(0);
    let (found, known) = (u32::try_from(found).unwrap_or(u32::MAX), newest(migrations));
    if found > known { Err(StoreError::Newer { found, known }) } else { Ok(found) }
}

/// Takes the missing steps, all in one transaction: here changes of tables are undone like any other.
pub(super) fn migrate(link: &Link, kind: &Kind, migrations: &[&str]) -> StoreResult<()> {
    if check_version(link, kind, migrations)? == newest(migrations) {
        return Ok(());
    }
    let connection = &link.connection;
    connection.batch(&format!("BEGIN; {MAKER}"))?;
    // Looked at again under the lock: another process may have been faster.
    let done = check_version(link, kind, migrations).and_then(|from| steps(connection, migrations, from));
    connection.batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    done
}

fn steps(connection: &Connection, migrations: &[&str], from: u32) -> StoreResult<()> {
    if from == 0 {
        connection.batch("CREATE TABLE version (n BIGINT NOT NULL); INSERT INTO version (n) VALUES (0)")?;
    }
    for (version, step) in (1_u32..).zip(migrations).skip(usize::try_from(from).unwrap_or(usize::MAX)) {
        connection.batch(step)?;
        connection.batch(&format!("UPDATE version SET n = {version}"))?;
        tracing::info!(version, "brought a schema up to date");
    }
    Ok(())
}
