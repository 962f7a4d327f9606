//! What is particular to PostgreSQL: roles and rights, the fence, connections that break, versions.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use hustings_domain::ids::Ordinal;
use hustings_store::conformance::cluster::{self, Cluster};
use hustings_store::conformance::whole as conformance;
use hustings_store::postgres::{Address, Node, Postgres};
use hustings_store::records::{SupporterRecord, TokenPurpose};
use hustings_store::sqlite::Sqlite;
use hustings_store::{Store, StoreError, StoreResult};
use hustings_vault::vault::WrappedKey;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use uuid::Uuid;

/// A node that is no other.
pub(crate) fn node() -> Node {
    static NEXT: AtomicU32 = AtomicU32::new(1_000);
    Node::new(Uuid::from_u128(NEXT.fetch_add(1, Ordering::SeqCst).into()))
}

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
    let store = Postgres::create(&address, node()).unwrap();
    (address, store)
}

#[test]
fn a_list_is_made_once_and_written_by_several_processes() {
    let Some(cluster) = cluster::shared() else { return };
    let address = cluster.new_database();
    assert!(matches!(Postgres::open(&address, node()), Err(StoreError::NotThere(_))));
    let store = Postgres::create(&address, node()).unwrap();
    assert!(matches!(Postgres::create(&address, node()), Err(StoreError::AlreadyThere(_))));
    let other = Postgres::open(&address, node()).unwrap();
    assert_eq!((store.node(), other.node()), (Some(1), Some(2)));
    assert_eq!(store.read(|tx| tx.live_nodes()).unwrap(), [1, 2]);
    let beside = Postgres::open_reading(&address).unwrap();
    set(&store, "colour", "green").unwrap();
    assert_eq!(meta(&beside, "colour").as_deref(), Some("green"));
    set(&other, "colour", "blue").unwrap();
    assert_eq!(meta(&store, "colour").as_deref(), Some("blue"));
    assert!(matches!(set(&beside, "colour", "red"), Err(StoreError::InUse(_))));
    assert!(matches!(beside.keys().destroy(Ordinal(0)), Err(StoreError::InUse(_))));
    assert_eq!(beside.node(), None);
    drop(store);
    assert_eq!(other.read(|tx| tx.live_nodes()).unwrap(), [2], "who ends says so");
}

#[test]
fn a_program_that_knows_of_one_writer_only_does_not_write_beside_several() {
    let Some(cluster) = cluster::shared() else { return };
    let (address, store) = new_list(cluster);
    // What such a program does to have the list for itself.
    let alone = "SET lock_timeout TO '200ms'; SELECT pg_advisory_lock(521321132)";
    let refused = cluster.try_run("keeper", address.database(), alone).unwrap_err();
    assert!(refused.contains("lock timeout"), "{refused}");
    drop(store);
    cluster.run("keeper", address.database(), alone);
    let left = "INSERT INTO hustings.node VALUES (77, gen_random_uuid(), now() + interval '1 hour')";
    cluster.run("postgres", address.database(), left);
    let lonely = Postgres::open(&address, node().alone()).unwrap();
    assert!(matches!(Postgres::open(&address, node()), Err(StoreError::InUse(_))));
    assert_eq!(
        lonely.read(|tx| tx.live_nodes()).unwrap(),
        [lonely.node().unwrap()],
        "nobody writes beside it"
    );
    drop(lonely);
    let _both = [node(), node()].map(|node| Postgres::open(&address, node).unwrap());
}

#[test]
fn tables_are_changed_by_a_process_that_is_alone() {
    let Some(cluster) = cluster::shared() else { return };
    let (address, store) = new_list(cluster);
    let older = "DROP TRIGGER tell_of_change ON hustings.change; DROP FUNCTION hustings.tell_of_change();
        ALTER TABLE hustings.node RENAME TO node_kept; CREATE TABLE hustings.node AS TABLE hustings.node_kept WITH NO DATA";
    cluster.run("postgres", address.database(), "UPDATE hustings.version SET n = 3");
    let refused = Postgres::open(&address, node()).unwrap_err().to_string();
    assert!(refused.contains("stop all of them"), "{refused}");
    drop(store);
    cluster.run(
        "postgres",
        address.database(),
        &format!(
            "{older}; ALTER TABLE hustings.user_token DROP COLUMN body; ALTER TABLE hustings.duty DROP COLUMN body;
             ALTER TABLE hustings.duty RENAME TO erasure_notice; DROP TABLE hustings.outcome, hustings.node, hustings.node_kept;
             DROP TABLE hustings.calendar_entry, hustings.sharing, hustings.allotment, hustings.trustee_key,
             hustings.pending_statement, hustings.delegation, hustings.charter_proposal, hustings.asking, hustings.asked_act;
             ALTER TABLE hustings.loan DROP COLUMN borrower;
             INSERT INTO hustings.user_token (hash, user_id, expires) VALUES (decode(repeat('a7', 32), 'hex'),
             '00000000-0000-0000-0000-000000000000', 9000000000000000)"
        ),
    );
    let store = Postgres::open(&address, node()).unwrap();
    set(&store, "colour", "green").unwrap();
    // A token of the command line from before stays good.
    let token = store.read(|tx| tx.token([0xa7; 32], jiff::Timestamp::UNIX_EPOCH)).unwrap().unwrap();
    assert_eq!((token.about.purpose, token.about.bound), (TokenPurpose::CommandLine, None));
    let _other = Postgres::open(&address, node()).unwrap();
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
    let Err(StoreError::Denied { remedy, .. }) = Postgres::create(&guest, node()) else {
        panic!("was let in")
    };
    cluster.run("postgres", address.database(), &remedy);
    let store = Postgres::create(&guest, node()).unwrap();
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
        matches!(Postgres::create(&address, node()), Err(StoreError::Conflict(why)) if why.contains("read the keys"))
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

/// Waits for what other threads and the server bring about.
fn until(what: &str, mut done: impl FnMut() -> bool) {
    let (_held, never) = std::sync::mpsc::channel::<()>();
    let waited = (0..500).find(|_| {
        let done = done();
        let _timeout = never.recv_timeout(Duration::from_millis(if done { 0 } else { 20 }));
        done
    });
    assert!(waited.is_some(), "never: {what}");
}

/// Lets a lease run out at once, as it does when its process is stopped in its tracks.
fn run_out(cluster: &Cluster, address: &Address, epoch: u64) {
    let sql = format!("UPDATE hustings.node SET expires = now() - interval '1 s' WHERE epoch = {epoch}");
    cluster.run("postgres", address.database(), &sql);
}

#[test]
fn who_was_taken_for_gone_cannot_write_any_more() {
    let Some(cluster) = cluster::shared() else { return };
    let (address, store) = new_list(cluster);
    let other = Postgres::open(&address, node()).unwrap();
    set(&store, "colour", "green").unwrap();
    assert_eq!(other.read(|tx| tx.expired_nodes()).unwrap(), [0_u64; 0]);
    other.write(|tx| tx.fence_node(1)).unwrap();
    set(&store, "colour", "white").expect("a lease that has not run out cannot be taken");
    run_out(cluster, &address, 1);
    assert_eq!(other.read(|tx| tx.expired_nodes()).unwrap(), [1]);
    set(&store, "colour", "grey").expect("it may write until somebody fences it");
    other.write(|tx| tx.fence_node(1)).unwrap();
    assert!(matches!(set(&store, "colour", "red"), Err(StoreError::Fenced(_))));
    assert!(matches!(store.check_standing(), Err(StoreError::Fenced(_))));
    set(&other, "colour", "blue").unwrap();
    assert_eq!(meta(&store, "colour").as_deref(), Some("blue"));
    drop(store);
    assert_eq!(other.read(|tx| tx.live_nodes()).unwrap(), [2]);
}

#[test]
fn a_lease_is_renewed_through_a_broken_connection() {
    let Some(cluster) = cluster::shared() else { return };
    let address = cluster.new_database();
    let store = Postgres::create(&address, node().with_lease(Duration::from_millis(600))).unwrap();
    let expires =
        || cluster.run("postgres", address.database(), "SELECT expires FROM hustings.node").join("");
    for _ in 0..3 {
        let before = expires();
        cluster.drop_connections(address.database());
        until("the lease is renewed", || expires() > before);
    }
    store.check_standing().unwrap();
    set(&store, "colour", "green").unwrap();
}

#[test]
fn a_node_that_is_opened_again_is_its_own_successor() {
    let Some(cluster) = cluster::shared() else { return };
    let (address, folder) = (cluster.new_database(), tempfile::tempdir().unwrap());
    let here = || Node::of_folder(folder.path(), Uuid::from_u128(1));
    let first = Postgres::create(&address, here().unwrap()).unwrap();
    assert!(matches!(here(), Err(StoreError::InUse(_))), "one process works from a folder");
    // The same node, and not stopped: as when a folder was copied.
    let again = Postgres::open(&address, Node::new(Uuid::from_u128(1))).unwrap();
    assert_eq!(again.read(|tx| tx.live_nodes()).unwrap(), [2]);
    assert!(matches!(set(&first, "colour", "red"), Err(StoreError::Fenced(_))));
    drop(first);
    assert_eq!(again.read(|tx| tx.live_nodes()).unwrap(), [2]);
    drop(again);
    let kept = std::fs::read_to_string(folder.path().join("node")).unwrap();
    drop(Node::of_folder(folder.path(), Uuid::from_u128(9)).unwrap());
    assert_eq!(std::fs::read_to_string(folder.path().join("node")).unwrap(), kept);
}

#[test]
fn a_change_of_one_process_wakes_the_others() {
    let Some(cluster) = cluster::shared() else { return };
    let (address, store) = new_list(cluster);
    let other = Postgres::open(&address, node()).unwrap();
    let mut heard = other.listen().unwrap();
    heard.wait(Duration::ZERO);
    let change = || store.write(|tx| tx.record_change(Ordinal(1), Ordinal(2))).unwrap();
    for broken in [false, true, false] {
        if broken {
            cluster.drop_connections(address.database());
            until("it hears that the connection is gone", || {
                heard.wait(Duration::from_millis(1));
                cluster.run(
                    "postgres",
                    address.database(),
                    "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'",
                ) != ["0"]
            });
        }
        let newest = change();
        let (told, hear) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                heard.wait(Duration::from_secs(30));
                told.send(()).unwrap();
            });
            hear.recv_timeout(Duration::from_secs(10)).expect("a word within ten seconds");
        });
        assert_eq!(other.read(|tx| tx.change_sequence()).unwrap(), newest);
    }
    assert!(Sqlite::create(tempfile::tempdir().unwrap().path()).unwrap().listen().is_none());
}

#[test]
fn what_a_newer_program_wrote_is_refused() {
    let Some(cluster) = cluster::shared() else { return };
    let (address, store) = new_list(cluster);
    drop(store);
    cluster.run("postgres", address.database(), "UPDATE hustings.version SET n = 99");
    assert!(matches!(Postgres::open(&address, node()), Err(StoreError::Newer { found: 99, .. })));
    assert!(matches!(Postgres::open_reading(&address), Err(StoreError::Newer { found: 99, .. })));
}

#[test]
fn keys_without_their_list_are_never_made_over() {
    let Some(cluster) = cluster::shared() else { return };
    let (address, store) = new_list(cluster);
    store.keys().put_many(&[(Ordinal(0), key(1))]).unwrap();
    drop(store);
    cluster.run("postgres", address.database(), "DROP SCHEMA hustings CASCADE");
    assert!(matches!(Postgres::create(&address, node()), Err(StoreError::AlreadyThere(_))));
}

#[test]
fn a_server_that_is_not_there_is_said() {
    let address = Address::parse("postgres://nobody@127.0.0.1:1/list", None).unwrap();
    assert!(matches!(Postgres::open(&address, node()), Err(StoreError::Unreachable(_))));
    let Some(cluster) = cluster::shared() else { return };
    let nowhere = Address::parse(&cluster.address("keeper", "nowhere"), None).unwrap();
    assert!(Postgres::open(&nowhere, node()).is_err());
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

/// The columns of every table, as `table.column`.
fn columns_on_sqlite() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    drop(Sqlite::create(folder.path()).unwrap());
    let connection = rusqlite::Connection::open(folder.path().join("hustings.db")).unwrap();
    let sql = "SELECT m.name || '.' || c.name FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c
        WHERE m.type = 'table' AND m.name NOT IN ('hash_block', 'further') ORDER BY 1";
    let mut statement = connection.prepare(sql).unwrap();
    let names = statement.query_map((), |row| row.get(0)).unwrap();
    names.map(Result::unwrap).collect()
}

#[test]
fn both_engines_have_the_same_tables_and_all_of_them_are_moved() {
    let Some(cluster) = cluster::shared() else { return };
    let (address, _store) = new_list(cluster);
    let sql = "SELECT table_name || '.' || column_name FROM information_schema.columns
        WHERE table_schema = 'hustings' AND table_name NOT IN ('version', 'node')";
    let mut on_postgres = cluster.run("postgres", address.database(), sql);
    on_postgres.sort();
    assert_eq!(on_postgres, columns_on_sqlite());
    let mut moved = hustings_store::transfer::columns();
    moved.sort();
    assert_eq!(moved, on_postgres, "transfer/tables.rs names every column");
}

fn filled(folder: &Path) -> Store {
    let store = Sqlite::create(folder).unwrap();
    store.keys().set_header("{\"salt\":1}").unwrap();
    conformance::fill(&store);
    set(&store, "made", "yes").unwrap();
    store
}

/// All that a list shows, for comparing two.
fn contents(store: &Store) -> String {
    conformance::contents(store)
}

#[test]
fn a_backup_is_a_list_on_sqlite() {
    let Some(cluster) = cluster::shared() else { return };
    let (_, store) = new_list(cluster);
    let folder = tempfile::tempdir().unwrap();
    store.keys().set_header("{\"salt\":1}").unwrap();
    conformance::fill(&store);
    store.back_up(&folder.path().join("hustings.db")).unwrap();
    store.keys().back_up(&folder.path().join("keys.db")).unwrap();
    assert_eq!(Sqlite::verify(folder.path()).unwrap(), Vec::<String>::new());
    let restored = Sqlite::open(folder.path()).unwrap();
    assert_eq!(contents(&restored), contents(&store));
    restored.write(|tx| tx.remove_supporter(Ordinal(1))).unwrap();
    drop(restored);
    assert_eq!(Sqlite::verify(folder.path()).unwrap().len(), 0, "what the person was found by went too");
}

#[test]
fn a_list_is_moved_whole_and_only_once() {
    let Some(cluster) = cluster::shared() else { return };
    let (folder, address) = (tempfile::tempdir().unwrap(), cluster.new_database());
    let store = filled(folder.path());
    let nothing = &mut |_: &str, _| Ok(());
    assert!(matches!(
        Postgres::take_over(folder.path(), &address, Uuid::from_u128(7), nothing),
        Err(StoreError::InUse(_))
    ));
    let before = contents(&store);
    drop(store);
    let moved = Postgres::take_over(folder.path(), &address, Uuid::from_u128(7), nothing).unwrap();
    assert_eq!(moved.keys, 11);
    let rows = |name: &str| moved.tables.iter().find(|table| table.0 == name).unwrap().1.rows;
    assert!(rows("supporter") > 0 && rows("blind") > 0 && rows("consent") > 0 && rows("ledger_entry") > 0);
    let store = Postgres::open(&address, node()).unwrap();
    assert_eq!(contents(&store), before);
    assert_eq!(store.keys().header().unwrap().as_deref(), Some("{\"salt\":1}"));
    conformance::fill_more(&store);
    assert!(
        matches!(Postgres::take_over(folder.path(), &address, Uuid::from_u128(7), nothing), Err(StoreError::Conflict(why)) if why.contains("moved to"))
    );
    let other = tempfile::tempdir().unwrap();
    drop(filled(other.path()));
    drop(store);
    assert!(matches!(
        Postgres::take_over(other.path(), &address, Uuid::from_u128(7), nothing),
        Err(StoreError::AlreadyThere(_))
    ));
}

#[test]
fn a_move_that_is_cut_short_anywhere_goes_on() {
    let Some(cluster) = cluster::shared() else { return };
    let (folder, address) = (tempfile::tempdir().unwrap(), cluster.new_database());
    drop(filled(folder.path()));
    let mut tries = 0;
    for allowed in 0.. {
        tries += 1;
        let mut steps = 0;
        let moved = Postgres::take_over(folder.path(), &address, Uuid::from_u128(7), &mut |_, _| {
            steps += 1;
            if steps > allowed { Err(StoreError::DiskFull) } else { Ok(()) }
        });
        match moved {
            Ok(_) => break,
            Err(StoreError::DiskFull) => {}
            Err(other) => panic!("{other}"),
        }
        // The list lives on in between, and changes.
        let store = Sqlite::open(folder.path()).unwrap();
        set(&store, "colour", &allowed.to_string()).unwrap();
        let person = store.read(|tx| tx.supporter(Ordinal(1))).unwrap().unwrap();
        let changed = SupporterRecord { version: person.version + 1, ..person };
        store.write(|tx| tx.update_supporter(&changed)).unwrap();
    }
    assert!(tries > 3, "it was cut short {tries} times");
    let store = Postgres::open(&address, node()).unwrap();
    let source = Sqlite::open_reading(folder.path()).unwrap();
    assert_eq!(contents(&store), contents(&source));
    assert_eq!(meta(&source, "moved-to"), Some(address.to_string()));
}

#[test]
fn a_move_whose_last_word_was_lost_is_only_marked() {
    let Some(cluster) = cluster::shared() else { return };
    let (folder, address) = (tempfile::tempdir().unwrap(), cluster.new_database());
    drop(filled(folder.path()));
    let nothing = &mut |_: &str, _| Ok(());
    let moved = Postgres::take_over(folder.path(), &address, Uuid::from_u128(7), nothing).unwrap();
    let forget = || {
        let connection = rusqlite::Connection::open(folder.path().join("hustings.db")).unwrap();
        connection.execute("DELETE FROM meta WHERE key = 'moved-to'", ()).unwrap();
    };
    forget();
    assert_eq!(Postgres::take_over(folder.path(), &address, Uuid::from_u128(7), nothing).unwrap(), moved);
    forget();
    // Once the new list was used, the old one can never be laid over it.
    drop(Postgres::open(&address, node()).unwrap());
    assert!(matches!(
        Postgres::take_over(folder.path(), &address, Uuid::from_u128(7), nothing),
        Err(StoreError::AlreadyThere(_))
    ));
}
