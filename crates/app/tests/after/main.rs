//! After the send, over a real list in a folder: answers, stops, copies, traces, alarms and the published ledger.

#[cfg(test)]
mod bulk;
#[cfg(test)]
mod duties;
#[cfg(test)]
mod introduce;
#[cfg(test)]
mod my_page;
#[cfg(test)]
mod outcomes;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod publish;
#[cfg(test)]
mod receipts;
#[cfg(test)]
mod respond;
#[cfg(test)]
mod seed_mail;
#[cfg(test)]
mod trace;
#[cfg(test)]
mod unsubscribe;
#[cfg(test)]
mod witnesses;
#[cfg(test)]
mod world;
