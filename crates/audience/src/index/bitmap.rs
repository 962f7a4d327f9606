//! A set of ordinals: block by block nothing, a short sorted list, or a bit for each person.

use super::words::{Words, ordinal_at, place};
use hustings_domain::ids::Ordinal;

/// A list of positions longer than this (1/32 of a block) becomes bits: up to here it takes at most half the memory,
/// and most of fifty states stay below.
pub(super) const SPARSE_MAX: usize = 1024;

/// The people of one block.
#[derive(Debug, Clone, Default)]
pub(crate) enum Container {
    /// Nobody.
    #[default]
    Empty,
    /// Sorted positions, without repeats.
    Sparse(Vec<u16>),
    /// A bit for each.
    Dense(Box<Words>),
}

impl Container {
    /// The shorter form of `words`.
    pub(super) fn from_words(words: &Words) -> Self {
        match words.count() as usize {
            0 => Self::Empty,
            few if few <= SPARSE_MAX => Self::Sparse(words.positions().collect()),
            _ => Self::Dense(Box::new(words.clone())),
        }
    }

    pub(super) fn count(&self) -> u32 {
        match self {
            Self::Empty => 0,
            Self::Sparse(positions) => u32::try_from(positions.len()).unwrap_or(u32::MAX),
            Self::Dense(words) => words.count(),
        }
    }

    /// Calls `see` with each position, in order.
    pub(super) fn each(&self, mut see: impl FnMut(u16)) {
        match self {
            Self::Empty => {}
            Self::Sparse(positions) => positions.iter().copied().for_each(see),
            Self::Dense(words) => words.positions().for_each(&mut see),
        }
    }

    /// How many are in both.
    pub(super) fn count_and(&self, other: &Self) -> u32 {
        match (self, other) {
            (Self::Empty, _) | (_, Self::Empty) => 0,
            (Self::Sparse(few), Self::Dense(many)) | (Self::Dense(many), Self::Sparse(few)) => {
                many.count_of(few)
            }
            (Self::Sparse(few), many) => {
                let both = few.iter().filter(|&&position| many.has(position)).count();
                u32::try_from(both).unwrap_or(u32::MAX)
            }
            (Self::Dense(left), Self::Dense(right)) => left.count_and(right),
        }
    }

    pub(super) fn has(&self, position: u16) -> bool {
        match self {
            Self::Empty => false,
            Self::Sparse(positions) => positions.binary_search(&position).is_ok(),
            Self::Dense(words) => words.has(position),
        }
    }

    fn insert(&mut self, position: u16) {
        match self {
            Self::Empty => *self = Self::Sparse(vec![position]),
            Self::Dense(words) => words.set(position),
            Self::Sparse(positions) => {
                if positions.last().is_some_and(|&last| last < position) {
                    positions.push(position);
                } else if let Err(at) = positions.binary_search(&position) {
                    positions.insert(at, position);
                }
                if positions.len() > SPARSE_MAX {
                    let mut words = Box::new(Words::NONE);
                    for &position in positions.iter() {
                        words.set(position);
                    }
                    *self = Self::Dense(words);
                }
            }
        }
    }

    fn remove(&mut self, position: u16) {
        match self {
            Self::Empty => {}
            Self::Dense(words) => words.clear(position),
            Self::Sparse(positions) => {
                if let Ok(at) = positions.binary_search(&position) {
                    positions.remove(at);
                }
            }
        }
    }

    /// Leaves in `few`, which is sorted, those who are also here.
    pub(super) fn keep(&self, few: &mut Vec<u16>) {
        match self {
            Self::Empty => few.clear(),
            Self::Dense(words) => few.retain(|&position| words.has(position)),
            Self::Sparse(positions) => {
                let mut rest = positions.iter().peekable();
                few.retain(|position| {
                    while rest.next_if(|here| *here < position).is_some() {}
                    rest.peek() == Some(&position)
                });
            }
        }
    }

    /// Leaves in `out` those who are also here.
    pub(super) fn narrow(&self, out: &mut Words) {
        match self {
            Self::Empty => *out = Words::NONE,
            Self::Dense(words) => out.and(words),
            Self::Sparse(positions) => {
                let mut kept = Words::NONE;
                positions
                    .iter()
                    .filter(|&&position| out.has(position))
                    .for_each(|&position| kept.set(position));
                *out = kept;
            }
        }
    }

    /// Adds those who are here to `out`.
    pub(super) fn widen(&self, out: &mut Words) {
        match self {
            Self::Empty => {}
            Self::Dense(words) => out.or(words),
            Self::Sparse(positions) => positions.iter().for_each(|&position| out.set(position)),
        }
    }

    /// Takes those who are here out of `out`.
    pub(super) fn exclude(&self, out: &mut Words) {
        match self {
            Self::Empty => {}
            Self::Dense(words) => out.and_not(words),
            Self::Sparse(positions) => positions.iter().for_each(|&position| out.clear(position)),
        }
    }
}

/// A set of supporters by ordinal.
#[derive(Debug, Clone, Default)]
pub struct Bitmap {
    pub(super) blocks: Vec<Container>,
}

static EMPTY: Container = Container::Empty;

impl Bitmap {
    /// Nobody.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn block(&self, block: usize) -> &Container {
        self.blocks.get(block).unwrap_or(&EMPTY)
    }

    /// Puts a person in.
    pub fn insert(&mut self, ordinal: Ordinal) {
        let (block, position) = place(ordinal.0);
        if self.blocks.len() <= block {
            self.blocks.resize_with(block + 1, Container::default);
        }
        if let Some(container) = self.blocks.get_mut(block) {
            container.insert(position);
        }
    }

    /// Takes a person out.
    pub fn remove(&mut self, ordinal: Ordinal) {
        let (block, position) = place(ordinal.0);
        if let Some(container) = self.blocks.get_mut(block) {
            container.remove(position);
        }
    }

    /// Whether a person is in it.
    pub fn contains(&self, ordinal: Ordinal) -> bool {
        let (block, position) = place(ordinal.0);
        self.block(block).has(position)
    }

    /// How many people are in it.
    pub fn count(&self) -> u64 {
        self.blocks.iter().map(|block| u64::from(block.count())).sum()
    }

    /// About how many are in it: of the blocks with a bit for each, every sixteenth is counted.
    pub(super) fn estimate(&self) -> u64 {
        let (mut few, mut dense, mut counted, mut sampled) = (0_u64, 0_u64, 0_u64, 0_u64);
        for block in &self.blocks {
            match block {
                Container::Empty => {}
                Container::Sparse(positions) => few += positions.len() as u64,
                Container::Dense(words) => {
                    if dense.is_multiple_of(16) {
                        counted += u64::from(words.count());
                        sampled += 1;
                    }
                    dense += 1;
                }
            }
        }
        few + counted * dense / sampled.max(1)
    }

    /// How many bytes of memory it takes.
    pub(super) fn memory(&self) -> u64 {
        let block = |block: &Container| match block {
            Container::Empty => 0,
            Container::Sparse(positions) => positions.capacity() * size_of::<u16>(),
            Container::Dense(_) => size_of::<Words>(),
        };
        let kept: usize = self.blocks.iter().map(block).sum();
        (kept + self.blocks.capacity() * size_of::<Container>()) as u64
    }

    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.blocks.iter().all(|block| match block {
            Container::Empty => true,
            Container::Sparse(positions) => positions.is_empty(),
            Container::Dense(words) => words.is_empty(),
        })
    }

    /// Every ordinal, in order.
    pub fn iter(&self) -> impl Iterator<Item = Ordinal> + '_ {
        self.blocks.iter().enumerate().flat_map(|(block, container)| {
            let (sparse, dense) = match container {
                Container::Empty => (None, None),
                Container::Sparse(positions) => (Some(positions.iter().copied()), None),
                Container::Dense(words) => (None, Some(words.positions())),
            };
            let positions = sparse.into_iter().flatten().chain(dense.into_iter().flatten());
            positions.map(move |position| Ordinal(ordinal_at(block, position)))
        })
    }

    /// Those in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.combine(other, self.blocks.len().min(other.blocks.len()), |out, other| other.narrow(out))
    }

    /// Those in either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        self.combine(other, self.blocks.len().max(other.blocks.len()), |out, other| other.widen(out))
    }

    /// Those here who are not in `other`.
    #[must_use]
    pub fn and_not(&self, other: &Self) -> Self {
        self.combine(other, self.blocks.len(), |out, other| other.exclude(out))
    }

    /// How many are in both, without building the set.
    pub fn count_and(&self, other: &Self) -> u64 {
        self.blocks.iter().zip(&other.blocks).map(|(left, right)| u64::from(left.count_and(right))).sum()
    }

    fn combine(&self, other: &Self, blocks: usize, change: impl Fn(&mut Words, &Container)) -> Self {
        let one = |block| {
            let mut out = Words::NONE;
            self.block(block).widen(&mut out);
            change(&mut out, other.block(block));
            Container::from_words(&out)
        };
        Self { blocks: (0..blocks).map(one).collect() }
    }
}

impl FromIterator<Ordinal> for Bitmap {
    fn from_iter<I: IntoIterator<Item = Ordinal>>(ordinals: I) -> Self {
        let mut bitmap = Self::new();
        ordinals.into_iter().for_each(|ordinal| bitmap.insert(ordinal));
        bitmap
    }
}

/// Equal when the same people are in both, however they are kept.
impl PartialEq for Bitmap {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Bitmap {}
