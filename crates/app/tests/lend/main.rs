//! Lending, from a charter to a decision; and what a restore must not forget.

#[cfg(test)]
mod decisions;
#[cfg(test)]
mod estimates;
#[cfg(test)]
mod restoring;
#[cfg(test)]
mod selecting;
#[cfg(test)]
mod simulating;
#[cfg(test)]
mod standing;
#[cfg(test)]
mod world;
