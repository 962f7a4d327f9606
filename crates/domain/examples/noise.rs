//! Draws the noise of counts, for a check by a program that is not ours (`scripts/verify_noise.py`):
//! `cargo run -p hustings-domain --example noise -- RHO_MILLIONTHS DRAWS SEED` prints `value,times`.

use hustings_domain::chance::SeededRng;
use hustings_domain::estimate::{RhoMillionths, noised_count};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write as _;

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<u64> = std::env::args().skip(1).map(|text| text.parse()).collect::<Result<_, _>>()?;
    let [price, draws, seed] = given.as_slice() else {
        return Err("give the price in millionths of rho, how many draws, and a seed".into());
    };
    let price = RhoMillionths(u32::try_from(*price)?);
    let mut rng = SeededRng::new(*seed);
    let mut seen = BTreeMap::<i64, u64>::new();
    for _ in 0..*draws {
        *seen.entry(noised_count(0, price, &mut rng)).or_default() += 1;
    }
    let mut out = std::io::stdout().lock();
    for (value, times) in seen {
        writeln!(out, "{value},{times}")?;
    }
    Ok(())
}
