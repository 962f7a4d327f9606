//! Whole leaks, from planting to the verdict.

#[cfg(test)]
mod bound;
#[cfg(test)]
mod power;
#[cfg(test)]
mod rerun;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod world;
