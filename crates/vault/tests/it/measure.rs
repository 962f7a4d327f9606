//! Figures of this machine, for people to read: `cargo test --release -p hustings-vault -- --ignored --nocapture`.

use crate::{ANN, place, vault};
use hustings_vault::{BlindColumn, EmailAddress, Identity, RootSecret, SystemRng, TokenKey, Vault};
use std::hint::black_box;

/// The best of ten batches, so that what else the machine does falls out.
#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "it measures, and says what it measured")]
fn measure<T>(what: &str, rounds: u32, mut work: impl FnMut() -> T) {
    let batch = rounds.div_ceil(10);
    let each = (0..rounds.min(10)).map(|_| {
        let start = std::time::Instant::now();
        for _ in 0..batch {
            black_box(work());
        }
        start.elapsed() / batch
    });
    eprintln!("{what:<44} {:>9} ns", each.min().unwrap_or_default().as_nanos());
}

#[test]
#[ignore = "it measures and asserts nothing"]
fn how_long_each_takes() {
    let (vault, _, _) = vault();
    let mut rng = SystemRng::new();
    let record = [b'x'; 300];
    measure("person key, wrap, seal 300 B", 300_000, || {
        let (key, wrapped) = vault.new_person_key(&ANN, &mut rng).unwrap();
        (key.seal(&place(ANN), &record, &mut rng).unwrap(), wrapped)
    });
    let (key, wrapped) = vault.new_person_key(&ANN, &mut rng).unwrap();
    let sealed = key.seal(&place(ANN), &record, &mut rng).unwrap();
    measure("44 random bytes", 300_000, || hustings_domain::chance::Rng::bytes::<44>(&mut rng));
    measure("unwrap, open 300 B", 500_000, || {
        vault.unwrap(&wrapped, &ANN).unwrap().open(&place(ANN), &sealed).unwrap()
    });
    measure("blind index", 1_000_000, || {
        vault.blind_index(BlindColumn::Email, black_box("ann.smith@example.org"))
    });
    measure("e-mail address, plain", 2_000_000, || EmailAddress::parse(black_box("Ann.Smith@Example.org")));
    measure("e-mail address, international", 200_000, || {
        EmailAddress::parse(black_box("jos\u{e9}@b\u{fc}cher.example"))
    });
    let mut identity =
        Identity { email: EmailAddress::parse("ann.smith@example.org").ok(), ..Identity::default() };
    for (field, text) in
        hustings_vault::Field::ALL.into_iter().zip(["", "", "Ann", "Smith", "5 Main St", "Barre", "05641"])
    {
        identity.set(field, text, hustings_vault::Region::NorthAmerica).ok();
    }
    let bytes = identity.to_bytes();
    measure("identity to bytes", 1_000_000, || identity.to_bytes());
    measure("identity from bytes", 1_000_000, || Identity::from_bytes(black_box(&bytes)).unwrap());
    let tokens = TokenKey::new([1; 32]);
    let (before, expiry) = (jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::MAX);
    let text = tokens.mint("stop", &ANN, expiry).unwrap();
    measure("token mint", 500_000, || tokens.mint("stop", &ANN, expiry).unwrap());
    measure("token open", 500_000, || tokens.open("stop", &text, before).unwrap());
    let root = RootSecret::passphrase("the long way home").unwrap();
    measure("create by passphrase, 64 MiB x 3", 3, || Vault::create(&root, &mut rng).unwrap());
}
