//! Sending, against a receiver of our own on loopback and a list in a temporary folder.

#[cfg(test)]
mod coming_back;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod engaged;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod halts;
#[cfg(test)]
mod import_beside;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod login_mail;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod whole;
#[cfg(test)]
mod world;
