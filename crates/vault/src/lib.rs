//! Keys, sealed fields, blind indexes, redacting types and shredding.
