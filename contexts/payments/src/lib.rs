//! Payments: attempts, captures, refunds, the gateway port, the money ledger.
