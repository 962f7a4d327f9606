//! Programs that measure against named rivals; each is a binary of its own under `src/bin`.
