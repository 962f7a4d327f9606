//! Which part to read first, and whether to walk over a few candidates or through every slice: from estimates of
//! how many people each part leaves and of how much must be read for it.

use super::Plan;
use crate::index::bitmap::Bitmap;
use crate::index::words::BLOCK;

/// The candidates of a set are walked one by one when it holds fewer than one in so many.
const FEW: u64 = 128;

/// What a part is thought to leave and to cost.
#[derive(Debug, Clone, Copy)]
struct Estimate {
    /// How many people it leaves.
    people: u64,
    /// What is read for a block, a set of bits being 1.
    cost: u64,
}

impl<'a> Plan<'a> {
    /// The same plan with the parts of each `and` in the order in which they narrow most for what they cost.
    pub(in crate::index) fn ordered(self, everyone: u64) -> Self {
        match self {
            Self::And(parts) => {
                let mut parts: Vec<_> = parts.into_iter().map(|part| part.ordered(everyone)).collect();
                parts.sort_by_cached_key(|part| {
                    let Estimate { people, cost } = part.estimate(everyone);
                    // What is read for each person that falls out.
                    u128::from(cost) * u128::from(everyone) * 64
                        / u128::from(everyone.saturating_sub(people) + 1)
                });
                Self::And(parts)
            }
            Self::Or(parts) => Self::Or(parts.into_iter().map(|part| part.ordered(everyone)).collect()),
            Self::Not(inner) => Self::Not(Box::new(inner.ordered(everyone))),
            other => other,
        }
    }

    fn estimate(&self, everyone: u64) -> Estimate {
        match self {
            Self::Everyone => Estimate { people: everyone, cost: 0 },
            Self::Nobody => Estimate { people: 0, cost: 0 },
            Self::Set(set) => Estimate { people: set.estimate(), cost: 1 },
            // Nothing is kept of how values are spread: a range is thought to leave a third.
            Self::Range(column, ..) => Estimate { people: everyone / 3, cost: 2 + column.planes() },
            // A gift costs about as much as eight words.
            Self::Gifts(gifts, _) => Estimate { people: everyone / 10, cost: 8 + gifts.per_block() / 64 },
            Self::Not(inner) => {
                let Estimate { people, cost } = inner.estimate(everyone);
                Estimate { people: everyone.saturating_sub(people), cost: cost + 1 }
            }
            Self::And(parts) => {
                let parts = parts.iter().map(|part| part.estimate(everyone));
                let together = |all: Estimate, part: Estimate| Estimate {
                    people: all.people.min(part.people),
                    cost: all.cost + part.cost,
                };
                parts.fold(Estimate { people: everyone, cost: 0 }, together)
            }
            Self::Or(parts) => {
                let parts = parts.iter().map(|part| part.estimate(everyone));
                let together = |all: Estimate, part: Estimate| Estimate {
                    people: (all.people + part.people).min(everyone),
                    cost: all.cost + part.cost + 1,
                };
                parts.fold(Estimate { people: 0, cost: 0 }, together)
            }
        }
    }

    /// The smallest set that everybody selected must be in, if it is so small that its people are better looked
    /// at one by one than every slice in turn.
    pub(in crate::index) fn candidates(&self, everyone: u64, must: &[&'a Bitmap]) -> Option<&'a Bitmap> {
        let own: &[Plan<'a>] = match self {
            Self::And(parts) => parts,
            other => std::slice::from_ref(other),
        };
        let sets = own.iter().filter_map(|part| match part {
            Self::Set(set) => Some(*set),
            _ => None,
        });
        let (people, set) = sets
            .chain(must.iter().copied())
            .map(|set| (set.estimate(), set))
            .min_by_key(|(people, _)| *people)?;
        (everyone > BLOCK as u64 && people < everyone / FEW).then_some(set)
    }

    /// Whether [`Plan::may_hold`] says all there is to say.
    pub(in crate::index) fn is_pointwise(&self) -> bool {
        match self {
            Self::Everyone | Self::Nobody | Self::Set(_) | Self::Range(..) => true,
            Self::Gifts(..) => false,
            Self::Not(inner) => inner.is_pointwise(),
            Self::And(parts) | Self::Or(parts) => parts.iter().all(Self::is_pointwise),
        }
    }

    /// Leaves in `few` those whom the plan may select; only what asks for gifts can still take them out. One part
    /// after the other, so that what is read for one person need not wait for what was read for the last.
    pub(in crate::index) fn keep(&self, block: usize, few: &mut Vec<u16>) {
        match self {
            Self::Everyone | Self::Gifts(..) => {}
            Self::Nobody => few.clear(),
            Self::Set(set) => set.block(block).keep(few),
            Self::Range(column, low, high) => column.keep(block, *low, *high, few),
            Self::And(parts) => parts.iter().for_each(|part| part.keep(block, few)),
            Self::Not(_) | Self::Or(_) => few.retain(|&position| self.may_hold(block, position)),
        }
    }

    /// Whether the plan may select the person at a position; only what asks for gifts can still take them out.
    pub(in crate::index) fn may_hold(&self, block: usize, position: u16) -> bool {
        match self {
            Self::Everyone | Self::Gifts(..) => true,
            Self::Nobody => false,
            Self::Set(set) => set.block(block).has(position),
            Self::Range(column, low, high) => {
                column.value(block, position).is_some_and(|value| (*low..=*high).contains(&value))
            }
            Self::Not(inner) => !inner.is_pointwise() || !inner.may_hold(block, position),
            Self::And(parts) => parts.iter().all(|part| part.may_hold(block, position)),
            Self::Or(parts) => parts.iter().any(|part| part.may_hold(block, position)),
        }
    }
}
