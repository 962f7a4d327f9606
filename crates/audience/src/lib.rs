//! The audience language and the index that answers it.
