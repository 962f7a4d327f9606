//! The whole site in one process, over a real list in a folder: who may, what a form must carry, what links do.

#[cfg(test)]
mod api;
#[cfg(test)]
mod charter;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod headers;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod join;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod loans;
#[cfg(test)]
mod login;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod others;
#[cfg(test)]
mod owed;
#[cfg(test)]
mod places;
#[cfg(test)]
mod quiet;
#[cfg(test)]
mod second;
#[cfg(test)]
mod service;
#[cfg(test)]
mod supporter;
#[cfg(test)]
mod witness;
#[cfg(test)]
mod world;
