//! The binary: every verb, and `hustings serve`.
fn main() {}
