//! The vault from outside: what opens, what must not, and what never shows.

#[cfg(test)]
mod blind;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod measure;
#[cfg(test)]
mod redaction;
#[cfg(test)]
mod root;
#[cfg(test)]
mod seal;

use fixture::vault;
use hustings_vault::{Argon2Cost, Context};

/// A cost at which tests are quick.
const QUICK: Argon2Cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
const ANN: [u8; 16] = *b"ann-ann-ann-ann-";
const BOB: [u8; 16] = *b"bob-bob-bob-bob-";

fn place(row: [u8; 16]) -> Context<'static> {
    Context { table: "supporter", row, column: "identity", version: 1 }
}

#[cfg(test)]
mod fixture {
    use hustings_domain::chance::SeededRng;
    use hustings_vault::{Header, RootSecret, Vault};

    pub(crate) fn vault() -> (Vault, Header, SeededRng) {
        let mut rng = SeededRng::new(1);
        let (vault, header) = Vault::create(&RootSecret::data_key([9; 32]), &mut rng).unwrap();
        (vault, header, rng)
    }
}
