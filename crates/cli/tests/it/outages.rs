//! A database server that drops connections, or goes away for a while: nothing that was acknowledged is lost, and work goes
//! on by itself.

use super::binary::{Desk, Running, text, wait};
use super::kill::list_with_a_cleared_loan;
use super::loans;
use super::nodes::{agree, another, open, provider, relay, runtime, serve, standing, until};
use hustings_app::send::start_send;
use hustings_domain::access::Actor;
use hustings_store::conformance::cluster;
use serde_json::Value;
use std::fmt::Write as _;
use std::io::Read as _;
use std::time::Duration;

#[test]
fn an_import_goes_on_when_the_server_comes_back() {
    let Some(cluster) = cluster::of_its_own("import") else { return };
    let address = cluster.new_database();
    let desk = Desk::with_list_on(&address.to_string(), &loans::charter(&[]));
    let mut rows = String::from("email,email_opt_in\n");
    for row in 0..70_000 {
        let domain = if row % 1_000 == 0 { "" } else { "@example.org" };
        writeln!(rows, "person{row}{domain},yes").unwrap();
    }
    let file = desk.write("people.csv", rows);
    let people = || -> u64 {
        let counted =
            cluster.try_run("postgres", address.database(), "SELECT count(*) FROM hustings.supporter");
        counted.ok().and_then(|lines| lines[0].parse().ok()).unwrap_or(0)
    };
    let mut importing = Running(desk.command(["import", text(&file), "--json"]).spawn().unwrap());
    let mut acknowledged = 0;
    for outage in 0..4 {
        until("more rows are in", || people() > acknowledged || importing.0.try_wait().unwrap().is_some());
        let before = people();
        if outage == 2 {
            cluster.restart();
        } else {
            wait(Duration::from_millis(150));
            cluster.drop_connections(address.database());
        }
        until("the server answers", || people() > 0);
        assert!(people() >= before, "nothing that was kept is lost");
        acknowledged = people();
    }
    let mut said = (String::new(), String::new());
    importing.0.stdout.take().unwrap().read_to_string(&mut said.0).unwrap();
    importing.0.stderr.take().unwrap().read_to_string(&mut said.1).unwrap();
    assert!(importing.0.wait().unwrap().success(), "{}", said.1);
    assert!(said.1.contains("the database cannot be reached") && said.1.contains("going on"), "{}", said.1);
    let report: Value = serde_json::from_str(&said.0).unwrap();
    let number = |name: &str| report[name].as_u64().unwrap();
    assert_eq!((number("lines"), number("new"), number("rejected")), (70_000, 69_930, 70), "{report}");
    assert_eq!(people(), 69_930);
    let keys = cluster.run("postgres", address.database(), "SELECT count(*) FROM hustings_keys.key");
    assert_eq!(keys, ["69930"], "a key for each person, and no more");
    desk.run(["ledger", "checkpoint"]).ok();
    desk.run(["ledger", "verify"]).ok();
}

#[test]
fn a_send_goes_on_when_the_server_comes_back() {
    let Some(cluster) = cluster::of_its_own("send") else { return };
    let address = cluster.new_database();
    let desk = list_with_a_cleared_loan(Some(&address.to_string()));
    let steward = another(&address);
    let runtime = runtime();
    let (provider, receiving) = provider(&runtime);
    relay(&desk, receiving.port());
    let app = open(&steward);
    let begun = start_send(&app, &Actor::operator(), "L-1".parse().unwrap()).unwrap();
    drop(app);
    let mut serving = serve(&desk);
    for outage in 0..4 {
        let before = provider.total();
        until("mail goes out", || provider.total() > before + 40);
        if outage == 2 {
            cluster.restart();
        } else {
            cluster.drop_connections(address.database());
        }
    }
    until("everybody has an outcome", || {
        assert!(serving.0.try_wait().unwrap().is_none(), "it goes on serving");
        let [pending, claimed, _, _, deferred, ..] = standing(&cluster, &address);
        pending + claimed + deferred == 0
    });
    let app = open(&steward);
    let counts = agree(&app, &provider);
    assert_eq!(counts.values().sum::<usize>(), usize::try_from(begun.planned).unwrap());
    let in_doubt = counts.get("in-doubt").copied().unwrap_or(0);
    assert!(in_doubt <= 4 * 2, "four outages, two connections: {counts:?}");
    super::note(&format!("four outages, one of them a restart: {counts:?}"));
    let polite = std::process::Command::new("kill").arg(serving.0.id().to_string()).status().unwrap();
    assert!(polite.success() && serving.0.wait().unwrap().success());
    runtime.block_on(receiving.shut_down());
}
