//! The conformance suite on every backend, and what is particular to each.

mod postgres;
mod sqlite;
mod tls;

use hustings_store::conformance::cluster;
use hustings_store::postgres::Postgres;
use hustings_store::sqlite::Sqlite;

#[test]
fn sqlite_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    hustings_store::conformance::run(&mut || {
        count += 1;
        Sqlite::create(&folder.path().join(count.to_string())).unwrap()
    });
    assert!(count > 20, "only {count} behaviours ran");
}

#[test]
fn postgres_conforms() {
    let Some(cluster) = cluster::shared() else { return };
    let mut count = 0;
    hustings_store::conformance::run(&mut || {
        count += 1;
        Postgres::create(&cluster.new_database(), postgres::node()).unwrap()
    });
    assert!(count > 20, "only {count} behaviours ran");
}
