//! Numbers, shares and money as people read them.

use hustings_domain::money::group_thousands;

/// `12345` as `12,345`.
pub fn count(number: u64) -> String {
    group_thousands(number)
}

/// A number and its noun: `1 person`, `4,212 people`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A noised number with its margin (at 95 %): `about 1,900 ± 40`. Below zero it is shown as zero.
pub fn about(noised: i64, margin: u64) -> String {
    format!("about {} ± {}", count(u64::try_from(noised).unwrap_or(0)), count(margin))
}

/// A part of a whole, to the whole per cent: `61 %`; `under 1 %` for little, `none` for nothing.
pub fn share(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return "none".to_owned();
    }
    let per_cent = (u128::from(part) * 200 + u128::from(whole)) / (u128::from(whole) * 2);
    if per_cent == 0 { "under 1 %".to_owned() } else { format!("{per_cent} %") }
}

/// The first characters of a hash, to recognise it by.
pub fn short_hash(hash: &str) -> String {
    hash.chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(counted(1, "person", "people"), "1 person");
        assert_eq!(counted(4212, "person", "people"), "4,212 people");
        assert_eq!(about(1903, 40), "about 1,903 ± 40");
        assert_eq!(about(-3, 40), "about 0 ± 40");
    }

    #[test]
    fn shares_round_to_the_nearest_and_never_hide_a_little() {
        assert_eq!(share(0, 10), "none");
        assert_eq!(share(1, 0), "none");
        assert_eq!(share(1, 1000), "under 1 %");
        assert_eq!(share(615, 1000), "62 %");
        assert_eq!(share(u64::MAX, u64::MAX), "100 %");
    }

    #[test]
    fn a_short_hash_is_a_prefix() {
        assert_eq!(short_hash("0123456789abcdef"), "0123456789ab");
    }
}
