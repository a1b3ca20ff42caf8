//! The sandbox payment gateway: its own router, listener and append-only record.
