//! Turns concurrent callers of a port into batches.
