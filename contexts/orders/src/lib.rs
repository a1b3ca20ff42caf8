//! Orders: the purchase saga, the state machine, recovery.
