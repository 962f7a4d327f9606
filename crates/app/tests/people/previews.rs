//! A file looked through without a list says of each row what an import into an empty list says.

use super::world::{CHARTER, World, root};
use hustings_app::Kind;
use hustings_app::people::import::{ImportJob, ImportKind, Preview, RejectReason, preview};
use hustings_domain::chance::SeededRng;
use hustings_domain::charter::Charter;
use hustings_domain::clock::Clock as _;
use hustings_vault::{Argon2Cost, Vault};
use jiff::Timestamp;
use proptest::prelude::*;
use std::sync::LazyLock;

fn look(world: &World, name: &str, text: &str) -> Preview {
    let job = ImportJob::new(world.file(name, text));
    let charter = Charter::from_toml(CHARTER).unwrap();
    let seen = preview(&job, &charter, world.app.vault(), world.clock.now(), &mut SeededRng::new(3)).unwrap();
    assert!(seen.adds_up(), "{seen:?}");
    let report = world.try_import(&ImportJob { dry_run: true, ..job }).unwrap();
    assert_eq!(seen.rejected, report.rejects, "an import rejects the same rows");
    assert_eq!(
        (seen.kind, &seen.columns, &seen.ignored_columns),
        (report.kind, &report.columns, &report.ignored_columns)
    );
    assert_eq!((&seen.encoding, seen.separator), (&report.encoding, report.separator));
    seen
}

#[test]
fn a_preview_says_what_an_import_will_say() {
    let world = World::new();
    let people =
        "email;first name;colour\nada@example.org;Ada;red\nnot-an-address;Ben;\n;;\nx@example.org;Cal;a;b\n";
    let seen = look(&world, "people.csv", people);
    assert_eq!((seen.kind, seen.rows, seen.usable, seen.blank), (ImportKind::Supporters, 4, 1, 1));
    assert_eq!(seen.rejected[&RejectReason::BrokenAddress], 1);
    assert_eq!(seen.rejected[&RejectReason::TooManyColumns], 1);
    assert_eq!(seen.ignored_columns, ["colour"]);

    let gifts =
        "email,amount,date\nada@example.org,$27.50,2025-03-07\nada@example.org,\"27,50\",2025-03-07\n";
    let seen = look(&world, "gifts.csv", gifts);
    assert_eq!((seen.kind, seen.usable), (ImportKind::Gifts, 1));
    assert_eq!(seen.rejected[&RejectReason::AmbiguousAmount], 1);

    let stops = "email,reason,since\nada@example.org,complained,2024-01-01\nnobody,,\n";
    let seen = look(&world, "suppressions.csv", stops);
    assert_eq!((seen.kind, seen.usable), (ImportKind::Suppressions, 1));
    assert_eq!(world.people(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// As the fuzz target does it, but over what files are made of.
    #[test]
    fn any_bytes_are_refused_with_a_reason_or_every_row_is_accounted_for(
        pieces in proptest::collection::vec(0..PIECES.len(), 0..40),
        told in 0_usize..5,
    ) {
        let bytes: Vec<u8> = pieces.iter().flat_map(|piece| PIECES[*piece].iter().copied()).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("any.csv");
        std::fs::write(&path, bytes).unwrap();
        let kinds = [ImportKind::Supporters, ImportKind::Gifts, ImportKind::Suppressions, ImportKind::Areas];
        let job = ImportJob { kind: kinds.get(told).copied(), ..ImportJob::new(path) };
        let charter = Charter::from_toml(CHARTER).unwrap();
        match preview(&job, &charter, &VAULT, Timestamp::UNIX_EPOCH, &mut SeededRng::new(3)) {
            Ok(seen) => prop_assert!(seen.adds_up(), "{:?}", seen),
            Err(refusal) => {
                prop_assert!(refusal.kind != Kind::Internal && refusal.code.starts_with("import."), "{:?}", refusal);
            }
        }
    }
}

static VAULT: LazyLock<Vault> = LazyLock::new(|| {
    let cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
    Vault::create_with_cost(&root(), cost, &mut SeededRng::new(1)).unwrap().0
});

const PIECES: [&[u8]; 24] = [
    b"email",
    b"phone",
    b"amount",
    b"date",
    b"name",
    b"zip",
    b"state",
    b"issues",
    b"attributes",
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r\n",
    b"\"",
    b"ada@example.org",
    b"(802) 555-0142",
    b"27,50",
    b"2025-03-07",
    b"\xe9",
    b"\xff\xfe",
    b"\0",
    b"{\"a\":1}",
    b" ",
];
