//! Lending, from a charter to a decision; and what a restore must not forget.

#[cfg(test)]
mod charters;
#[cfg(test)]
mod decisions;
#[cfg(test)]
mod estimates;
#[cfg(test)]
mod keyring;
#[cfg(test)]
mod law;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod procedure;
#[cfg(test)]
mod restoring;
#[cfg(test)]
mod revoking;
#[cfg(test)]
mod second;
#[cfg(test)]
mod selecting;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod simulating;
#[cfg(test)]
mod standing;
#[cfg(test)]
mod world;
