//! How the made-up people and their mailbox providers answer an appeal, for the demo: by seed, appeal and
//! address only, so that a story that is killed and resumed goes on as it would have.

use hustings_domain::chance::{Rng as _, SeededRng};

/// Everybody's behaviour under one seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behaviour {
    /// The seed of the story.
    pub seed: u64,
}

/// What one mail to one address leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reaction {
    /// What the mailbox provider says first.
    pub provider: Provider,
    /// What the person does after delivery; silent when nothing was delivered.
    pub answer: Answer,
}

/// The answer of a mailbox provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Provider {
    /// 250: taken.
    Accept,
    /// 451 at the first try, taken at the next.
    DeferOnce,
    /// 550: no such mailbox; the same for every appeal.
    HardBounce,
}

/// What a person does with an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Yes, with the fields left ticked.
    Yes(Fields),
    /// Ask me later.
    Later,
    /// No to this appeal.
    No,
    /// Never this borrower.
    Never,
    /// Reports misuse to the owner.
    Report,
    /// One click on the unsubscribe link.
    Unsubscribe,
    /// "This is spam", told to the owner by the provider.
    Complain,
    /// Nothing.
    Silent,
}

/// The fields that a person leaves ticked when they say yes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Fields(u8);

impl Fields {
    /// The address; a yes without it would introduce nobody.
    pub const EMAIL: Self = Self(1);
    /// Given and family name.
    pub const NAME: Self = Self(2);
    /// The number.
    pub const PHONE: Self = Self(4);
    /// The postal code.
    pub const POSTAL_CODE: Self = Self(8);

    /// Whether all of `other` is ticked.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Of a hundred thousand delivered, how many do what.
struct Rates {
    yes: u64,
    later: u64,
    no: u64,
    never: u64,
    report: u64,
    unsubscribe: u64,
    complain: u64,
}

const LIKED: Rates =
    Rates { yes: 18_000, later: 4_000, no: 6_000, never: 400, report: 20, unsubscribe: 150, complain: 10 };
const DISLIKED: Rates = Rates {
    yes: 5_000,
    later: 500,
    no: 9_000,
    never: 6_000,
    report: 500,
    unsubscribe: 20_000,
    complain: 8_000,
};

impl Behaviour {
    /// What a mail of `appeal_id` to `address` leads to; `liked` is whether the appeal suits this list.
    ///
    /// 0.6 % of the addresses bounce hard, 2 % of the mails are deferred once.
    pub fn reaction(&self, appeal_id: &str, address: &str, liked: bool) -> Reaction {
        let address = address.trim().to_lowercase();
        if SeededRng::named(self.seed, &format!("mailbox/{address}")).below(1_000) < 6 {
            return Reaction { provider: Provider::HardBounce, answer: Answer::Silent };
        }
        let mut rng = SeededRng::named(self.seed, &format!("reaction/{appeal_id}/{address}"));
        let provider = if rng.below(100) < 2 { Provider::DeferOnce } else { Provider::Accept };
        Reaction { provider, answer: answer(&mut rng, if liked { &LIKED } else { &DISLIKED }) }
    }
}

fn answer(rng: &mut SeededRng, rates: &Rates) -> Answer {
    let yes = Answer::Yes(fields(rng));
    let mut left = rng.below(100_000);
    for (rate, answer) in [
        (rates.yes, yes),
        (rates.later, Answer::Later),
        (rates.no, Answer::No),
        (rates.never, Answer::Never),
        (rates.report, Answer::Report),
        (rates.unsubscribe, Answer::Unsubscribe),
        (rates.complain, Answer::Complain),
    ] {
        if left < rate {
            return answer;
        }
        left -= rate;
    }
    Answer::Silent
}

/// The address always, the name mostly, the number least of all.
fn fields(rng: &mut SeededRng) -> Fields {
    [(Fields::NAME, 92), (Fields::POSTAL_CODE, 65), (Fields::PHONE, 35)].into_iter().fold(
        Fields::EMAIL,
        |ticked, (field, share)| if rng.below(100) < share { ticked.and(field) } else { ticked },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEOPLE: u32 = 15_000;

    fn reactions(liked: bool) -> Vec<Reaction> {
        let behaviour = Behaviour { seed: 11 };
        (0..PEOPLE).map(|n| behaviour.reaction("a", &format!("p{n}@example.org"), liked)).collect()
    }

    /// Within five standard deviations of a share of this size.
    fn near(all: &[Reaction], of: impl Fn(&Reaction) -> bool, per_cent: f64) {
        let hits = f64::from(u32::try_from(all.iter().filter(|reaction| of(reaction)).count()).unwrap());
        let expected = f64::from(PEOPLE) * per_cent / 100.0;
        let slack = 5.0 * (expected * (1.0 - per_cent / 100.0)).sqrt();
        assert!((hits - expected).abs() < slack, "{hits} are not near {expected}");
    }

    #[test]
    fn people_keep_to_the_stated_rates() {
        let liked = reactions(true);
        near(&liked, |reaction| reaction.provider == Provider::HardBounce, 0.6);
        near(&liked, |reaction| reaction.provider == Provider::DeferOnce, 1.988);
        near(&liked, |reaction| matches!(reaction.answer, Answer::Yes(_)), 17.892);
        near(&liked, |reaction| reaction.answer == Answer::Later, 3.976);
        near(&liked, |reaction| reaction.answer == Answer::Complain, 0.01);
        let disliked = reactions(false);
        near(&disliked, |reaction| matches!(reaction.answer, Answer::Yes(_)), 4.97);
        near(&disliked, |reaction| reaction.answer == Answer::Complain, 7.952);
        near(&disliked, |reaction| reaction.answer == Answer::Unsubscribe, 19.88);
    }

    #[test]
    fn a_reaction_is_a_function_of_its_arguments() {
        let behaviour = Behaviour { seed: 3 };
        let differing = (0..500).filter(|n| {
            let address = format!("p{n}@example.org");
            let first = behaviour.reaction("a", &address, true);
            assert_eq!(first, behaviour.reaction("a", &format!(" {} ", address.to_uppercase()), true));
            let second = behaviour.reaction("b", &address, true);
            assert_eq!(first.provider == Provider::HardBounce, second.provider == Provider::HardBounce);
            first != second
        });
        assert!(differing.count() > 50);
    }
}
