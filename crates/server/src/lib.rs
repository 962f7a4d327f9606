//! The faces over HTTP: console, borrower desk, supporter pages, public ledger.
