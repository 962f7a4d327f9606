//! How things are written down, whatever the engine: facts and statements as a few bytes each, words as
//! numbers, documents as JSON, short lists as one text.

pub(crate) mod facts;
pub(crate) mod numbers;
pub(crate) mod ordinals;
pub(crate) mod statements;
pub(crate) mod texts;
pub(crate) mod words;
