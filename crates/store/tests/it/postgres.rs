//! What is particular to PostgreSQL: roles and rights, the fence, connections that break, versions.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use hustings_domain::ids::Ordinal;
use hustings_store::conformance::cluster::{self, Cluster};
use hustings_store::postgres::{Address, Postgres};
use hustings_store::{Store, StoreError, StoreResult};
use hustings_vault::vault::WrappedKey;

fn key(seed: u8) -> WrappedKey {
    WrappedKey { epoch: 1, bytes: [seed; 60] }
}

fn meta(store: &Store, name: &str) -> Option<String> {
    store.read(|tx| tx.meta(name)).unwrap()
}

fn set(store: &Store, name: &str, value: &str) -> StoreResult<()> {
    store.write(|tx| tx.set_meta(name, value))
}

fn new_list(cluster: &Cluster) -> (Address, Store) {
    let address = cluster.new_database();
    let store = Postgres::create(&address).unwrap();
    (address, store)
}

#[test]
fn a_list_is_made_once_and_opened_by_one_process_for_writing() {
    let Some(cluster) = cluster::shared() else { return };
    let address = cluster.new_database();
    assert!(matches!(Postgres::open(&address), Err(StoreError::NotThere(_))));
    let store = Postgres::create(&address).unwrap();
    assert!(matches!(Postgres::create(&address), Err(StoreError::AlreadyThere(_))));
    assert!(matches!(Postgres::open(&address), Err(StoreError::InUse(_))));
    assert_eq!(meta(&store, "epoch").as_deref(), Some("1"));
    let beside = Postgres::open_reading(&address).unwrap();
    set(&store, "colour", "green").unwrap();
    assert_eq!(meta(&beside, "colour").as_deref(), Some("green"));
    assert!(matches!(set(&beside, "colour", "red"), Err(StoreError::InUse(_))));
    assert!(matches!(beside.keys().destroy(Ordinal(0)), Err(StoreError::InUse(_))));
    drop(store);
    let store = Postgres::open(&address).unwrap();
    assert_eq!(meta(&store, "epoch").as_deref(), Some("2"));
}

#[test]
fn the_data_role_cannot_read_keys_and_nobody_else_reads_anything() {
    let Some(cluster) = cluster::shared() else { return };
    let (address, store) = new_list(cluster);
    store.keys().put_many(&[(Ordinal(0), key(1))]).unwrap();
    let database = address.database();
    let as_role =
        |role: &str, sql: &str| cluster.try_run("keeper", database, &format!("SET ROLE {role}; {sql}"));
    assert_eq!(as_role(&address.keys_role(), "SELECT count(*) FROM hustings_keys.key").unwrap(), ["1"]);
    assert_eq!(as_role(&address.data_role(), "SELECT count(*) FROM hustings.supporter").unwrap(), ["0"]);
    for table in ["key", "header"] {
        let refused =
            as_role(&address.data_role(), &format!("SELECT * FROM hustings_keys.{table}")).unwrap_err();
        assert!(refused.contains("permission denied"), "{refused}");
    }
    let refused = as_role(&address.keys_role(), "SELECT * FROM hustings.supporter").unwrap_err();
    assert!(refused.contains("permission denied"), "{refused}");
    for table in ["hustings.supporter", "hustings_keys.key"] {
        let refused = cluster.try_run("guest", database, &format!("SELECT * FROM {table}")).unwrap_err();
        assert!(refused.contains("permission denied"), "{refused}");
    }
    // The connections of the store themselves act in those roles, and never as the login.
    let acting = "SELECT DISTINCT r.rolname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'hustings_keys'";
    assert_eq!(cluster.run("postgres", database, acting), [address.keys_role()]);
}

#[test]
fn a_login_without_rights_is_told_what_an_administrator_must_run() {
    let Some(cluster) = cluster::shared() else { return };
    let address = cluster.new_database();
    let guest = Address::parse(&cluster.address("guest", address.database()), None).unwrap();
    let Err(StoreError::Denied { remedy, .. }) = Postgres::create(&guest) else { panic!("was let in") };
    cluster.run("postgres", address.database(), &remedy);
    let store = Postgres::create(&guest).unwrap();
    set(&store, "colour", "green").unwrap();
    store.keys().put_many(&[(Ordinal(0), key(1))]).unwrap();
}

#[test]
fn a_role_that_could_read_the_keys_is_refused() {
    let Some(cluster) = cluster::shared() else { return };
    let address = cluster.new_database();
    let (data, keys) = (address.data_role(), address.keys_role());
    let roles = format!(
        "CREATE ROLE {data}; CREATE ROLE {keys}; GRANT {keys} TO {data}; GRANT {data}, {keys} TO keeper"
    );
    cluster.run("postgres", "postgres", &roles);
    assert!(
        matches!(Postgres::create(&address), Err(StoreError::Conflict(why)) if why.contains("read the keys"))
    );
}

#[test]
fn a_connection_that_breaks_is_said_and_the_next_change_goes_through() {
    let Some(cluster) = cluster::shared() else { return };
    let (address, store) = new_list(cluster);
    set(&store, "colour", "green").unwrap();
    let broken: StoreResult<()> = store.write(|tx| {
        tx.set_meta("colour", "red")?;
        cluster.drop_connections(address.database());
        tx.set_meta("colour", "blue")
    });
    assert!(matches!(broken, Err(StoreError::Unreachable(_))), "{broken:?}");
    assert_eq!(meta(&store, "colour").as_deref(), Some("green"));
    set(&store, "colour", "yellow").unwrap();
    cluster.drop_connections(address.database());
    assert_eq!(meta(&store, "colour").as_deref(), Some("yellow"));
    store.keys().put_many(&[(Ordinal(0), key(1))]).unwrap();
    cluster.drop_connections(address.database());
    assert_eq!(store.keys().get(Ordinal(0)).unwrap(), Some(key(1)));
}

#[test]
fn who_was_taken_for_gone_cannot_write_over_its_successor() {
    let Some(cluster) = cluster::shared() else { return };
    let (address, store) = new_list(cluster);
    set(&store, "colour", "green").unwrap();
    // The server loses sight of the first process, and another takes the list over.
    cluster.drop_connections(address.database());
    let successor = Postgres::open(&address).unwrap();
    assert!(matches!(set(&store, "colour", "red"), Err(StoreError::InUse(_))));
    set(&successor, "colour", "blue").unwrap();
    assert_eq!(meta(&store, "colour").as_deref(), Some("blue"));
}

#[test]
fn what_a_newer_program_wrote_is_refused() {
    let Some(cluster) = cluster::shared() else { return };
    let (address, store) = new_list(cluster);
    drop(store);
    cluster.run("postgres", address.database(), "UPDATE hustings.version SET n = 99");
    assert!(matches!(Postgres::open(&address), Err(StoreError::Newer { found: 99, .. })));
    assert!(matches!(Postgres::open_reading(&address), Err(StoreError::Newer { found: 99, .. })));
}

#[test]
fn keys_without_their_list_are_never_made_over() {
    let Some(cluster) = cluster::shared() else { return };
    let (address, store) = new_list(cluster);
    store.keys().put_many(&[(Ordinal(0), key(1))]).unwrap();
    drop(store);
    cluster.run("postgres", address.database(), "DROP SCHEMA hustings CASCADE");
    assert!(matches!(Postgres::create(&address), Err(StoreError::AlreadyThere(_))));
}

#[test]
fn a_server_that_is_not_there_is_said() {
    let address = Address::parse("postgres://nobody@127.0.0.1:1/list", None).unwrap();
    assert!(matches!(Postgres::open(&address), Err(StoreError::Unreachable(_))));
    let Some(cluster) = cluster::shared() else { return };
    let nowhere = Address::parse(&cluster.address("keeper", "nowhere"), None).unwrap();
    assert!(Postgres::open(&nowhere).is_err());
}

#[test]
fn the_store_is_used_and_dropped_inside_an_async_runtime() {
    let Some(cluster) = cluster::shared() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (_, store) = new_list(cluster);
        set(&store, "colour", "green").unwrap();
        assert_eq!(meta(&store, "colour").as_deref(), Some("green"));
    });
}
