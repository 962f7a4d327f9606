//! Programs that measure; each is a binary of its own under `src/bin`, prints a table and writes JSON beside
//! `bench/RESULTS.md`.
