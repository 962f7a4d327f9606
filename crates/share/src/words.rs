//! What a sharing gave a loan, in a sentence that its borrower and a trustee understand.

use hustings_domain::money::group_thousands;
use hustings_domain::share::LoanShare;

/// How often the charter lets one person be addressed: so many times in so many days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// By any appeal.
    pub appeals: (u32, u32),
    /// By one that asks for money.
    pub money: (u32, u32),
}

impl Caps {
    /// For the owner's own people, with numbers.
    pub fn explain(self, share: &LoanShare) -> String {
        let mut said = format!(
            "it received {} % of what it asked: {} of {}",
            share.percent(),
            number(share.given),
            number(share.wanted)
        );
        let short = share.wanted.saturating_sub(share.given);
        if short == 0 {
            return said;
        }
        let reasons: Vec<String> =
            self.reasons(share).into_iter().map(|(count, why)| format!("{} {why}", number(count))).collect();
        if reasons.is_empty() {
            said.push_str("; nobody else may be given to it");
        } else {
            said = format!("{said}; of the others who might have been, {}", reasons.join(", "));
        }
        said
    }

    /// For the borrower: the share and the main reason, without a number of people.
    pub fn explain_to_borrower(self, share: &LoanShare) -> String {
        let said = format!("you received {} % of what you asked", share.percent());
        if share.given >= share.wanted {
            return said;
        }
        match self.reasons(share).into_iter().max_by_key(|(count, _)| *count) {
            Some((_, why)) => format!("{said}; most of the rest {why}"),
            None => format!("{said}; fewer people than that can hear this at all"),
        }
    }

    fn reasons(self, share: &LoanShare) -> Vec<(u32, String)> {
        let often = |(times, days): (u32, u32)| format!("{} in {days} days", times_in_words(times));
        let reasons = [
            (share.tired, format!("had been addressed {}", often(self.appeals))),
            (share.tired_of_money, format!("had been asked for money {}", often(self.money))),
            (share.elsewhere, "went to other loans of the same weeks".to_owned()),
        ];
        reasons.into_iter().filter(|(count, _)| *count > 0).collect()
    }
}

fn number(count: u32) -> String {
    group_thousands(u64::from(count))
}

fn times_in_words(times: u32) -> String {
    match times {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPS: Caps = Caps { appeals: (2, 30), money: (1, 60) };

    #[test]
    fn a_share_is_said_with_its_reasons() {
        let share = LoanShare {
            wanted: 10_000,
            given: 6_100,
            eligible: 11_000,
            tired: 3_900,
            elsewhere: 1_000,
            ..LoanShare::default()
        };
        assert_eq!(
            CAPS.explain(&share),
            "it received 61 % of what it asked: 6,100 of 10,000; of the others who might have been, 3,900 had been \
             addressed twice in 30 days, 1,000 went to other loans of the same weeks"
        );
        assert_eq!(
            CAPS.explain_to_borrower(&share),
            "you received 61 % of what you asked; most of the rest had been addressed twice in 30 days"
        );
    }

    #[test]
    fn a_hundred_per_cent_is_everything_and_nothing_less() {
        let share = LoanShare { wanted: 1_000, given: 999, eligible: 999, ..LoanShare::default() };
        assert_eq!(share.percent(), 99);
        assert_eq!(
            CAPS.explain_to_borrower(&share),
            "you received 99 % of what you asked; fewer people than that can hear this at all"
        );
        let whole = LoanShare { given: 1_000, ..share };
        assert_eq!(CAPS.explain(&whole), "it received 100 % of what it asked: 1,000 of 1,000");
    }
}
