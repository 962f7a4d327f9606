//! The decision ledger: RFC 6962 Merkle log, tiles, signed checkpoints, proofs and a verifier; usable alone.
