//! RFC 6962, section 2.1, word for word and recursive, over all entries: slow, and sharing no code with the crate.

use aws_lc_rs::digest::{SHA256, digest};

pub(crate) type Bytes32 = [u8; 32];

fn sha256(bytes: &[u8]) -> Bytes32 {
    digest(&SHA256, bytes).as_ref().try_into().unwrap()
}

fn joined(left: Bytes32, right: Bytes32) -> Bytes32 {
    sha256(&[&[1], left.as_slice(), &right].concat())
}

fn largest_power_of_two_below(count: usize) -> usize {
    let mut power = 1;
    while power * 2 < count {
        power *= 2;
    }
    power
}

pub(crate) fn root(entries: &[Vec<u8>]) -> Bytes32 {
    match entries {
        [] => sha256(&[]),
        [one] => sha256(&[&[0], one.as_slice()].concat()),
        many => {
            let (left, right) = many.split_at(largest_power_of_two_below(many.len()));
            joined(root(left), root(right))
        }
    }
}

pub(crate) fn path(index: usize, entries: &[Vec<u8>]) -> Vec<Bytes32> {
    if entries.len() == 1 {
        return vec![];
    }
    let middle = largest_power_of_two_below(entries.len());
    let (left, right) = entries.split_at(middle);
    let (mut inner, sibling) = if index < middle {
        (path(index, left), root(right))
    } else {
        (path(index - middle, right), root(left))
    };
    inner.push(sibling);
    inner
}

pub(crate) fn proof(old: usize, entries: &[Vec<u8>]) -> Vec<Bytes32> {
    subproof(old, entries, true)
}

fn subproof(old: usize, entries: &[Vec<u8>], is_whole: bool) -> Vec<Bytes32> {
    if old == entries.len() {
        return if is_whole { vec![] } else { vec![root(entries)] };
    }
    let middle = largest_power_of_two_below(entries.len());
    let (left, right) = entries.split_at(middle);
    let (mut inner, sibling) = if old <= middle {
        (subproof(old, left, is_whole), root(right))
    } else {
        (subproof(old - middle, right, false), root(left))
    };
    inner.push(sibling);
    inner
}
