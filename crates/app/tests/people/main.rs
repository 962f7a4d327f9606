//! People: what files bring in, what they can never undo, and what is left of somebody who is forgotten.

#[cfg(test)]
mod attributes;
#[cfg(test)]
mod audiences;
#[cfg(test)]
mod bad_files;
#[cfg(test)]
mod beside;
#[cfg(test)]
mod bulk_reads;
#[cfg(test)]
mod consents;
#[cfg(test)]
mod correcting;
#[cfg(test)]
mod erasing;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod following;
#[cfg(test)]
mod gifts;
#[cfg(test)]
mod importing;
#[cfg(test)]
mod in_bulk;
#[cfg(test)]
mod joining;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod mappings;
#[cfg(test)]
mod matching;
#[cfg(test)]
mod messy;
#[cfg(test)]
mod modes;
#[cfg(test)]
mod overdue;
#[cfg(test)]
mod packed;
#[cfg(test)]
mod places;
#[cfg(test)]
mod previews;
#[cfg(test)]
mod stops;
#[cfg(test)]
mod throughput;
#[cfg(test)]
mod undoing;
#[cfg(test)]
mod world;
