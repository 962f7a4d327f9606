//! What a leaked copy looks like when it turns up: rows dropped, shuffled and retyped, columns renamed,
//! strangers mixed in. For the demo and for tests of the trace.

use hustings_domain::chance::Rng;
use std::fmt::Write as _;

/// What a leaker does to a copy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeakPlan {
    /// The share of the rows that is kept, 0 to 1.
    pub keep_share: f64,
    /// How many people from elsewhere are mixed in.
    pub strangers: u32,
}

/// The leaked file made of `rows` (address, given name, family name): CSV with a header of its own.
pub fn make_leak(rows: &[(String, String, String)], rng: &mut dyn Rng, plan: LeakPlan) -> String {
    let mut leaked: Vec<(String, String)> = Vec::new();
    for (address, given, family) in rows {
        if rng.unit() < plan.keep_share {
            leaked.push((retyped(rng, address), format!("{family} {given}").to_uppercase()));
        }
    }
    for _ in 0..plan.strangers {
        let number = rng.next_u64() % 100_000_000;
        leaked.push((format!("someone{number}@elsewhere.example"), format!("SOMEONE {number}")));
    }
    shuffle(rng, &mut leaked);
    let mut text = String::from("no,contact,mail\n");
    for (position, (address, name)) in leaked.iter().enumerate() {
        let name = name.replace('"', "\"\"");
        // Writing to a text cannot fail.
        _ = writeln!(text, "{},\"{name}\",{address}", position + 1);
    }
    text
}

fn retyped(rng: &mut dyn Rng, address: &str) -> String {
    match rng.below(4) {
        0 => address.to_uppercase(),
        1 => format!(" {address} "),
        2 => {
            let mut letters = address.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        }
        _ => address.to_owned(),
    }
}

/// Fisher and Yates.
fn shuffle<T>(rng: &mut dyn Rng, items: &mut [T]) {
    for last in (1..items.len()).rev() {
        let other = usize::try_from(rng.below(last as u64 + 1)).unwrap_or(last);
        items.swap(last, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hustings_domain::chance::SeededRng;
    use std::collections::BTreeSet;

    #[test]
    fn a_leak_keeps_its_share_in_another_order_and_hides_strangers_in_it() {
        let rows: Vec<_> = (0..1_000)
            .map(|n| (format!("p{n}@example.org"), format!("G\"{n}"), "Family, Jr".to_owned()))
            .collect();
        let plan = LeakPlan { keep_share: 0.6, strangers: 50 };
        let leak = make_leak(&rows, &mut SeededRng::new(1), plan);
        assert_eq!(leak, make_leak(&rows, &mut SeededRng::new(1), plan));
        let mut reader = csv::ReaderBuilder::new().from_reader(leak.as_bytes());
        let mails: Vec<String> =
            reader.records().map(|record| record.unwrap()[2].trim().to_lowercase()).collect();
        let known: BTreeSet<_> = rows.iter().map(|row| row.0.clone()).collect();
        let kept: Vec<&String> = mails.iter().filter(|mail| known.contains(*mail)).collect();
        assert!((540..660).contains(&kept.len()), "{}", kept.len());
        assert_eq!(mails.len(), kept.len() + 50);
        assert!(
            !kept.is_sorted_by_key(|mail| mail.split(['p', '@']).nth(1).unwrap().parse::<u32>().unwrap())
        );
        assert!(mails.iter().take(500).any(|mail| mail.ends_with("@elsewhere.example")));
    }
}
