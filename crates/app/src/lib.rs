//! Use cases: people, consent, lend, send, introduce, after. One transaction each.
