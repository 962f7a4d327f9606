//! Encrypted connections, against a server of the test's own whose certificate the test makes.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use hustings_store::StoreError;
use hustings_store::conformance::cluster;
use hustings_store::postgres::{Address, Postgres};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;

fn certificate_authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn write(folder: &Path, name: &str, pem: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, pem).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_server_is_who_its_certificate_says() {
    let (ours, others) = (certificate_authority("ours"), certificate_authority("others"));
    let key = KeyPair::generate().unwrap();
    let of_server =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &ours).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let Some(cluster) = cluster::over_tls(port, &of_server.pem(), &key.serialize_pem()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let roots = write(folder.path(), "ours.pem", &ours.pem());
    let strangers = write(folder.path(), "others.pem", &others.pem());
    let empty = write(folder.path(), "empty.pem", "");
    let database = cluster.new_database();
    let open = |host: &str, how: &str| {
        let text = format!("postgres://keeper@{host}:{port}/{}?{how}", database.database());
        Address::parse(&text, None).map(|address| (Postgres::open_reading(&address), address))
    };
    let store =
        Postgres::create(&open("localhost", "sslmode=require").unwrap().1, crate::postgres::node()).unwrap();
    let over_tls = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE application_name = 'hustings' AND ssl";
    assert_ne!(cluster.run("postgres", database.database(), over_tls), ["0"], "it is encrypted");
    drop(store);

    for (host, how, opens) in [
        ("localhost", "sslmode=disable".to_owned(), true),
        ("localhost", "sslmode=require".to_owned(), true),
        ("127.0.0.1", "sslmode=require".to_owned(), true),
        ("localhost", format!("sslmode=require&sslrootcert={strangers}"), false),
        ("localhost", format!("sslmode=verify-ca&sslrootcert={roots}"), true),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={roots}"), true),
        ("localhost", format!("sslmode=verify-ca&sslrootcert={strangers}"), false),
        ("localhost", format!("sslmode=verify-full&sslrootcert={roots}"), true),
        ("127.0.0.1", format!("sslmode=verify-full&sslrootcert={roots}"), false),
        ("localhost", format!("sslmode=verify-full&sslrootcert={strangers}"), false),
        ("localhost", "sslmode=verify-full".to_owned(), false),
    ] {
        let (opened, _) = open(host, &how).unwrap();
        match opened {
            Ok(_) => assert!(opens, "{host} {how} was let in"),
            Err(StoreError::Unreachable(why)) => {
                assert!(!opens && why.contains("certificate"), "{host} {how}: {why}");
            }
            Err(other) => panic!("{host} {how}: {other}"),
        }
    }
    assert!(open("localhost", &format!("sslmode=verify-ca&sslrootcert={empty}")).is_err());
}

#[test]
fn a_server_without_tls_is_refused_and_not_spoken_to_in_clear() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let heard = std::thread::spawn(move || {
        let (mut client, _) = server.accept().unwrap();
        let mut asked = [0; 8];
        client.read_exact(&mut asked).unwrap();
        client.write_all(b"N").unwrap();
        let mut more = Vec::new();
        client.read_to_end(&mut more).unwrap();
        more
    });
    let address = format!("postgres://keeper@localhost:{port}/list?sslmode=require");
    let refused = Postgres::open_reading(&Address::parse(&address, None).unwrap()).unwrap_err();
    assert!(matches!(&refused, StoreError::Unreachable(why) if why.contains("TLS")), "{refused}");
    assert_eq!(heard.join().unwrap(), [0_u8; 0], "not a word in clear");
}
