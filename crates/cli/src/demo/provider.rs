//! The mailbox provider of the story: a receiving mail server on loopback that accepts, defers and bounces by
//! person, keeps what it accepted, and reports complaints as providers do.

use crate::synth::people::{Answer, Behaviour, Provider as Says, Reaction};
use hustings_mail::receiver::{Delivered, Mailbox, Policy, Reply};
use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The provider and all its mailboxes.
#[derive(Debug)]
pub(crate) struct Provider {
    behaviour: Behaviour,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    appeal: String,
    liked: bool,
    deferred: HashSet<String>,
    inbox: Vec<Delivered>,
}

impl Provider {
    pub(crate) fn new(seed: u64) -> Self {
        Self { behaviour: Behaviour { seed }, state: Mutex::new(State::default()) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the mail that arrives is this appeal; `liked` is how people feel about it.
    pub(crate) fn expect(&self, appeal: &str, liked: bool) {
        let mut state = self.state();
        appeal.clone_into(&mut state.appeal);
        state.liked = liked;
        state.deferred.clear();
        state.inbox.clear();
    }

    /// What arrived since the last time, in an order that does not depend on connections.
    pub(crate) fn collect(&self) -> Vec<(Delivered, Answer)> {
        let mut arrived: Vec<Delivered> = std::mem::take(&mut self.state().inbox);
        arrived.sort_by(|a, b| a.to.cmp(&b.to));
        arrived
            .into_iter()
            .map(|mail| (self.reaction(&mail.to).answer, mail))
            .map(|(answer, mail)| (mail, answer))
            .collect()
    }

    fn reaction(&self, address: &str) -> Reaction {
        let state = self.state();
        self.behaviour.reaction(&state.appeal, address, state.liked)
    }
}

/// The provider behind the receiver: both its policy and its mailboxes.
#[derive(Debug, Clone)]
pub(crate) struct Front(pub(crate) std::sync::Arc<Provider>);

impl Policy for Front {
    fn rcpt(&self, address: &str) -> Reply {
        match self.0.reaction(address).provider {
            Says::HardBounce => Reply::unknown(),
            Says::DeferOnce if self.0.state().deferred.insert(address.to_lowercase()) => {
                Reply::defer("greylisted, try again later")
            }
            Says::DeferOnce | Says::Accept => Reply::accept(),
        }
    }
}

impl Mailbox for Front {
    fn deliver(&self, delivered: Delivered) {
        self.0.state().inbox.push(delivered);
    }
}

/// The links in a message, as a mail program or a link scanner finds them.
pub(crate) fn links(message: &[u8]) -> Vec<String> {
    // Quoted-printable breaks long lines; addresses of ours hold nothing else that it would change.
    let text = String::from_utf8_lossy(message).replace("=\r\n", "").replace("=3D", "=");
    let mut links: Vec<String> = Vec::new();
    for (start, _) in text.match_indices("http") {
        let rest = text.get(start..).unwrap_or_default();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)));
        let link = rest
            .get(..end.unwrap_or(rest.len()))
            .unwrap_or_default()
            .trim_end_matches([')', '.', ',', ']', '\'']);
        if !links.iter().any(|known| known == link) {
            links.push(link.to_owned());
        }
    }
    links
}

/// The message that a provider sends back when somebody presses "this is spam" (RFC 5965).
pub(crate) fn complaint(original: &Delivered) -> Vec<u8> {
    let headers = String::from_utf8_lossy(&original.message);
    let (headers, _) = headers.split_once("\r\n\r\n").unwrap_or((&headers, ""));
    format!(
        "From: <feedback@provider.example>\r\nTo: <{from}>\r\nSubject: complaint\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nThis is a complaint about a message.\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: Provider/1\r\n\
         Version: 1\r\nOriginal-Mail-From: <{from}>\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\n{headers}\r\n--b--\r\n",
        from = original.from
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_survive_quoted_printable() {
        let message = b"List-Unsubscribe: <https://x.example/u/abc>\r\n\r\nSay yes: https://x.example/a/AB=\r\nC-_ and go.";
        assert_eq!(links(message), ["https://x.example/u/abc", "https://x.example/a/ABC-_"]);
    }
}
